"""Exchanges and recordings made by hand: nothing here was sent. Property tests draw the same values each time."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from assay import claims, contract
from assay.claims import Ledger
from assay.exchange import Exchange, Grade, Reply, Request, Role
from assay.judge import judge
from assay.recording import PlannedStep, Recording, RunHeader
from assay.verdicts import ClaimVerdict

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
            key: changes.pop(key, other) for key, other in {"complete": True, "interrupted": False, "build": ""}.items()
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
