"""Facts + endpoints → README.md, whose examples are calls of the document's own operations.

The tests run each of them, so they are whole programs. An operation is chosen that shows most and asks least.
"""

import keyword
import re
from pathlib import Path
from typing import Any

import rendering
from assay import pointer
from assay.contract import Contract, Operation
from endpoints import Endpoint

_EXAMPLES = {"uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "date": "2026-01-31", "date-time": "2026-01-31T12:00:00Z"}


def write(agreed: Contract, facts: dict[str, Any], pairs: list[tuple[Operation, Endpoint]], folder: Path) -> None:
    """`pairs` are those of `endpoints.matched`."""
    rows = [_row(agreed, *pair) for pair in pairs]
    readme = rendering.text("README.md.jinja", facts=facts, rows=rows, example=_example(facts, pairs))
    (folder / "README.md").write_text(readme, encoding="utf-8")


def _row(agreed: Contract, operation: Operation, endpoint: Endpoint) -> dict[str, str]:
    summary = " ".join(str(pointer.at(agreed.data, operation.pointer).get("summary", "")).split())
    return {
        "request": f"{operation.method} {operation.path}",
        "call": "api" + endpoint.module.partition(".api")[2],
        "summary": summary.replace("|", r"\|"),
    }


def _example(facts: dict[str, Any], pairs: list[tuple[Operation, Endpoint]]) -> dict[str, Any] | None:
    """The call that the examples make; None where every operation asks for more than can be made up."""
    simple = [pair for pair in pairs if pair[0].method == "GET" and len(pair[1].arguments) <= len(_in_path(pair[0]))]
    if not simple:
        return None
    operation, endpoint = min(simple, key=lambda pair: (_of(facts, pair[0])["waiter"] is None, len(pair[1].arguments)))
    told = _of(facts, operation)
    _, _, tag, method = endpoint.module.split(".")
    errors = [name for name, _ in told["raises"]]
    example = {
        "owner": f"api.{tag}",
        "method": method,
        "arguments": ", ".join(_literal(each.schema) for each in _in_path(operation)),
        "noun": "result",
        "error": "NotFoundError" if "NotFoundError" in errors else (errors or ["ApiError"])[0],
        "nullable": _nullable(operation, facts),
        "waiter": None,
    }
    if told["waiter"]:
        noun = snake(told["waiter"]["noun"])
        example |= {
            "noun": noun,
            "waiter": f"wait_for_{noun}",
            "field": told["waiter"]["field"].removeprefix("/"),
            "terminal": " or ".join(f"`{each}`" for each in told["waiter"]["terminal"]),
            "last": told["waiter"]["terminal"][-1],
        }
    return example


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\W+", "_", name).strip("_").lower()


def _of(facts: dict[str, Any], operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = next(
        each
        for each in facts["operations"].values()
        if (each["method"], each["shown"]) == (operation.method, operation.path)
    )
    return found


def _in_path(operation: Operation) -> list[Any]:
    return [each for each in operation.parameters if each.place == "path"]


def _literal(schema: dict[str, Any]) -> str:
    if schema.get("type") in ("integer", "number"):
        return str(schema.get("minimum", 1))
    return f'"{_EXAMPLES.get(schema.get("format", ""), "example")}"'


def _nullable(operation: Operation, facts: dict[str, Any]) -> str | None:
    """A field of the result that may be left out, and may be null."""
    told = _of(facts, operation)
    schema = next((told["responses"][status] for status in told["success"]), None) or {}
    while "ref" in schema:
        schema = facts["schemas"][schema["ref"]]
    for name, each in schema.get("properties", {}).items():
        plain = name.isidentifier() and name.islower() and not keyword.iskeyword(name)
        null = "null" in each.get("types", []) or {"types": ["null"]} in each.get("any", [])
        if plain and null and name not in schema.get("required", []):
            return str(name)
    return None
