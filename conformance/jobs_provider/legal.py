"""A seed → a hand that does everything a correct provider may do: the opposite of a switch.

    JOBS_LEGAL_SEED=7 uvicorn --factory jobs_provider.app:create_app

A conformance suite must have nothing to say against it. Every answer differs from the last in what does not matter
(`variations`). Beside that, one answer in ten takes a little longer; who reads the same job again and again is asked
now and then to come back later; one connection in a hundred is reset. Whoever was turned away or cut off is left in
peace for a while, so a caller that tries again gets through.

What happens to a request follows from the seed and from how many came before it, and from nothing else; of requests
that are on their way together, chance says which comes first.
"""

import asyncio
from collections import Counter
from random import Random

from attrs import define, evolve, field

from jobs_provider import refusals, seed
from jobs_provider.around import Ask, Asked, HangUp, Reply
from jobs_provider.refusals import Refusal
from jobs_provider.variations import Habit, Router, varied_error, varied_job, varied_routing

SLOW, LONGEST_PAUSE = 1 / 10, 0.05
RESET = 1 / 100
THROTTLED = 1 / 20
OFTEN = 5
"""Readings of one job by one account, from which on they may be too many."""
PEACE = 20
"""Requests of one kind that are spared after one of them was not."""

Kind = tuple[str | None, str, str]
"""Requests that a caller who tries again would repeat: Authorization, method, path."""

_SMALL_PLAN = next(key for key, account in seed.ACCOUNTS.items() if account is seed.SMALL_PLAN)


@define
class Legal:
    """The hand. Each provider needs its own, since it counts."""

    _seed: int
    _requests: int = field(default=0, init=False)
    _seen: Counter[Kind] = field(factory=Counter, init=False)
    _spared_until: dict[Kind, int] = field(factory=dict, init=False)
    _habits: dict[str, Habit] = field(factory=dict, init=False)
    _told: dict[str, int] = field(factory=dict, init=False)
    _router: Router = field(init=False)

    @_router.default
    def _one_framework(self) -> Router:
        routers: tuple[Router, ...] = ("own", "plain", "page")
        return _draw(self._seed).choice(routers)

    async def __call__(self, asked: Asked, ask: Ask) -> Reply:
        self._requests += 1
        draw = _draw(self._seed, "request", self._requests)
        kind = (asked.authorization, asked.method, asked.path)
        self._seen[kind] += 1
        if draw.random() < SLOW:
            await asyncio.sleep(draw.uniform(0, LONGEST_PAUSE))
        if draw.random() < RESET and asked.transport is not None and self._bears(kind):
            raise HangUp
        reply = await ask(asked)
        if not asked.reads_job:
            return varied_routing(asked, reply, self._router, draw)
        if reply.status != 200:
            return varied_error(reply, draw)
        if self._seen[kind] >= OFTEN and draw.random() < THROTTLED:
            refusal = _come_again(asked, reply, draw)
            if refusal is not None and self._bears(kind):
                return varied_error(_refused(reply, refusal, draw), draw)
        return varied_job(reply, self._habit(reply), draw, news=self._is_news(reply))

    def _bears(self, kind: Kind) -> bool:
        """Whether such a request may be disturbed; if so, the next ones may not."""
        if self._seen[kind] < self._spared_until.get(kind, 0):
            return False
        self._spared_until[kind] = self._seen[kind] + PEACE
        return True

    def _habit(self, reply: Reply) -> Habit:
        job = reply.json()
        if job["job_id"] not in self._habits:
            draw = _draw(self._seed, "job", len(self._habits))
            self._habits[job["job_id"]] = Habit.at_first_sight(job, draw)
        return self._habits[job["job_id"]]

    def _is_news(self, reply: Reply) -> bool:
        job = reply.json()
        before, now = self._told.get(job["job_id"]), int(job["scenes_completed"])
        self._told[job["job_id"]] = now
        return before != now


def _draw(*what: object) -> Random:
    return Random("/".join(map(str, what)))  # noqa: S311 - it is to be foreseen


def _come_again(asked: Asked, reply: Reply, draw: Random) -> Refusal | None:
    """Not the status for which the target has a state: who compares the state with the time before it has to see it
    come. The small plan has its real limit, and maintenance is watched at finished jobs.
    """
    possible = []
    if _SMALL_PLAN not in (asked.authorization or ""):
        possible.append(refusals.too_many_at_once(seed.DEFAULT.limit))
    if reply.json()["status"] in ("pending", "processing"):
        possible.append(refusals.maintenance())
    return draw.choice(possible) if possible else None


def _refused(reply: Reply, refusal: Refusal, draw: Random) -> Reply:
    answer = refusal.answer(reply.headers["x-request-id"])
    told = evolve(reply, status=answer.status).with_json(answer.body)
    return told.with_headers(retry_after=draw.choice(("0", "1")))
