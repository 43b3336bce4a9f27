"""httpx's clients as this package makes its own. Those that a program brings along stay as they are.

They differ in three things that httpx leaves open or does at each call: the sum of all that is read has a limit too
(`until`), cookies are looked for only in a response that sets some, and the headers that all calls of an operation
have in common are put together once (`kept`).
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from ._operations import Operation


class HttpClient(httpx.Client):
    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.kept: dict[Operation, httpx.Headers] = {}
        self._cookies = _Cookies(self.cookies)
        for transport in (self._transport, *self._mounts.values()):
            pool: Any = getattr(transport, "_pool", None)
            if hasattr(pool, "_network_backend"):
                pool._network_backend = _Network(pool._network_backend)


class AsyncHttpClient(httpx.AsyncClient):
    """asyncio has limits of its own."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.kept: dict[Operation, httpx.Headers] = {}
        self._cookies = _Cookies(self.cookies)


class _Cookies(httpx.Cookies):
    def extract_cookies(self, response: httpx.Response) -> None:
        if "set-cookie" in response.headers:
            super().extract_cookies(response)


# httpx bounds the time from one part of a response to the next: a head that comes byte by byte would last for ever. ---


class _Attempt(threading.local):
    """The one that this thread is at. `end` is by `clock`."""

    end: float = float("inf")
    clock: Callable[[], float] = time.monotonic


_attempt = _Attempt()


def until(end: float, clock: Callable[[], float]) -> None:
    """What this thread reads and writes from now on ends in a timeout at `end`."""
    _attempt.end, _attempt.clock = end, clock


def _left(timeout: float | None) -> float | None:
    left = max(_attempt.end - _attempt.clock(), 0.0001)  # 0 would mean: do not wait at all
    if left == float("inf"):
        return timeout
    return left if timeout is None else min(left, timeout)


class _Network:
    """httpcore's way to the network, whose streams keep to the limit."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def connect_tcp(self, *arguments: Any, **named: Any) -> "_Stream":
        return _Stream(self._network.connect_tcp(*arguments, **named))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)


class _Stream:
    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.close = stream.close
        self.get_extra_info = stream.get_extra_info

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        part: bytes = self._stream.read(max_bytes, _left(timeout))
        return part

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def start_tls(self, *arguments: Any, **named: Any) -> "_Stream":
        return _Stream(self._stream.start_tls(*arguments, **named))
