"""A check that nothing can break shows nothing: for each of them there is a body that breaks it."""

from collections.abc import Callable, Iterator
from typing import Any

from assay.claims import Ledger, checks, ledger
from assay.claims.checks import Node
from assay.contract import resolve

UUID = "7f0b2e0a-3c1f-4d0e-8f5f-1d2c3b4a5968"
ATOMS: list[Any] = [
    None, True, -1, 0, 1000, 0.5, "", "x", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00+01:00", "2026-03-01", UUID,
    [], {},
]  # fmt: skip


def merged(data: dict[str, Any], schema: Any) -> dict[str, Any]:
    """The members, kinds and items that a schema speaks of, wherever it does."""
    found: dict[str, Any] = {"properties": {}, "enum": []}
    parts = [schema, *schema.get("allOf", ())] if isinstance(schema, dict) else []
    if isinstance(schema, dict) and "$ref" in schema:
        parts.append(resolve(data, schema["$ref"][1:])[1])
    for part in parts:
        own = part if part is schema else merged(data, part)
        found["properties"] |= own.get("properties", {})
        found["enum"] += own.get("enum", [])
        found |= {key: own[key] for key in ("items", "additionalProperties", "maxItems") if key in own}
    return found


def values(data: dict[str, Any], schema: Any, depth: int = 3) -> Iterator[Any]:
    """Bodies of all sorts: each member missing and with odd values, beside each value of an enumerated one."""
    shape = merged(data, schema)
    yield from ATOMS + shape["enum"]
    if not depth:
        return
    members = {name: list(values(data, sub, depth - 1)) for name, sub in shape["properties"].items()}
    kinds = {name: merged(data, sub)["enum"] for name, sub in shape["properties"].items()}
    plain = dict.fromkeys(members, "x")
    bases = [plain] + [{**plain, name: each} for name, enum in kinds.items() for each in enum]
    for base in bases:
        for name, odd in members.items():
            yield {key: value for key, value in base.items() if key != name}
            yield from ({**base, name: value} for value in odd)
            yield from ({name: value, **({k: base[k] for k in kinds if kinds[k]})} for value in odd[:3])
    if isinstance(shape.get("additionalProperties"), dict):
        yield from ({"x": value} for value in values(data, shape["additionalProperties"], depth - 1))
    if "items" in shape:
        inner = list(values(data, shape["items"], depth - 1))
        yield from ([value] for value in inner)
        yield ["x"] * (shape.get("maxItems", 1) + 1)


def trees(of: Ledger) -> Iterator[tuple[str, Any, Node]]:
    """Name, schema and tree of each documented body and header."""
    documented = {(each.id, answer.status): answer for each in of.contract.operations for answer in each.responses}
    for (operation, status), response in of.responses.items():
        for media in documented[operation, status].media:
            yield f"{operation} {status}", {"$ref": f"#{media.schema}"}, response.bodies[media.type]
        for header in response.headers:
            if header.tree is not None:
                yield f"{operation} {status} {header.name}", {}, header.tree


def unbroken(of: Ledger) -> list[str]:
    """Claims whose check no body here breaks."""
    left: list[str] = []
    for name, schema, tree in trees(of):
        open_ = {id(each): each.name for each in checks.checks(tree)}
        for value in values(of.contract.data, schema):
            for found in checks.walk(tree, value):
                if found.fault is not None:
                    open_.pop(id(found.check), None)
            if not open_:
                break
        left += [f"{name}: {each}" for each in open_.values()]
    return left


class TestBreakable:
    def test_each_check_of_the_flagship(self, flagship: Ledger) -> None:
        assert unbroken(flagship) == []

    def test_each_check_of_the_library(self, library: Ledger) -> None:
        assert unbroken(library) == []

    def test_a_check_that_nothing_breaks_is_noticed(
        self, loaded: Callable[..., Any], document_of: Callable[..., Any]
    ) -> None:
        made = ledger(loaded(document_of({"properties": {"a": {"pattern": ".*"}}})))
        assert unbroken(made) == ["getX 200: properties/a/pattern"]
