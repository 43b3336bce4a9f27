"""Job + Standing + signed URLs → the body of a 200.

What has not come about is left out: `started_at` until the job started, `completed_at` until it ended, `result`
unless it completed, `error` unless it failed. Never null, though the document would let two of them be.
Not concerned with who asks or when.
"""

import hashlib
from decimal import Decimal

from jobs_provider.images import SignedUrls
from jobs_provider.instants import rfc3339
from jobs_provider.jobs import Job, Standing

FORMATS = ("png", "jpeg", "webp")
COST_OF_A_SCENE = Decimal("0.045")


def job_body(job: Job, at: Standing, signed: SignedUrls | None) -> dict[str, object]:
    """`signed` has a URL for each of `image_paths`, and is there exactly for a completed job."""
    body: dict[str, object] = {
        "job_id": str(job.id),
        "status": at.status,
        "created_at": rfc3339(job.created_at),
        "scenes_completed": at.scenes_completed,
        "scenes_total": len(job.story.prompts),
    }
    if at.started_at is not None:
        body["started_at"] = rfc3339(at.started_at)
    if at.completed_at is not None:
        body["completed_at"] = rfc3339(at.completed_at)
    if at.status == "failed" and job.failure is not None:
        body["error"] = {"code": job.failure.code, "message": job.failure.message}
    if signed is not None:
        body["result"] = _generation(job, signed)
    return body


def image_paths(job: Job) -> list[str]:
    """Every image that the result of this job links to."""
    story = job.story
    scenes = [_scene_path(job, n, kind) for n in range(len(story.prompts)) for kind in FORMATS]
    characters = [_reference_path(job, "characters", n) for n in range(len(story.characters))]
    return scenes + characters + [_reference_path(job, "locations", n) for n in range(len(story.locations))]


def _generation(job: Job, signed: SignedUrls) -> dict[str, object]:
    """The shape in which a generation that is not a job is answered at once."""
    story = job.story
    return {
        "id": str(job.id),
        "title": story.title,
        "model": story.model,
        "ai_generated": True,
        "cost_eur": f"{COST_OF_A_SCENE * len(story.prompts):.6f}",
        "balance_eur": f"{job.balance_after:.6f}",
        "scenes": [_scene(job, n, signed) for n in range(len(story.prompts))],
        "characters": _references(job, "characters", story.characters, signed),
        "locations": _references(job, "locations", story.locations, signed),
    }


def _scene(job: Job, n: int, signed: SignedUrls) -> dict[str, object]:
    formats = {kind: _image(_scene_path(job, n, kind), kind, signed) for kind in FORMATS}
    png = formats["png"]
    return {
        "prompt": job.story.prompts[n],
        "image_url": png["url"],
        "image_hash": png["hash"],
        "formats": formats,
    }


def _image(path: str, kind: str, signed: SignedUrls) -> dict[str, object]:
    # There is no image: its hash and its size are those that its path would have.
    digest = hashlib.sha256(path.encode())
    return {
        "url": signed.url[path],
        "format": kind,
        "size_bytes": 400_000 + int.from_bytes(digest.digest()[:2]),
        "hash": digest.hexdigest(),
        "expires_at": rfc3339(signed.expires_at),
    }


def _references(job: Job, kind: str, names: tuple[str, ...], signed: SignedUrls) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "reference_url": signed.url[_reference_path(job, kind, n)],
            "expires_at": rfc3339(signed.expires_at),
        }
        for n, name in enumerate(names)
    ]


def _scene_path(job: Job, n: int, kind: str) -> str:
    return f"{job.id}/scenes/{n + 1}.{kind}"


def _reference_path(job: Job, kind: str, n: int) -> str:
    return f"{job.id}/{kind}/{n + 1}.png"
