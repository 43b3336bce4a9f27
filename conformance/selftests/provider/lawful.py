"""An answer, or all readings of a job → what the document does not allow about it.

Written by hand from the prose, as the provider is, and of what the prose only recommends too. It shares nothing with
the suite: that a provider is right in the eyes of both is worth more than in the eyes of one.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from selftests.provider.battery import Seen

STATUSES = {200, 400, 401, 402, 403, 404, 409, 422, 429, 451, 500, 502, 503}
TIMES = ("created_at", "started_at", "completed_at")
FINISHED = ("completed", "failed")
HAS: Mapping[str, tuple[set[str], set[str]]] = {
    "pending": (set(), {"started_at", "completed_at", "result", "error"}),
    "processing": ({"started_at"}, {"completed_at", "result", "error"}),
    "completed": ({"started_at", "completed_at", "result"}, {"error"}),
    "failed": ({"completed_at", "error"}, {"result"}),
}
"""Status → what a job in it must have, and what it must not."""

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]00:00)", re.ASCII)

Job = dict[str, Any]


def faults(answer: Seen) -> list[str]:
    """Of one answer to a read of a job."""
    found = []
    if answer.status not in STATUSES:
        found.append(f"status {answer.status}")
    if answer.headers.get("content-type", "").partition(";")[0].lower() != "application/json":
        found.append("media type")
    try:
        body = parsed(answer.body)
    except ValueError as error:
        return [*found, f"JSON: {error}"]
    if not isinstance(body, dict):
        return [*found, "no object"]
    return found + list(_in_job(body) if answer.status == 200 else _in_error(body))


def faults_of_a_life(readings: Sequence[Job]) -> list[str]:
    """Of the readings of one job, in their order."""
    found = []
    order = ["pending", "processing", "finished"]
    stages = [order.index("finished" if job["status"] in FINISHED else job["status"]) for job in readings]
    if stages != sorted(stages) or len({job["status"] for job in readings} & set(FINISHED)) > 1:
        found.append("status goes back")
    counts = [job["scenes_completed"] for job in readings if "scenes_completed" in job]
    if counts != sorted(counts):
        found.append("progress goes back")
    for name in ("job_id", "created_at", "scenes_total"):
        values = {_alike(job[name]) for job in readings if name in job}
        found += [f"{name} changes"] * (len(values) > 1)
    for name in ("started_at", "completed_at", "result", "error"):
        there = [name in job for job in readings]
        if there != sorted(there):
            found.append(f"{name} vanishes")
        if name in TIMES and len({_alike(job[name]) for job in readings if name in job}) > 1:
            found.append(f"{name} changes")
    return found


def parsed(body: bytes) -> Any:
    """RFC 8259, strictly. Raises ValueError."""

    def members(pairs: list[tuple[str, Any]]) -> Job:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a name stands twice")
        return dict(pairs)

    def constant(name: str) -> Any:
        raise ValueError(f"{name} is no number")

    value = json.loads(body.decode("utf-8"), object_pairs_hook=members, parse_constant=constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a surrogate pair has no bytes
    return value


def _in_job(job: Job) -> Iterator[str]:
    if not _UUID.fullmatch(str(job.get("job_id"))):
        yield "job_id"
    must, must_not = HAS.get(str(job.get("status")), ({"a known status"}, set()))
    yield from (f"no {name}" for name in must | {"created_at"} if name not in job)
    yield from (f"{name} of a {job['status']} job" for name in must_not if name in job)
    times = [job[name] for name in TIMES if name in job]
    if not all(isinstance(time, str) and _UTC.fullmatch(time) for time in times):
        yield "times"
    elif [_alike(time) for time in times] != sorted(_alike(time) for time in times):
        yield "order of times"
    counts = [job[name] for name in ("scenes_completed", "scenes_total") if name in job]
    if not all(type(count) is int and count >= 0 for count in counts) or counts != sorted(counts):
        yield "counts"
    if job.get("result", ...) is None:
        yield "null for a result"
    if "error" in job:
        yield from _texts(job["error"], "code", "message")
    if isinstance(job.get("error"), dict) and not job["error"].get("code"):
        yield "empty code"


def _in_error(error: Job) -> Iterator[str]:
    yield from _texts(error, "error", "message", "request_id")
    if error.get("error") == "":
        yield "empty error"


def _texts(value: Any, *names: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield "no object"
        return
    yield from (f"{name} is no text" for name in names if not isinstance(value.get(name), str))


def _alike(value: Any) -> Any:
    if isinstance(value, str) and _UTC.fullmatch(value):
        return datetime.fromisoformat(value)
    return value.lower() if isinstance(value, str) else value
