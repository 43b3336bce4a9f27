"""Waiting for a job: through its whole life at the reference provider, and through all that may happen meanwhile."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from generation_jobs_client import (
    ApiTimeoutError,
    AsyncClient,
    Client,
    InvalidArgumentError,
    NotFoundError,
    ServiceUnavailableError,
    WaitCancelledError,
    WaitFailedError,
    WaitTimeoutError,
)
from generation_jobs_client.models import Job, JobStatus
from jobs_provider import seed

from .conftest import KEYS, Clock, Enter, Script

ID = "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11"
STORY = "a story of 4 scenes was submitted"
BUSY: tuple[int, dict[str, str], bytes] = (503, {}, b'{"error": "busy", "message": "Not now."}')

Wait = Callable[..., Job]


def answer(status: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    return 200, headers, json.dumps({"job_id": ID, "status": status, "created_at": "2026-03-01T12:00:00Z"}).encode()


@pytest.fixture(params=["sync", "async"])
def wait(request: pytest.FixtureRequest, script: Script, timed: Callable[[Any], Any]) -> Wait:
    """Wait at the scripted server, where pauses take no time."""
    return _waiter(request.param, "key", script.url, timed)


@pytest.fixture(params=["sync", "async"])
def live(request: pytest.FixtureRequest, provider: str) -> Wait:
    """Wait at the reference provider."""
    return _waiter(request.param, KEYS["default"], provider, lambda client: client)


@pytest.mark.parametrize("outcome", ["completed", "failed"])
def test_a_job_is_followed_through_its_whole_life(live: Wait, enter: Enter, outcome: str) -> None:
    seen: list[Job] = []
    with enter(STORY, seconds=1.0, outcome=outcome) as injected:
        job = live(injected["job_id"], poll_interval=0.02, max_poll_interval=0.03, on_progress=seen.append)
    assert job is seen[-1]
    assert (str(job.job_id), job.status) == (injected["job_id"], outcome)
    assert list(dict.fromkeys(str(each.status) for each in seen)) == ["pending", "processing", outcome]
    done = [each.scenes_completed or 0 for each in seen]
    assert done == sorted(done)


def test_a_failure_is_raised_with_the_job_where_that_is_asked_for(live: Wait, enter: Enter) -> None:
    with enter(STORY, seconds=0.05, outcome="failed") as injected, pytest.raises(WaitFailedError) as caught:
        live(injected["job_id"], poll_interval=0.02, raise_on=["failed"])
    assert caught.value.last.error.code == "content_rejected"
    assert str(caught.value) == "it ended as failed"


def test_what_takes_too_long_is_raised_with_the_job_and_can_be_taken_up_again(live: Wait, enter: Enter) -> None:
    with enter(STORY, seconds=0.6) as injected:
        with pytest.raises(WaitTimeoutError) as caught:
            live(injected["job_id"], poll_interval=0.02, timeout=0.1)
        assert caught.value.last.status in ("pending", "processing")
        assert isinstance(caught.value, TimeoutError)
        assert live(caught.value.last.job_id, poll_interval=0.05).status == "completed"


def test_a_job_that_is_over_is_asked_for_once(live: Wait) -> None:
    seen: list[Job] = []
    assert live(seed.COMPLETED, on_progress=seen.append).status == "completed"
    assert len(seen) == 1


def test_a_job_that_does_not_exist_is_not_waited_for(live: Wait) -> None:
    with pytest.raises(NotFoundError):
        live(ID)


def test_maintenance_in_between_does_not_end_the_waiting(provider: str, enter: Enter) -> None:
    """Longer than the retries of one call last."""

    def show(_: Job) -> None:
        if not entered:
            entered.append(enter("the service is under maintenance"))
            entered[0].__enter__()
            threading.Timer(0.3, entered[0].__exit__, (None, None, None)).start()

    entered: list[Any] = []
    with enter(STORY, seconds=0.1) as injected, Client(KEYS["default"], base_url=provider, max_retries=0) as api:
        job = api.with_options(max_retries=0).jobs.wait_for_job(
            injected["job_id"], poll_interval=0.02, max_poll_interval=0.05, on_progress=show
        )
    assert job.status == "completed"


# By the script ------------------------------------------------------------------------------------------------------


def test_polls_come_ever_more_slowly(wait: Wait, script: Script, clock: Clock) -> None:
    script.will(*[answer("pending")] * 6, answer("completed"))
    wait(ID, max_poll_interval=4.0)
    assert clock.pauses == [1.0, 1.5, 2.25, 3.375, 4.0, 4.0]


def test_a_poll_comes_when_the_server_asks_for_it(wait: Wait, script: Script, clock: Clock) -> None:
    script.will(answer("pending", **{"Retry-After": "7"}), answer("processing"), answer("completed"))
    wait(ID)
    assert clock.pauses == [7.0, 1.0]


def test_a_failure_in_passing_after_the_first_answer_is_passed_over(wait: Wait, script: Script, clock: Clock) -> None:
    script.will(answer("pending"), BUSY, BUSY, BUSY, answer("completed"))
    assert wait(ID).status == "completed"
    assert clock.pauses == [1.0, 0.5, 1.0, 1.5]  # a poll, the two retries of the next one, and the one after it


def test_a_failure_in_passing_of_the_first_poll_is_raised(wait: Wait, script: Script) -> None:
    script.will(BUSY)
    with pytest.raises(ServiceUnavailableError):
        wait(ID)


def test_another_failure_is_raised_at_once(wait: Wait, script: Script) -> None:
    script.will(answer("pending"), (404, {}, b'{"error": "gone", "message": "Gone."}'))
    with pytest.raises(NotFoundError):
        wait(ID)


def test_a_server_that_stays_away_is_the_cause_of_the_timeout(wait: Wait, script: Script) -> None:
    script.will(answer("processing"), BUSY)
    with pytest.raises(WaitTimeoutError, match="not over after 60 s; it was processing when last seen") as caught:
        wait(ID, timeout=60)
    assert isinstance(caught.value.__cause__, ServiceUnavailableError)


def test_the_last_poll_comes_when_the_time_is_up(wait: Wait, script: Script, clock: Clock) -> None:
    script.will(answer("pending"))
    with pytest.raises(WaitTimeoutError):
        wait(ID, timeout=3)
    assert clock.pauses == [1.0, 1.5, 0.5]


def test_what_the_server_wants_to_be_asked_too_late_is_not_waited_for(wait: Wait, script: Script, clock: Clock) -> None:
    script.will(answer("pending", **{"Retry-After": "90"}))
    with pytest.raises(WaitTimeoutError):
        wait(ID, timeout=60)
    assert clock.pauses == []


def test_a_state_that_nobody_knew_is_shown_and_waited_through(wait: Wait, script: Script) -> None:
    seen: list[JobStatus] = []
    script.will(answer("archiving"), answer("completed"))
    assert wait(ID, on_progress=lambda job: seen.append(job.status)).status.is_known
    assert seen == ["archiving", "completed"]
    assert not seen[0].is_known


def test_without_a_limit_it_waits_on(wait: Wait, script: Script, clock: Clock) -> None:
    script.will(*[answer("pending")] * 200, answer("completed"))
    assert wait(ID, timeout=None).status == "completed"
    assert clock.now > 2700


@pytest.mark.parametrize(
    "options",
    [
        {"raise_on": ["broken"]},
        {"raise_on": "failed"},
        {"timeout": 0},
        {"poll_interval": 0},
        {"max_poll_interval": -1},
        {"timeout": "5"},
        {"poll_interval": None},
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_sent(
    wait: Wait, script: Script, options: dict[str, Any]
) -> None:
    with pytest.raises(InvalidArgumentError):
        wait(ID, **options)
    assert script.requests == []


def test_no_uuid_is_said_before_anything_is_sent(wait: Wait, script: Script) -> None:
    with pytest.raises(InvalidArgumentError, match="id must be a UUID, not 'job-1'"):
        wait("job-1")
    assert script.requests == []


# Cancelling ---------------------------------------------------------------------------------------------------------


def test_another_thread_ends_the_waiting_in_the_middle_of_a_pause(api: Client) -> None:
    cancel = threading.Event()
    with pytest.raises(WaitCancelledError, match="it was pending when last seen") as caught:
        api.jobs.wait_for_job(
            seed.PENDING,
            poll_interval=60,
            on_progress=lambda _: threading.Timer(0.05, cancel.set).start(),
            cancel=cancel,
        )
    assert caught.value.last.job_id == seed.PENDING


def test_what_is_cancelled_already_asks_nothing(fast: Client, script: Script) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(WaitCancelledError, match="nothing was seen of it"):
        fast.jobs.wait_for_job(ID, cancel=cancel)
    assert script.requests == []


def test_a_task_is_cancelled_as_any_other(provider: str) -> None:
    async def run() -> None:
        seen = asyncio.Event()
        async with AsyncClient(KEYS["default"], base_url=provider) as api:
            waiting = api.jobs.wait_for_job(seed.PENDING, poll_interval=60, on_progress=lambda _: seen.set())
            task = asyncio.create_task(waiting)
            await seen.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await api.jobs.get_job(seed.PENDING)).status == "pending"

    asyncio.run(run())


def test_progress_may_be_shown_by_a_coroutine(script: Script, timed: Callable[[Any], Any]) -> None:
    shown: list[Job] = []

    async def show(job: Job) -> None:
        await asyncio.sleep(0)
        shown.append(job)

    async def run() -> Job:
        async with AsyncClient("key", base_url=script.url) as api:
            job: Job = await timed(api).jobs.wait_for_job(ID, on_progress=show)
            return job

    script.will(answer("pending"), answer("completed"))
    assert asyncio.run(run()) is shown[-1]
    assert len(shown) == 2


def test_what_progress_raises_ends_the_waiting(wait: Wait, script: Script) -> None:
    def show(_: Job) -> None:
        raise LookupError("no terminal")

    script.will(answer("pending"))
    with pytest.raises(LookupError):
        wait(ID, on_progress=show)


def test_a_poll_that_does_not_return_is_too_late(script: Script) -> None:
    release = threading.Event()
    script.will(answer("pending"), lambda _: release.wait(3))
    api = Client("key", base_url=script.url, timeout=0.1, max_retries=0)
    try:
        with api, pytest.raises(WaitTimeoutError) as caught:
            api.jobs.wait_for_job(ID, timeout=0.15, poll_interval=0.1)
        assert isinstance(caught.value.__cause__, ApiTimeoutError)
    finally:
        release.set()


def _waiter(flavour: str, key: str, url: str, timed: Callable[[Any], Any]) -> Wait:
    def wait(job_id: object, **options: Any) -> Job:
        with Client(key, base_url=url) as api:
            job: Job = timed(api).jobs.wait_for_job(job_id, **options)
            return job

    async def wait_async(job_id: object, **options: Any) -> Job:
        async with AsyncClient(key, base_url=url) as api:
            job: Job = await timed(api).jobs.wait_for_job(job_id, **options)
            return job

    return wait if flavour == "sync" else lambda job_id, **options: asyncio.run(wait_async(job_id, **options))
