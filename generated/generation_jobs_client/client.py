"""The clients: what a program makes, and what the functions in `api` take."""

import copy
import sys
import threading
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import httpx

from . import _contract
from ._credentials import Credentials
from ._credentials import base_url as checked_url
from ._credentials import headers as checked_headers
from ._http import AsyncHttpClient, HttpClient
from ._timing import Timing
from ._transport import AsyncTransport, Options, Setup, Transport
from .errors import ApiError, of_status
from .types import ApiResponse

if TYPE_CHECKING:
    from ._endpoint import Endpoint
    from .api.jobs import AsyncJobsOperations, JobsOperations

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_PYTHON = ".".join(map(str, sys.version_info[:3]))
USER_AGENT: str = f"{_contract.DISTRIBUTION}/{_contract.VERSION} python/{_PYTHON} httpx/{httpx.__version__}"


class AuthenticatedClient:
    """What the functions in `api` take. They decode documented responses, errors too, and raise for all others.

    Programs use Client or AsyncClient, which are made of one of these and raise for errors as well. Here nothing is
    repeated unless `options` says so.

    Args:
        base_url: Where the API is; without it, as for Client.
        token: The credential, whichever operations ask for; without it, as for Client.
        credentials: The credentials by name, where there are several.
        options: How long and how often a call tries.
        headers: Headers to send with every request.
        httpx_args: What to make the HTTP clients of, `{"transport": …}` for example.
        http_client: A synchronous HTTP client, instead.
        async_http_client: One for asyncio, instead.
    """

    raise_on_unexpected_status: bool = True

    def __init__(
        self,
        base_url: str | None = None,
        token: str | None = None,
        *,
        credentials: Mapping[str, str | None] | None = None,
        options: Options | None = None,
        headers: Mapping[str, str] | None = None,
        httpx_args: Mapping[str, Any] | None = None,
        http_client: httpx.Client | None = None,
        async_http_client: httpx.AsyncClient | None = None,
    ) -> None:
        if credentials is None:
            credentials = {scheme.argument: token for scheme in _contract.SCHEMES}
        self.credentials: Credentials = Credentials(credentials)
        self._setup = Setup(
            base_url=checked_url(base_url),
            headers={"User-Agent": USER_AGENT, **checked_headers(headers)},
            credentials=self.credentials,
            options=options or Options(max_retries=0),
            timing=Timing(),
        )
        self._httpx_args: dict[str, Any] = {"limits": _LIMITS, **(httpx_args or {})}
        self._http, self._async_http = http_client, async_http_client
        self._closes = http_client is None, async_http_client is None
        self._turns: AbstractAsyncContextManager[Any] = nullcontext()
        self._making = threading.Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._setup.base_url!r})"

    @property
    def timing(self) -> Timing:
        return self._setup.timing

    def get_httpx_client(self) -> Transport:
        """What synchronous requests are sent with."""
        with self._making:
            if self._http is None:
                self._http = HttpClient(**self._httpx_args)
        return Transport(self._http, self._setup)

    def get_async_httpx_client(self) -> AsyncTransport:
        """What asynchronous requests are sent with."""
        with self._making:
            if self._async_http is None:
                import asyncio  # noqa: PLC0415 - programs without it need not wait for its import

                self._turns = asyncio.Semaphore(_LIMITS.max_connections or 1)
                self._async_http = AsyncHttpClient(**self._httpx_args)
        return AsyncTransport(self._async_http, self._setup, self._turns)

    def with_options(self, **changes: Any) -> Self:
        """The same client, and the same connections, with other options."""
        other = copy.copy(self)
        other._setup = replace(self._setup, options=replace(self._setup.options, **changes))
        return other

    def within(self, seconds: float) -> Self:
        """The same client for a call that has no more than that many seconds."""
        return self.with_options(total_timeout=min(self._setup.options.total_timeout, max(seconds, 0.001)))

    def call(self, endpoint: "Endpoint", /, **arguments: Any) -> ApiResponse[Any]:
        """The decoded success. Raises ApiError for all else."""
        response = self.get_httpx_client().request(**endpoint._get_kwargs(**arguments))
        return self._read(endpoint, response)

    async def call_async(self, endpoint: "Endpoint", /, **arguments: Any) -> ApiResponse[Any]:
        """The same for asyncio."""
        response = await self.get_async_httpx_client().request(**endpoint._get_kwargs(**arguments))
        return self._read(endpoint, response)

    def _read(self, endpoint: "Endpoint", response: Any) -> ApiResponse[Any]:
        try:
            return _read(self, endpoint, response)
        except ApiError as error:
            self.credentials.hidden_in(error)
            raise

    def close(self) -> None:
        if self._http is not None and self._closes[0]:
            self._http.close()

    async def aclose(self) -> None:
        if self._async_http is not None and self._closes[1]:
            await self._async_http.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _read(client: AuthenticatedClient, endpoint: "Endpoint", response: Any) -> ApiResponse[Any]:
    try:
        parsed = endpoint._parse_response(client=client, response=response)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise response.unreadable(error) from error
    if not response.succeeded:
        raise of_status(response.raw, response.documented, parsed)
    return ApiResponse(parsed, response.raw)


class _Facade:
    raise_on_unexpected_status: bool = True

    def __init__(self, client: AuthenticatedClient) -> None:
        self._client: AuthenticatedClient = client

    def __repr__(self) -> str:
        return repr(self._client).replace(type(self._client).__name__, type(self).__name__)

    def get_httpx_client(self) -> Transport:
        return self._client.get_httpx_client()

    def get_async_httpx_client(self) -> AsyncTransport:
        return self._client.get_async_httpx_client()

    def with_options(
        self,
        *,
        timeout: float | None = None,
        total_timeout: float | None = None,
        max_retries: int | None = None,
        max_retry_after: float | None = None,
    ) -> Self:
        """The same client, and the same connections, with other options; for one call, for example.

        api.with_options(timeout=5, max_retries=0)
        """
        options = {
            "timeout": timeout,
            "total_timeout": total_timeout,
            "max_retries": max_retries,
            "max_retry_after": max_retry_after,
        }
        other = copy.copy(self)
        other._client = self._client.with_options(**{k: v for k, v in options.items() if v is not None})
        return other


class Client(_Facade):
    """Generation Jobs.

        with Client() as api:
            ...

    It has one pool of connections: make one client and use it everywhere, from several threads too.

    Args:
        api_key: The credential `bearer`. Without it, that in the environment variable
            GENERATION_JOBS_API_KEY.

        base_url: Where the API is. Without it, that in the environment variable GENERATION_JOBS_BASE_URL, else
            https://api.generation-jobs.example.
        timeout: Seconds for one attempt, from connecting to the last byte; `math.inf` for no limit.
        total_timeout: Seconds for a call, over all its attempts and the pauses between them.
        max_retries: How often a call that failed in passing is repeated (no connection, or a status of 408, 429, 500,
            502, 503 or 504), if its method is idempotent.
        max_retry_after: The longest that a server's `Retry-After` is obeyed, in seconds.
        headers: Headers to send with every request.
        http_client: The HTTP client to send with: for proxies, certificates, limits, or for tests, with a transport
            that answers itself. Whoever made it closes it.

    Raises:
        ConfigurationError: Something of this cannot be used, or a credential is missing.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        total_timeout: float = 120.0,
        max_retries: int = 2,
        max_retry_after: float = 60.0,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        client = AuthenticatedClient(
            base_url,
            credentials={
                "api_key": api_key,
            },
            options=Options(timeout, total_timeout, max_retries, max_retry_after),
            headers=headers,
            http_client=http_client,
        )
        client.credentials.require()
        client.get_httpx_client()  # here, so that all threads share its pool
        super().__init__(client)

    @property
    def jobs(self) -> "JobsOperations":
        """Work that was accepted and is carried out later."""
        from .api.jobs import JobsOperations  # noqa: PLC0415

        return JobsOperations(self._client)

    def close(self) -> None:
        """Close the connections. A client that is used in `with` does so by itself."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncClient(_Facade):
    """Generation Jobs, for asyncio.

        async with AsyncClient() as api:
            ...

    It has one pool of connections: make one client and use it everywhere.

    Args:
        api_key: The credential `bearer`. Without it, that in the environment variable
            GENERATION_JOBS_API_KEY.

        base_url: Where the API is. Without it, that in the environment variable GENERATION_JOBS_BASE_URL, else
            https://api.generation-jobs.example.
        timeout: Seconds for one attempt, from connecting to the last byte; `math.inf` for no limit.
        total_timeout: Seconds for a call, over all its attempts and the pauses between them.
        max_retries: How often a call that failed in passing is repeated (no connection, or a status of 408, 429, 500,
            502, 503 or 504), if its method is idempotent.
        max_retry_after: The longest that a server's `Retry-After` is obeyed, in seconds.
        headers: Headers to send with every request.
        http_client: The HTTP client to send with: for proxies, certificates, limits, or for tests, with a transport
            that answers itself. Whoever made it closes it.

    Raises:
        ConfigurationError: Something of this cannot be used, or a credential is missing.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        timeout: float = 30.0,
        total_timeout: float = 120.0,
        max_retries: int = 2,
        max_retry_after: float = 60.0,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        client = AuthenticatedClient(
            base_url,
            credentials={
                "api_key": api_key,
            },
            options=Options(timeout, total_timeout, max_retries, max_retry_after),
            headers=headers,
            async_http_client=http_client,
        )
        client.credentials.require()
        client.get_async_httpx_client()  # here, so that all threads share its pool
        super().__init__(client)

    @property
    def jobs(self) -> "AsyncJobsOperations":
        """Work that was accepted and is carried out later."""
        from .api.jobs import AsyncJobsOperations  # noqa: PLC0415

        return AsyncJobsOperations(self._client)

    async def close(self) -> None:
        """Close the connections. A client that is used in `async with` does so by itself."""
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
