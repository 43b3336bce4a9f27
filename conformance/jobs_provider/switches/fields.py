"""Defects of a job's times and of what it has in which status: wrong in a reading by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from jobs_provider.switches.hands import Body, Change, Switch, in_job, later, without

TIMES = ("created_at", "started_at", "completed_at")
SUMMER_TIME = timezone(timedelta(hours=2))
A_SECOND = timedelta(seconds=1)
AN_HOUR = timedelta(hours=1)
PARTIAL = {"result": {"title": "The Lighthouse Cat", "scenes": []}}
ERROR = {"error": {"code": "content_rejected", "message": "A scene was rejected by the content rules."}}


def _times_as(write: Callable[[datetime], object]) -> Change:
    def change(job: Body, _nth: int) -> Body:
        return job | {name: write(datetime.fromisoformat(job[name])) for name in TIMES if name in job}

    return change


def _with(extra: Body) -> Change:
    return lambda job, _nth: job | extra


def _lacking(name: str) -> Change:
    return lambda job, _nth: without(job, name)


def _ended_before_it_began(job: Body, _nth: int) -> Body:
    return job | {"completed_at": later(job["started_at"], -A_SECOND)}


def _took_the_queueing_for_work(job: Body, _nth: int) -> Body:
    return job | {"started_at": job["created_at"]}


def _forecasts(job: Body, _nth: int) -> Body:
    return job | {"completed_at": later(job["created_at"], AN_HOUR)}


_IN_TIME = (
    Switch(
        "local-times",
        "Times are given in the server's own zone, +02:00, and not in UTC.",
        tuple(f"getJob/200/body/properties/{name}/pattern" for name in TIMES),
        in_job(_times_as(lambda time: time.astimezone(SUMMER_TIME).isoformat(timespec="milliseconds"))),
    ),
    Switch(
        "times-without-zone",
        "Times are given without a zone.",
        tuple(f"getJob/200/body/properties/{name}/format" for name in TIMES),
        in_job(_times_as(lambda time: time.replace(tzinfo=None).isoformat(timespec="milliseconds"))),
    ),
    Switch(
        "times-as-numbers",
        "Times are given in seconds since 1970.",
        tuple(f"getJob/200/body/properties/{name}/type" for name in TIMES),
        in_job(_times_as(lambda time: int(time.timestamp()))),
    ),
    Switch(
        "ended-before-it-began",
        "A completed job ended a second before it was started.",
        ("getJob/relations/order/created_at,started_at,completed_at",),
        in_job(_ended_before_it_began, "completed"),
    ),
    Switch(
        "pending-is-started",
        "Every job tells its creation as its start, one that is pending too.",
        ("getJob/200/body/allOf/0/then/not",),
        in_job(_took_the_queueing_for_work),
    ),
    Switch(
        "end-is-a-forecast",
        "Every job tells when it should be finished as the time at which it was, one that is not finished too.",
        ("getJob/200/body/allOf/3/then/not", "getJob/200/body/allOf/4/then/not"),
        in_job(_forecasts),
    ),
    Switch(
        "no-completed-at",
        "A finished job does not tell when it finished.",
        ("getJob/200/body/allOf/6/then/required/completed_at",),
        in_job(_lacking("completed_at"), "completed", "failed"),
    ),
    Switch(
        "null-completed-at",
        "A finished job tells null for the time at which it finished.",
        ("getJob/200/body/allOf/6/then/properties/completed_at/not",),
        in_job(_with({"completed_at": None}), "completed", "failed"),
    ),
    Switch(
        "null-times",
        "A pending job tells null for what it has no time of, in place of leaving it out.",
        (
            "getJob/200/body/allOf/1/properties/started_at/not",
            "getJob/200/body/allOf/5/properties/completed_at/not",
        ),
        in_job(_with({"started_at": None, "completed_at": None}), "pending"),
    ),
    Switch(
        "processing-without-start",
        "Nothing but a finished job tells when it was started.",
        ("getJob/200/body/allOf/2/then/required/started_at",),
        in_job(_lacking("started_at"), "processing"),
    ),
    Switch(
        "no-created-at",
        "No job tells when it was created.",
        ("getJob/200/body/required/created_at",),
        in_job(_lacking("created_at")),
    ),
)

_OUTCOMES = (
    Switch(
        "result-too-early",
        "A job that is processing has a result already.",
        ("getJob/200/body/allOf/7/then/not",),
        in_job(_with(PARTIAL), "processing"),
    ),
    Switch(
        "result-of-a-failure",
        "A failed job has a result.",
        ("getJob/200/body/allOf/7/then/not",),
        in_job(_with(PARTIAL), "failed"),
    ),
    Switch(
        "null-result",
        "A job that is pending or processing has null for a result.",
        ("getJob/200/body/allOf/8/then/not",),
        in_job(_with({"result": None}), "pending", "processing"),
    ),
    Switch(
        "no-result",
        "A completed job has no result.",
        ("getJob/200/body/allOf/9/then/required/result",),
        in_job(_lacking("result"), "completed"),
    ),
    Switch(
        "result-is-null",
        "A completed job has null for a result.",
        ("getJob/200/body/allOf/9/then/properties/result/not",),
        in_job(_with({"result": None}), "completed"),
    ),
    Switch(
        "error-of-a-success",
        "A completed job has an error.",
        ("getJob/200/body/allOf/10/then/not",),
        in_job(_with(ERROR), "completed"),
    ),
    Switch(
        "null-error",
        "A job that did not fail has null for an error.",
        ("getJob/200/body/properties/error/type", "getJob/200/body/allOf/10/then/not"),
        in_job(_with({"error": None}), "pending", "processing", "completed"),
    ),
    Switch(
        "no-error",
        "A failed job has no error.",
        ("getJob/200/body/allOf/11/then/required/error",),
        in_job(_lacking("error"), "failed"),
    ),
)

FIELDS = (*_IN_TIME, *_OUTCOMES)
