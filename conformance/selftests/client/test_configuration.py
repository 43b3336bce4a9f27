"""What a client is made of: arguments, the environment and the document; what is wrong is said before any request."""

import asyncio
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

import generation_jobs_client
from generation_jobs_client import (
    ApiClientError,
    ApiError,
    AsyncClient,
    AuthenticatedClient,
    Client,
    ConfigurationError,
    InvalidArgumentError,
    MissingCredentialError,
)
from generation_jobs_client.api.jobs import get_job

from .conftest import Script

ID = "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11"
JOB = {"job_id": ID, "status": "pending", "created_at": "2026-03-01T12:00:00Z"}
CLIENTS = pytest.mark.parametrize("make", [Client, AsyncClient])


@CLIENTS
def test_a_missing_key_is_said_with_the_ways_to_give_one(make: Callable[..., Any]) -> None:
    with pytest.raises(MissingCredentialError, match="give api_key or set GENERATION_JOBS_API_KEY"):
        make()


@CLIENTS
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("jobs.example", "'jobs.example' is no whole URL"),
        ("jobs.example:8000", "is no whole URL"),
        ("ftp://jobs.example", "is no whole URL"),
        ("https://", "is no whole URL"),
        ("https://jobs.example:port", "is no whole URL"),
        ("", "'' is no whole URL"),
        ("https://jobs.example?key=1", "neither credentials nor a query"),
        ("https://me:secret@jobs.example", "neither credentials nor a query"),
    ],
)
def test_a_base_url_that_is_none_is_said(make: Callable[..., Any], url: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(said)) as caught:
        make("key", base_url=url)
    assert "secret" not in str(caught.value)
    assert "give base_url or set GENERATION_JOBS_BASE_URL" in str(caught.value)


@pytest.mark.parametrize("key", ["", "   ", "se\ncret", "sécret", "se\x00cret"])
def test_a_key_that_no_header_can_carry_is_said_without_being_shown(key: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^api_key \(or GENERATION_JOBS_API_KEY\) (is empty|has characters)"
    ) as caught:
        Client(key)
    assert "cret" not in str(caught.value)


@CLIENTS
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"api_key": 5}, "api_key (or GENERATION_JOBS_API_KEY) must be text, not of type int"),
        ({"base_url": 5}, "5 is no text: give base_url"),
        ({"timeout": "5"}, "timeout must be a number, not '5'"),
        ({"total_timeout": None}, "total_timeout must be a number, not None"),
        ({"max_retries": "2"}, "max_retries must be a number, not '2'"),
        ({"headers": {"X-Trace": "a\nb"}}, "the header 'X-Trace' must be text of printable ASCII characters"),
        ({"headers": {"X-Trace": "spür"}}, "the header 'X-Trace' must be text of printable ASCII characters"),
        ({"headers": {"X-Trace": 5}}, "the header 'X-Trace' must be text of printable ASCII characters"),
    ],
)
def test_what_is_of_another_type_is_said(make: Callable[..., Any], options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        make(**{"api_key": "key", **options})


@pytest.mark.parametrize("is_async", [False, True])
def test_a_client_that_was_closed_says_so(script: Script, is_async: bool) -> None:
    async def read_async() -> None:
        async with AsyncClient("key", base_url=script.url) as api:
            pass
        await api.jobs.get_job(ID)

    def read() -> None:
        with Client("key", base_url=script.url) as api:
            pass
        api.jobs.get_job(ID)

    with pytest.raises(ConfigurationError, match="the client was closed: use it within its `with`"):
        asyncio.run(read_async()) if is_async else read()
    assert script.requests == []


@pytest.mark.parametrize("job_id", ["", "job-1", "4be2f1a6", 7, None])
def test_an_id_that_is_no_uuid_is_said(fast: Client, script: Script, job_id: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=f"id must be a UUID, not {job_id!r}"):
        fast.jobs.get_job(job_id)
    assert script.requests == []


@pytest.mark.parametrize("error", [ConfigurationError, InvalidArgumentError])
def test_what_is_wrong_with_an_argument_is_a_value_error_too(error: type[Exception]) -> None:
    assert issubclass(error, ValueError)
    assert issubclass(error, ApiClientError)


def test_the_environment_gives_what_no_argument_does(monkeypatch: pytest.MonkeyPatch, script: Script) -> None:
    monkeypatch.setenv("GENERATION_JOBS_API_KEY", "of-the-environment\n")
    monkeypatch.setenv("GENERATION_JOBS_BASE_URL", script.url + "/")
    script.will((200, {}, httpx.Response(200, json=JOB).content))
    with Client() as api:
        api.jobs.get_job(ID)
    with Client("of-the-argument") as api:
        api.jobs.get_job(ID)
    keys = [headers["authorization"] for _, _, headers in script.requests]
    assert keys == ["Bearer of-the-environment", "Bearer of-the-argument"]


def test_without_both_the_documents_server_is_asked() -> None:
    assert "https://api.generation-jobs.example" in repr(Client("key"))


def test_the_request_is_the_documented_one(fast: Client, script: Script) -> None:
    script.will((200, {}, httpx.Response(200, json=JOB).content))
    fast.jobs.get_job(UUID(ID))
    method, path, headers = script.requests[0]
    assert (method, path) == ("GET", f"/v1/jobs/{ID}")
    assert headers["authorization"] == "Bearer key"
    assert re.fullmatch(r"generation-jobs-client/\S+ python/3\.\d+\.\d+ httpx/0\.28\.\d+", headers["user-agent"])
    assert headers["user-agent"].split()[0].partition("/")[2] == generation_jobs_client.__version__


def test_further_headers_are_sent_along(script: Script) -> None:
    script.will((200, {}, httpx.Response(200, json=JOB).content))
    with Client("key", base_url=script.url, headers={"X-Trace": "t-1", "User-Agent": "mine"}) as api:
        api.jobs.get_job(ID)
    assert (script.requests[0][2]["x-trace"], script.requests[0][2]["user-agent"]) == ("t-1", "mine")


def test_all_calls_send_the_same_headers(fast: Client, script: Script) -> None:
    script.will((404, {}, b""))
    for _ in range(2):
        with pytest.raises(ApiError):
            fast.jobs.get_job(ID)
    (_, first, headers), (_, second, again) = script.requests
    assert (first, headers) == (second, again)
    assert headers["authorization"] == "Bearer key"


@pytest.mark.parametrize("is_async", [False, True])
def test_cookies_are_sent_back_until_the_server_takes_them_away(script: Script, is_async: bool) -> None:
    set_cookie: list[dict[str, str]] = [{}, {"Set-Cookie": "a=1"}, {}, {"Set-Cookie": "a=; Max-Age=0"}, {}]
    script.will(*((404, headers, b"") for headers in set_cookie))

    async def read_async() -> None:
        async with AsyncClient("key", base_url=script.url) as api:
            for _ in range(5):
                with pytest.raises(ApiError):
                    await api.jobs.get_job(ID)

    def read() -> None:
        with Client("key", base_url=script.url) as api:
            for _ in range(5):
                with pytest.raises(ApiError):
                    api.jobs.get_job(ID)

    asyncio.run(read_async()) if is_async else read()
    assert [headers.get("cookie") for _, _, headers in script.requests] == [None, None, "a=1", "a=1", None]


def test_a_path_in_the_base_url_stays() -> None:
    seen: list[httpx.Request] = []
    _client(seen, base_url="https://gateway.example/jobs/").jobs.get_job(ID)
    assert str(seen[0].url) == f"https://gateway.example/jobs/v1/jobs/{ID}"


def test_a_redirect_is_not_followed_even_by_a_client_that_would() -> None:
    """It would carry the credential to wherever it leads."""

    def redirect(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "api.generation-jobs.example"
        return httpx.Response(302, headers={"Location": "https://elsewhere.example"})

    http = httpx.Client(transport=httpx.MockTransport(redirect), follow_redirects=True)
    with pytest.raises(generation_jobs_client.UndocumentedStatusError):
        Client("key", http_client=http).jobs.get_job(ID)


def test_an_http_client_that_was_brought_along_stays_open() -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=JOB)))
    with Client("key", http_client=http):
        pass
    assert not http.is_closed
    with Client("key") as api:
        own = api._client._http
    assert own is not None
    assert own.is_closed


def test_the_functions_of_the_modules_give_errors_back_and_repeat_nothing(script: Script) -> None:
    script.will((503, {}, b'{"error": "busy", "message": "Not now."}'))
    with AuthenticatedClient(script.url, "key") as client:
        response = get_job.sync_detailed(UUID(ID), client=client)
    assert (response.status_code, len(script.requests)) == (503, 1)
    assert response.parsed is not None
    assert response.parsed.to_dict() == {"error": "busy", "message": "Not now."}


def test_the_package_knows_its_version() -> None:
    project = Path(__file__).resolve().parents[3] / "generated/pyproject.toml"
    assert tomllib.loads(project.read_text())["project"]["version"] == generation_jobs_client.__version__


def _client(seen: list[httpx.Request], **options: Any) -> Client:
    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=JOB)

    return Client("key", http_client=httpx.Client(transport=httpx.MockTransport(respond)), **options)
