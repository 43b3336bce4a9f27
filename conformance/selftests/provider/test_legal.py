"""The legal mode is legal, differs in everything in which it may, and leaves everybody a way through."""

import asyncio
from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from uuid import UUID

import httpx
import pytest

from jobs_provider import legal, seed
from jobs_provider.app import CONTROL_PORT, LEGAL_SEED, create_app
from jobs_provider.around import Asked, HangUp, Reply
from jobs_provider.hosting import Host
from jobs_provider.legal import Legal
from jobs_provider.switches.fields import FIELDS
from jobs_provider.switches.forms import FORMS
from jobs_provider.switches.life import LIFE
from jobs_provider.switches.values import VALUES
from jobs_provider.variations import EXTRA_HEADERS
from selftests.provider.battery import (
    CREDENTIALS,
    ERRORS,
    FIXTURES,
    IDS,
    IN_A_STATE,
    LIVES,
    Seen,
    provider_of,
    round_of,
    switched_round,
)
from selftests.provider.lawful import faults, faults_of_a_life, parsed

SEEDS = range(12)
READS = [*FIXTURES, *LIVES, *ERRORS, "burst", *IN_A_STATE, *CREDENTIALS, *(set(IDS) - {"empty id", "slash"})]
"""What the document speaks of; the rest is between the caller and the router."""
BEARER = {"Authorization": f"Bearer {next(iter(seed.ACCOUNTS))}"}
THROTTLES = (429, 503)

Round = dict[str, list[Seen]]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legal, "LONGEST_PAUSE", 0.0)


@cache
def legal_round(chance: int) -> Round:
    return asyncio.run(round_of([Legal(chance)]))


def reads(seen: Round) -> list[Seen]:
    return [answer for name in READS for answer in seen[name]]


def jobs_of(readings: list[Seen]) -> list[dict[str, object]]:
    return [parsed(answer.body) for answer in readings if answer.status == 200]


# It is legal -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chance", SEEDS)
def test_every_answer_is_allowed(chance: int) -> None:
    assert [(found, answer.body) for answer in reads(legal_round(chance)) if (found := faults(answer))] == []


@pytest.mark.parametrize("chance", SEEDS)
@pytest.mark.parametrize("life", LIVES)
def test_a_life_is_the_life_of_one_job(chance: int, life: str) -> None:
    assert faults_of_a_life(jobs_of(legal_round(chance)[life])) == []


@pytest.mark.parametrize("chance", SEEDS)
def test_each_request_gets_the_status_that_is_due_or_is_asked_to_come_again(chance: int) -> None:
    for name, answers in switched_round().items():
        for due, answer in zip(answers, legal_round(chance)[name], strict=True):
            throttled = due.status == 200 and answer.status in THROTTLES and answer.headers["retry-after"] in "01"
            options = name == "OPTIONS" and answer.status in (200, 204)
            assert answer.status == due.status or throttled or options


@pytest.mark.parametrize("chance", SEEDS)
def test_a_404_tells_nothing_of_another_accounts_job(chance: int) -> None:
    missing, foreign = (legal_round(chance)[name][0].json for name in ("404", "404 foreign"))
    assert missing.keys() == foreign.keys()
    assert missing["message"] == foreign["message"]


def test_the_right_provider_is_lawful_too() -> None:
    assert [answer for answer in reads(switched_round()) if faults(answer)] == []
    assert [faults_of_a_life(jobs_of(switched_round()[life])) for life in LIVES] == [[], []]


# What is allowed is judged by a check that can fail ------------------------------------------------------------------


@pytest.mark.parametrize("name", [switch.name for switch in (*FIELDS, *VALUES, *FORMS)])
def test_what_a_switch_does_to_an_answer_is_not_lawful(name: str) -> None:
    wrong = switched_round(name)
    # These are lawful but for what was asked, and for when.
    lawful = name in ("job-id-of-another", "ninth-is-500")
    assert any(faults(answer) for answer in reads(wrong)) is not lawful


@pytest.mark.parametrize("name", [switch.name for switch in LIFE if switch.name != "never-ends"])
def test_what_a_switch_does_to_a_life_is_not_lawful(name: str) -> None:
    wrong = switched_round(name)
    assert any(faults_of_a_life(jobs_of(wrong[life])) for life in LIVES)


# It differs in everything in which it may ----------------------------------------------------------------------------


def features(answer: Seen) -> Iterator[str]:
    """What of the allowed variety is in an answer."""
    text, body = answer.body.decode(), answer.json
    yield answer.headers.get("content-type", "none")
    yield from (name for name in answer.headers if name not in ("content-type", "cache-control", "www-authenticate"))
    yield "space" if text != text.strip() else "no space"
    yield "lines" if "\n" in text.strip() else "one line"
    yield f"{answer.status} retry-after {answer.headers.get('retry-after')}"
    if answer.status == 401:
        yield "challenge" if "www-authenticate" in answer.headers else "no challenge"
    if not isinstance(body, dict):
        return
    yield f"begins with {next(iter(body))}"
    yield from (f"{'has' if name in body else 'lacks'} {name}" for name in ("scenes_total", "details", "started_at"))
    yield from (f"{'has' if name in body else 'lacks'} {name}" for name in ("scenes_completed", "region", "retryable"))
    if "job_id" in body:
        yield "upper case" if body["job_id"] != body["job_id"].lower() else "lower case"
        yield body["created_at"][19:]


def test_over_some_seeds_everything_is_met() -> None:
    seen = [answer for chance in SEEDS for answers in legal_round(chance).values() for answer in answers]
    met = {feature for answer in seen for feature in features(answer)}
    assert met >= {
        "application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8",
        "text/plain; charset=utf-8", "text/html; charset=utf-8",
        "x-request-id", "request-id", "x-correlation-id", "allow", *EXTRA_HEADERS,
        "space", "no space", "lines", "one line", "challenge", "no challenge", "upper case", "lower case",
        "begins with job_id", "begins with status", "begins with message", "has region", "lacks region",
        "has scenes_total", "lacks scenes_total", "has scenes_completed", "lacks scenes_completed",
        "has details", "lacks details", "has retryable",
        "Z", "+00:00", "-00:00", ".000Z", ".000000+00:00", ".000000000-00:00",
        "429 retry-after 0", "429 retry-after 1", "503 retry-after 1",
    }  # fmt: skip


def test_the_same_seed_answers_the_same_and_another_does_not() -> None:
    one, again, other = (asyncio.run(round_of([Legal(chance)])) for chance in (3, 3, 4))
    settled = [{name: [each.settled() for each in seen] for name, seen in each.items()} for each in (one, again, other)]
    assert settled[0] == settled[1]
    assert settled[0] != settled[2]


# Everybody gets through ----------------------------------------------------------------------------------------------


def asked(path: str, transport: asyncio.Transport | None = None) -> Asked:
    return Asked({"type": "http", "method": "GET", "path": path, "headers": []}, transport)


async def not_found(_asked: Asked) -> Reply:
    return Reply(
        404, {"x-request-id": "1"}, b'{"error": "not_found", "message": "There is no such job.", "request_id": "1"}'
    )


def test_some_answers_take_a_little_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    pauses = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def answered() -> None:
        hand = Legal(1)
        for n in range(500):
            await hand(asked(f"/v1/jobs/{n}"), not_found)

    # Only there: the servers of other tests, in threads of their own, go on sleeping.
    monkeypatch.setattr(legal, "asyncio", SimpleNamespace(sleep=pause))
    asyncio.run(answered())
    assert 25 < len(pauses) < 100
    assert 0.04 < max(pauses) <= 0.05


def test_of_twenty_alike_one_at_most_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legal, "RESET", 1.0)

    async def cut_off(hand: Legal, path: str) -> bool:
        try:
            await hand(asked(path, asyncio.Transport()), not_found)
        except HangUp:
            return True
        return False

    async def all_of(hand: Legal) -> list[bool]:
        return [await cut_off(hand, "/v1/jobs/1") for _ in range(60)]

    assert asyncio.run(all_of(Legal(1))) == ([True] + [False] * 19) * 3
    assert asyncio.run(cut_off(Legal(1), "/v1/jobs/2"))


@pytest.mark.parametrize("job", [seed.PENDING, seed.COMPLETED])
def test_only_who_asks_often_is_asked_to_come_again_and_then_left_in_peace(
    monkeypatch: pytest.MonkeyPatch, job: UUID
) -> None:
    monkeypatch.setattr(legal, "THROTTLED", 1.0)
    _, _, ask = provider_of([Legal(1)])

    async def statuses() -> list[int]:
        return [(await ask(job)).status for _ in range(64)]

    found = [status in THROTTLES for status in asyncio.run(statuses())]
    assert found == [False] * 4 + ([True] + [False] * 19) * 3


def test_where_the_same_status_may_be_due_nobody_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legal, "THROTTLED", 1.0)
    monkeypatch.setattr(legal, "PEACE", 1)
    _, _, ask = provider_of([Legal(1)])

    async def statuses(job: UUID, account: str = "default") -> set[int]:
        return {(await ask(job, account)).status for _ in range(40)}

    assert asyncio.run(statuses(seed.SMALL_PLANS, "small-plan")) == {200}
    assert asyncio.run(statuses(seed.COMPLETED)) == {200, 429}
    assert asyncio.run(statuses(seed.PENDING)) == {200, 429, 503}


def test_a_connection_is_really_reset_and_the_next_attempt_gets_through(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(legal, "RESET", 1.0)
    monkeypatch.delenv(CONTROL_PORT, raising=False)
    monkeypatch.setenv(LEGAL_SEED, "1")
    with (
        Host() as host,
        httpx.Client(trust_env=False, headers=BEARER, base_url=host.serve(create_app()).base_url) as api,
    ):
        for job in (seed.COMPLETED, seed.PENDING, seed.FAILED):
            with pytest.raises(httpx.ReadError, match="reset by peer"):
                api.get(f"/v1/jobs/{job}")
            assert api.get(f"/v1/jobs/{job}").status_code == 200
        assert api.get("/healthz").status_code == 200
    assert not [record for record in caplog.records if record.name.startswith("uvicorn")]
