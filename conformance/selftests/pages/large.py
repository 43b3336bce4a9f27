"""A number → verdicts on a document with that many operations, and their recording, made by hand: nothing was sent.

All is held but for one claim, and each claim has evidence.
"""

import json
from pathlib import Path
from typing import Any

from attrs import evolve

from assay import claims, contract
from assay.judge.verdicts import ClaimVerdict, Failure, ResponseVerdict, Verdicts
from assay.recording import Recording, RunHeader
from assay.recording.exchange import Exchange, Reply, Request

_ERRORS = {"400": "Bad Request", "401": "Unauthorized", "404": "Not Found", "500": "Internal Server Error"}
_HEADERS = (("content-type", "application/json"), ("x-request-id", "0f8fad5b-d9cb-469f-a165-70867728950e"))
_ASKED = (("Authorization", "Bearer «credential:default»"),)
WRONG = "getThing3/200/body/properties/id/format"
"""The claim that is violated."""

_LATE = "2026-03-01T10:05:00Z"


def document(operations: int) -> dict[str, Any]:
    """As many paths with one GET each, five documented responses, a schema of its own and a common one for errors."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Many Things", "version": "1.0.0"},
        "paths": {f"/things{number}/{{id}}": {"get": _operation(number)} for number in range(operations)},
        "components": {
            "schemas": {
                **{f"Thing{number}": _thing(number) for number in range(operations)},
                "Error": _object(error={"type": "string", "minLength": 1}, message={"type": "string"}),
            }
        },
    }


def _operation(number: int) -> dict[str, Any]:
    bodies = {"200": ("OK", f"Thing{number}"), **{status: (text, "Error") for status, text in _ERRORS.items()}}
    return {
        "operationId": f"getThing{number}",
        "summary": f"Read one of the things of kind {number}",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {
            status: {
                "description": text,
                "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
            }
            for status, (text, schema) in bodies.items()
        },
    }


def _thing(number: int) -> dict[str, Any]:
    numbers = {f"count{index}": {"type": "integer", "minimum": index} for index in range(number % 7)}
    return _object(
        id={"type": "string", "format": "uuid"},
        name={"type": "string", "maxLength": 100},
        created_at={"type": "string", "format": "date-time"},
        **numbers,
    )


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def large(operations: int, folder: Path) -> tuple[Verdicts, Recording]:
    (folder / "openapi.json").write_text(json.dumps(document(operations), indent=1))
    ledger = claims.ledger(contract.load(folder / "openapi.json"))
    header = RunHeader(
        contract={"title": "Many Things", "version": "1.0.0", "digest": ledger.contract.digest},
        target={"name": "many", "base_url": "https://many.example", "build": "abc123", "digest": "d"},
        seed=1,
        started="2026-03-01T10:00:00Z",
        versions={"assay-conformance": "0.1.0"},
    )
    exchanges, ids = list[Exchange](), dict[tuple[str, str], int]()
    for number, (operation, status) in enumerate(ledger.responses):
        ids[operation, status] = number
        exchanges.append(_exchange(number, operation, status))
    found = [
        ClaimVerdict(
            each, "held", 3, "natural", (ids.get((each.operation, each.response), ids[each.operation, "200"]),)
        )
        for each in ledger.claims.values()
    ]
    wrong = next(
        index for index, each in enumerate(found) if each.claim.id == "getThing3/200/body/properties/id/format"
    )
    failure = Failure(found[wrong].claim, "a uuid", '"three"', "/id", exchanges[ids["getThing3", "200"]])
    found[wrong] = evolve(found[wrong], verdict="violated", failures=(failure,))
    verdicts = Verdicts(
        ledger=ledger, header=header, finished=_LATE, build="abc123", claims=tuple(found),
        responses=tuple(ResponseVerdict(*key, "held", "natural", 3) for key in ledger.responses),
        waiver_notes=(), excluded_but_seen=(), incomplete=(), interrupted=False, exit_status=1,
    )  # fmt: skip
    return verdicts, Recording(header, tuple(exchanges), _LATE, complete=True, interrupted=False)


def _exchange(number: int, operation: str, status: str) -> Exchange:
    return Exchange(
        id=number, step=f"{operation} {status}", role="state", operation=operation, due=status, grade="natural",
        sent=number * 0.01, received=number * 0.01 + 0.004,
        request=Request("GET", f"https://many.example/{operation}/{number}", _ASKED),
        reply=Reply(int(status), _HEADERS, json.dumps({"id": f"{number:032x}", "name": "a thing" * 9}).encode()),
    )  # fmt: skip
