"""A request → the documented response to it, over as many attempts as are allowed.

Retrying is done here, and not by a library: a client should need nothing but httpx and attrs, and a transport that
retries (httpx-retries) would not be there in an HTTP client that the program brings along.

httpx's exceptions do not leave this module. Nor are they chained to those that do, for they hold the request with
its credentials.
"""

import email.utils
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from . import _contract, _http
from ._decoding import Readable
from ._operations import Operation
from ._timing import Timing
from .errors import (
    ApiClientError,
    ApiConnectionError,
    ApiTimeoutError,
    ConfigurationError,
    UndocumentedStatusError,
)
from .types import RawResponse

if TYPE_CHECKING:
    from ._credentials import Credentials

log = logging.getLogger(__package__)
log.addHandler(logging.NullHandler())

_QUERY_KEYS = [scheme.parameter for scheme in _contract.SCHEMES if scheme.place == "query"]


def _without_keys(record: logging.LogRecord) -> bool:
    """httpx logs each URL as a whole."""
    if isinstance(record.args, tuple):
        record.args = tuple(_hidden(each) if isinstance(each, httpx.URL) else each for each in record.args)
    return True


def _hidden(url: httpx.URL) -> httpx.URL:
    keys = {name: "credential" for name in _QUERY_KEYS if name in url.params}
    return url.copy_merge_params(keys) if keys else url


if _QUERY_KEYS:
    logging.getLogger("httpx").addFilter(_without_keys)

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
_PASSING = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
"""Seconds between attempts, doubled from one to the next; of what comes out, a random part is waited."""


@dataclass(frozen=True, eq=False)
class Options:
    """How long and how often a call tries. Times are in seconds, `math.inf` for no limit."""

    timeout: float = 30.0
    total_timeout: float = 120.0
    max_retries: int = 2
    max_retry_after: float = 60.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not isinstance(value, (int, float)):
                raise ConfigurationError(f"{name} must be a number, not {value!r}")
        if not (self.timeout > 0 and self.total_timeout > 0):
            raise ConfigurationError("timeout and total_timeout must be more than 0 seconds")
        if not (self.max_retries >= 0 and self.max_retry_after >= 0):
            raise ConfigurationError("max_retries and max_retry_after cannot be less than 0")


@dataclass(eq=False, repr=False)
class Setup:
    """What the calls of one client have in common."""

    base_url: str
    headers: Mapping[str, str]
    credentials: "Credentials"
    options: Options
    timing: Timing


class Transport:
    """Sends requests, one after the other or from many threads. The functions in `api` call `request`."""

    def __init__(self, http: httpx.Client, setup: Setup) -> None:
        self._http = http
        self._setup = setup

    def request(self, **request: Any) -> Any:
        """What the generated parsers take for an httpx.Response.

        Raises ApiConnectionError, ApiTimeoutError, UndocumentedStatusError; MissingCredentialError before anything
        is sent.
        """
        call = _Call(self._setup, request, self._http)
        while True:
            outcome = self._attempt(call)
            pause = call.pause_after(outcome)
            if pause is None:
                return call.result(outcome)
            self._setup.timing.sleep(pause)

    def _attempt(self, call: "_Call") -> httpx.Response | httpx.RequestError:
        limit = call.begin()
        clock = self._setup.timing.monotonic
        end = clock() + limit
        _http.until(end, clock)
        try:
            response = self._http.send(call.build(limit), stream=True, follow_redirects=False)
            try:
                response.stream = _Bounded(response.stream, end, clock)
                response.read()
            finally:
                response.close()
        except httpx.ReadTimeout:
            return _too_slow(limit)
        except httpx.RequestError as error:
            return error
        return response


class AsyncTransport:
    """The same for asyncio. `turns` lets no more requests in than there are connections.

    Without it hundreds of tasks would wait within httpx's pool, which looks through all that wait, and all its
    connections, whenever one of them ends: 500 tasks then take ten times as long.
    """

    def __init__(
        self, http: httpx.AsyncClient, setup: Setup, turns: AbstractAsyncContextManager[Any]
    ) -> None:
        self._http = http
        self._setup = setup
        self._turns = turns

    async def request(self, **request: Any) -> Any:
        """See Transport.request."""
        call = _Call(self._setup, request, self._http)
        while True:
            outcome = await self._attempt(call)
            pause = call.pause_after(outcome)
            if pause is None:
                return call.result(outcome)
            await self._setup.timing.sleep_async(pause)

    async def _attempt(self, call: "_Call") -> httpx.Response | httpx.RequestError:
        import asyncio  # noqa: PLC0415 - programs without it need not wait for its import

        limit = call.begin()
        try:
            async with asyncio.timeout(limit), self._turns:
                return await _sent(self._http, call.build(limit))
        except (TimeoutError, httpx.ReadTimeout):
            return _too_slow(limit)
        except httpx.RequestError as error:
            return error


async def _sent(http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Cancelled in anyio's way, on which httpx relies: asyncio's own would leave a connection in use for ever."""
    import asyncio  # noqa: PLC0415 - see above

    import anyio  # noqa: PLC0415 - httpx brings it, and needs it itself only now

    scope = anyio.CancelScope()

    async def send() -> httpx.Response:
        with scope:
            return await http.send(request, follow_redirects=False)
        raise asyncio.CancelledError

    task = asyncio.ensure_future(send())
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        scope.cancel()
        await asyncio.wait([task])
        raise


def _too_slow(limit: float) -> httpx.ReadTimeout:
    return httpx.ReadTimeout(f"no whole answer within {limit:.3g} s")


class _Bounded(httpx.SyncByteStream):
    """A body that ends in a timeout, also with an HTTP client that the program brings along."""

    def __init__(self, stream: Any, end: float, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._end = end
        self._clock = clock

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if self._clock() > self._end:
                raise httpx.ReadTimeout("")
            yield part

    def close(self) -> None:
        self._stream.close()


class _Call:
    """One call: its attempts so far, and what is to be done after each."""

    def __init__(self, setup: Setup, request: dict[str, Any], http: httpx.Client | httpx.AsyncClient) -> None:
        if http.is_closed:
            raise ConfigurationError("the client was closed: use it within its `with`, or make another")
        self._setup = setup
        self._http = http
        self._request = dict(request)
        self._method = self._request.pop("method").upper()
        self._path = self._request.pop("url")
        self._operation = _operation(self._method, self._path)
        self._end = setup.timing.monotonic() + setup.options.total_timeout
        self._attempts = 0
        self._replayable = True

    def begin(self) -> float:
        """Begin an attempt; gives the seconds that it may take."""
        self._attempts += 1
        return min(self._setup.options.timeout, max(self._end - self._setup.timing.monotonic(), 0.001))

    def build(self, limit: float) -> httpx.Request:
        http = self._http
        url = self._setup.base_url + self._path
        seconds = limit if limit < float("inf") else None
        extensions = {"timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}}
        kept: dict[Operation, httpx.Headers] | None = None if self._request else getattr(http, "kept", None)
        if kept is not None and self._operation in kept:
            headers = kept[self._operation]
            return httpx.Request(
                self._method, url, headers=headers, cookies=http.cookies, extensions=extensions
            )
        built = http.build_request(self._method, url, extensions=extensions, **self._arguments())
        self._replayable = isinstance(built.stream, httpx.ByteStream)
        if kept is not None and not built.url.query and "cookie" not in built.headers:
            kept[self._operation] = built.headers
        return built

    def _arguments(self) -> dict[str, Any]:
        """What the request is made of beside method and URL. Raises MissingCredentialError."""
        arguments = dict(self._request)
        self._setup.credentials.add_to(arguments, self._operation)
        return {**arguments, "headers": {**self._setup.headers, **arguments.get("headers", {})}}

    def pause_after(self, outcome: httpx.Response | httpx.RequestError) -> float | None:
        """How long to wait before the next attempt; None if there is none."""
        self._tell(outcome)
        if not self._passing(outcome) or self._attempts > self._setup.options.max_retries:
            return None
        asked = None
        if isinstance(outcome, httpx.Response):
            asked = retry_after(outcome.headers, self._setup.timing.wall_clock)
        if asked is None:
            longest = min(_FIRST_PAUSE * 2.0 ** (self._attempts - 1), _LONGEST_PAUSE)
            pause = longest * self._setup.timing.jitter()
        else:
            pause = min(asked, self._setup.options.max_retry_after)
        if self._setup.timing.monotonic() + pause >= self._end:
            return None
        log.info("%s %s: once more in %.3g s", self._method, self._path, pause)
        return pause

    def _passing(self, outcome: httpx.Response | httpx.RequestError) -> bool:
        """Whether another attempt may do better, and can do no harm."""
        if isinstance(outcome, httpx.Response):
            passing = outcome.status_code in RETRIED_STATUSES
        else:
            passing = isinstance(outcome, _PASSING)
        return passing and self._method in _IDEMPOTENT and self._replayable

    def result(self, outcome: httpx.Response | httpx.RequestError) -> Readable:
        if isinstance(outcome, httpx.RequestError):
            raise self._fault(outcome)
        raw = RawResponse(
            status_code=outcome.status_code,
            headers=outcome.headers,
            content=outcome.content,
            method=self._method,
            path=self._path,
            attempts=self._attempts,
        )
        documented = self._operation.documented(raw.status_code)
        if documented is None:
            raise self._setup.credentials.hidden_in(UndocumentedStatusError(raw))
        return Readable(raw, self._operation, documented)

    def _fault(self, error: httpx.RequestError) -> ApiClientError:
        tried = f"after {self._attempts} attempts" if self._attempts > 1 else "at the first attempt"
        what = f"{self._method} {self._setup.base_url}{self._path}"
        why = self._setup.credentials.redact(f"{type(error).__name__}: {error}".removesuffix(": "))
        if isinstance(error, httpx.TimeoutException):
            return ApiTimeoutError(
                f"{what}: no answer in time, {tried} ({why}); `timeout` and `total_timeout` are limits"
            )
        return ApiConnectionError(f"{what}: no answer, {tried} ({why})")

    def _tell(self, outcome: httpx.Response | httpx.RequestError) -> None:
        if log.isEnabledFor(logging.DEBUG):
            what = outcome.status_code if isinstance(outcome, httpx.Response) else type(outcome).__name__
            log.debug("%s %s: %s (attempt %d)", self._method, self._path, what, self._attempts)


def retry_after(headers: Mapping[str, str], wall_clock: Callable[[], float]) -> float | None:
    """Seconds that a server asks to wait (RFC 9110, 10.2.3); None where it does not, or says nothing meaningful."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(email.utils.parsedate_to_datetime(text).timestamp() - wall_clock(), 0.0)
    except (ValueError, OverflowError):
        return None


# Which operation a request is of -------------------------------------------------------------------------------------


def _operation(method: str, path: str) -> Operation:
    """The one whose path fits; of several, the first that has fewest parameters, as in OpenAPI."""
    parts = path.split("/")
    fitting = (each for pattern, each in _BY_REQUEST.get((method, len(parts)), ()) if _fits(pattern, parts))
    return next(fitting)


def _fits(pattern: list[str], parts: list[str]) -> bool:
    return all(wanted == part or "{}" in wanted for wanted, part in zip(pattern, parts, strict=True))


def _by_request() -> dict[tuple[str, int], list[tuple[list[str], Operation]]]:
    found: dict[tuple[str, int], list[tuple[list[str], Operation]]] = {}
    for operation in sorted(_contract.OPERATIONS, key=lambda each: each.path.count("{}")):
        pattern = operation.path.split("/")
        found.setdefault((operation.method, len(pattern)), []).append((pattern, operation))
    return found


_BY_REQUEST = _by_request()
