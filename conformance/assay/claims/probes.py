"""Operation → what is probed of it beyond its document: rules of HTTP and of security, each with its sentence.

Rules, not requests: those are `probing`'s. What an answer means is `refusals`'. A correct server behind a stock
framework or an intermediary breaks none of them, so they ask for less than the document's own promises do.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import jsonschema_rs
from attrs import frozen

from assay import pointer
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

HOSTILE_VALUES = {
    "non-ASCII": "naïve-☃-\U0001f600",
    "quotes": "'\"`",
    "template": "{{7*7}}${7*7}",
    "SQL": "' OR '1'='1' --",
    "markup": "<img src=x onerror=alert(1)>",
    "format": "%s%n%x",
    "wildcard": "*",
    "SQL wildcard": "%",
    "200 characters": "a" * 200,
    "2000 characters": "b" * 2000,
}
"""Texts for the operation itself. None has a slash, at which routers would take it for two segments."""
_PLAIN = ("200 characters", "2000 characters")
"""Those that also a schema of names and identifiers may allow."""

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


def accepting(contract: Contract, schema: Any) -> Callable[[Any], bool] | None:
    """Whether a value is valid by a schema of the document; None where that cannot be read."""
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        schema = resolve(contract.data, pointer.of_reference(schema["$ref"]))[1]
    if not isinstance(schema, dict):
        return lambda _: schema is not False
    shared = {"components": contract.data.get("components", {})} if "'$ref'" in repr(schema) else {}
    try:
        return jsonschema_rs.Draft202012Validator({**schema, **shared}, validate_formats=True).is_valid
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        return None


def refuses_text(contract: Contract, parameter: Parameter) -> bool:
    """Whether no odd text is a valid value of the parameter: so a hostile one is none, and names nothing."""
    accepts = accepting(contract, parameter.schema)
    if accepts is None:
        return bool(parameter.schema.get("type") in _STRICT_TYPES)
    return not any(accepts(text) for label, text in HOSTILE_VALUES.items() if label not in _PLAIN)


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
