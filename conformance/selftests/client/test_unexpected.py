"""What no document promises has exceptions of its own, which keep the response."""

import pickle
import socket
import struct
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from generation_jobs_client import (
    ApiClientError,
    ApiConnectionError,
    ApiError,
    ApiTimeoutError,
    Client,
    DecodingError,
    NotFoundError,
    UndocumentedStatusError,
    UnreadableErrorBodyError,
)

from .conftest import Clock, Script

ID = "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11"
HTML = b"<html><body><h1>Bad gateway</h1></body></html>"
ERROR = b'{"error": "not_found", "message": "No such job.", "request_id": "r-1"}'


@pytest.mark.parametrize("status", [202, 204, 302, 304, 405, 418, 499, 520, 599])
def test_a_status_that_is_not_documented(fast: Client, script: Script, status: int) -> None:
    script.will((status, {"X-Request-Id": "r-7"}, b"" if status in (204, 304) else b'{"message": "Hm."}'))
    with pytest.raises(UndocumentedStatusError) as caught:
        fast.jobs.get_job(ID)
    assert (caught.value.status, caught.value.request_id) == (status, "r-7")
    assert str(status) in str(caught.value)
    assert len(script.requests) == 1


def test_an_undocumented_status_has_its_json(fast: Client, script: Script) -> None:
    script.will((520, {}, b'{"error": {"message": "The origin is a teapot."}}'))
    with pytest.raises(UndocumentedStatusError, match=r"^520: The origin is a teapot\. \(GET ") as caught:
        fast.jobs.get_job(ID)
    assert caught.value.body == {"error": {"message": "The origin is a teapot."}}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(HTML, "it is no JSON but begins with '<html><body>", id="HTML"),
        pytest.param(b"", "it is empty", id="nothing"),
        pytest.param(b"\xff\xfe\x00", "it is no JSON", id="no text"),
        pytest.param(b"[]", "[] is not of type object", id="another JSON"),
        pytest.param(b'{"error": "x"}', "at /message it is missing", id="a field missing"),
        pytest.param(b"[" * 100_000, "it is no JSON", id="too deep"),
    ],
)
def test_an_error_whose_body_is_not_as_documented(fast: Client, script: Script, body: bytes, reason: str) -> None:
    script.will((404, {}, body))
    with pytest.raises(UnreadableErrorBodyError) as caught:
        fast.jobs.get_job(ID)
    assert not isinstance(caught.value, NotFoundError)
    assert (caught.value.status, caught.value.response.content) == (404, body)
    assert reason in str(caught.value)


def test_an_unreadable_error_is_repeated_as_its_status_says(fast: Client, script: Script) -> None:
    script.will((502, {}, HTML))
    with pytest.raises(UnreadableErrorBodyError, match="3 attempts"):
        fast.jobs.get_job(ID)
    assert len(script.requests) == 3


@pytest.mark.parametrize("body", [HTML, b"", b"{", b"null", b"7"])
def test_a_success_that_does_not_decode(fast: Client, script: Script, body: bytes) -> None:
    script.will((200, {"X-Request-Id": "r-9"}, body))
    with pytest.raises(DecodingError) as caught:
        fast.jobs.get_job(ID)
    assert (caught.value.status, caught.value.field, caught.value.request_id) == (200, "", "r-9")
    assert caught.value.response.content == body


def test_a_server_that_is_not_there(timed: Any, clock: Clock) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with Client("key", base_url=url) as client, pytest.raises(ApiConnectionError) as caught:
        timed(client).jobs.get_job(ID)
    assert not isinstance(caught.value, ApiTimeoutError)
    assert str(caught.value).startswith(f"GET {url}/v1/jobs/{ID}: no answer, after 3 attempts (ConnectError: ")
    assert clock.pauses == [0.5, 1.0]


def test_a_server_that_does_not_answer_in_time(script: Script) -> None:
    script.will(_silent)
    client = Client("key", base_url=script.url, timeout=0.05, max_retries=0)
    with client, pytest.raises(ApiTimeoutError, match="at the first attempt") as caught:
        client.jobs.get_job(ID)
    assert isinstance(caught.value, TimeoutError)


def test_a_connection_that_breaks_off(fast: Client, script: Script) -> None:
    script.will(_reset)
    with pytest.raises(ApiConnectionError, match="after 3 attempts"):
        fast.jobs.get_job(ID)
    assert len(script.requests) == 3


def test_a_body_that_is_not_in_the_encoding_it_says(fast: Client, script: Script) -> None:
    script.will((200, {"Content-Encoding": "gzip"}, b"not gzip"))
    with pytest.raises(ApiConnectionError, match="DecodingError"):
        fast.jobs.get_job(ID)


@pytest.mark.parametrize(("status", "body"), [(404, ERROR), (404, HTML), (520, HTML), (200, b"{}")])
def test_an_error_survives_pickling(fast: Client, script: Script, status: int, body: bytes) -> None:
    script.will((status, {"X-Request-Id": "r-2"}, body))
    with pytest.raises(ApiError) as caught:
        fast.jobs.get_job(ID)
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (type(copy), str(copy), copy.body, copy.request_id) == (
        type(caught.value),
        str(caught.value),
        caught.value.body,
        "r-2",
    )


def test_no_exception_holds_one_of_the_http_library(script: Script) -> None:
    """It would hold the request, with the credential."""
    script.will(_reset)
    with Client("key", base_url=script.url, max_retries=0) as client, pytest.raises(ApiClientError) as caught:
        client.jobs.get_job(ID)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def _silent(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.settimeout(1)
    with suppress(OSError):
        handler.connection.recv(1)
    handler.close_connection = True


def _reset(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
