"""Arguments and environment → the public ASGI app, with the control interface and the image signer living as long.

    JOBS_CONTROL_PORT=8001 uvicorn --factory jobs_provider.app:create_app --port 8000

Without JOBS_CONTROL_PORT there is no control interface: the provider then has only what it was seeded with.
JOBS_SWITCHES, names with commas between, makes it wrong in these ways (`switches`); by default it is right.
JOBS_LEGAL_SEED, a number, makes it differ in all that a correct provider may do (`legal`).
"""

import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.types import ASGIApp

from jobs_provider import switches as defects
from jobs_provider.around import Around
from jobs_provider.control import control_app
from jobs_provider.desk import public_app
from jobs_provider.images import Images
from jobs_provider.legal import Legal
from jobs_provider.listening import Listener
from jobs_provider.provider import Provider

CONTROL_PORT = "JOBS_CONTROL_PORT"
SWITCHES = "JOBS_SWITCHES"
LEGAL_SEED = "JOBS_LEGAL_SEED"

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def create_app(
    switches: Collection[str] = (), legal_seed: int | None = None, *, control_port: int | None = None
) -> Starlette:
    """A provider of its own at each call. What is not given is looked for in the environment.

    Control port 0 is any free one; `app.state.control_port` tells which as soon as the app is up. Raises ValueError
    for a switch that there is not, and if something in the environment is not what it should be.
    """
    provider = Provider()
    hands = defects.hands(switches or _switches())
    chance = _seed() if legal_seed is None else legal_seed
    if hands and chance is not None:
        raise ValueError("a provider cannot be wrong and legal: either switches or a seed")
    if chance is not None:
        hands = [Legal(chance)]
    app = public_app(provider, lifespan(control_app(provider), control_port, provider.images))
    if hands:
        app.add_middleware(Around, hands=hands)
    return app


def lifespan(control: ASGIApp, control_port: int | None = None, images: Images | None = None) -> Lifespan:
    """What has to run beside a public app: the signer, and `control` if there is a port for it."""
    port = _control_port() if control_port is None else control_port

    @asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            if images is not None:
                running.push_async_callback(images.stop)
                await images.start()
            if port is not None:
                listener = Listener(control, port)
                running.push_async_callback(listener.stop)
                await listener.start()
                app.state.control_port = listener.port
            yield

    return living


def _control_port() -> int | None:
    text = os.environ.get(CONTROL_PORT)
    if text is None:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise ValueError(f"{CONTROL_PORT} is not a port: {text!r}")
    return int(text)


def _switches() -> list[str]:
    return [name for name in (each.strip() for each in os.environ.get(SWITCHES, "").split(",")) if name]


def _seed() -> int | None:
    text = os.environ.get(LEGAL_SEED)
    if text is None:
        return None
    if not text.isdecimal():
        raise ValueError(f"{LEGAL_SEED} is not a number: {text!r}")
    return int(text)
