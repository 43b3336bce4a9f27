"""A small contract and verdicts over it, made by hand: nothing here was sent or judged."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from rich.console import Console

from assay import claims, contract
from assay.judge.verdicts import ClaimVerdict, Failure, ResponseVerdict, Verdicts
from assay.recording import Recording, RunHeader
from assay.recording.exchange import Exchange, Reply, Request
from assay.report.terminal import show

DOCUMENT = """\
openapi: 3.1.0
info: {title: Things, version: 1.2.3}
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
        "404":
          description: Not Found
          content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}
        "502":
          description: Bad Gateway
          content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}
  /things:
    post:
      operationId: createThing
      responses:
        "201":
          description: Created
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
components:
  schemas:
    Thing:
      type: object
      required: [id]
      properties: {id: {type: string, format: uuid}, size: {type: integer, minimum: 1}}
    Error:
      type: object
      required: [code]
      properties: {code: {type: string}}
"""

OVERLAY = """\
overlay: 1.0.0
info: {title: What Things promises in prose, version: 1.2.3}
actions:
  - target: $.paths['/things/{id}'].get
    update:
      x-relations:
        - {kind: echo, request: path.id, field: /id, sentence: The thing that was asked for is given.}
  - target: $.components.schemas.Thing.properties.size
    description: A size stays below a thousand.
    x-level: should
    update: {maximum: 999}
"""


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> claims.Ledger:
    folder = tmp_path_factory.mktemp("contract")
    (folder / "openapi.yaml").write_text(DOCUMENT)
    (folder / "overlay.yaml").write_text(OVERLAY)
    return claims.ledger(contract.load(folder / "openapi.yaml", [folder / "overlay.yaml"]))


@pytest.fixture(scope="session")
def exchange() -> Callable[..., Exchange]:
    """An exchange whose request has what the test is about; the rest is unremarkable."""

    def make(
        method: str = "GET",
        url: str = "https://things.example/things/1",
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
        **changes: Any,
    ) -> Exchange:
        made = Exchange(
            id=7,
            step="getThing 200",
            role="state",
            operation="getThing",
            due="200",
            grade="natural",
            sent=1.0,
            received=1.5,
            request=Request(method, url, headers, body),
            reply=Reply(200, (("X-Request-Id", "req-42"),), b"{}"),
        )
        return evolve(made, **changes)

    return make


@pytest.fixture(scope="session")
def broken(ledger: claims.Ledger, exchange: Callable[..., Exchange]) -> Callable[..., ClaimVerdict]:
    """The verdict `violated` on a claim, with one failure for each exchange (one exchange unless told)."""

    def make(claim_id: str, *exchanges: Exchange, expected: str = "a uuid", got: str = '"x"') -> ClaimVerdict:
        claim = ledger.claims[claim_id]
        return ClaimVerdict(
            claim,
            "violated",
            exercised=3,
            grade="natural",
            evidence=(7,),
            reason=f"expected {expected}",
            failures=tuple(Failure(claim, expected, got, "/id", each) for each in exchanges or (exchange(),)),
        )

    return make


@pytest.fixture(scope="session")
def judged(ledger: claims.Ledger) -> Callable[..., Verdicts]:
    """Verdicts in which all is held, but for the claims and responses given. `header` changes the run's header."""

    def make(
        *differing: ClaimVerdict | ResponseVerdict, header: dict[str, Any] | None = None, **changes: Any
    ) -> Verdicts:
        of_claims = {each.claim.id: each for each in differing if isinstance(each, ClaimVerdict)}
        of_responses = {(each.operation, each.status): each for each in differing if isinstance(each, ResponseVerdict)}
        made = Verdicts(
            ledger=ledger,
            header=evolve(
                HEADER, **{"contract": {**HEADER.contract, "digest": ledger.contract.digest}, **(header or {})}
            ),
            finished="2026-03-01T10:05:00Z",
            build="abc123",
            claims=tuple(
                of_claims.get(each.id, ClaimVerdict(each, "held", 2, "natural", (1,)))
                for each in ledger.claims.values()
            ),
            responses=tuple(
                of_responses.get(
                    key, ResponseVerdict(*key, "held", "provoked" if key[1] == "502" else "natural", exchanges=2)
                )
                for key in ledger.responses
            ),
            waiver_notes=(),
            excluded_but_seen=(),
            incomplete=(),
            interrupted=False,
            exit_status=0,
        )
        return evolve(made, **changes)

    return make


@pytest.fixture(scope="session")
def recorded(exchange: Callable[..., Exchange]) -> Recording:
    """The recording that hand-made verdicts are of, as far as a face looks into it."""
    return Recording(
        HEADER, (exchange(),), "2026-03-01T10:05:00Z", complete=True, interrupted=False, builds=("abc123",), digest="d3"
    )


HEADER = RunHeader(
    contract={"title": "Things", "version": "1.2.3", "digest": "d1"},
    target={"name": "staging", "base_url": "https://things.example", "build": "abc123", "digest": "d2"},
    seed=5,
    started="2026-03-01T10:00:00Z",
    versions={"assay": "0.1.0"},
    run_id="r1",
)


@pytest.fixture(scope="session")
def shown() -> Callable[..., str]:
    """What a terminal would be sent, without colour unless asked for."""

    def make(verdicts: Verdicts, *, encoding: str = "utf-8", colour: bool = False, width: int = 80) -> str:
        raw = io.BytesIO()
        # no translation of line ends: what is written is what is looked at
        file = io.TextIOWrapper(raw, encoding=encoding, newline="")
        console = Console(
            file=file, width=width, force_terminal=colour, color_system="standard" if colour else None, _environ={}
        )
        show(verdicts, console, Path("report"))
        file.flush()
        return raw.getvalue().decode(encoding)

    return make
