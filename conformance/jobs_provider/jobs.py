"""Job + instant → Standing: what is true of a job at a time.

Not a worker and not a state machine: nothing runs, and no state is kept that could be forgotten or raced. A job
carries its whole course from the moment it is submitted, and its state is read off that course.

    submitted        starts_after        scenes_due[0] …        scenes_due[-1]
        │  pending        │        processing, scene by scene         │  completed
        │                 │              scenes_due[failure.scene] ───┼─ failed
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from attrs import field, frozen

Status = Literal["pending", "processing", "completed", "failed"]

FOR_AGES = timedelta(days=36_500)
"""Longer than any run: a job that waits this long is, in practice, for ever where it is."""


@frozen
class Story:
    """What was asked for: one image a prompt, of the same people in the same places."""

    title: str
    model: str
    prompts: tuple[str, ...]
    characters: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()


@frozen
class Failure:
    """Why a job stops short, and at which scene (from 0): that many scenes are done before it."""

    code: str
    message: str
    scene: int


@frozen
class Job:
    """A story in the making. All durations count from `created_at`."""

    id: UUID
    account: str
    story: Story
    created_at: datetime
    starts_after: timedelta
    scenes_due: tuple[timedelta, ...] = field()
    balance_after: Decimal
    failure: Failure | None = None
    withheld: bool = False

    @scenes_due.validator
    def _in_order(self, _attribute: object, due: tuple[timedelta, ...]) -> None:
        course = [self.starts_after, *due]
        if len(due) != len(self.story.prompts) or course != sorted(course):
            raise ValueError("a job needs one due time for each scene, in order, none before it starts")


@frozen
class Standing:
    """A job at one instant. `None` is for what has not come about yet."""

    status: Status
    scenes_completed: int
    started_at: datetime | None
    completed_at: datetime | None


def standing(job: Job, now: datetime) -> Standing:
    """The job as it stands at `now`. A later `now` never gives an earlier state."""
    age = now - job.created_at
    last = job.failure.scene if job.failure else len(job.scenes_due)
    ends_after = job.scenes_due[job.failure.scene if job.failure else -1]
    status: Status
    if age >= ends_after:
        status = "failed" if job.failure else "completed"
    else:
        status = "processing" if age >= job.starts_after else "pending"
    return Standing(
        status=status,
        scenes_completed=min(bisect_right(job.scenes_due, age), last),
        started_at=None if status == "pending" else job.created_at + job.starts_after,
        completed_at=job.created_at + ends_after if age >= ends_after else None,
    )


def even_course(scenes: int, over: timedelta) -> tuple[timedelta, tuple[timedelta, ...]]:
    """`starts_after` and `scenes_due` of a job that is done after `over`, a fifth of which it waits."""
    waits = over / 5
    return waits, tuple(waits + (over - waits) * (n + 1) / scenes for n in range(scenes))
