"""What a defect changes → the hand that changes it, and leaves everything else as it is.

The few forms that all defects have: in the body of a job, in the body of an error, in some answers as a whole, in
what is asked. Not the defects themselves: those stand in the modules beside this one, by what they are about.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from attrs import field, frozen

from jobs_provider.around import JOBS, Ask, Asked, Hand, Reply
from jobs_provider.instants import rfc3339

ERRORS = (400, 401, 402, 403, 404, 409, 422, 429, 451, 500, 502, 503)
"""Every documented status but 200."""

Body = dict[str, Any]
Change = Callable[[Body, int], Body]
"""A job and which reading of it in its status this is → the job as it is told."""
Making = Callable[[], Hand]
"""A hand of its own for each provider: it may count."""


@frozen
class Switch:
    """One deliberate defect. `sentence` says what is wrong; `claims` are the ids of those that have to catch it.

    `verdict`: what these claims come to. A limit that is never enforced violates nothing: its 429 is never seen.
    """

    name: str
    sentence: str
    claims: tuple[str, ...]
    hand: Making = field(repr=False)
    verdict: Literal["violated", "not-exercised"] = "violated"


def in_job(change: Change, *statuses: str) -> Making:
    """In jobs of these statuses, all by default."""

    def make() -> Hand:
        readings = Counter[tuple[str, str]]()

        async def hand(asked: Asked, ask: Ask) -> Reply:
            reply = await ask(asked)
            if not is_job(asked, reply):
                return reply
            job = reply.json()
            if statuses and job["status"] not in statuses:
                return reply
            readings[job["job_id"], job["status"]] += 1
            return reply.with_json(change(job, readings[job["job_id"], job["status"]]))

        return hand

    return make


def in_error(change: Callable[[Body], Body], *statuses: int) -> Making:
    """In the bodies of errors, all by default."""
    return in_reply(lambda reply: reply.with_json(change(reply.json())), *(statuses or ERRORS))


def in_reply(change: Callable[[Reply], Reply], *statuses: int) -> Making:
    """In the answers of these statuses to a request for a job."""

    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        return change(reply) if asked.reads_job and reply.status in statuses else reply

    return lambda: hand


def in_request(when: Callable[[Asked], bool], change: Callable[[Reply], Reply]) -> Making:
    """In the answers to some requests, whatever their status would be."""

    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        return change(reply) if asked.path.startswith(JOBS) and when(asked) else reply

    return lambda: hand


def as_if(when: Callable[[Asked], bool], instead: Callable[[Asked], Asked]) -> Making:
    """Some requests are taken for others."""

    async def hand(asked: Asked, ask: Ask) -> Reply:
        return await ask(instead(asked) if asked.path.startswith(JOBS) and when(asked) else asked)

    return lambda: hand


def is_job(asked: Asked, reply: Reply) -> bool:
    return asked.reads_job and reply.status == 200


def without(body: Body, *names: str) -> Body:
    return {name: value for name, value in body.items() if name not in names}


def later(instant: str, by: timedelta) -> str:
    return rfc3339(datetime.fromisoformat(instant) + by)


def anew(reply: Reply, status: int, body: object = None) -> Reply:
    """Another answer to the same request; without a body if there is none."""
    kept = {name: value for name, value in reply.headers.items() if name in ("x-request-id", "cache-control")}
    fresh = Reply(status, kept, b"")
    return fresh if body is None else fresh.with_headers(content_type="application/json").with_json(body)


def said(status: int, code: str, message: str) -> Callable[[Reply], Reply]:
    """An error of the documented form in place of whatever would be answered."""

    def change(reply: Reply) -> Reply:
        return anew(reply, status, {"error": code, "message": message, "request_id": reply.headers["x-request-id"]})

    return change


broken = said(500, "internal_error", "The server met a fault of its own.")
