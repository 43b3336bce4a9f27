"""The environment → the public ASGI app, with the control interface and the image signer living as long as it.

    JOBS_CONTROL_PORT=8001 uvicorn --factory jobs_provider.app:create_app --port 8000

Without JOBS_CONTROL_PORT there is no control interface: the provider then has only what it was seeded with.
"""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette

from jobs_provider.control import control_app
from jobs_provider.desk import public_app
from jobs_provider.listening import Listener
from jobs_provider.provider import Provider

CONTROL_PORT = "JOBS_CONTROL_PORT"


def create_app() -> Starlette:
    """A provider of its own at each call. Raises ValueError if the port of the environment is not one."""
    provider = Provider()
    control_port = _control_port()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            running.push_async_callback(provider.images.stop)
            await provider.images.start()
            if control_port is not None:
                control = Listener(control_app(provider), control_port)
                running.push_async_callback(control.stop)
                await control.start()
            yield

    return public_app(provider, lifespan)


def _control_port() -> int | None:
    text = os.environ.get(CONTROL_PORT)
    if text is None:
        return None
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise ValueError(f"{CONTROL_PORT} is not a port: {text!r}")
    return int(text)
