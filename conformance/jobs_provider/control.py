"""Pact's state-change requests → states entered and left: the interface for whoever runs tests.

    POST /states {"state": "…", "params": {…}, "action": "setup" | "teardown"}

200 with a JSON object of values that the caller cannot know (the id of a new job), often empty; 400 with `error`
and `message` for anything else. Listens on the loopback interface only, apart from the public app: no user of the
API can reach it.
"""

from json import JSONDecodeError
from typing import Literal

from attrs import field, frozen
from attrs.validators import in_, instance_of
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobs_provider.provider import Provider
from jobs_provider.states import Injected, StateError, state


@frozen
class StateChange:
    state: str = field(validator=instance_of(str))
    params: dict[str, object] = field(validator=instance_of(dict))
    action: Literal["setup", "teardown"] = field(validator=in_(("setup", "teardown")))


async def state_change(request: Request) -> StateChange:
    """Pact leaves out `params` and `action` where they are empty and `setup`. Raises StateError."""
    try:
        asked = await request.json()
        return StateChange(asked["state"], asked.get("params") or {}, asked.get("action", "setup"))
    except (JSONDecodeError, UnicodeDecodeError):
        raise StateError("the body is not JSON") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise StateError(
            'the body must be {"state": string, "params": object, "action": "setup" or "teardown"}'
        ) from None


def control_app(provider: Provider) -> Starlette:
    async def change_state(request: Request) -> Response:
        change = await state_change(request)
        wanted = state(change.state, change.params)
        injected: Injected = {}
        if change.action == "setup":
            injected = await wanted.enter(provider)
        else:
            await wanted.leave(provider)
        return JSONResponse(injected)

    return Starlette(
        routes=[Route("/states", change_state, methods=["POST"])],
        exception_handlers={StateError: _refuse, HTTPException: _refuse_route},
    )


async def _refuse(_request: Request, fault: Exception) -> Response:
    return JSONResponse({"error": "bad_state_change", "message": str(fault)}, status_code=400)


async def _refuse_route(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)  # Starlette cannot type a handler by what it handles
    body = {"error": "not_found", "message": "There is only POST /states here."}
    return JSONResponse(body, status_code=fault.status_code, headers=fault.headers)
