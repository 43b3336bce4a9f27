"""The generated client and bare httpx against the same running provider → the time of a whole call of each.

Whole: from the call to what was decoded of the answer, in the one case as the client's types, in the other as
`response.json()`. Both send the same request, over connections that stay open, and one after the other in short turns.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import httpx

from generation_jobs_client import AsyncClient, Client
from slowed import CROWD, Served
from table import Compared
from whole import in_turn

_AT_ONCE = 32
_CALLS = 10
"""In one turn, or two for each that is at once. Turns are short, so that what else the machine does falls on both."""


def compared(provider: Served, *, turns: int, goal: float) -> Iterator[Compared]:
    """Synchronous, with asyncio, and of many at once."""
    with provider.finished_job() as job:
        url = f"{provider.base_url}/v1/jobs/{job}"
        ours, others = _synchronous(provider, url, job, turns)
        yield Compared("a call of the client against bare httpx", 0, ours, others, "ms", goal, at_most=True)
        for at_once, how in ((1, "asyncio"), (_AT_ONCE, f"{_AT_ONCE} at once")):
            fewer = max(turns // 4, 2) if at_once > 1 else turns
            ours, others = asyncio.run(_asynchronous(provider, url, job, at_once, fewer))
            yield Compared(f"the same, {how}", 0, ours, others, "ms", goal, at_most=True)


def _synchronous(provider: Served, url: str, job: str, turns: int) -> list[list[float]]:
    with Client(CROWD, base_url=provider.base_url) as api, httpx.Client(headers=_bearer()) as bare:
        return in_turn([_looped(lambda: api.jobs.get_job(job)), _looped(lambda: bare.get(url).json())], turns)


def _looped(call: Callable[[], object]) -> Callable[[], float]:
    call()  # connects

    def milliseconds() -> float:
        started = time.perf_counter()
        for _ in range(_CALLS):
            call()
        return (time.perf_counter() - started) * 1000 / _CALLS

    return milliseconds


async def _asynchronous(provider: Served, url: str, job: str, at_once: int, turns: int) -> list[list[float]]:
    found: list[list[float]] = [[], []]
    async with (
        AsyncClient(CROWD, base_url=provider.base_url) as api,
        httpx.AsyncClient(headers=_bearer()) as bare,
    ):

        async def theirs() -> object:
            return (await bare.get(url)).json()

        calls: list[Callable[[], Awaitable[object]]] = [lambda: api.jobs.get_job(job), theirs]
        for turn in range(turns + 1):
            for call, column in zip(calls, found, strict=True):
                took = await _milliseconds(call, at_once)
                if turn:  # the first connects
                    column.append(took)
    return found


async def _milliseconds(call: Callable[[], Awaitable[object]], at_once: int) -> float:
    calls = max(_CALLS, 2 * at_once)
    waiting = iter(range(calls))

    async def work() -> None:
        for _ in waiting:
            await call()

    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
    return (time.perf_counter() - started) * 1000 / calls


def _bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {CROWD}"}
