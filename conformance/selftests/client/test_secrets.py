"""The credential goes to the server, and nowhere else: not into a repr, a log record, a message or an exception."""

import logging
import pickle
import traceback
from typing import Any

import pytest

from generation_jobs_client import ApiClientError, ApiError, AsyncClient, AuthenticatedClient, Client

from .conftest import Script

ID = "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11"
SECRET = "gj_secret_0123456789"
LOG = "generation_jobs_client"


@pytest.mark.parametrize("make", [Client, AsyncClient, AuthenticatedClient])
def test_no_repr_shows_it(make: Any) -> None:
    made = make(**{"token" if make is AuthenticatedClient else "api_key": SECRET})
    inner = getattr(made, "_client", made)
    shown = [repr(each) for each in (made, inner, inner._setup, inner.credentials, inner.get_httpx_client())]
    assert SECRET not in " ".join([*shown, str(made)])
    assert repr(made) == f"{make.__name__}('https://api.generation-jobs.example')"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            (404, {}, b'{"error": "x", "message": "no job for gj_secret_0123456789"}'), id="an error that repeats it"
        ),
        pytest.param((520, {}, b'{"message": "gj_secret_0123456789"}'), id="an undocumented one"),
        pytest.param((502, {}, b"<p>gj_secret_0123456789</p>"), id="HTML"),
        pytest.param((200, {}, b'{"job_id": "gj_secret_0123456789"}'), id="a success"),
        pytest.param(lambda handler: setattr(handler, "close_connection", True), id="no answer"),
    ],
)
def test_no_exception_shows_it(script: Script, answer: Any) -> None:
    script.will(answer)
    with Client(SECRET, base_url=script.url, max_retries=0) as api, pytest.raises(ApiClientError) as caught:
        api.jobs.get_job(ID)
    error = caught.value
    assert SECRET not in str(error) + repr(error) + "".join(traceback.format_exception(error))
    if isinstance(error, ApiError):
        assert SECRET not in repr(error.response)
    else:
        assert SECRET.encode() not in pickle.dumps(error)


@pytest.mark.parametrize(("secret", "told"), [("-", ID), ("seven-7", "seven-7"), ("eight-88", "«credential»")])
def test_what_is_too_short_for_a_secret_is_not_looked_for(script: Script, secret: str, told: str) -> None:
    """Else the key of a test would make its errors unreadable."""
    script.will((404, {}, b'{"error": "x", "message": "for seven-7, eight-88."}'))
    with Client(secret, base_url=script.url) as api, pytest.raises(ApiError) as caught:
        api.jobs.get_job(ID)
    assert told in str(caught.value)
    assert ID in str(caught.value)
    assert ("«credential»" in str(caught.value)) == (told == "«credential»")


def test_no_exception_holds_the_request(script: Script) -> None:
    script.will((404, {}, b'{"error": "x", "message": "No."}'))
    with Client(SECRET, base_url=script.url) as api, pytest.raises(ApiError) as caught:
        api.jobs.get_job(ID)
    assert SECRET.encode() not in pickle.dumps(caught.value)


def test_logs_tell_of_attempts_without_it(fast: Client, script: Script, caplog: pytest.LogCaptureFixture) -> None:
    script.will((503, {}, b""), (404, {}, b'{"error": "x", "message": "No."}'))
    with caplog.at_level(logging.DEBUG), pytest.raises(ApiError):
        fast.with_options(max_retries=1).jobs.get_job(ID)
    own = [record.getMessage() for record in caplog.records if record.name == LOG]
    assert own == [
        f"GET /v1/jobs/{ID}: 503 (attempt 1)",
        f"GET /v1/jobs/{ID}: once more in 0.5 s",
        f"GET /v1/jobs/{ID}: 404 (attempt 2)",
    ]
    assert "key" not in caplog.text.replace("api_key", "")


def test_nothing_is_logged_unless_it_is_asked_for(
    fast: Client, script: Script, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    script.will((503, {}, b""), (404, {}, b'{"error": "x", "message": "No."}'))
    with pytest.raises(ApiError):
        fast.jobs.get_job(ID)
    assert [record for record in caplog.records if record.name == LOG] == []
    assert capfd.readouterr() == ("", "")
    assert any(isinstance(each, logging.NullHandler) for each in logging.getLogger(LOG).handlers)
