"""What failed in passing is tried again, as long and as often as was allowed, and not more eagerly than was asked."""

import asyncio
import math
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest

from generation_jobs_client import (
    ApiError,
    ApiTimeoutError,
    AsyncClient,
    Client,
    ConfigurationError,
    ServiceUnavailableError,
    TooManyRequestsError,
)
from generation_jobs_client.models import Job

from .conftest import Clock, Script

ID = "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11"
ERROR = b'{"error": "busy", "message": "Not now."}'
JOB = b'{"job_id": "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11", "status": "pending", "created_at": "2026-03-01T12:00:00Z"}'

Read = Callable[..., Job]


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest, script: Script, timed: Callable[[Any], Any]) -> Read:
    """Read the job once, with the options that are given."""

    def read(**options: Any) -> Job:
        with Client("key", base_url=script.url, **options) as api:
            job: Job = timed(api).jobs.get_job(ID)
            return job

    async def read_async(**options: Any) -> Job:
        async with AsyncClient("key", base_url=script.url, **options) as api:
            job: Job = await timed(api).jobs.get_job(ID)
            return job

    return read if request.param == "sync" else lambda **options: asyncio.run(read_async(**options))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_two_failures_in_passing_are_not_noticed(read: Read, script: Script, clock: Clock, status: int) -> None:
    script.will((status, {}, ERROR), (status, {}, ERROR), (200, {}, JOB))
    assert read().status == "pending"
    assert len(script.requests) == 3
    assert clock.pauses == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 451, 501, 505, 520])
def test_what_will_not_pass_is_not_repeated(read: Read, script: Script, status: int) -> None:
    script.will((status, {}, ERROR))
    with pytest.raises(ApiError):
        read()
    assert len(script.requests) == 1


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_it_ends_after_as_many_retries_as_were_allowed(read: Read, script: Script, retries: int) -> None:
    script.will((503, {}, ERROR))
    with pytest.raises(ServiceUnavailableError) as caught:
        read(max_retries=retries)
    assert len(script.requests) == caught.value.response.attempts == retries + 1


def test_a_broken_connection_is_tried_again(read: Read, script: Script) -> None:
    script.will(_hang_up, (200, {}, JOB))
    assert read().status == "pending"
    assert len(script.requests) == 2


def test_pauses_double_up_to_a_limit_and_chance_shortens_them(
    read: Read, script: Script, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.will((503, {}, ERROR))
    with pytest.raises(ServiceUnavailableError):
        read(max_retries=6)
    assert clock.pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    clock.pauses.clear()
    monkeypatch.setattr(clock, "jitter", lambda: 0.25)
    with pytest.raises(ServiceUnavailableError):
        read(max_retries=2)
    assert clock.pauses == [0.125, 0.25]


@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        pytest.param("3", 3.0, id="seconds"),
        pytest.param("0", 0.0, id="at once"),
        pytest.param(formatdate(1_700_000_007, usegmt=True), 7.0, id="a date"),
        pytest.param(formatdate(1_600_000_000, usegmt=True), 0.0, id="a date gone by"),
        pytest.param("3600", 20.0, id="more than is obeyed"),
        pytest.param("soon", 0.5, id="nonsense"),
        pytest.param("-3", 0.5, id="less than nothing"),
        pytest.param("", 0.5, id="nothing"),
    ],
)
def test_retry_after_is_obeyed(read: Read, script: Script, clock: Clock, asked: str, waited: float) -> None:
    script.will((429, {"Retry-After": asked}, ERROR), (200, {}, JOB))
    assert read(max_retry_after=20).status == "pending"
    assert clock.pauses == [waited]


def test_what_would_take_longer_than_the_call_may_is_not_waited_for(read: Read, script: Script, clock: Clock) -> None:
    script.will((429, {"Retry-After": "30"}, ERROR))
    with pytest.raises(TooManyRequestsError):
        read(total_timeout=20)
    assert (len(script.requests), clock.pauses) == (1, [])


def test_options_hold_for_one_call_alone(fast: Client, script: Script) -> None:
    script.will((503, {}, ERROR))
    for api, attempts in ((fast.with_options(max_retries=0), 1), (fast, 3)):
        script.will((503, {}, ERROR))
        with pytest.raises(ServiceUnavailableError):
            api.jobs.get_job(ID)
        assert len(script.requests) == attempts


@pytest.fixture(params=["head", "body"])
def trickle(request: pytest.FixtureRequest) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer that never ends, each part in time."""
    return _trickle if request.param == "body" else _trickle_head


def test_a_call_ends_in_time_though_bytes_trickle_in(script: Script, trickle: Any) -> None:
    script.will(trickle)
    began = time.monotonic()
    api = Client("key", base_url=script.url, timeout=0.1, max_retries=0)
    with api, pytest.raises(ApiTimeoutError, match=r"no whole answer within 0\.1 s"):
        api.jobs.get_job(ID)
    assert time.monotonic() - began < 0.6


def test_an_http_client_that_was_brought_along_ends_a_body_in_time(script: Script) -> None:
    script.will(_trickle)
    with httpx.Client(trust_env=False) as http, pytest.raises(ApiTimeoutError, match=r"no whole answer within 0\.1 s"):
        Client("key", base_url=script.url, timeout=0.1, max_retries=0, http_client=http).jobs.get_job(ID)


def test_a_call_of_asyncio_ends_in_time_though_bytes_trickle_in(script: Script, trickle: Any) -> None:
    async def read() -> None:
        async with AsyncClient("key", base_url=script.url, timeout=0.1, max_retries=0) as api:
            await api.jobs.get_job(ID)

    script.will(trickle)
    began = time.monotonic()
    with pytest.raises(ApiTimeoutError, match=r"no whole answer within 0\.1 s"):
        asyncio.run(read())
    assert time.monotonic() - began < 0.6


def test_the_time_of_all_attempts_together_is_limited(script: Script, trickle: Any) -> None:
    script.will(trickle)
    began = time.monotonic()
    api = Client("key", base_url=script.url, timeout=10, total_timeout=0.2, max_retries=50)
    with api, pytest.raises(ApiTimeoutError):
        api.jobs.get_job(ID)
    assert time.monotonic() - began < 0.8


def test_a_call_may_take_any_time(script: Script) -> None:
    async def read_async() -> Job:
        async with AsyncClient("key", base_url=script.url, timeout=math.inf, total_timeout=math.inf) as api:
            return await api.jobs.get_job(ID)

    script.will((200, {}, JOB))
    with Client("key", base_url=script.url, timeout=math.inf, total_timeout=math.inf) as api:
        assert api.jobs.get_job(ID) == asyncio.run(read_async())


@pytest.mark.parametrize(
    "options",
    [{"timeout": 0}, {"total_timeout": -1}, {"max_retries": -1}, {"max_retry_after": -1}, {"timeout": float("nan")}],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=r"more than 0|less than 0"):
        Client("key", **options)


def _hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def _trickle(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response_only(200, "OK")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    _slowly(handler, b" " * 25)


def _trickle_head(handler: BaseHTTPRequestHandler) -> None:
    _slowly(handler, b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 10)


def _slowly(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    with suppress(OSError):  # nobody is there any more
        for each in content:
            handler.wfile.write(bytes([each]))
            time.sleep(0.04)
    handler.close_connection = True
