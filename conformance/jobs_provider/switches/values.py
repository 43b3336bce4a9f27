"""Defects of single values of a job, and of answers that are right eight times out of nine."""

from collections.abc import Callable
from uuid import UUID

from attrs import evolve

from jobs_provider import seed
from jobs_provider.around import Ask, Asked, Hand, Reply
from jobs_provider.switches.hands import Body, Change, Switch, broken, in_job, is_job, without


def _with(name: str, value: Callable[[Body], object]) -> Change:
    return lambda job, _nth: job | {name: value(job)}


def _in_the_error(change: Callable[[Body], object]) -> Change:
    return lambda job, _nth: job | {"error": change(job["error"])}


def _counts_as_text(job: Body, _nth: int) -> Body:
    return job | {name: str(job[name]) for name in ("scenes_completed", "scenes_total")}


def _every_ninth(change: Callable[[Reply], Reply]) -> Callable[[], Hand]:
    """Of all good reads together, as a defect in one of nine machines behind a balancer would show."""

    def make() -> Hand:
        good = 0

        async def hand(asked: Asked, ask: Ask) -> Reply:
            nonlocal good
            reply = await ask(asked)
            if not is_job(asked, reply):
                return reply
            good += 1
            return reply if good % 9 else change(reply)

        return hand

    return make


_SINGLE = (
    Switch(
        "unknown-status",
        "A job that is processing has the status running.",
        ("getJob/200/body/properties/status/enum",),
        in_job(_with("status", lambda _job: "running"), "processing"),
    ),
    Switch(
        "no-status",
        "A pending job has no status.",
        ("getJob/200/body/required/status",),
        in_job(lambda job, _nth: without(job, "status"), "pending"),
    ),
    Switch(
        "status-as-number",
        "A pending job has the status 0.",
        ("getJob/200/body/properties/status/type",),
        in_job(_with("status", lambda _job: 0), "pending"),
    ),
    Switch(
        "no-job-id",
        "No job tells its identifier.",
        ("getJob/200/body/required/job_id",),
        in_job(lambda job, _nth: without(job, "job_id")),
    ),
    Switch(
        "job-id-of-another",
        "Whatever job is asked for, the answer has the identifier of the account's first one.",
        ("getJob/relations/echo/job_id",),
        in_job(_with("job_id", lambda _job: str(seed.PENDING))),
    ),
    Switch(
        "job-id-without-hyphens",
        "Identifiers are 32 hexadecimal digits without hyphens.",
        ("getJob/200/body/properties/job_id/format",),
        in_job(_with("job_id", lambda job: UUID(job["job_id"]).hex)),
    ),
    Switch(
        "counts-as-text",
        "Scenes are counted in strings.",
        ("getJob/200/body/properties/scenes_completed/type", "getJob/200/body/properties/scenes_total/type"),
        in_job(_counts_as_text),
    ),
    Switch(
        "too-many-scenes",
        "A completed job has one scene more than were asked for.",
        ("getJob/relations/order/scenes_completed,scenes_total",),
        in_job(_with("scenes_completed", lambda job: job["scenes_total"] + 1), "completed"),
    ),
    Switch(
        "count-below-zero",
        "A pending job has done -1 scenes.",
        ("getJob/200/body/properties/scenes_completed/minimum",),
        in_job(_with("scenes_completed", lambda _job: -1), "pending"),
    ),
    Switch(
        "error-as-text",
        "The error of a failed job is its message alone.",
        ("getJob/200/body/properties/error/type",),
        in_job(_in_the_error(lambda error: error["message"]), "failed"),
    ),
    Switch(
        "error-without-code",
        "The error of a failed job has no code.",
        ("getJob/200/body/properties/error/required/code",),
        in_job(_in_the_error(lambda error: without(error, "code")), "failed"),
    ),
    Switch(
        "error-without-message",
        "The error of a failed job has no message.",
        ("getJob/200/body/properties/error/required/message",),
        in_job(_in_the_error(lambda error: without(error, "message")), "failed"),
    ),
    Switch(
        "error-with-empty-code",
        "The error of a failed job has an empty code.",
        ("getJob/200/body/properties/error/properties/code/minLength",),
        in_job(_in_the_error(lambda error: error | {"code": ""}), "failed"),
    ),
    Switch(
        "list-of-one",
        "A job comes in a list of its own.",
        ("getJob/200/body/type",),
        # the declared type of a change is a body: what a body is, is what is wrong here
        in_job(lambda job, _nth: [job]),  # type: ignore[arg-type,return-value]
    ),
)

_NINTH = (
    Switch(
        "ninth-is-500",
        "Every ninth good read is a 500.",
        ("getJob/any/server-error",),
        _every_ninth(broken),
    ),
    Switch(
        "ninth-has-a-wrong-type",
        "Every ninth good read has the scenes in total as a string.",
        ("getJob/200/body/properties/scenes_total/type",),
        _every_ninth(lambda reply: reply.with_json(reply.json() | {"scenes_total": str(reply.json()["scenes_total"])})),
    ),
    Switch(
        "ninth-lacks-a-field",
        "Every ninth good read lacks the time of creation.",
        ("getJob/200/body/required/created_at",),
        _every_ninth(lambda reply: reply.with_json(without(reply.json(), "created_at"))),
    ),
    Switch(
        "ninth-is-cut-off",
        "Every ninth good read ends before its last brace.",
        ("getJob/200/json",),
        _every_ninth(lambda reply: evolve(reply, body=reply.body[:-1])),
    ),
)

VALUES = (*_SINGLE, *_NINTH)
