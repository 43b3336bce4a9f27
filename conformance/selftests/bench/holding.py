"""One job as the provider answers it → the memory that many of them take, decoded by the client and as plain JSON."""

import json
import tracemalloc
from collections.abc import Callable

from generation_jobs_client import Client
from generation_jobs_client.models import Job
from slowed import CROWD, Served
from table import Compared

_MEGABYTE = 1_000_000


def compared(provider: Served, *, count: int) -> Compared:
    with provider.finished_job() as job, Client(CROWD, base_url=provider.base_url) as api:
        body = api.jobs.with_raw_response.get_job(job).content
    ours = _megabytes(lambda: Job.from_dict(json.loads(body)), count)
    others = _megabytes(lambda: json.loads(body), count)
    what = f"memory of {count} decoded jobs against plain dicts, {len(body)} bytes of JSON each"
    return Compared(what, None, [ours], [others], "MB", None, at_most=True)


def _megabytes(make: Callable[[], object], count: int) -> float:
    make()  # what is imported or made once is none of theirs
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        held = [make() for _ in range(count)]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(held) == count
    return (after - before) / _MEGABYTE
