"""Defects of statuses: what is said is right, but not the number that it is said under."""

import asyncio
from collections.abc import Callable

from attrs import evolve

from jobs_provider.around import JOBS, Ask, Asked, Hand, Reply
from jobs_provider.switches.hands import Switch, anew, in_reply, is_job

A_MOMENT = 0.02
LOGIN = "https://generation-jobs.example/login"


def _given_as(status: int) -> Callable[[Reply], Reply]:
    # Retry-After belongs to the statuses that have it: under another it would be a second defect.
    return lambda reply: evolve(reply, status=status).without_header("retry-after")


def _as(due: int, given: int, sentence: str, *claims: str) -> Switch:
    """Caught by the claim that the status is given in its state, where no other is named."""
    claims = claims or (f"getJob/{due}/status",)
    return Switch(f"{due}-is-{given}", sentence, claims, in_reply(_given_as(given), due))


def _to_the_login(reply: Reply) -> Reply:
    return anew(reply, 302).with_headers(location=LOGIN)


def _pending_is_a_teapot() -> Hand:
    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        pending = is_job(asked, reply) and reply.json()["status"] == "pending"
        return evolve(reply, status=418) if pending else reply

    return hand


def _invents_jobs() -> Hand:
    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        if not asked.reads_job or reply.status != 404:
            return reply
        job = {"job_id": asked.path.removeprefix(JOBS), "status": "pending", "created_at": "2026-01-01T00:00:00.000Z"}
        return anew(reply, 200, job)

    return hand


def _makes_room() -> Hand:
    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        while reply.status == 429:
            await asyncio.sleep(A_MOMENT)
            reply = await ask(asked)
        return reply

    return hand


STATUSES = (
    _as(400, 405, "A malformed id is answered 405.", "getJob/400/status", "getJob/any/status"),
    _as(401, 403, "A credential that is not valid is answered 403.", "getJob/security/missing/status"),
    _as(402, 403, "An account without credit is answered 403."),
    _as(403, 401, "A suspended account is answered 401."),
    _as(404, 400, "A job that does not exist is answered 400."),
    _as(404, 410, "A job that does not exist is answered 410.", "getJob/404/status", "getJob/any/status"),
    _as(409, 400, "A job in transit is answered 400."),
    _as(422, 400, "A story that cannot be interpreted any more is answered 400."),
    _as(429, 503, "Too many requests at once are answered 503.", "getJob/429/status", "getJob/any/server-error"),
    _as(451, 403, "Withheld content is answered 403."),
    _as(500, 404, "A job that cannot be read from the store is answered 404."),
    _as(502, 500, "An upstream that is down is answered 500."),
    _as(503, 500, "Maintenance is answered 500."),
    Switch(
        "401-is-a-redirect",
        "A credential that is not valid is sent to the page for logging in.",
        ("getJob/401/status", "getJob/any/status", "getJob/security/missing/status"),
        in_reply(_to_the_login, 401),
    ),
    Switch(
        "pending-is-418",
        "A pending job is answered 418.",
        ("getJob/200/status", "getJob/any/status"),
        _pending_is_a_teapot,
    ),
    Switch(
        "unknown-is-200",
        "A job that does not exist is made up.",
        ("getJob/404/status",),
        _invents_jobs,
    ),
    Switch(
        "no-limit",
        "An account may have any number of requests in flight: one too many waits until there is room.",
        ("getJob/429/status",),
        _makes_room,
        verdict="not-exercised",
    ),
)
