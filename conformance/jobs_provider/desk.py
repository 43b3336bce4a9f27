"""Request → response: the public face, where every answer gets its id, its headers and its line in the log.

Nothing is decided here: `reading` decides. Each answer leaves through `Desk.respond`, whether it is a job, a
refusal, the framework's 404 or the answer to a fault; what holds for all responses is written there, once.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

from attrs import frozen
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from jobs_provider import refusals
from jobs_provider.provider import Provider
from jobs_provider.reading import read_job
from jobs_provider.refusals import Answer, Refusal

log = logging.getLogger("jobs_provider")

ALLOWED = {"Allow": "GET, HEAD, OPTIONS"}
"""The same for every route there is."""


@frozen
class Desk:
    provider: Provider

    async def get_job(self, request: Request) -> Response:
        answer = await read_job(self.provider, request.headers, request.path_params["id"])
        return self.respond(request, answer)

    async def get_health(self, request: Request) -> Response:
        """Ready, whatever state the provider was put into: this is asked by whoever started the process."""
        return self.respond(request, Answer(200, {"status": "ok"}))

    async def refuse(self, request: Request, refusal: Exception) -> Response:
        assert isinstance(refusal, Refusal)  # Starlette cannot type a handler by what it handles
        if refusal.__cause__ is not None:
            log.warning("%s refused because of %r", _id_of(request), refusal.__cause__)
        return self.respond(request, refusal.answer(_id_of(request)))

    async def refuse_route(self, request: Request, fault: Exception) -> Response:
        """What the router has no endpoint for. OPTIONS asks to be told what a 405 would tell."""
        assert isinstance(fault, HTTPException)
        if fault.status_code != 405:
            return await self.refuse(request, refusals.not_routed(fault.status_code))
        if request.method == "OPTIONS":
            return self.respond(request, Answer(204, None, ALLOWED))
        return await self.refuse(request, refusals.not_routed(405, ALLOWED))

    def respond(self, request: Request, answer: Answer) -> Response:
        """Answer → bytes. The log line and the headers carry the same id as an error's body."""
        request_id = _id_of(request)
        level = logging.WARNING if answer.status >= 500 else logging.INFO
        log.log(level, "%s %s %r answered %d", request_id, request.method, request.scope["path"], answer.status)
        # What is answered is one account's, and its URLs expire: no cache may keep it.
        headers = {**answer.headers, "X-Request-Id": request_id, "Cache-Control": "no-store"}
        if answer.body is None:
            return Response(status_code=answer.status, headers=headers)
        return JSONResponse(answer.body, status_code=answer.status, headers=headers)


class RequestIds:
    """Gives each request its id; an exception that nobody caught becomes the documented 500 and is logged.

    Starlette's own handler of last resort would raise the exception again, to be logged a second time without
    the id.
    """

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = str(uuid4())
        try:
            await self._app(scope, receive, send)
        except Exception:
            # No endpoint streams: whatever failed, failed before the first byte.
            request = Request(scope)
            log.exception("%s met an unexpected fault", _id_of(request))
            response = await self._desk.refuse(request, refusals.internal_fault())
            await response(scope, receive, send)


def public_app(provider: Provider, lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]]) -> Starlette:
    desk = Desk(provider)
    app = Starlette(
        routes=[
            Route("/v1/jobs/{id}", desk.get_job, methods=["GET"]),
            Route("/healthz", desk.get_health, methods=["GET"]),
        ],
        middleware=[Middleware(RequestIds, desk=desk)],
        exception_handlers={Refusal: desk.refuse, HTTPException: desk.refuse_route},
        lifespan=lifespan,
    )
    # A redirect would send credentials on to an address that nobody asked for.
    app.router.redirect_slashes = False
    return app


def _id_of(request: Request) -> str:
    request_id: str = request.scope["request_id"]
    return request_id
