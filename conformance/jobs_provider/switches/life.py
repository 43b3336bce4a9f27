"""Defects of a job's life: each reading is fine, but not after the ones before it."""

from collections import Counter
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from jobs_provider import seed
from jobs_provider.around import Ask, Asked, Hand, Reply
from jobs_provider.switches.hands import Body, Change, Switch, in_job, is_job, later, without

LATER = ("started_at", "completed_at", "result", "error")
"""What a job has only once it was begun."""
A_MOMENT = timedelta(milliseconds=1)
NO_LONGER = {"error": {"code": "internal_error", "message": "The job was lost after it was completed."}}


def _fails_after_all(job: Body, nth: int) -> Body:
    return without(job, "result") | {"status": "failed"} | NO_LONGER if nth >= 3 else job


def _works_again(job: Body, nth: int) -> Body:
    return without(job, "completed_at", "result", "error") | {"status": "processing"} if nth == 2 else job


def _loses_a_scene(job: Body, nth: int) -> Body:
    return job | {"scenes_completed": max(0, job["scenes_completed"] - 1)} if nth % 2 == 0 else job


def _grows(job: Body, nth: int) -> Body:
    return job | {"scenes_total": job["scenes_total"] + 1} if nth % 2 == 0 else job


def _moving(name: str, by: timedelta) -> Change:
    return lambda job, nth: job | {name: later(job[name], by)} if nth % 2 == 0 and name in job else job


def _takes_another_id(job: Body, nth: int) -> Body:
    return job | {"job_id": str(uuid5(NAMESPACE_URL, f"{job['job_id']}#{nth}"))} if nth % 2 == 0 else job


def _gone_from_the_third(name: str) -> Change:
    return lambda job, nth: without(job, name) if nth >= 3 else job


def _lags() -> Hand:
    begun = Counter[str]()

    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        if not is_job(asked, reply) or reply.json()["status"] == "pending":
            return reply
        job = reply.json()
        begun[job["job_id"]] += 1
        if begun[job["job_id"]] != 2:
            return reply
        return reply.with_json(without(job, *LATER) | {"status": "pending"})

    return hand


def _never_ends() -> Hand:
    """Jobs that were there from the start are as they were: only what is submitted now gets stuck."""
    there = {str(each) for each in vars(seed).values()}

    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        if not is_job(asked, reply):
            return reply
        job = reply.json()
        if job["job_id"] in there or job["status"] not in ("completed", "failed"):
            return reply
        return reply.with_json(without(job, "completed_at", "result", "error") | {"status": "processing"})

    return hand


LIFE = (
    Switch(
        "status-goes-back",
        "The second reading of a job that was begun says that it is pending, as a replica that lags would.",
        ("getJob/relations/states/status",),
        _lags,
    ),
    Switch(
        "completed-turns-failed",
        "From its third reading on, a completed job has failed.",
        ("getJob/relations/states/status",),
        in_job(_fails_after_all, "completed"),
    ),
    Switch(
        "completed-works-again",
        "The second reading of a completed job says that it is processing.",
        ("getJob/relations/states/status",),
        in_job(_works_again, "completed"),
    ),
    Switch(
        "failed-works-again",
        "The second reading of a failed job says that it is processing.",
        ("getJob/relations/states/status",),
        in_job(_works_again, "failed"),
    ),
    Switch(
        "never-ends",
        "A job that was submitted is processing for ever.",
        ("getJob/relations/ends/status",),
        _never_ends,
    ),
    Switch(
        "progress-goes-back",
        "Every second reading of a job that is processing, or failed, shows one scene fewer.",
        ("getJob/relations/nondecreasing/scenes_completed",),
        in_job(_loses_a_scene, "processing", "failed"),
    ),
    Switch(
        "total-changes",
        "Every second reading of a completed job counts one scene more that were asked for.",
        ("getJob/relations/constant/scenes_total",),
        in_job(_grows, "completed"),
    ),
    Switch(
        "created-at-moves",
        "Every second reading tells a time of creation that is a moment earlier.",
        ("getJob/relations/constant/created_at",),
        in_job(_moving("created_at", -A_MOMENT)),
    ),
    Switch(
        "started-at-moves",
        "Every second reading tells a start that is a moment earlier.",
        ("getJob/relations/once-set/started_at",),
        in_job(_moving("started_at", -A_MOMENT)),
    ),
    Switch(
        "completed-at-moves",
        "Every second reading of a finished job tells an end that is a moment later.",
        ("getJob/relations/once-set/completed_at",),
        in_job(_moving("completed_at", A_MOMENT), "completed", "failed"),
    ),
    Switch(
        "started-at-vanishes",
        "From the third reading on, a failed job no longer tells when it was started.",
        ("getJob/relations/once-set/started_at",),
        in_job(_gone_from_the_third("started_at"), "failed"),
    ),
    Switch(
        "result-vanishes",
        "From the third reading on, a completed job has no result any more.",
        ("getJob/relations/kept/result",),
        in_job(_gone_from_the_third("result"), "completed"),
    ),
    Switch(
        "error-vanishes",
        "From the third reading on, a failed job has no error any more.",
        ("getJob/relations/kept/error",),
        in_job(_gone_from_the_third("error"), "failed"),
    ),
    Switch(
        "job-id-changes",
        "Every second reading of a job gives it another identifier.",
        ("getJob/relations/constant/job_id", "getJob/relations/echo/job_id"),
        in_job(_takes_another_id),
    ),
)
