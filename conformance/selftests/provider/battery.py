"""Hands → how a provider with them answers a fixed round of requests.

Every documented response, two jobs from their submission to their end, credentials, methods and ids of all kinds.
No network and no clock but ours, so that two rounds of the same provider are the same but for the ids of requests.
Not what a switch may change: that stands in `changes.toml`. Not what is allowed: that is `lawful`'s.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from attrs import define, evolve, field, frozen
from starlette.applications import Starlette
from starlette.types import ASGIApp, Message

from jobs_provider import refusals, seed, switches
from jobs_provider.around import Around, Hand
from jobs_provider.desk import public_app
from jobs_provider.images import Images, SignedUrls
from jobs_provider.jobs import Failure, Job, even_course
from jobs_provider.provider import Provider
from jobs_provider.states import state

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
_DRAWN = re.compile(r"(?!([a-f]1|00)0{6})[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""Any UUID but those that the provider is seeded with, or that this round asks for."""
UNKNOWN = UUID("00000000-0000-4000-8000-000000000000")
KEYS = {account.name: key for key, account in seed.ACCOUNTS.items()}

FIXTURES = {
    "pending": seed.PENDING,
    "processing": seed.PROCESSING,
    "completed": seed.COMPLETED,
    "failed": seed.FAILED,
    "failed at start": seed.FAILED_AT_START,
}
ERRORS = {
    "400": ("default", "nonsense"),
    "402": ("no-credit", seed.NO_CREDITS),
    "403": ("suspended", seed.SUSPENDEDS),
    "404": ("default", UNKNOWN),
    "404 foreign": ("default", seed.NEIGHBOURS),
    "451": ("default", seed.WITHHELD),
}
IN_A_STATE = {
    "409": ("the job is being moved to another region", seed.COMPLETED),
    "422": ("the model of the job's story was retired", seed.OLD_MODEL),
    "500": ("the store is unreadable", seed.COMPLETED),
    "502": ("the image signer is down", seed.COMPLETED),
    "503": ("the service is under maintenance", seed.COMPLETED),
}
CREDENTIALS = {
    "missing": None,
    "wrong": "Bearer gj_wrong_3hT7",
    "malformed": "Bearer gj_wrong_3hT7 gj_wrong_3hT7",
    "malformed, the key alone": KEYS["default"],
    "other scheme": "Basic Z2pfZGVmYXVsdDo=",
}
METHODS = ("POST", "PUT", "PATCH", "DELETE")
IDS = {
    "empty id": "",
    "NUL": "\0",
    "newline": "a\r\nb",
    "slash": "a/b",
    "backslash": "a\\b",
    "dots": "..",
    "2 kB": "a" * 2_100,
    "200 characters": "a" * 200,
    "non-ASCII": "naïve-☃",
    "quote": "' OR 1=1 --",
    "template": "{{7*7}}",
}
_WAITS, _SCENES_DUE = even_course(4, timedelta(seconds=100))
_LIVE = Job(
    id=UUID("a1000000-0000-4000-8000-00000000001e"),
    account="default",
    story=evolve(seed.LIGHTHOUSE, prompts=(*seed.LIGHTHOUSE.prompts, "The cat sleeps in the lamp room")),
    created_at=START,
    starts_after=_WAITS,
    scenes_due=_SCENES_DUE,
    balance_after=seed.DEFAULT.balance,
)
_REJECTED = Failure("content_rejected", "The third scene was rejected.", scene=2)
LIVES = {
    "life to completion": _LIVE,
    "life to failure": evolve(_LIVE, id=UUID("a1000000-0000-4000-8000-00000000001f"), failure=_REJECTED),
}
LIFE = (0, 10, 25, 45, 45, 65, 85, 100, 100, 100, 100)
"""Seconds after its submission at which a job of 100 seconds is read."""


@define
class HandClock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@define
class StillImages(Images):
    """Signs without a service, and always alike."""

    broken: bool = field(default=False, init=False)

    async def start(self) -> None:
        self.broken = False

    async def break_upstream(self) -> None:
        self.broken = True

    async def signed(self, paths: Sequence[str]) -> SignedUrls:
        if self.broken:
            raise refusals.images_unavailable()
        return SignedUrls({path: f"https://images.example.com/{path}" for path in paths}, START)


@frozen
class Seen:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        """None for what is not JSON."""
        try:
            return json.loads(self.body.decode(), parse_constant=float.fromhex)
        except ValueError:
            return None

    def settled(self) -> "Seen":
        """Without ids that are drawn anew each time, wherever and however they are written."""
        headers = {name: _DRAWN.sub("(id)", value) for name, value in self.headers.items()}
        return evolve(self, headers=headers, body=_DRAWN.sub("(id)", self.body.decode("latin-1")).encode("latin-1"))


@define
class Caller:
    """Calls an app as a server would."""

    app: ASGIApp

    async def __call__(self, job: object, account: str = "default", **how: Any) -> Seen:
        credential: str | None = how.get("credential", f"Bearer {KEYS[account]}")
        headers = [] if credential is None else [(b"authorization", credential.encode())]
        path, method = how.get("path", f"/v1/jobs/{job}"), how.get("method", "GET")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": headers,
            "query_string": b"",
            "root_path": "",
        }
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            said.append(message)

        await self.app(scope, receive, send)
        start, *rest = said
        told = {key.decode("latin-1"): value.decode("latin-1") for key, value in start["headers"]}
        told.pop("content-length", None)
        body = b"".join(message["body"] for message in rest)
        if request_id := told.get("x-request-id"):
            told["x-request-id"], body = "(id)", body.replace(request_id.encode(), b"(id)")
        return Seen(start["status"], told, body)


@asynccontextmanager
async def _no_life(_app: Starlette) -> AsyncIterator[None]:
    yield


def provider_of(hands: Sequence[Hand]) -> tuple[Provider, HandClock, Caller]:
    clock = HandClock()
    provider = Provider(clock=clock, images=StillImages())
    hurried = {key: evolve(account, pace=account.pace / 50) for key, account in seed.ACCOUNTS.items()}
    provider.store.accounts = hurried
    app = public_app(provider, _no_life)
    if hands:
        app.add_middleware(Around, hands=hands)
    return provider, clock, Caller(app)


@cache
def switched_round(name: str = "") -> dict[str, list[Seen]]:
    """That of a provider with this one switch, by default with none."""
    return asyncio.run(round_of(switches.hands([name] if name else [])))


async def round_of(hands: Sequence[Hand]) -> dict[str, list[Seen]]:
    """The whole round, by the name of what is asked."""
    provider, clock, ask = provider_of(hands)
    seen = {name: [await ask(job)] for name, job in FIXTURES.items()}
    seen |= {name: await life_of(provider, clock, ask, job) for name, job in LIVES.items()}
    seen |= {name: [await ask(job, account)] for name, (account, job) in ERRORS.items()}
    burst = await asyncio.gather(*(ask(seed.SMALL_PLANS, "small-plan") for _ in range(3)))
    seen["burst"] = sorted(burst, key=lambda each: each.status)
    for name, (word, job) in IN_A_STATE.items():
        entered = state(word, {})
        await entered.enter(provider)
        seen[name] = [await ask(job)]
        await entered.leave(provider)
    seen |= {name: [await ask(seed.COMPLETED, credential=each)] for name, each in CREDENTIALS.items()}
    seen |= {method: [await ask(UNKNOWN, method=method)] for method in METHODS}
    seen |= {name: [await ask(each)] for name, each in IDS.items()}
    seen |= {method: [await ask(seed.PENDING, method=method)] for method in ("HEAD", "OPTIONS")}
    seen |= {path: [await ask("", path=path)] for path in ("/nowhere", "/healthz")}
    return seen


async def life_of(provider: Provider, clock: HandClock, ask: Caller, job: Job) -> list[Seen]:
    """The readings of a job, from its submission to some time after its end."""
    began, seen = clock.now, list[Seen]()
    provider.store.keep(evolve(job, created_at=began))
    for second in LIFE:
        clock.now = began + timedelta(seconds=second)
        seen.append(await ask(job.id))
    return seen
