"""Exchanges and recordings made by hand: nothing here was sent. Property tests draw the same values each time."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from assay import claims, contract
from assay.claims import Ledger
from assay.judge import judge
from assay.judge.verdicts import ClaimVerdict, Verdicts
from assay.recording import PlannedStep, Recording, RunHeader
from assay.recording.exchange import Exchange, Grade, Reply, Request, Role

settings.register_profile(
    "judgement",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("judgement")

HEADER = RunHeader(
    contract={"title": "Things", "version": "1.0.0", "digest": "d1"},
    target={"name": "staging", "base_url": "https://things.example", "build": "", "digest": "d2"},
    seed=5,
    started="2026-03-01T10:00:00Z",
    versions={"assay": "0.1.0"},
)


@pytest.fixture(scope="session")
def header() -> RunHeader:
    return HEADER


@pytest.fixture(scope="session")
def ledger_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ledger]:
    """The ledger of a document and, where one is given, an overlay."""

    def make(document: str, overlay: str = "") -> Ledger:
        folder = tmp_path_factory.mktemp("contract")
        (folder / "openapi.yaml").write_text(document)
        (folder / "overlay.yaml").write_text(overlay)
        layers = [folder / "overlay.yaml"] if overlay else []
        return claims.ledger(contract.load(folder / "openapi.yaml", layers))

    return make


@pytest.fixture(scope="session")
def made() -> Callable[..., Exchange]:
    """An exchange of `getThing`. `body` is data, or the bytes themselves; no `status` stands for a fault."""

    def make(
        status: int | None = 200,
        body: Any = None,
        *,
        due: str = "200",
        step: str = "",
        role: Role = "state",
        operation: str = "getThing",
        grade: Grade = "natural",
        sent: float = 1.0,
        received: float | None = None,
        method: str = "GET",
        url: str = "https://things.example/things/1",
        asked: tuple[tuple[str, str], ...] = (),
        asks: bytes = b"",
        media_type: str | None = "application/json",
        headers: tuple[tuple[str, str], ...] = (),
        id: int = 1,  # noqa: A002 - the attribute's name
        fault: str = "connection reset",
    ) -> Exchange:
        content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        typed = (("Content-Type", media_type),) if media_type is not None else ()
        return Exchange(
            id=id,
            step=step or f"{operation} {due}",
            role=role,
            operation=operation,
            due=due if role != "control" else "",
            grade=grade,
            sent=sent,
            received=sent + 0.25 if received is None else received,
            request=Request(method, url, asked, asks),
            reply=None if status is None else Reply(status, typed + headers, content),
            fault=fault if status is None else "",
        )

    return make


@pytest.fixture(scope="session")
def recorded() -> Callable[..., Recording]:
    """A complete recording of these exchanges; `changes` are members of its header, or of the recording itself."""

    def make(*exchanges: Exchange, steps: tuple[PlannedStep, ...] = (), **changes: Any) -> Recording:
        whole = {
            key: changes.pop(key, other)
            for key, other in {"complete": True, "interrupted": False, "builds": ()}.items()
        }
        header = RunHeader(**{**_members(HEADER), "steps": steps, **changes})
        return Recording(header, exchanges, finished="2026-03-01T10:05:00Z", **whole)

    return make


def _members(header: RunHeader) -> dict[str, Any]:
    return {each.name: getattr(header, each.name) for each in RunHeader.__attrs_attrs__}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all, for property tests, which may not have one each."""
    return tmp_path_factory.mktemp("shared")


LIVES = """\
openapi: 3.1.0
info: {title: Lives, version: 1.0.0}
paths:
  /areas/{area}/lives/{life-id}:
    get:
      operationId: getLife
      parameters:
        - {name: area, in: path, required: true, schema: {type: string}}
        - {name: life-id, in: path, required: true, schema: {type: string}}
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {type: object}}}
        "404":
          description: Not Found
          content: {application/json: {schema: {type: object}}}
"""

RELATIONS = """\
overlay: 1.0.0
info: {title: What a life keeps to, version: 1.0.0}
actions:
  - target: $.paths['/areas/{area}/lives/{life-id}'].get
    description: A life is a life.
    update:
      x-relations:
        - {kind: echo, request: path.life-id, field: /id, sentence: s}
        - {kind: echo, request: query.tag, field: /tag, sentence: s}
        - {kind: echo, request: header.X-Tag, field: /from_header, sentence: s}
        - {kind: echo, request: body.user.name, field: /user, sentence: s}
        - {kind: order, fields: [/a, /b, /c], sentence: s}
        - kind: states
          field: /status
          initial: [new]
          transitions: {new: [open, lost], open: [paused, done], paused: [open]}
          terminal: [done, lost]
          sentence: s
        - {kind: constant, fields: [/born, /name], sentence: s}
        - {kind: once-set, fields: [/began], sentence: s}
        - {kind: kept, fields: [/result], sentence: s}
        - {kind: nondecreasing, fields: [/count], sentence: s}
"""


@pytest.fixture(scope="session")
def lives(ledger_of: Callable[..., Ledger]) -> Ledger:
    """A ledger with one relation of each kind, on an operation that asks nothing else of a body."""
    return ledger_of(LIVES, RELATIONS)


@pytest.fixture(scope="session")
def life(made: Callable[..., Exchange]) -> Callable[..., list[Exchange]]:
    """The readings of one resource, each sent when the one before was received."""

    def make(*bodies: Any, **changes: Any) -> list[Exchange]:
        url = "https://lives.example/v1/areas/x/lives/1"
        return [
            made(body=body, id=n, sent=n, received=n + 0.5, **{"operation": "getLife", "url": url, **changes})
            for n, body in enumerate(bodies, 1)
        ]

    return make


@pytest.fixture(scope="session")
def told(lives: Ledger, recorded: Callable[..., Recording]) -> Callable[..., ClaimVerdict]:
    """What is said of one relation (`states/status`) after these exchanges."""

    def make(relation: str, exchanges: list[Exchange], **header: Any) -> ClaimVerdict:
        return judge(lives, recorded(*exchanges, **header)).of(f"getLife/relations/{relation}")

    return make


THINGS = """\
openapi: 3.1.0
info: {title: Things, version: 1.0.0}
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: OK
          headers: {X-Total: {required: true, schema: {type: integer, minimum: 0}}}
          content:
            application/json:
              schema:
                type: object
                required: [id]
                properties: {id: {type: string, format: uuid}, size: {type: integer, minimum: 1}}
        "404": {$ref: "#/components/responses/Error"}
        "409": {description: Conflict}
        "429": {$ref: "#/components/responses/Error"}
        "500": {$ref: "#/components/responses/Error"}
components:
  responses:
    Error:
      description: What is wrong
      content: {application/json: {schema: {type: object, required: [code], properties: {code: {type: string}}}}}
"""

PROMISES = """\
overlay: 1.0.0
info: {title: What Things promises in prose, version: 1.0.0}
actions:
  - target: $.paths['/things/{id}'].get.responses['200'].content['application/json'].schema.properties.size
    description: A size stays below a thousand.
    x-level: should
    update: {maximum: 999}
"""


@pytest.fixture(scope="session")
def things(ledger_of: Callable[..., Ledger]) -> Ledger:
    """One operation: 200 with a header and a schema, errors with a schema of their own, a 409 without a body."""
    return ledger_of(THINGS, PROMISES)


@pytest.fixture(scope="session")
def step() -> Callable[..., PlannedStep]:
    """A step of `getThing`, without a control unless told."""

    def make(due: str = "200", driver: str = "fixture", *, id: str = "", **changes: Any) -> PlannedStep:  # noqa: A002
        return PlannedStep(id or f"getThing {due}", "getThing", due, driver, **{"controlled": False, **changes})

    return make


@pytest.fixture(scope="session")
def judged(things: Ledger, recorded: Callable[..., Recording]) -> Callable[..., Verdicts]:
    """The verdicts on these exchanges with `things`."""

    def make(*exchanges: Exchange, **changes: Any) -> Verdicts:
        return judge(things, recorded(*exchanges, **changes))

    return make


@pytest.fixture(scope="session")
def whole(made: Callable[..., Exchange], step: Callable[..., PlannedStep]) -> Callable[..., dict[str, Any]]:
    """Exchanges (by status) and steps of a run in which every response was brought about, and all is well."""

    def make() -> dict[str, Any]:
        thing = {"id": "a1000000-0000-4000-8000-0000000000cc", "size": 5}
        exchanges = {"200": made(body=thing, headers=(("X-Total", "7"),), id=200)}
        for due in ("404", "429", "500"):
            exchanges[due] = made(int(due), {"code": "e"}, due=due, id=int(due))
        exchanges["409"] = made(409, b"", due="409", id=409, media_type=None)
        return {"exchanges": exchanges, "steps": tuple(step(due) for due in exchanges)}

    return make


@pytest.fixture(scope="session")
def run(whole: Callable[..., dict[str, Any]], judged: Callable[..., Verdicts]) -> Callable[..., Verdicts]:
    """The verdicts on a whole run; `changed` has other exchanges by status (None: not sent), `more` further ones."""

    def make(
        changed: dict[str, Exchange | None] | None = None, more: tuple[Exchange, ...] = (), **header: Any
    ) -> Verdicts:
        made = whole()
        exchanges = {**made["exchanges"], **(changed or {})}
        kept = [each for each in exchanges.values() if each is not None]
        return judged(*kept, *more, **{"steps": made["steps"], **header})

    return make
