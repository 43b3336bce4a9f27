"""One client for many threads or tasks: one pool, and no connection is left in use, whatever became of the calls."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import httpx
import pytest

from generation_jobs_client import ApiClientError, AsyncClient, Client, NotFoundError
from generation_jobs_client.models import Job
from jobs_provider import seed

from .conftest import CROWD, KEYS, Enter, Script

THREADS, TASKS = 64, 500


def test_64_threads_share_a_client(provider: str, enter: Enter) -> None:
    begin = threading.Barrier(THREADS)

    def read(_: int) -> list[Job]:
        begin.wait()
        return [api.jobs.get_job(job_id) for _ in range(5)]

    with enter("a story of 4 scenes was submitted", account=CROWD.name, seconds=3600) as injected:
        job_id = injected["job_id"]
        with Client(KEYS[CROWD.name], base_url=provider) as api, ThreadPoolExecutor(THREADS) as pool:
            jobs = [job for read_ones in pool.map(read, range(THREADS)) for job in read_ones]
            assert {str(job.job_id) for job in jobs} == {job_id}
            assert len(jobs) == THREADS * 5
            connections = _connections(api)
            assert 0 < len(connections) <= THREADS
            assert all(each.is_idle() for each in connections)
        assert _connections(api) == []


def test_500_tasks_share_a_client(provider: str, enter: Enter) -> None:
    async def run(job_id: str) -> None:
        async with AsyncClient(KEYS[CROWD.name], base_url=provider) as api:
            jobs = await asyncio.gather(*(api.jobs.get_job(job_id) for _ in range(TASKS)))
            assert {str(job.job_id) for job in jobs} == {job_id}
            connections = _connections(api)
            assert 0 < len(connections) <= 100
            assert all(each.is_idle() for each in connections)
        assert _connections(api) == []

    with enter("a story of 4 scenes was submitted", account=CROWD.name, seconds=3600) as injected:
        asyncio.run(run(injected["job_id"]))


@pytest.mark.parametrize("after", [0.01, 0.02, 0.03, 0.05])
def test_tasks_that_are_cancelled_leave_no_connection_in_use(provider: str, after: float) -> None:
    async def run() -> None:
        async with AsyncClient(KEYS["small-plan"], base_url=provider, max_retries=0) as api:
            await asyncio.gather(api.jobs.get_job(seed.SMALL_PLANS), return_exceptions=True)
            tasks = [asyncio.create_task(api.jobs.get_job(seed.SMALL_PLANS)) for _ in range(100)]
            await asyncio.sleep(after)
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert any(isinstance(each, asyncio.CancelledError) for each in ended)
            assert all(each.is_idle() or each.is_closed() for each in _connections(api))
            # to the server some may still be on their way
            again = api.with_options(max_retries=5)
            assert (await again.jobs.get_job(seed.SMALL_PLANS)).status == "completed"

    asyncio.run(run())


def test_a_task_that_is_cancelled_again_while_its_connection_closes_ends_at_once() -> None:
    async def run() -> None:
        http = Lasting()
        async with httpx.AsyncClient(transport=http) as brought:
            api = AsyncClient("key", base_url="https://api.example", http_client=brought)
            task = asyncio.create_task(api.jobs.get_job(seed.SMALL_PLANS))
            await http.sending.wait()
            task.cancel()
            await http.closing.wait()
            assert not task.done()
            task.cancel()
            await asyncio.wait([task], timeout=5)
            assert task.cancelled()
            assert not http.closed.is_set()
            http.may_close.set()
            await asyncio.wait_for(http.closed.wait(), 5)

    asyncio.run(run())


class Lasting(httpx.AsyncBaseTransport):
    """Sends for ever, and does not let its closing be cut short: as httpx does with its own connections."""

    def __init__(self) -> None:
        self.sending, self.closing, self.may_close, self.closed = (asyncio.Event() for _ in range(4))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sending.set()
        try:
            await asyncio.Event().wait()
        finally:
            with anyio.CancelScope(shield=True):
                self.closing.set()
                await self.may_close.wait()
            self.closed.set()
        return httpx.Response(200, request=request)


@pytest.mark.parametrize("status", [404, 520, 200])
def test_failed_calls_leave_no_connection_in_use(fast: Client, script: Script, status: int) -> None:
    script.will((status, {}, b"{}"))
    for _ in range(20):
        with pytest.raises(ApiClientError):
            fast.jobs.get_job(seed.COMPLETED)
    connections = _connections(fast)
    assert len(connections) == 1
    assert connections[0].is_idle()


def test_clients_with_other_options_share_the_connections(api: Client) -> None:
    for _ in range(5):
        with pytest.raises(NotFoundError):
            api.with_options(timeout=5).jobs.get_job(seed.NEIGHBOURS)
    assert len(_connections(api)) == 1


def _connections(api: Client | AsyncClient) -> list[Any]:
    http = api._client._http if isinstance(api, Client) else api._client._async_http
    assert http is not None
    transport: Any = http._transport
    return list(transport._pool.connections)
