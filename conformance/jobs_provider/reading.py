"""An account + the id it asks for → the answer, by asking in this order.

    maintenance 503 ─ credential 401 ─ room 429 ─ account 403, 402 ─ id 400 ─ theirs? 404 ─ withheld 451
    ─ in transit 409 ─ model gone 422 ─ images 502 ─ 200

What a caller may not know is asked after what they may. A 500 stands nowhere here: it is what happens when
something fails that nobody expected to. Not concerned with HTTP beyond the headers that carry a credential.
"""

import asyncio
import re
from uuid import UUID

from starlette.datastructures import Headers

from jobs_provider import refusals
from jobs_provider.accounts import Account, authenticate, require_good_standing
from jobs_provider.jobs import Job, standing
from jobs_provider.provider import Provider
from jobs_provider.refusals import Answer
from jobs_provider.rendering import image_paths, job_body
from jobs_provider.store import Store

# Stricter than `UUID()`, which also takes braces, a URN, or hyphens anywhere.
_HYPHENATED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


async def read_job(provider: Provider, headers: Headers, asked_id: str) -> Answer:
    """Raises the Refusal that is due, if one is."""
    if provider.in_maintenance:
        raise refusals.maintenance()
    account = authenticate(headers, provider.store.accounts)
    with provider.in_flight.admit(account):
        if account.pace:
            await asyncio.sleep(account.pace)
        require_good_standing(account)
        job = readable_job(provider.store, account, job_id(asked_id))
        at = standing(job, provider.clock())
        signed = await provider.images.signed(image_paths(job)) if at.status == "completed" else None
        return Answer(200, job_body(job, at, signed))


def job_id(text: str) -> UUID:
    """Raises the 400. Hexadecimal digits may be of either case."""
    if not _HYPHENATED.fullmatch(text):
        raise refusals.not_a_job_id()
    return UUID(text)


def readable_job(store: Store, account: Account, asked: UUID) -> Job:
    """The account's job of that id, if it can be shown. Raises the 404, 451, 409 or 422."""
    job = store.job(asked)
    if job is None or job.account != account.name:
        raise refusals.no_such_job()
    if job.withheld:
        raise refusals.withheld()
    if job.id in store.moving:
        raise refusals.being_moved()
    if job.story.model in store.retired_models:
        raise refusals.model_retired(job.story.model)
    return job
