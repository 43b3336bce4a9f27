"""Each documented status becomes its own exception, at the reference provider, over real HTTP, in both flavours."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

import generation_jobs_client
from generation_jobs_client import (
    ApiError,
    ApiResponse,
    AsyncClient,
    BadRequestError,
    Client,
    ForbiddenError,
    NotFoundError,
    PaymentRequiredError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableForLegalReasonsError,
)
from generation_jobs_client.api.jobs import get_job
from generation_jobs_client.errors import BY_STATUS
from generation_jobs_client.models import Error, Job
from jobs_provider import seed

from .conftest import KEYS, Enter

PROVOKED = [
    pytest.param(409, "ConflictError", "the job is being moved to another region", seed.COMPLETED, id="409"),
    pytest.param(422, "UnprocessableEntityError", "the model of the job's story was retired", seed.OLD_MODEL, id="422"),
    pytest.param(500, "InternalServerError", "the store is unreadable", seed.COMPLETED, id="500"),
    pytest.param(502, "BadGatewayError", "the image signer is down", seed.COMPLETED, id="502"),
    pytest.param(503, "ServiceUnavailableError", "the service is under maintenance", seed.COMPLETED, id="503"),
]
NATURAL = [
    pytest.param("gj_nobody", seed.COMPLETED, UnauthorizedError, id="401"),
    pytest.param(KEYS["no-credit"], seed.NO_CREDITS, PaymentRequiredError, id="402"),
    pytest.param(KEYS["suspended"], seed.SUSPENDEDS, ForbiddenError, id="403"),
    pytest.param(KEYS["default"], seed.NEIGHBOURS, NotFoundError, id="404"),
    pytest.param(KEYS["default"], seed.WITHHELD, UnavailableForLegalReasonsError, id="451"),
]


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, provider: str) -> Callable[..., ApiResponse[Job]]:
    """`call(key, id)`, by either client."""

    def call(key: str, job_id: object) -> ApiResponse[Job]:
        with Client(key, base_url=provider, max_retries=0) as api:
            return api.jobs.with_raw_response.get_job(str(job_id))

    async def call_async(key: str, job_id: object) -> ApiResponse[Job]:
        async with AsyncClient(key, base_url=provider, max_retries=0) as api:
            return await api.jobs.with_raw_response.get_job(str(job_id))

    return call if request.param == "sync" else lambda key, job_id: asyncio.run(call_async(key, job_id))


def test_there_is_an_exception_for_each_documented_status() -> None:
    assert list(BY_STATUS) == ["400", "401", "402", "403", "404", "409", "422", "429", "451", "500", "502", "503"]
    assert len(set(BY_STATUS.values())) == len(BY_STATUS)
    assert {each.__name__ for each in BY_STATUS.values()} <= set(generation_jobs_client.__all__)


@pytest.mark.parametrize(
    ("job_id", "status"),
    [
        (seed.PENDING, "pending"),
        (seed.PROCESSING, "processing"),
        (seed.COMPLETED, "completed"),
        (seed.FAILED, "failed"),
    ],
)
def test_200_gives_the_job(call: Callable[..., ApiResponse[Job]], job_id: object, status: str) -> None:
    response = call(KEYS["default"], job_id)
    assert (response.status, response.parsed.status, response.parsed.job_id) == (200, status, job_id)
    assert response.parsed.to_dict() == response.raw.json() | {
        name: getattr(response.parsed, name).isoformat()
        for name in ("created_at", "started_at", "completed_at")
        if name in response.raw.json()
    }
    assert response.request_id == response.headers["X-REQUEST-ID"]


@pytest.mark.parametrize(("key", "job_id", "expected"), NATURAL)
def test_a_status_that_any_user_may_meet(
    call: Callable[..., Any], key: str, job_id: object, expected: type[ApiError]
) -> None:
    with pytest.raises(ApiError) as caught:
        call(key, job_id)
    _check(caught.value, expected)


@pytest.mark.parametrize(("status", "name", "state", "job_id"), PROVOKED)
def test_a_status_of_a_server_in_trouble(
    call: Callable[..., Any], enter: Enter, status: int, name: str, state: str, job_id: object
) -> None:
    with enter(state), pytest.raises(ApiError) as caught:
        call(KEYS["default"], job_id)
    _check(caught.value, getattr(generation_jobs_client, name))
    assert caught.value.status == status


def test_400_though_the_client_itself_would_not_send_such_an_id(api: Client) -> None:
    with pytest.raises(BadRequestError) as caught:
        api._client.call(get_job, id="not-a-uuid")
    _check(caught.value, BadRequestError)


def test_429(provider: str) -> None:
    with Client(KEYS["small-plan"], base_url=provider, max_retries=0) as api, ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(api.jobs.get_job, seed.SMALL_PLANS) for _ in range(8)]
        raised = [error for error in (each.exception() for each in calls) if error is not None]
    assert raised
    for error in raised:
        assert isinstance(error, ApiError)
        _check(error, TooManyRequestsError)
        assert error.headers["Retry-After"] == "1"
        assert "retry after 1" in str(error)


def test_with_retries_a_crowded_plan_serves_everybody_in_the_end(provider: str) -> None:
    with Client(KEYS["small-plan"], base_url=provider, max_retries=8) as api, ThreadPoolExecutor(3) as pool:
        assert len(list(pool.map(api.jobs.get_job, [seed.SMALL_PLANS] * 3))) == 3


def test_the_message_says_what_happened_where_and_what_to_do(api: Client) -> None:
    missing = uuid4()
    with pytest.raises(NotFoundError) as caught:
        api.jobs.get_job(missing)
    told = f"404 Not Found: There is no such job. (GET /v1/jobs/{missing}, request id {caught.value.request_id})"
    assert str(caught.value) == told
    with (
        Client("gj_nobody", base_url=api._client._setup.base_url) as stranger,
        pytest.raises(UnauthorizedError) as denied,
    ):
        stranger.jobs.get_job(missing)
    assert str(denied.value).endswith("check the credential that the client was given")


def _check(error: ApiError, expected: type[ApiError]) -> None:
    assert type(error) is expected
    assert str(error.status) == next(status for status, each in BY_STATUS.items() if each is expected)
    assert isinstance(error.body, Error)
    assert error.body.request_id == error.request_id == error.headers["x-request-id"]
    assert error.response.status_code == error.status
    assert error.response.json() == error.body.to_dict()
    assert error.body.message in str(error)
