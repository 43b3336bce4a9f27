"""Nothing → apps that pretend to be a provider: what a suite would praise that only looks at answers, not at states.

    JOBS_CONTROL_PORT=8001 uvicorn --factory jobs_provider.cheats:constant --port 8000

They start like the provider (`app`) and have its control interface, or something that looks like it. Not defects of
a provider: those are `switches`. Each of these is no provider at all, or lies about what it was told to do.
"""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobs_provider import refusals, seed
from jobs_provider.app import lifespan
from jobs_provider.around import HEALTH
from jobs_provider.control import state_change
from jobs_provider.desk import public_app
from jobs_provider.provider import Provider
from jobs_provider.states import state

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

JOB = {
    "job_id": str(seed.COMPLETED),
    "status": "completed",
    "created_at": "2026-01-01T12:00:00.000Z",
    "started_at": "2026-01-01T12:00:20.000Z",
    "completed_at": "2026-01-01T12:03:00.000Z",
    "scenes_completed": 3,
    "scenes_total": 3,
    "result": {"title": "The Lighthouse Cat", "scenes": []},
}


def constant(control_port: int | None = None) -> Starlette:
    """Answers everything with one good job."""
    return _of_one_answer(200, JOB, control_port)


def unavailable(control_port: int | None = None) -> Starlette:
    """Answers everything with one good 503, but is healthy."""
    request_id = "00000000-0000-4000-8000-000000000503"
    return _of_one_answer(503, refusals.maintenance().answer(request_id).body, control_port)


def stateless(control_port: int | None = None) -> Starlette:
    """A provider that says of every state that it was entered or left, and does nothing."""
    provider = Provider()
    return public_app(provider, lifespan(_obliging(), control_port, provider.images))


def sticky(control_port: int | None = None) -> Starlette:
    """A provider that enters every state, and says of it that it was left when it was not."""
    provider = Provider()

    async def change_state(request: Request) -> Response:
        change = await state_change(request)
        entered = change.action == "setup"
        return JSONResponse(await state(change.state, change.params).enter(provider) if entered else {})

    control = Starlette(routes=[Route("/states", change_state, methods=["POST"])])
    return public_app(provider, lifespan(control, control_port, provider.images))


def _obliging() -> Starlette:
    """A control interface that says yes to everything, and knows one job."""

    async def oblige(_request: Request) -> Response:
        return JSONResponse({"job_id": JOB["job_id"]})

    return Starlette(routes=[Route("/states", oblige, methods=["POST"])])


def _of_one_answer(status: int, body: Mapping[str, object] | None, control_port: int | None) -> Starlette:
    async def answer(request: Request) -> Response:
        return JSONResponse(body, status_code=200 if request.url.path == HEALTH else status)

    everything = Route("/{path:path}", answer, methods=METHODS)
    return Starlette(routes=[everything], lifespan=lifespan(_obliging(), control_port))
