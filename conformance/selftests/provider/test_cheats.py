"""The cheats look right from outside, and are wrong in the way that they are there for."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from starlette.applications import Starlette

from jobs_provider import cheats, seed
from jobs_provider.app import CONTROL_PORT
from jobs_provider.hosting import Host, Hosted

MAINTENANCE = "the service is under maintenance"
STORY = "a story of 4 scenes was submitted"


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with Host() as host:
        yield host


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    key = next(key for key, account in seed.ACCOUNTS.items() if account is seed.DEFAULT)
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client


def change(client: httpx.Client, cheat: Hosted, state: str, action: str) -> dict[str, str]:
    url = f"http://127.0.0.1:{cheat.control_port}/states"
    injected: dict[str, str] = client.post(url, json={"state": state, "action": action}).raise_for_status().json()
    return injected


def read(client: httpx.Client, cheat: Hosted, job: object = seed.COMPLETED) -> httpx.Response:
    return client.get(f"{cheat.base_url}/v1/jobs/{job}")


def test_the_constant_one_has_one_answer_to_everything(host: Host, client: httpx.Client) -> None:
    cheat = host.serve(cheats.constant(0))
    asked = [("GET", "/v1/jobs/nonsense"), ("DELETE", f"/v1/jobs/{seed.PENDING}"), ("GET", "/"), ("GET", "/healthz")]
    answers = [client.request(method, f"{cheat.base_url}{path}") for method, path in asked]
    assert [answer.status_code for answer in answers] == [200] * len(asked)
    assert [answer.json() for answer in answers] == [cheats.JOB] * len(asked)
    for action in ("setup", "teardown"):
        assert change(client, cheat, MAINTENANCE, action)["job_id"] == cheats.JOB["job_id"]
    assert read(client, cheat).json() == cheats.JOB


def test_the_unavailable_one_is_healthy(host: Host, client: httpx.Client) -> None:
    cheat = host.serve(cheats.unavailable(0))
    answer = read(client, cheat)
    assert (answer.status_code, answer.json()["error"]) == (503, "service_unavailable")
    assert "Retry-After" not in answer.headers
    assert client.get(f"{cheat.base_url}/healthz").status_code == 200
    change(client, cheat, MAINTENANCE, "setup")


def test_the_stateless_one_enters_nothing(host: Host, client: httpx.Client) -> None:
    cheat = host.serve(cheats.stateless(0))
    change(client, cheat, MAINTENANCE, "setup")
    assert read(client, cheat).status_code == 200
    injected = change(client, cheat, STORY, "setup")
    assert read(client, cheat, injected["job_id"]).json()["status"] == "completed"
    assert read(client, cheat, "nonsense").status_code == 400


def test_the_sticky_one_leaves_nothing(host: Host, client: httpx.Client) -> None:
    cheat = host.serve(cheats.sticky(0))
    injected = change(client, cheat, STORY, "setup")
    assert read(client, cheat, injected["job_id"]).json()["status"] == "pending"
    change(client, cheat, STORY, "teardown")
    assert read(client, cheat, injected["job_id"]).status_code == 200
    change(client, cheat, MAINTENANCE, "setup")
    change(client, cheat, MAINTENANCE, "teardown")
    assert read(client, cheat).status_code == 503


@pytest.mark.parametrize("make", [cheats.constant, cheats.unavailable, cheats.stateless, cheats.sticky])
def test_a_cheat_starts_like_the_provider(
    make: Callable[[], Starlette],
    host: Host,
    client: httpx.Client,
    free_port: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    monkeypatch.setenv(CONTROL_PORT, str(port))
    cheat = host.serve(make())
    assert cheat.control_port == port
    change(client, cheat, MAINTENANCE, "setup")
