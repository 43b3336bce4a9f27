"""Work that was accepted and is carried out later.

As methods of a client, and in a module each as functions.
"""

import threading
from collections.abc import Callable, Collection
from uuid import UUID

from ..._arguments import as_uuid
from ..._waiting import Wait
from ...client import AuthenticatedClient
from ...models.job import Job
from ...types import ApiResponse
from . import get_job


class JobsOperations:
    """Work that was accepted and is carried out later."""

    def __init__(self, client: AuthenticatedClient) -> None:
        self._client = client

    @property
    def with_raw_response(self) -> "JobsWithRawResponse":
        """The same, with status, headers and body of each response beside what was decoded."""
        return JobsWithRawResponse(self._client)

    def get_job(self, id: UUID | str) -> Job:
        """Read one job

        Tells how far a generation job has come and, at the end, what came of it. Jobs that run in the
        background, such as stories, are followed by asking again until `status` is `completed` or `failed`.
        For a story, `scenes_completed` and `scenes_total` show the progress. A `completed` job carries its
        whole output in `result`, with signed links to the images.

        Args:
            id: UUID of the job.

        Returns:
            Job.

        Raises:
            BadRequestError: Bad Request
            UnauthorizedError: Unauthorized
            PaymentRequiredError: Payment Required
            ForbiddenError: Forbidden
            NotFoundError: Not Found
            ConflictError: Conflict
            UnprocessableEntityError: Unprocessable Entity
            TooManyRequestsError: Too Many Requests
            UnavailableForLegalReasonsError: Unavailable For Legal Reasons
            InternalServerError: Internal Server Error
            BadGatewayError: Bad Gateway
            ServiceUnavailableError: Service Unavailable
            ApiError: Another response that is no success as documented.
            ApiConnectionError: No response came. Not in time: ApiTimeoutError.
            InvalidArgumentError: An argument cannot be sent.
        """
        response = self.with_raw_response.get_job(id=id)
        return response.parsed

    def wait_for_job(
        self,
        id: UUID | str,
        *,
        timeout: float | None = 600.0,
        poll_interval: float = 1.0,
        max_poll_interval: float = 15.0,
        on_progress: Callable[[Job], object] | None = None,
        raise_on: Collection[str] = (),
        cancel: threading.Event | None = None,
    ) -> Job:
        """Call `get_job` until `status` is completed or failed.

        Waiting can be given up at any time and taken up again, by the same call. Failures in passing do not end it
        once a first answer came.

        Args:
            id: UUID of the job.
            timeout: Seconds to wait at most; None for no limit.
            poll_interval: Seconds before the second call. They grow by half from one to the next; where the server
                sends `Retry-After`, that is waited instead.
            max_poll_interval: Seconds between two calls at most.
            on_progress: Called with each answer, the last one too.
            raise_on: The ends to raise WaitFailedError for, such as `["failed"]`.
            cancel: An event that ends the waiting as soon as another thread sets it.

        Returns:
            Job.

        Raises:
            WaitTimeoutError: It did not end in time; `last` is the last answer.
            WaitFailedError: It ended in one of `raise_on`; `last` is the last answer.
            WaitCancelledError: `cancel` was set; `last` is the last answer.
            ApiError, ApiConnectionError: As for `get_job`.
        """

        def _poll(_seconds: float) -> ApiResponse[Job]:
            _limited = JobsWithRawResponse(self._client.within(_seconds))
            return _limited.get_job(id=id)

        _wait = Wait[Job](
            field="/status",
            terminal=("completed", "failed"),
            raise_on=raise_on,
            timeout=timeout,
            interval=poll_interval,
            longest_interval=max_poll_interval,
            timing=self._client.timing,
        )
        return _wait.until_over(_poll, on_progress, cancel)


class JobsWithRawResponse:
    """`JobsOperations` whose results are whole responses."""

    def __init__(self, client: AuthenticatedClient) -> None:
        self._client = client

    def get_job(self, id: UUID | str) -> ApiResponse[Job]:
        """`JobsOperations.get_job` with the whole response."""
        return self._client.call(get_job, id=as_uuid("id", id))


class AsyncJobsOperations:
    """Work that was accepted and is carried out later."""

    def __init__(self, client: AuthenticatedClient) -> None:
        self._client = client

    @property
    def with_raw_response(self) -> "AsyncJobsWithRawResponse":
        """The same, with status, headers and body of each response beside what was decoded."""
        return AsyncJobsWithRawResponse(self._client)

    async def get_job(self, id: UUID | str) -> Job:
        """Read one job

        Tells how far a generation job has come and, at the end, what came of it. Jobs that run in the
        background, such as stories, are followed by asking again until `status` is `completed` or `failed`.
        For a story, `scenes_completed` and `scenes_total` show the progress. A `completed` job carries its
        whole output in `result`, with signed links to the images.

        Args:
            id: UUID of the job.

        Returns:
            Job.

        Raises:
            BadRequestError: Bad Request
            UnauthorizedError: Unauthorized
            PaymentRequiredError: Payment Required
            ForbiddenError: Forbidden
            NotFoundError: Not Found
            ConflictError: Conflict
            UnprocessableEntityError: Unprocessable Entity
            TooManyRequestsError: Too Many Requests
            UnavailableForLegalReasonsError: Unavailable For Legal Reasons
            InternalServerError: Internal Server Error
            BadGatewayError: Bad Gateway
            ServiceUnavailableError: Service Unavailable
            ApiError: Another response that is no success as documented.
            ApiConnectionError: No response came. Not in time: ApiTimeoutError.
            InvalidArgumentError: An argument cannot be sent.
        """
        response = await self.with_raw_response.get_job(id=id)
        return response.parsed

    async def wait_for_job(
        self,
        id: UUID | str,
        *,
        timeout: float | None = 600.0,
        poll_interval: float = 1.0,
        max_poll_interval: float = 15.0,
        on_progress: Callable[[Job], object] | None = None,
        raise_on: Collection[str] = (),
    ) -> Job:
        """Call `get_job` until `status` is completed or failed.

        Waiting can be given up at any time and taken up again, by the same call. Failures in passing do not end it
        once a first answer came.

        Args:
            id: UUID of the job.
            timeout: Seconds to wait at most; None for no limit.
            poll_interval: Seconds before the second call. They grow by half from one to the next; where the server
                sends `Retry-After`, that is waited instead.
            max_poll_interval: Seconds between two calls at most.
            on_progress: Called with each answer, the last one too. It may be a coroutine function.
            raise_on: The ends to raise WaitFailedError for, such as `["failed"]`.

        Returns:
            Job.

        Raises:
            WaitTimeoutError: It did not end in time; `last` is the last answer.
            WaitFailedError: It ended in one of `raise_on`; `last` is the last answer.
            ApiError, ApiConnectionError: As for `get_job`.
        """

        async def _poll(_seconds: float) -> ApiResponse[Job]:
            _limited = AsyncJobsWithRawResponse(self._client.within(_seconds))
            return await _limited.get_job(id=id)

        _wait = Wait[Job](
            field="/status",
            terminal=("completed", "failed"),
            raise_on=raise_on,
            timeout=timeout,
            interval=poll_interval,
            longest_interval=max_poll_interval,
            timing=self._client.timing,
        )
        return await _wait.until_over_async(_poll, on_progress)


class AsyncJobsWithRawResponse:
    """`AsyncJobsOperations` whose results are whole responses."""

    def __init__(self, client: AuthenticatedClient) -> None:
        self._client = client

    async def get_job(self, id: UUID | str) -> ApiResponse[Job]:
        """`AsyncJobsOperations.get_job` with the whole response."""
        return await self._client.call_async(get_job, id=as_uuid("id", id))
