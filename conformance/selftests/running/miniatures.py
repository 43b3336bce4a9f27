"""Tiny real servers on loopback, each right or wrong in one way: what a test gives one as its behaviour.

A behaviour turns what was asked into an `Answer`, or `Raw` bytes where HTTP itself is to be wrong. The server keeps
what it was asked, and how many requests were under way at once. Document and behaviour of *Things*, the API that most
tests are about, stand below.
"""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import evolve, field, frozen

from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts
from assay.recording import Recording
from assay.recording.exchange import Exchange

SETTLES_WITHIN = 10.0
"""Seconds that a test waits for what has to come at once; none depends on it to pass."""


@frozen
class Asked:
    """One request as it arrived; `began` and `ended` are monotonic seconds."""

    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    began: float
    ended: float = 0.0

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@frozen
class Answer:
    """`body` goes out as JSON, bytes as they are. `after`: seconds that it takes."""

    status: int = 200
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    after: float = 0.0


@frozen
class Raw:
    """Bytes on the socket, in `pieces` with `every` seconds between them; then the connection ends."""

    pieces: Sequence[bytes] = ()
    every: float = 0.0


Behaviour = Callable[[Asked], Answer | Raw]


@frozen
class Miniature:
    """A running server."""

    url: str
    asked: list[Asked] = field(factory=list)
    at_once: list[int] = field(factory=list)
    """How many requests were under way, at the arrival of each."""
    closing: threading.Event = field(factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def asked_of(self, path: str) -> list[Asked]:
        return [each for each in self.asked if each.path == path]


@contextmanager
def running(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Miniature]:
    """Start it on a free port, over TLS where a context is given; stopped at the end, whatever it is doing."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    miniature = Miniature(f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}")
    server.miniature, server.behaviour = miniature, behaviour
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield miniature
    finally:
        miniature.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    miniature: Miniature
    behaviour: Behaviour

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.lock = threading.Lock()
        self.under_way = 0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave early are what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_any(self) -> None:
        server, miniature = self.server, self.server.miniature
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body, time.monotonic())
        with server.lock:
            server.under_way += 1
            miniature.at_once.append(server.under_way)
        try:
            answer = server.behaviour(asked)
            if isinstance(answer, Answer) and answer.after:
                miniature.closing.wait(answer.after)
        finally:
            with server.lock:
                server.under_way -= 1
                miniature.asked.append(evolve(asked, ended=time.monotonic()))
        self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_any  # noqa: N815 - as http.server wants

    def _send(self, answer: Answer | Raw) -> None:
        if isinstance(answer, Raw):
            self._send_raw(answer)
            return
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-type" for name, _ in answer.headers):
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _send_raw(self, raw: Raw) -> None:
        self.close_connection = True
        for piece in raw.pieces:
            self.wfile.write(piece)
            self.wfile.flush()
            if raw.every and self.server.miniature.closing.wait(raw.every):
                return

    def log_message(self, *_: Any) -> None:
        """A test's output is its own."""


# Things: one operation, whose identifiers say what is asked for -------------------------------------------------------

THINGS = """\
openapi: 3.1.0
info: {title: Things, version: 1.0.0}
paths:
  /things/{id}:
    get:
      operationId: getThing
      security: [{key: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: The thing., content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        "401": {$ref: "#/components/responses/Refused"}
        "404": {$ref: "#/components/responses/Refused"}
        "409": {$ref: "#/components/responses/Refused"}
        "429": {$ref: "#/components/responses/Refused"}
        "503": {$ref: "#/components/responses/Refused"}
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
  responses:
    Refused: {description: Why not., content: {application/json: {schema: {$ref: "#/components/schemas/Refusal"}}}}
  schemas:
    Thing:
      type: object
      required: [id]
      properties:
        id: {type: string}
        size: {type: integer}
        status: {type: string}
      x-relations:
        - kind: states
          field: /status
          initial: [growing]
          transitions: {growing: [grown]}
          terminal: [grown]
          sentence: A thing grows until it is grown.
    Refusal:
      type: object
      required: [error]
      properties: {error: {type: string}}
"""

THING = Answer(200, {"id": "one", "size": 3})
NOTHING = Answer(404, {"error": "there is no such thing"})
KEY = "a-key-that-nobody-may-see"


def things(asked: Asked) -> Answer:
    """Right in every way: /things/one is there, for whoever has the key."""
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return Answer(401, {"error": "who are you?"})
    return THING if asked.path == "/things/one" else NOTHING


def always(answer: Answer | Raw) -> Behaviour:
    return lambda _: answer


def in_turn(*answers: Answer | Raw) -> Behaviour:
    """One after the other, the last for ever."""
    left = list(answers)
    lock = threading.Lock()

    def answer(_: Asked) -> Answer | Raw:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return answer


@frozen
class Ran:
    """What a run came to."""

    recording: Recording
    verdicts: Verdicts

    def of(self, step: str) -> list[Exchange]:
        return [each for each in self.recording.exchanges if each.step == step]

    def row(self, status: str) -> ResponseVerdict:
        return next(each for each in self.verdicts.responses if each.status == status)

    def given(self, status: str) -> ClaimVerdict:
        """The verdict on "this status came in its state"."""
        return self.verdicts.of(f"getThing/{status}/status")
