"""Each documented response of getJob, as the generated client gives it to its user."""

import asyncio
import datetime as dt
from typing import Any
from uuid import UUID

import httpx
import pytest

from generation_jobs_client import AuthenticatedClient
from generation_jobs_client.api.jobs import get_job
from generation_jobs_client.errors import UnexpectedStatus
from generation_jobs_client.models import Error, Job, JobError, JobStatus
from generation_jobs_client.types import UNSET, Response

ID = UUID("4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11")
CREATED = "2026-03-01T12:00:00+00:00"
LATER = "2026-03-01T12:00:05.250000+00:00"

PENDING: dict[str, Any] = {"job_id": str(ID), "status": "pending", "created_at": CREATED}
PROCESSING = {**PENDING, "status": "processing", "started_at": LATER, "scenes_completed": 1, "scenes_total": 4}
COMPLETED = {**PROCESSING, "status": "completed", "completed_at": LATER, "result": {"images": ["https://x.example"]}}
FAILED = {
    **PENDING,
    "status": "failed",
    "completed_at": LATER,
    "error": {"code": "content_rejected", "message": "The prompt was refused."},
}
ERROR = {"error": "no_luck", "message": "Not today.", "request_id": "r-1", "details": {"field": "id"}}


@pytest.mark.parametrize("body", [PENDING, PROCESSING, COMPLETED, FAILED], ids=lambda body: body["status"])
def test_a_job_decodes_to_a_job_and_back(body: dict[str, Any]) -> None:
    job = _sync(200, body).parsed
    assert isinstance(job, Job)
    assert (job.job_id, job.status) == (ID, JobStatus(body["status"]))
    assert job.to_dict() == body


def test_a_jobs_values_are_typed() -> None:
    job = _sync(200, FAILED).parsed
    assert isinstance(job, Job)
    assert job.created_at == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert job.error == JobError(code="content_rejected", message="The prompt was refused.")
    assert job.result is UNSET


def test_null_times_are_none_and_absent_ones_are_unset() -> None:
    job = _sync(200, {**PENDING, "started_at": None}).parsed
    assert isinstance(job, Job)
    assert job.started_at is None
    assert job.completed_at is UNSET


def test_fields_that_the_document_does_not_know_are_kept() -> None:
    job = _sync(200, {**PENDING, "queue": 3}).parsed
    assert isinstance(job, Job)
    assert job["queue"] == 3


@pytest.mark.parametrize("missing", ["job_id", "status", "created_at"])
def test_a_job_without_what_every_job_has_is_refused(missing: str) -> None:
    body = {key: value for key, value in PENDING.items() if key != missing}
    with pytest.raises(KeyError, match=missing):
        _sync(200, body)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 429, 451, 500, 502, 503])
def test_each_error_status_decodes_to_an_error(status: int) -> None:
    response = _sync(status, ERROR)
    assert response.status_code == status
    assert isinstance(response.parsed, Error)
    assert response.parsed.to_dict() == ERROR


def test_an_error_may_lack_its_request_id() -> None:
    error = _sync(404, {"error": "not_found", "message": "No such job."}).parsed
    assert isinstance(error, Error)
    assert error.request_id is UNSET


def test_a_status_that_is_not_documented_is_raised_on_demand() -> None:
    with pytest.raises(UnexpectedStatus, match="418"):
        _sync(418, ERROR, raise_on_unexpected_status=True)


@pytest.mark.parametrize(("status", "body", "model"), [(200, PENDING, Job), (451, ERROR, Error)])
def test_asyncio_gives_the_same(status: int, body: dict[str, Any], model: type) -> None:
    async def call() -> Response[Error | Job]:
        async with _client(status, body) as client:
            return await get_job.asyncio_detailed(ID, client=client)

    assert type(asyncio.run(call()).parsed) is model


def test_the_request_is_the_documented_one() -> None:
    seen: list[httpx.Request] = []
    with _client(200, PENDING, seen=seen) as client:
        get_job.sync(ID, client=client)
    assert (seen[0].method, seen[0].url.path) == ("GET", f"/v1/jobs/{ID}")
    assert seen[0].headers["Authorization"] == "Bearer key"


def _sync(status: int, body: dict[str, Any], **options: Any) -> Response[Error | Job]:
    with _client(status, body, **options) as client:
        return get_job.sync_detailed(ID, client=client)


def _client(
    status: int, body: dict[str, Any], *, seen: list[httpx.Request] | None = None, **options: Any
) -> AuthenticatedClient:
    """A client whose server always answers so."""

    def respond(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        return httpx.Response(status, json=body)

    transport = {"transport": httpx.MockTransport(respond)}
    return AuthenticatedClient(base_url="https://jobs.example", token="key", httpx_args=transport, **options)
