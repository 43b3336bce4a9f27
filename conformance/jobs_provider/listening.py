"""An ASGI app + a loopback port → a server in the running event loop, which can be stopped and started again.

Not for the public app: that one belongs to whoever starts the process, with its signals and its logging.
"""

import asyncio
import socket

import uvicorn
from attrs import define, field
from starlette.types import ASGIApp

ANY_PORT = 0


@define
class Listener:
    """`port` is where it listens, and after a stop where it did: a connection there is refused."""

    app: ASGIApp
    _wanted_port: int = ANY_PORT
    port: int = field(default=ANY_PORT, init=False)
    _sockets: list[socket.socket] = field(factory=list, init=False)
    _server: uvicorn.Server | None = field(default=None, init=False)
    _main_loop: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self) -> None:
        """Returns when requests are accepted; does nothing if they are. Raises OSError if the port is taken."""
        if self._server is not None:
            return
        self._sockets = [_bound(self._wanted_port)]
        self.port = self._sockets[0].getsockname()[1]
        # The steps of `Server.serve()` without its signal handlers: those are the outer server's. Idle connections
        # outlive the client's idea of them, so that none is closed under a request.
        config = uvicorn.Config(
            self.app, lifespan="off", ws="none", log_config=None, timeout_keep_alive=60, timeout_graceful_shutdown=1
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=self._sockets)
        self._main_loop = asyncio.create_task(self._server.main_loop())

    async def stop(self) -> None:
        """Returns when the port is closed; does nothing if it is. Requests under way have a second to end."""
        if self._server is None or self._main_loop is None:
            return
        server, self._server = self._server, None
        server.should_exit = True
        await self._main_loop
        await server.shutdown(sockets=self._sockets)


def _bound(port: int) -> socket.socket:
    # asyncio sends at once (TCP_NODELAY) only where the protocol is named: without it, each answer whose head and
    # body are written apart waits 40 ms for an acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # A port that was ours a moment ago may be taken again at once.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    return listener
