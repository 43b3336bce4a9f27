"""Miniature servers, each wrong in one named way, and what an exploration of them records."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from assay import contract
from assay.claims import Ledger, ledger
from assay.judge import judge
from assay.judge.verdicts import Verdicts
from assay.plan.calls import Call, wire
from assay.recording import Recording, RunHeader
from assay.recording.exchange import Exchange, Role
from assay.run.explore import explore
from assay.run.send import Sender
from assay.target import Credential, Http

KEY = Credential("default", bearer="the-key-of-the-tests")
GOOD = "7b141066-b175-4d95-86a1-1877fb5f6960"

DOCUMENT = """\
openapi: 3.1.0
info: {title: Things, version: 1.0.0}
security: [{key: []}]
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string, format: uuid}}]
    get:
      operationId: getThing
      responses: &responses
        "200": {description: OK, content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        "400": {description: Bad Request, content: {application/json: {schema: {}}}}
        "404": {description: Not Found, content: {application/json: {schema: {}}}}
    delete:
      operationId: removeThing
      responses: *responses
  /things:
    get:
      operationId: listThings
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 9}}
        - {name: X-Tenant, in: header, schema: {type: string}}
        - {name: theme, in: cookie, schema: {type: string}}
      responses: *responses
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Thing: {type: object, required: [id, size], properties: {id: {type: string}, size: {type: integer}}}
"""

Answer = Callable[[str, str], tuple[int, Any] | None]
"""(method, last segment of the path, decoded) → status and JSON, or None to hang up."""


@pytest.fixture(scope="session")
def good() -> str:
    """The id of the one thing that exists."""
    return GOOD


@pytest.fixture(scope="session")
def key() -> Credential:
    return KEY


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ledger]:
    """The ledger of a document given as YAML."""

    def make(text: str) -> Ledger:
        path = tmp_path_factory.mktemp("document") / "openapi.yaml"
        path.write_text(text, encoding="utf-8")
        return ledger(contract.load(path))

    return make


@pytest.fixture(scope="session")
def things(made: Callable[[str], Ledger]) -> Ledger:
    return made(DOCUMENT)


@pytest.fixture(scope="session")
def library_path() -> Path:
    return Path(__file__).resolve().parents[1] / "documents/library.yaml"


@pytest.fixture(scope="session")
def library(library_path: Path) -> Ledger:
    return ledger(contract.load(library_path))


@pytest.fixture(scope="session")
def call_of() -> Callable[..., Call]:
    """An operation's request, with the tests' key."""

    def make(known: Ledger, operation: str, **path: Any) -> Call:
        found = known.contract.operation(operation)
        assert found is not None
        return Call(found, path, {}, {}, credential=KEY)

    return make


@pytest.fixture(scope="session")
def correct() -> Answer:
    """The server that is right: one thing exists, and what is no UUID is refused."""

    def answer(_method: str, name: str) -> tuple[int, Any]:
        if name == GOOD or name == "things":
            return 200, {"id": GOOD, "size": 3}
        return (404, {}) if len(name) == len(GOOD) and name.count("-") == 4 else (400, {})

    return answer


@contextmanager
def _served(answer: Answer) -> Iterator[str]:
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body leave in one packet

        def _any(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with turn:
                given = answer(self.command, unquote(self.path.partition("?")[0].rpartition("/")[2]))
            if given is None:
                self.close_connection = True
                return
            body = json.dumps(given[1]).encode()
            self.send_response(given[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing is to be read there."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


Explored = Callable[..., list[Exchange]]


@pytest.fixture(scope="session")
def explored() -> Explored:
    """What is recorded when a server is explored. The server answers one request after the other."""

    def run(
        known: Ledger, answer: Answer, base: Call, resources: Sequence[Call] = (), *, seed: int = 1, examples: int = 100
    ) -> list[Exchange]:
        recorded: list[Exchange] = []

        async def all_of_it(url: str) -> None:
            async with Sender(http=Http(timeout=10), in_flight=8, rate=0, run_id="test") as sender:

                async def send(call: Call, role: Role, step: str) -> Exchange:
                    request = wire(call, url)
                    sent = await sender.send(request)
                    exchange = Exchange(
                        len(recorded) + 1, step, role, call.operation.id, "", "natural",
                        sent.sent, sent.received, request, sent.reply, sent.fault,
                    )  # fmt: skip
                    recorded.append(exchange)
                    return exchange

                await explore(known, base.operation, resources, base, seed=seed, examples=examples, send=send)

        with _served(answer) as url:
            asyncio.run(all_of_it(url))
        return recorded

    return run


@pytest.fixture(scope="session")
def judged() -> Callable[[Ledger, Sequence[Exchange]], Verdicts]:
    def run(known: Ledger, exchanges: Sequence[Exchange]) -> Verdicts:
        header = RunHeader(contract={}, target={}, seed=1, started="2026-03-01T10:00:00Z", versions={})
        return judge(known, Recording(header, tuple(exchanges), header.started, complete=True, interrupted=False))

    return run
