"""A request → what came back, over real HTTP. One pool of connections for a whole run; it judges nothing.

Redirects are never followed, since the answer is what is judged. An answer of the edge (a WAF or CDN) is a fault.
"""

import asyncio
import contextlib
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx
from attrs import frozen

from assay.recording.exchange import MOST_BODY, Headers, Reply, Request
from assay.run import connection
from assay.target import Edge, Http

STILL_HEARD = 2.0
"""Seconds that a request which makes something is still waited for once the run is stopped: else it stays."""


@frozen
class Sent:
    """One attempt: monotonic seconds of sending and of the last byte; `fault` says why there is no reply."""

    sent: float
    received: float
    reply: Reply | None
    fault: str = ""


_MAKES = ("POST", "PUT", "PATCH")
_CODINGS = ("br", "zstd", "compress", "x-compress")
"""Codings that servers may send unasked. Other words, such as a charset, are mistakes that leave the body as it is."""


class StoppedError(Exception):
    """The run was stopped after this was sent; `sent` is what came all the same."""

    def __init__(self, sent: Sent) -> None:
        super().__init__()
        self.sent = sent


class Sender:
    """Sends at most `in_flight` requests at once and `rate` a second (0: no bound). An async context manager."""

    def __init__(self, *, http: Http, in_flight: int, rate: float, run_id: str) -> None:
        self._client = httpx.AsyncClient(
            # the other bound is on the whole exchange, below
            timeout=httpx.Timeout(None, connect=http.connect),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=in_flight),
            # a cookie from one answer would make the next request somebody else's
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            **connection.options(http, run_id),
        )
        self._http = http
        self._free = asyncio.Semaphore(in_flight)
        self._interval = 1 / rate if rate else 0.0
        self._next = 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def send(self, request: Request) -> Sent:
        """Within the limits. Raises StoppedError where the run was stopped while something was being made."""
        async with self._free:
            await self._turn()
            return await self.at_once(request)

    async def at_once(self, request: Request) -> Sent:
        """The same whatever else is in flight: the limits are what a burst is there to exceed."""
        return await (self._heard_out(request) if request.method in _MAKES else self._once(request))

    async def _heard_out(self, request: Request) -> Sent:
        """However often it is cancelled meanwhile: a group of tasks does so twice."""
        once = asyncio.create_task(self._once(request))
        started = time.monotonic()
        try:
            return await asyncio.shield(once)
        except asyncio.CancelledError:
            until = time.monotonic() + STILL_HEARD
            while not once.done() and (left := until - time.monotonic()) > 0:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait({once}, timeout=left)
            lost = Sent(started, time.monotonic(), None, "the run was stopped before it was answered")
            raise StoppedError(once.result() if once.done() else lost) from None
        finally:
            once.cancel()

    async def _turn(self) -> None:
        now = time.monotonic()
        self._next = max(now, self._next + self._interval)
        if self._next > now:
            await asyncio.sleep(self._next - now)

    async def _once(self, request: Request) -> Sent:
        started = time.monotonic()
        try:
            # a server that sends a byte now and then must not hold the run: the bound is on the whole exchange
            async with asyncio.timeout(self._http.timeout):
                reply = await self._exchange(request)
        except TimeoutError:
            return Sent(started, time.monotonic(), None, f"no complete answer within {self._http.timeout:g} s")
        except httpx.ConnectTimeout:
            return Sent(started, time.monotonic(), None, f"no connection within {self._http.connect:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            return Sent(started, time.monotonic(), None, _fault(error))
        if reply is None:
            return Sent(started, time.monotonic(), None, f"the body is longer than {MOST_BODY} bytes")
        if self._http.edge is not None and self._http.edge.sent(reply):
            return Sent(started, time.monotonic(), None, _of_edge(self._http.edge, reply))
        return Sent(started, time.monotonic(), reply)

    async def _exchange(self, request: Request) -> Reply | None:
        outgoing = self._client.build_request(
            request.method, request.url, headers=_encoded(request.headers), content=request.body or None
        )
        answer = await self._client.send(outgoing, stream=True)
        try:
            if coding := _unread(answer.headers.get("content-encoding", ""), self._client.headers["accept-encoding"]):
                raise httpx.DecodingError(f"the body is encoded as {coding}, which was not asked for")
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MOST_BODY:
                    return None
        finally:
            await answer.aclose()
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
        return Reply(answer.status_code, headers, bytes(body))


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Text in a header goes out as UTF-8: httpx by itself takes ASCII only."""
    return [(name.encode("utf-8", "replace"), value.encode("utf-8", "surrogateescape")) for name, value in headers]


def _unread(codings: str, asked: str) -> str:
    """The first coding that httpx, which asks for what it can read, leaves as it is (RFC 9110, 8.4 and 12.5.3)."""
    readable = {each.strip() for each in asked.lower().split(",")}
    there = (each.strip() for each in codings.lower().split(","))
    return next((each for each in there if each in _CODINGS and each not in readable), "")


def _of_edge(edge: Edge, reply: Reply) -> str:
    return f"an answer of the edge, not of the server: {reply.status} with {edge.header}: {reply.header(edge.header)}"


def _fault(error: Exception) -> str:
    detail = " ".join(str(error).split())
    return f"{type(error).__name__}: {detail}" if detail else type(error).__name__
