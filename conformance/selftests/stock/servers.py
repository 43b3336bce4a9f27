"""Three applications that obey `things.yaml`, each as its framework's own documentation would have it written.

What their authors left to the framework (unknown paths, methods, odd segments) is the framework's answer, not ours.
"""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.applications import Starlette
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobs_provider.hosting import Host

KEY = "a-key-of-the-things-3fTq"
THING = uuid.UUID("5f0c1f0e-6c1b-4f5e-9f57-0d6a3f0b7c11")


def _thing(text: str, authorization: str | None) -> tuple[int, dict[str, object]]:
    if authorization != f"Bearer {KEY}":
        return 401, {"detail": "a valid key is needed"}
    try:
        wanted = uuid.UUID(text)
    except ValueError:
        return 422, {"detail": "that is no UUID"}
    return (200, {"id": str(THING)}) if wanted == THING else (404, {"detail": "no such thing"})


def _note(name: str) -> tuple[int, dict[str, object]]:
    return (200, {"text": "hello"}) if name == "hello" else (404, {"detail": "no such note"})


def starlette_app() -> Starlette:
    async def thing(request: Request) -> Response:
        status, body = _thing(request.path_params["id"], request.headers.get("authorization"))
        return JSONResponse(body, status)

    async def note(request: Request) -> Response:
        status, body = _note(request.path_params["name"])
        return JSONResponse(body, status)

    async def refused(_request: Request, fault: Exception) -> Response:
        assert isinstance(fault, StarletteHTTPException)
        return JSONResponse({"detail": fault.detail}, fault.status_code, headers=fault.headers)

    routes = [Route("/things/{id}", thing), Route("/notes/{name}", note)]
    return Starlette(routes=routes, exception_handlers={StarletteHTTPException: refused})


def fastapi_app() -> Starlette:
    app = FastAPI()
    bearer = HTTPBearer()

    @app.get("/things/{id}")
    async def thing(
        id: uuid.UUID,  # noqa: A002 - the document's name
        credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
    ) -> dict[str, object]:
        status, body = _thing(str(id), f"{credentials.scheme} {credentials.credentials}")
        if status != 200:
            raise HTTPException(status, body["detail"])
        return body

    @app.get("/notes/{name}")
    async def note(name: str) -> dict[str, object]:
        status, body = _note(name)
        if status != 200:
            raise HTTPException(status, body["detail"])
        return body

    return app


class _Plain(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        segments = [unquote(each) for each in urlsplit(self.path).path.split("/")[1:]]
        status, body = 404, dict[str, object](detail="no such path")
        if len(segments) == 2 and segments[0] == "things":
            status, body = _thing(segments[1], self.headers.get("Authorization"))
        elif len(segments) == 2 and segments[0] == "notes":
            status, body = _note(segments[1])
        sent = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class' name
        """Nothing: tests are quiet."""


@contextmanager
def plain_server() -> Iterator[str]:
    """`http.server`, the standard library's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Plain)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def hosted(app: Starlette) -> Iterator[str]:
    with Host() as host:
        yield host.serve(app).base_url
