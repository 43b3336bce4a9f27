"""The control interface: Pact's state changes, in and out, alone and together."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import httpx
import pytest

from jobs_provider import seed
from jobs_provider.accounts import Account
from jobs_provider.states import STATES

Bearer = Callable[[Account], dict[str, str]]
Enter = Callable[..., AbstractContextManager[dict[str, str]]]

STORY = "a story of N scenes was submitted"


def assert_refused(answer: httpx.Response, *words: str) -> None:
    assert answer.status_code == 400
    assert answer.json().keys() == {"error", "message"}
    assert all(word in answer.json()["message"] for word in words)


def test_an_unknown_state_is_refused_with_the_known_ones(control: httpx.Client) -> None:
    assert_refused(control.post("/states", json={"state": "the moon is full"}), "the moon is full", *STATES)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[]", b'"state"', b"null", b"{}", b'{"state": 1}', b'{"state": "x", "params": 1}'],
)
def test_a_body_that_is_no_state_change_is_refused(control: httpx.Client, body: bytes) -> None:
    assert_refused(control.post("/states", content=body), "body")


def test_an_action_is_setup_or_teardown(control: httpx.Client) -> None:
    change = {"state": "the service is under maintenance", "action": "break"}
    assert_refused(control.post("/states", json=change), "setup", "teardown")


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"scenes": 0}, "scenes"),
        ({"scenes": 101}, "scenes"),
        ({"scenes": "4"}, "scenes"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": "soon"}, "seconds"),
        ({"outcome": "pending"}, "outcome"),
        ({"account": "nobody"}, "nobody"),
        ({"scene": 4}, "scene"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_name(
    control: httpx.Client, params: dict[str, object], word: str
) -> None:
    assert_refused(control.post("/states", json={"state": STORY, "params": params}), word)


def test_a_job_id_must_be_one(control: httpx.Client) -> None:
    change = {"state": "the job is being moved to another region", "params": {"job_id": "seven"}}
    assert_refused(control.post("/states", json=change), "UUID")


def test_the_number_of_scenes_is_said_once(control: httpx.Client) -> None:
    change = {"state": "a story of 2 scenes was submitted", "params": {"scenes": 3}}
    assert_refused(control.post("/states", json=change), "scenes")


def test_setup_is_what_is_meant_without_an_action(api: httpx.Client, control: httpx.Client) -> None:
    state = "the service is under maintenance"
    assert control.post("/states", json={"state": state}).json() == {}
    assert api.get(f"/v1/jobs/{seed.COMPLETED}").status_code == 503
    assert control.post("/states", json={"state": state, "action": "teardown"}).json() == {}
    assert api.get(f"/v1/jobs/{seed.COMPLETED}").status_code == 200


@pytest.mark.parametrize("state", STATES)
def test_a_teardown_is_safe_at_any_time(api: httpx.Client, control: httpx.Client, state: str) -> None:
    for action in ("teardown", "setup", "setup", "teardown", "teardown"):
        control.post("/states", json={"state": state, "action": action}).raise_for_status()
    for job in (seed.COMPLETED, seed.OLD_MODEL):
        assert api.get(f"/v1/jobs/{job}").status_code == 200


def test_states_hold_together_and_end_apart(api: httpx.Client, enter: Enter) -> None:
    def status() -> int:
        return api.get(f"/v1/jobs/{seed.COMPLETED}").status_code

    with enter("the image signer is down"):
        with enter("the job is being moved to another region"):
            with enter("the service is under maintenance"):
                assert status() == 503
            assert status() == 409
        assert status() == 502
    assert status() == 200


@pytest.mark.parametrize("state", ["a story of 3 scenes was submitted", "a story of N scenes was submitted"])
def test_a_submitted_story_is_there_until_it_is_taken_away(api: httpx.Client, enter: Enter, state: str) -> None:
    params = {"scenes": 3} if "N" in state else {}
    with enter(state, seconds=60, **params) as injected:
        job = api.get(f"/v1/jobs/{injected['job_id']}").raise_for_status().json()
        assert (job["status"], job["scenes_total"]) == ("pending", 3)
    assert api.get(f"/v1/jobs/{injected['job_id']}").status_code == 404


def test_a_story_belongs_to_the_account_that_was_named(
    api: httpx.Client, anonymous: httpx.Client, bearer: Bearer, enter: Enter
) -> None:
    with enter("a story of 1 scene was submitted", account="neighbour") as injected:
        path = f"/v1/jobs/{injected['job_id']}"
        assert anonymous.get(path, headers=bearer(seed.NEIGHBOUR)).status_code == 200
        assert api.get(path).status_code == 404


def test_each_setup_of_a_story_is_a_story_and_the_teardown_takes_all(api: httpx.Client, control: httpx.Client) -> None:
    change = {"state": STORY, "params": {"seconds": 59}}
    jobs = [control.post("/states", json=change).json()["job_id"] for _ in range(2)]
    assert len(set(jobs)) == 2
    control.post("/states", json={**change, "action": "teardown"}).raise_for_status()
    assert [api.get(f"/v1/jobs/{job}").status_code for job in jobs] == [404, 404]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/states", 405), ("POST", "/state", 404)])
def test_there_is_nothing_else_at_the_control_interface(
    control: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = control.request(method, path)
    assert answer.status_code == status
    assert "POST /states" in answer.json()["message"]


def test_the_public_interface_has_no_states(api: httpx.Client) -> None:
    assert api.post("/states", json={"state": "the store is unreadable"}).status_code == 404
