"""Apps → servers on free loopback ports: any number of them, in one event loop in a thread of its own.

For whoever tries many providers one after the other, or at once: a process for each would cost a second to start, an
app here a few milliseconds. Not how one provider is served: that is uvicorn's own business (`app`).
"""

import asyncio
import threading
from concurrent.futures import Future
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from attrs import define, field, frozen
from starlette.applications import Starlette

from jobs_provider.listening import Listener


@frozen
class Hosted:
    """Where an app is. `control_port` is None where it was made without (`create_app(control_port=0)` has one)."""

    base_url: str
    control_port: int | None


@define
class Host:
    """`with Host() as host: host.serve(create_app(["plain-text"], control_port=0))`. What it serves ends with it."""

    _loop: asyncio.AbstractEventLoop = field(factory=asyncio.new_event_loop, init=False)
    _thread: threading.Thread = field(init=False)
    _served: list[AsyncExitStack] = field(factory=list, init=False)

    @_thread.default
    def _unstarted(self) -> threading.Thread:
        return threading.Thread(target=self._loop.run_forever, name="jobs_provider host", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def serve(self, app: Starlette) -> Hosted:
        """Returns when requests are accepted."""
        started: Future[Hosted] = asyncio.run_coroutine_threadsafe(self._start(app), self._loop)
        return started.result()

    async def _start(self, app: Starlette) -> Hosted:
        running = AsyncExitStack()
        self._served.append(running)
        await running.enter_async_context(app.router.lifespan_context(app))
        listener = Listener(app)
        running.push_async_callback(listener.stop)
        await listener.start()
        return Hosted(f"http://127.0.0.1:{listener.port}", getattr(app.state, "control_port", None))

    async def _stop(self) -> None:
        await asyncio.gather(*(running.aclose() for running in self._served))
