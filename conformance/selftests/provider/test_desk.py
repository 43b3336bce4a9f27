"""What holds for every answer, whatever it says."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from jobs_provider import seed
from jobs_provider.accounts import Account

Bearer = Callable[[Account], dict[str, str]]
Enter = Callable[..., AbstractContextManager[dict[str, str]]]

HOSTILE = [
    "",
    ".",
    "..",
    "../healthz",
    "a/b",
    "a\\b",
    "\0",
    "\r\nX-Injected: yes",
    "\x7f",
    str(seed.COMPLETED) + "\n",
    str(seed.COMPLETED) + "/",
    " " + str(seed.COMPLETED),
    "' OR 1=1 --",
    "{{7*7}}",
    "<script>",
    "٣" * 36,
    "x" * 2_000,
    "0" * 20_000,
]


@pytest.mark.parametrize("path", ["/v1/jobs/nonsense", f"/v1/jobs/{seed.WITHHELD}", "/nowhere"])
def test_an_error_has_one_id_in_body_header_and_log(
    api: httpx.Client, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.INFO, "jobs_provider"):
        answer = api.get(path)
    request_id = answer.headers["X-Request-Id"]
    assert answer.json()["request_id"] == request_id
    lines = [record.getMessage() for record in caplog.records if record.name == "jobs_provider"]
    assert [line for line in lines if request_id in line and str(answer.status_code) in line]


def test_a_fault_is_logged_with_its_traceback_under_its_id(
    api: httpx.Client, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    with enter("the store is unreadable"):
        answer = api.get(f"/v1/jobs/{seed.COMPLETED}")
    logged = [record for record in caplog.records if record.exc_info and answer.json()["request_id"] in record.message]
    assert len(logged) == 1
    assert "StoreUnreadableError" in caplog.text


def test_a_broken_upstream_is_logged_with_its_cause(
    api: httpx.Client, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    with enter("the image signer is down"):
        answer = api.get(f"/v1/jobs/{seed.COMPLETED}")
    messages = [record.getMessage() for record in caplog.records]
    assert any(answer.json()["request_id"] in message and "ConnectError" in message for message in messages)


def test_requests_have_ids_of_their_own(api: httpx.Client) -> None:
    ids = {UUID(api.get(f"/v1/jobs/{seed.PENDING}").headers["X-Request-Id"]) for _ in range(3)}
    assert len(ids) == 3


def test_a_callers_request_id_is_not_taken_over(api: httpx.Client) -> None:
    answer = api.get("/v1/jobs/nonsense", headers={"X-Request-Id": "mine"})
    assert "mine" not in {answer.headers["X-Request-Id"], answer.json()["request_id"]}


@pytest.mark.parametrize("asked", HOSTILE)
def test_a_hostile_id_is_refused_and_breaks_nothing(api: httpx.Client, asked: str) -> None:
    answer = api.get(f"/v1/jobs/{quote(asked, safe='').replace('.', '%2E')}")
    assert answer.status_code in {400, 404}
    assert answer.json().keys() >= {"error", "message", "request_id"}
    assert "X-Injected" not in answer.headers


def test_bytes_that_are_not_utf_8_are_refused(api: httpx.Client) -> None:
    assert api.get("/v1/jobs/%ff%fe").status_code == 400


@pytest.mark.parametrize("account", seed.ACCOUNTS.values(), ids=lambda account: account.name)
@pytest.mark.parametrize("path", [f"/v1/jobs/{seed.COMPLETED}", "/v1/jobs/nonsense", "/nowhere"])
def test_no_answer_repeats_the_key(anonymous: httpx.Client, bearer: Bearer, account: Account, path: str) -> None:
    answer = anonymous.get(path, headers=bearer(account))
    key = bearer(account)["Authorization"].removeprefix("Bearer ")
    assert key not in answer.text
    assert all(key not in value for value in answer.headers.values())


def test_a_wrong_key_is_not_repeated_either(anonymous: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "jobs_provider"):
        answer = anonymous.get(f"/v1/jobs/{seed.COMPLETED}", headers={"Authorization": "Bearer gj_mistyped"})
    assert "gj_mistyped" not in answer.text + str(answer.headers) + caplog.text


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/jobs", "/v1/jobs/", f"/v1/jobs/{seed.COMPLETED}/scenes"])
def test_an_unknown_route_is_a_404_of_the_documented_form(api: httpx.Client, path: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_another_method_is_told_which_are_allowed(api: httpx.Client, method: str) -> None:
    answer = api.request(method, f"/v1/jobs/{seed.COMPLETED}")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.json()["error"] == "method_not_allowed"


def test_options_lists_the_methods(anonymous: httpx.Client) -> None:
    answer = anonymous.options(f"/v1/jobs/{seed.COMPLETED}")
    assert (answer.status_code, answer.headers["Allow"], answer.content) == (204, "GET, HEAD, OPTIONS", b"")


@pytest.mark.parametrize(("job", "status"), [(seed.COMPLETED, 200), (seed.NEIGHBOURS, 404)])
def test_head_is_get_without_the_body(api: httpx.Client, job: UUID, status: int) -> None:
    answer = api.head(f"/v1/jobs/{job}")
    assert (answer.status_code, answer.content) == (status, b"")
    assert int(answer.headers["Content-Length"]) > 0


def test_no_cache_keeps_an_answer(api: httpx.Client) -> None:
    assert api.get(f"/v1/jobs/{seed.COMPLETED}").headers["Cache-Control"] == "no-store"
