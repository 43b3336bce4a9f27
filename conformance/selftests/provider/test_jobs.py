"""A job's state as a function of the time, at the instants where it changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from attrs import evolve

from jobs_provider.jobs import FOR_AGES, Failure, Job, Story, even_course, standing

BORN = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


JOB = Job(
    id=UUID(int=1),
    account="default",
    story=Story("Title", "model", ("one", "two", "three")),
    created_at=BORN,
    starts_after=seconds(10),
    scenes_due=(seconds(20), seconds(30), seconds(40)),
    balance_after=Decimal(1),
)
FAILING = evolve(JOB, failure=Failure("content_rejected", "why", scene=1))


@pytest.mark.parametrize(
    ("job", "age", "status", "scenes"),
    [
        (JOB, seconds(0), "pending", 0),
        (JOB, seconds(10) - INSTANT, "pending", 0),
        (JOB, seconds(10), "processing", 0),
        (JOB, seconds(20), "processing", 1),
        (JOB, seconds(40) - INSTANT, "processing", 2),
        (JOB, seconds(40), "completed", 3),
        (JOB, FOR_AGES, "completed", 3),
        (FAILING, seconds(30) - INSTANT, "processing", 1),
        (FAILING, seconds(30), "failed", 1),
        (FAILING, FOR_AGES, "failed", 1),
    ],
)
def test_a_job_stands_where_its_course_has_it(job: Job, age: timedelta, status: str, scenes: int) -> None:
    at = standing(job, BORN + age)
    assert (at.status, at.scenes_completed) == (status, scenes)


def test_times_are_those_of_the_course_and_not_of_the_reading() -> None:
    at = standing(JOB, BORN + seconds(55))
    assert (at.started_at, at.completed_at) == (BORN + seconds(10), BORN + seconds(40))


def test_a_failed_job_ended_when_it_failed() -> None:
    assert standing(FAILING, BORN + seconds(55)).completed_at == BORN + seconds(30)


def test_an_even_course_takes_as_long_as_asked() -> None:
    starts_after, due = even_course(4, seconds(10))
    assert (starts_after, due) == (seconds(2), (seconds(4), seconds(6), seconds(8), seconds(10)))


def test_a_course_of_no_time_is_over_at_once() -> None:
    starts_after, due = even_course(3, seconds(0))
    assert standing(evolve(JOB, starts_after=starts_after, scenes_due=due), BORN).status == "completed"


@pytest.mark.parametrize(
    "due", [(), (seconds(20),), (seconds(20), seconds(40), seconds(30)), (seconds(5), seconds(20), seconds(30))]
)
def test_a_course_that_goes_back_is_no_course(due: tuple[timedelta, ...]) -> None:
    with pytest.raises(ValueError, match="one due time for each scene"):
        evolve(JOB, scenes_due=due)
