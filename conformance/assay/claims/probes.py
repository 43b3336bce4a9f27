"""Operation → what is probed of it beyond its document: rules of HTTP and of security, each with its sentence.

Rules, not requests: those are `probing`'s. What an answer means is `refusals`'. A correct server behind a stock
framework or an intermediary breaks none of them, so they ask for less than the document's own promises do.
"""

from collections.abc import Iterator
from typing import Any, Literal

from attrs import frozen

from assay.contract import Contract, Operation, Parameter, resolve
from assay.contract.overlay import Level

Rule = Literal[
    "refused", "unauthorized", "unauthorized-or-bad", "documented-refusal",
    "no-such-method", "hostile-path", "any-path", "hostile-value", "any-value", "no-echo",
]  # fmt: skip

CREDENTIALS = {
    "missing": "without a credential",
    "wrong": "with a credential that is not valid",
    "malformed": "with a malformed credential",
    "other-scheme": "with a credential of another scheme",
}
"""Variant → the words for it. RFC 9110, 15.5.2; RFC 6750, 3.1 lets a malformed request be a 400."""

WRITING_METHODS = ("POST", "PUT", "PATCH", "DELETE")

_STRICT_TYPES = ("integer", "number", "boolean")


@frozen
class Probe:
    """One rule to be probed. `name` are the tokens of its claim's id after the operation."""

    name: tuple[str, ...]
    kind: Literal["security", "hygiene"]
    rule: Rule
    level: Level
    sentence: str


def probes(contract: Contract, operation: Operation) -> Iterator[Probe]:
    """Every rule that is probed of an operation."""
    if operation.protected:
        yield from _security(operation)
    parameter = hostile_parameter(operation)
    if parameter is not None:
        yield from _methods(contract, operation)
        yield from _hostile(contract, operation, parameter)


def hostile_parameter(operation: Operation) -> Parameter | None:
    """The path parameter that hostile values are put into: the last one, which names the resource itself."""
    return next((each for each in reversed(operation.parameters) if each.place == "path"), None)


def undocumented_methods(contract: Contract, operation: Operation) -> list[str]:
    """Writing methods that the path does not document; probed once a path, by its first operation."""
    beside = [each for each in contract.operations if each.path == operation.path]
    if beside[0] is not operation:
        return []
    return [method for method in WRITING_METHODS if method not in {each.method for each in beside}]


def refuses_text(contract: Contract, parameter: Parameter) -> bool:
    """Whether the parameter's schema leaves some texts out, so that a hostile one is no valid value."""
    schema: Any = parameter.schema
    if isinstance(schema, dict) and "$ref" in schema:
        schema = resolve(contract.data, schema["$ref"][1:])[1]
    if not isinstance(schema, dict):
        return schema is False
    return schema.get("type") in _STRICT_TYPES or bool({"format", "pattern", "enum", "const"} & schema.keys())


def _security(operation: Operation) -> Iterator[Probe]:
    documented = "401" in {each.status for each in operation.responses}
    for variant, words in CREDENTIALS.items():
        yield Probe(
            ("security", variant), "security", "refused", "must",
            f"`{operation.id}` {words} is refused: neither a 2xx nor a 5xx",
        )  # fmt: skip
        lenient = variant in ("malformed", "other-scheme")
        if documented:
            rule: Rule = "unauthorized-or-bad" if lenient else "unauthorized"
            expected = "401, or a documented 400" if lenient else "401"
        else:
            rule, expected = "documented-refusal", "a documented 4xx"
        yield Probe(
            ("security", variant, "status"), "security", rule, "must" if documented else "should",
            f"`{operation.id}` {words} gives {expected}",
        )  # fmt: skip
    yield Probe(
        ("security", "echo"), "security", "no-echo", "must",
        f"no response of `{operation.id}` gives a credential back, in its body or in a header",
    )  # fmt: skip


def _methods(contract: Contract, operation: Operation) -> Iterator[Probe]:
    for method in undocumented_methods(contract, operation):
        yield Probe(
            ("hygiene", "method", method), "hygiene", "no-such-method", "must",
            f"{method} {operation.path}, which is not documented, does nothing: no 2xx, and no 5xx but 501",
        )  # fmt: skip


def _hostile(contract: Contract, operation: Operation, parameter: Parameter) -> Iterator[Probe]:
    where = f"`{parameter.name}` of `{operation.id}`"
    # where every text is a valid value, odd segments are names like others: a resource may well go by one of them
    strict = refuses_text(contract, parameter)
    yield Probe(
        ("hygiene", "hostile-path"), "hygiene", "hostile-path" if strict else "any-path", "must",
        f"a path segment that confuses routers, as {where}, gives "
        + ("neither a 5xx nor a resource" if strict else "no 5xx"),
    )  # fmt: skip
    yield Probe(
        ("hygiene", "hostile-value"), "hygiene", "hostile-value" if strict else "any-value", "must",
        f"a hostile text as {where} gives {'a documented 4xx' if strict else 'no 5xx'}",
    )  # fmt: skip
