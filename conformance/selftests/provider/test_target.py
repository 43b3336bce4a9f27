"""The target file tells the truth: in each of its states, the provider gives the status that is due."""

import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobs_provider import seed

Table = Mapping[str, Any]


def target(config: pytest.Config) -> dict[str, Any]:
    return tomllib.loads(Path(config.rootpath, "conformance/targets/reference.toml").read_text(encoding="utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", target(metafunc.config)["states"])


@contextmanager
def entered(control: httpx.Client, state: Table) -> Iterator[dict[str, str]]:
    if "setup" not in state:
        yield {}
        return
    change = {"state": state["setup"]["state"], "params": state["setup"].get("params", {})}
    url = state["setup"]["url"].replace("{port.control}", str(control.base_url.port))
    answer = control.post(url, json=change).raise_for_status()
    try:
        yield answer.json()
    finally:
        control.post(url, json={**change, "action": "teardown"}).raise_for_status()


def test_a_state_gives_its_status(
    name: str, pytestconfig: pytest.Config, anonymous: httpx.Client, control: httpx.Client
) -> None:
    whole = target(pytestconfig)
    state: Table = whole["states"][name]
    key = whole["credentials"][state.get("credentials", "default")]["bearer"]

    def get(job: str) -> httpx.Response:
        return anonymous.get(f"/v1/jobs/{job}", headers={"Authorization": f"Bearer {key}"})

    with entered(control, state) as injected, ThreadPoolExecutor(30) as burst:
        job = state["path"]["id"].replace("{setup.job_id}", injected.get("job_id", ""))
        answers = list(burst.map(get, [job] * state.get("burst", 1)))
    assert int(name.split()[1]) in {answer.status_code for answer in answers}


def test_the_keys_are_those_of_the_provider(pytestconfig: pytest.Config) -> None:
    credentials = target(pytestconfig)["credentials"]
    assert {entry["bearer"]: name for name, entry in credentials.items()} == {
        key: account.name for key, account in seed.ACCOUNTS.items()
    }


def test_with_those_that_follow_from_the_document_every_status_is_there(pytestconfig: pytest.Config) -> None:
    named = {int(name.split()[1]) for name in target(pytestconfig)["states"]}
    assert named | {400, 401} == {200, 400, 401, 402, 403, 404, 409, 422, 429, 451, 500, 502, 503}
