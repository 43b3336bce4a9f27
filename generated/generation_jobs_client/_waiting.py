"""A way to ask + the states that end → the last answer. It sends nothing itself, and knows no operation."""

import inspect
import threading
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Generic, TypeVar

from ._timing import Timing
from ._transport import RETRIED_STATUSES, retry_after
from .errors import (
    ApiClientError,
    ApiConnectionError,
    ApiError,
    InvalidArgumentError,
    WaitCancelledError,
    WaitFailedError,
    WaitTimeoutError,
)
from .types import ApiResponse

T = TypeVar("T")

_GROWTH = 1.5
_LONGEST_RETRY_AFTER = 300.0
_LAST_POLL = 1.0
"""Seconds that the poll at the very end of the time may take."""


class Wait(Generic[T]):
    """One wait. `field` is a JSON Pointer to the state in an answer; times are in seconds."""

    def __init__(
        self,
        *,
        field: str,
        terminal: tuple[str, ...],
        raise_on: Collection[str],
        timeout: float | None,
        interval: float,
        longest_interval: float,
        timing: Timing,
    ) -> None:
        if isinstance(raise_on, str) or not set(raise_on) <= set(terminal):
            raise InvalidArgumentError(
                f"raise_on must be a list of some of {', '.join(terminal)}, not {raise_on!r}"
            )
        times: tuple[Any, ...] = (0 if timeout is None else timeout, interval, longest_interval)
        for seconds in times:
            if not isinstance(seconds, (int, float)):
                raise InvalidArgumentError(f"a time must be a number of seconds, not {seconds!r}")
        if not (interval > 0 and longest_interval > 0) or (timeout is not None and not timeout > 0):
            raise InvalidArgumentError("timeout and the intervals between polls must be more than 0 seconds")
        self._field = field
        self._terminal = terminal
        self._raise_on = frozenset(raise_on)
        self._timeout = timeout
        self._interval = min(interval, longest_interval)
        self._longest_interval = longest_interval
        self._timing = timing
        self._begun = timing.monotonic()
        self._state: Any = None
        self._last: T | None = None
        self._fault: ApiClientError | None = None

    def until_over(
        self,
        poll: Callable[[float], ApiResponse[T]],
        on_progress: Callable[[T], object] | None,
        cancel: threading.Event | None,
    ) -> T:
        """`poll` is given the seconds that are left. Raises what it raises, and the three errors of waiting."""
        while True:
            response = None
            if cancel is not None and cancel.is_set():
                raise WaitCancelledError("waiting was cancelled" + self._so_far(), self._last)
            try:
                response = poll(max(self._left(), _LAST_POLL))
            except (ApiError, ApiConnectionError) as error:
                self._pass_over(error)
            if response is not None:
                over = self._take(response)
                if on_progress is not None:
                    on_progress(response.parsed)
                if over:
                    return self._ended(response.parsed)
            self._timing.sleep(self._pause(response), cancel)

    async def until_over_async(
        self, poll: Callable[[float], Awaitable[ApiResponse[T]]], on_progress: Callable[[T], object] | None
    ) -> T:
        """The same for asyncio; it is cancelled as its task is."""
        while True:
            response = None
            try:
                response = await poll(max(self._left(), _LAST_POLL))
            except (ApiError, ApiConnectionError) as error:
                self._pass_over(error)
            if response is not None:
                over = self._take(response)
                if on_progress is not None:
                    called = on_progress(response.parsed)
                    if inspect.isawaitable(called):
                        await called
                if over:
                    return self._ended(response.parsed)
            await self._timing.sleep_async(self._pause(response))

    def _left(self) -> float:
        if self._timeout is None:
            return float("inf")
        return self._begun + self._timeout - self._timing.monotonic()

    def _take(self, response: ApiResponse[T]) -> bool:
        """Note an answer; whether it is the last."""
        self._last, self._fault = response.parsed, None
        self._state = _at(response.raw.json(), self._field)
        return self._state in self._terminal

    def _pass_over(self, error: ApiError | ApiConnectionError) -> None:
        """Go on after a failure in passing, once something was seen; else raise it."""
        if self._left() <= 0:
            raise self._too_late() from error
        passing = not isinstance(error, ApiError) or error.status in RETRIED_STATUSES
        if self._last is None or not passing:
            raise error
        self._fault = error

    def _pause(self, response: ApiResponse[T] | None) -> float:
        headers = response.headers if response is not None else getattr(self._fault, "headers", {})
        asked = retry_after(headers, self._timing.wall_clock)
        left = self._left()
        if left <= 0 or (asked is not None and asked > left):
            raise self._too_late() from self._fault
        if asked is not None:
            return min(asked, _LONGEST_RETRY_AFTER)
        pause, self._interval = self._interval, min(self._interval * _GROWTH, self._longest_interval)
        return min(pause, left)

    def _ended(self, last: T) -> T:
        if self._state in self._raise_on:
            raise WaitFailedError(f"it ended as {self._state}", last)
        return last

    def _too_late(self) -> WaitTimeoutError:
        return WaitTimeoutError(f"not over after {self._timeout:.6g} s{self._so_far()}", self._last)

    def _so_far(self) -> str:
        return (
            f"; it was {self._state} when last seen" if self._last is not None else "; nothing was seen of it"
        )


def _at(value: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        if not isinstance(value, dict):
            return None
        value = value.get(token.replace("~1", "/").replace("~0", "~"))
    return value
