"""An ASGI app + hands → the same app, whose answers pass through the hands before they are sent.

A hand gets the request and a way to ask the app inside: it may change what is asked, ask once, again or not at all,
and change what was answered. Not what any hand does (`switches`, `legal`), and not in the way without hands: a
provider that has none is the app itself. The health check is spared: it is asked by whoever started the process.
"""

import asyncio
import json
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import evolve, field, frozen
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

JOBS = "/v1/jobs/"
HEALTH = "/healthz"

_JOB = re.compile(rf"{JOBS}[^/]+")


@frozen
class Asked:
    """A request. `path` is percent-decoded, as the app's router sees it."""

    scope: Scope = field(repr=False)
    transport: asyncio.Transport | None = field(repr=False, default=None)
    """The caller's connection, where the server lets us have it."""

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def reads_job(self) -> bool:
        """Whether it is a read of a job, whatever its id looks like; what the router has no place for is none."""
        return self.method in ("GET", "HEAD") and bool(_JOB.fullmatch(self.path))

    @property
    def authorization(self) -> str | None:
        return Headers(scope=self.scope).get("authorization")

    def as_if(self, *, path: str | None = None, authorization: str | None = None) -> "Asked":
        """The same request for another path, or with another `Authorization`."""
        headers = MutableHeaders(raw=list(self.scope["headers"]))
        if authorization is not None:
            headers["authorization"] = authorization
        return evolve(self, scope={**self.scope, "path": path or self.path, "headers": headers.raw})


@frozen
class Reply:
    """A whole answer. Names of headers are in lower case; its length is counted when it is sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Any:
        return json.loads(self.body)

    def with_json(self, value: object) -> "Reply":
        """Written as the framework does: what is not changed stays as it is, to the byte."""
        return evolve(self, body=json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def with_headers(self, **values: str) -> "Reply":
        """`with_headers(content_type="text/plain")`"""
        return evolve(self, headers={**self.headers, **{name.replace("_", "-"): each for name, each in values.items()}})

    def without_header(self, name: str) -> "Reply":
        return evolve(self, headers={key: value for key, value in self.headers.items() if key != name})


class HangUp(Exception):  # noqa: N818 - what a hand wants; nothing went wrong
    """Raised by a hand: the caller's connection is reset, and nothing is answered. Needs `Asked.transport`."""


Ask = Callable[[Asked], Awaitable[Reply]]
Hand = Callable[[Asked, Ask], Awaitable[Reply]]


class Around:
    """The ASGI middleware. Of several hands the last is the outermost."""

    def __init__(self, app: ASGIApp, hands: Sequence[Hand]) -> None:
        self._app = app
        self._hands = hands

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == HEALTH:
            await self._app(scope, receive, send)
            return
        ask: Ask = partial(_answered, self._app, receive)
        for hand in self._hands:
            ask = _through(hand, ask)
        asked = Asked(scope, _transport(receive))
        try:
            reply = await ask(asked)
        except HangUp:
            await _reset(asked, receive)
            return
        await Response(reply.body, reply.status, dict(reply.headers))(scope, receive, send)


def _through(hand: Hand, ask: Ask) -> Ask:
    return lambda asked: hand(asked, ask)


async def _answered(app: ASGIApp, receive: Receive, asked: Asked) -> Reply:
    """What the app says. No endpoint of it streams, so the whole fits."""
    said: list[Message] = []

    async def keep(message: Message) -> None:
        said.append(message)

    await app(dict(asked.scope), receive, keep)
    start, *rest = said
    headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in start["headers"]}
    headers.pop("content-length", None)
    return Reply(start["status"], headers, b"".join(message.get("body", b"") for message in rest))


def _transport(receive: Receive) -> asyncio.Transport | None:
    """ASGI has no way to a connection. With uvicorn, `receive` is a method of what serves the request, which knows
    it; behind a middleware that wraps `receive`, or another server, there is none.
    """
    found = getattr(getattr(receive, "__self__", None), "transport", None)
    return found if isinstance(found, asyncio.Transport) else None


async def _reset(asked: Asked, receive: Receive) -> None:
    assert asked.transport is not None, "a hand that hangs up looks first whether it can"
    connection: socket.socket = asked.transport.get_extra_info("socket")
    # Not to linger makes it RST, as from a machine that went away; otherwise it would be an orderly FIN.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    asked.transport.abort()
    # The server has to see the end of the connection before the end of this call, or it answers 500 for us.
    while (await receive())["type"] != "http.disconnect":
        pass
