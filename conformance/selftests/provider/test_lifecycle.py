"""The laws of a job's life, on one that is watched from its submission to its end."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from jobs_provider import seed

Enter = Callable[..., AbstractContextManager[dict[str, str]]]
Body = dict[str, Any]

RANK = {"pending": 0, "processing": 1, "completed": 2, "failed": 2}
OPTIONAL = {"started_at", "completed_at", "result", "error"}


def watch(api: httpx.Client, job: str) -> list[Body]:
    """Every reading until the end of the job, and three from after it."""
    seen: list[Body] = []
    deadline = time.monotonic() + 10
    while sum(RANK[body["status"]] == 2 for body in seen) < 4:
        assert time.monotonic() < deadline
        seen.append(api.get(f"/v1/jobs/{job}").raise_for_status().json())
        time.sleep(0.005)
    return seen


@pytest.fixture(scope="module")
def lives(api: httpx.Client, enter: Enter) -> dict[str, list[Body]]:
    def life(outcome: str) -> list[Body]:
        with enter("a story of 4 scenes was submitted", seconds=0.8, outcome=outcome) as injected:
            return watch(api, injected["job_id"])

    outcomes = ("completed", "failed")
    with ThreadPoolExecutor() as both:
        return dict(zip(outcomes, both.map(life, outcomes), strict=True))


@pytest.fixture(params=["completed", "failed"])
def life(request: pytest.FixtureRequest, lives: dict[str, list[Body]]) -> list[Body]:
    seen: list[Body] = lives[request.param]
    assert seen[-1]["status"] == request.param
    return seen


def test_every_state_on_the_way_is_seen(life: list[Body]) -> None:
    assert [RANK[body["status"]] for body in life] == sorted(RANK[body["status"]] for body in life)
    assert len({body["status"] for body in life}) == 3


def test_the_end_is_the_end(life: list[Body]) -> None:
    ended = [body for body in life if RANK[body["status"]] == 2]
    assert len({(body["status"], body["completed_at"], body["scenes_completed"]) for body in ended}) == 1


def test_scenes_come_and_never_go(life: list[Body]) -> None:
    counts = [body["scenes_completed"] for body in life]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert len(set(counts)) > 2
    assert all(count <= body["scenes_total"] == 4 for count, body in zip(counts, life, strict=True))


def test_a_completed_job_has_all_its_scenes_and_a_failed_one_has_not(lives: dict[str, list[Body]]) -> None:
    assert lives["completed"][-1]["scenes_completed"] == 4
    assert lives["failed"][-1]["scenes_completed"] == 2


def test_what_identifies_a_job_never_changes(life: list[Body]) -> None:
    assert len({(body["job_id"], body["created_at"], body["scenes_total"]) for body in life}) == 1


@pytest.mark.parametrize("name", ["started_at", "completed_at"])
def test_a_time_is_absent_then_for_ever_the_same(life: list[Body], name: str) -> None:
    times = [body.get(name) for body in life]
    first = next(n for n, moment in enumerate(times) if moment is not None)
    assert first > 0
    assert len(set(times[first:])) == 1


def test_times_are_in_order_in_utc_and_not_in_the_future(life: list[Body]) -> None:
    names = ("created_at", "started_at", "completed_at")
    assert all(life[-1][name].endswith("Z") for name in names)
    moments = [*(datetime.fromisoformat(life[-1][name]) for name in names), datetime.now(UTC)]
    assert moments == sorted(moments)


def test_each_state_has_its_own_fields(life: list[Body]) -> None:
    due = {
        "pending": set(),
        "processing": {"started_at"},
        "completed": {"started_at", "completed_at", "result"},
        "failed": {"started_at", "completed_at", "error"},
    }
    assert all(body.keys() & OPTIONAL == due[body["status"]] for body in life)
    assert all(value is not None for body in life for value in body.values())


def test_an_error_says_why(lives: dict[str, list[Body]]) -> None:
    error = lives["failed"][-1]["error"]
    assert error.keys() == {"code", "message"}
    assert all(error.values())


def test_a_result_has_an_image_for_each_scene(api: httpx.Client) -> None:
    result = api.get(f"/v1/jobs/{seed.COMPLETED}").json()["result"]
    assert result["title"] == seed.LIGHTHOUSE.title
    assert result["ai_generated"] is True
    assert [scene["prompt"] for scene in result["scenes"]] == list(seed.LIGHTHOUSE.prompts)
    for scene in result["scenes"]:
        assert scene["formats"].keys() == {"png", "jpeg", "webp"}
        assert scene["image_url"] == scene["formats"]["png"]["url"]
        assert "signature=" in scene["image_url"]


def test_signed_urls_are_renewed_at_each_reading_and_nothing_else_is(api: httpx.Client) -> None:
    def images() -> list[Body]:
        result = api.get(f"/v1/jobs/{seed.COMPLETED}").json()["result"]
        return [image for scene in result["scenes"] for image in scene["formats"].values()]

    first, second = images(), images()
    assert not {image["url"] for image in first} & {image["url"] for image in second}
    assert [image["hash"] for image in first] == [image["hash"] for image in second]


def test_a_signed_url_is_good_for_an_hour(api: httpx.Client) -> None:
    result = api.get(f"/v1/jobs/{seed.COMPLETED}").json()["result"]
    expires = datetime.fromisoformat(result["scenes"][0]["formats"]["png"]["expires_at"])
    assert timedelta(minutes=59) < expires - datetime.now(UTC) <= timedelta(hours=1)


@pytest.mark.parametrize("job", [seed.PENDING, seed.PROCESSING])
def test_a_job_that_is_there_for_ages_does_not_move(api: httpx.Client, job: UUID) -> None:
    assert api.get(f"/v1/jobs/{job}").json() == api.get(f"/v1/jobs/{job}").json()
