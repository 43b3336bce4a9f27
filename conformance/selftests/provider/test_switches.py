"""Each switch changes what it says, and nothing else; without one the provider is as it was."""

import asyncio
import logging
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobs_provider import switches
from jobs_provider.app import CONTROL_PORT, LEGAL_SEED, create_app
from jobs_provider.app import SWITCHES as VARIABLE
from jobs_provider.desk import RequestIds
from jobs_provider.hosting import Host
from jobs_provider.seed import ACCOUNTS, COMPLETED
from jobs_provider.switches import SWITCHES
from selftests.provider.battery import round_of, switched_round
from selftests.provider.differing import differences

CHANGES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("changes.toml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Some thousand answers, among them many errors: each with its line in the log would take the most of the time."""
    logger = logging.getLogger("jobs_provider")
    logger.disabled = True
    yield
    logger.disabled = False


def test_a_provider_without_switches_is_the_same_in_each_round() -> None:
    assert differences(switched_round(), asyncio.run(round_of([]))) == {}


def test_the_round_brings_about_every_documented_status_and_each_side_of_what_is_not() -> None:
    seen = {answer.status for answers in switched_round().values() for answer in answers}
    assert seen == {200, 204, 400, 401, 402, 403, 404, 405, 409, 422, 429, 451, 500, 502, 503}


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_changes_what_it_says_and_nothing_else(name: str) -> None:
    expected = CHANGES["switches"][name]
    found = differences(switched_round(), switched_round(name))
    assert found.keys() == {each for where in expected["where"] for each in CHANGES["groups"].get(where, [where])}
    words = {word for readings in found.values() for said in readings.values() for word in said}
    unexpected = [word for word in words if not any(fnmatchcase(word, pattern) for pattern in expected["what"])]
    missing = [pattern for pattern in expected["what"] if not any(fnmatchcase(word, pattern) for word in words)]
    assert (unexpected, missing) == ([], [])
    assert {life: list(found[life]) for life in expected.get("readings", {})} == expected.get("readings", {})


def test_the_table_has_no_switch_that_there_is_not() -> None:
    assert CHANGES["switches"].keys() == SWITCHES.keys()


def test_a_switch_says_what_is_wrong_and_what_must_catch_it() -> None:
    for switch in SWITCHES.values():
        assert switch.sentence.endswith(".")
        assert switch.claims
        assert all(claim.startswith("getJob/") for claim in switch.claims)


def test_no_two_switches_share_a_name_or_a_sentence() -> None:
    assert len({switch.name for switch in switches._ALL}) == len(switches._ALL) == len(SWITCHES)
    assert len({switch.sentence for switch in switches._ALL}) == len(switches._ALL)


def test_two_providers_do_not_count_together() -> None:
    one, other = (asyncio.run(round_of(switches.hands(["ninth-is-500", "job-id-changes"]))) for _ in range(2))
    assert differences(one, other) == {}


def test_switches_can_be_put_together() -> None:
    found = differences(switched_round(), asyncio.run(round_of(switches.hands(["402-is-403", "plain-text"]))))
    assert found["402"] == {1: ["402→403"]}
    assert found["completed"] == {1: ["content-type: text/plain; charset=utf-8"]}


def test_all_are_off_by_default() -> None:
    middleware: list[object] = [each.cls for each in create_app().user_middleware]
    assert middleware == [RequestIds]


def test_the_environment_switches_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CONTROL_PORT, raising=False)
    monkeypatch.setenv(VARIABLE, " plain-text, no-result,")
    key = next(iter(ACCOUNTS))
    with Host() as host, httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {key}"}) as client:
        hosted = host.serve(create_app())
        answer = client.get(f"{hosted.base_url}/v1/jobs/{COMPLETED}")
        assert client.get(f"{hosted.base_url}/healthz").headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "result" not in answer.json()
    assert hosted.control_port is None


def test_an_unknown_switch_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "plain-text,plain-txt")
    with pytest.raises(ValueError, match="plain-txt; known switches:") as refused:
        create_app()
    assert all(name in str(refused.value) for name in SWITCHES)
    with pytest.raises(ValueError, match="no-such"):
        create_app(["no-such"])


def test_a_provider_is_wrong_or_legal(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="legal"):
        create_app(["plain-text"], legal_seed=1)
    monkeypatch.setenv(LEGAL_SEED, "seven")
    with pytest.raises(ValueError, match=LEGAL_SEED):
        create_app()
