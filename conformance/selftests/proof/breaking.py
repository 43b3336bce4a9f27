"""A check + a value that keeps it → the value changed until it does not, in each way that the keyword has.

One small function a keyword, in one table. It knows nothing of any API: what a mutant is made of are the keyword, its
value in the schema and what the server answered. Not where the value stands: that is `mutants`'.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from typing import Any

import jsonschema_rs
from attrs import field, frozen

from assay import pointer
from assay.claims.checks import Check
from assay.contract import Contract, dialect

SAMPLES: dict[str, Any] = {
    "null": None, "string": "?", "number": 0.5, "boolean": True, "object": {}, "array": [], "integer": 7,
}  # fmt: skip
"""A value of each JSON type. 7 comes last: an integer is a number too."""

UNHEARD_OF = "x-unheard-of"
_MOST = 2
"""Mutants that are made of the same kind of change."""


@frozen
class Schemas:
    """Whether a value fits a schema, and one that does. The whole contract stands behind it, for its references."""

    data: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, contract: Contract) -> "Schemas":
        return cls(dialect.response_schemas(contract.data, contract.openapi))

    def accepts(self, schema: Any, value: Any) -> bool:
        """Asked of the validator directly: the checks that are put to the proof have no say in it."""
        if isinstance(schema, bool):
            return schema
        # what else an OpenAPI document has at its top is no keyword of JSON Schema
        return jsonschema_rs.Draft202012Validator({**self.data, **schema}, validate_formats=True).is_valid(value)

    def refused(self, schema: Any, values: Iterable[Any]) -> Iterator[Any]:
        """The first of the values that do not fit."""
        yield from islice((value for value in values if not self.accepts(schema, value)), _MOST)

    def fitted(self, schema: Any, value: Any) -> Any:
        """The value with the least changed that the schema asks for; a schema with more to it may still refuse it."""
        if not isinstance(schema, dict):
            return value
        if "$ref" in schema:
            value = self.fitted(pointer.at(self.data, schema["$ref"][1:]), value)
        for each in (*schema.get("allOf", ()), *schema.get("anyOf", ())[:1], *schema.get("oneOf", ())[:1]):
            value = self.fitted(each, value)
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else schema["enum"][0]
        if "type" in schema and not self.accepts({"type": schema["type"]}, value):
            value = SAMPLES[schema["type"] if isinstance(schema["type"], str) else schema["type"][0]]
        if "not" in schema and self.accepts(schema["not"], value):
            value = next(self.refused(schema["not"], SAMPLES.values()), value)
        if isinstance(value, dict):
            properties = schema.get("properties", {})
            value = {**dict.fromkeys(schema.get("required", ()), SAMPLES["string"]), **value}
            value = {name: self.fitted(properties.get(name, True), member) for name, member in value.items()}
        return value


def broken(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    """Nothing for a keyword that the table does not have."""
    if check.keyword in BREAKS:
        yield from BREAKS[check.keyword](check, value, schemas)


_Break = Callable[[Check, Any, Schemas], Iterator[Any]]


def _type(check: Check, _value: Any, schemas: Schemas) -> Iterator[Any]:
    yield from schemas.refused(check.schema, SAMPLES.values())


def _enum(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    near = [f"{value}?", value.upper(), value.capitalize()] if isinstance(value, str) else []
    yield from schemas.refused(check.schema, [*near, *SAMPLES.values()])


def _text(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    yield from schemas.refused(check.schema, [value[:-1], f"{value}?", f"?{value}", value.swapcase(), "", "?\u0000"])


def _below(check: Check, _value: Any, _schemas: Schemas) -> Iterator[Any]:
    yield check.value - 1


def _above(check: Check, _value: Any, _schemas: Schemas) -> Iterator[Any]:
    yield check.value + 1


def _bound(check: Check, _value: Any, _schemas: Schemas) -> Iterator[Any]:
    yield check.value


def _between(check: Check, _value: Any, _schemas: Schemas) -> Iterator[Any]:
    yield check.value * 1.5


def _shorter(check: Check, value: Any, _schemas: Schemas) -> Iterator[Any]:
    yield value[: check.value - 1]


def _longer(check: Check, value: Any, _schemas: Schemas) -> Iterator[Any]:
    many = list(islice(cycle(value or "?"), check.value + 1))
    yield "".join(many) if isinstance(value, str) else many


def _twice(_check: Check, value: Any, _schemas: Schemas) -> Iterator[Any]:
    yield [*value, value[0]]


def _items(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    """For `contains` and whatever may not stand behind the items that are known."""
    many = [list(islice(cycle(value), len(value) * times)) for times in (2, 8)]
    more = [[*value, sample] for sample in SAMPLES.values()]
    yield from schemas.refused(check.schema, [[], *more, *many])


def _fewer(check: Check, value: Any, _schemas: Schemas) -> Iterator[Any]:
    yield dict(islice(value.items(), check.value - 1))


def _more(check: Check, value: Any, _schemas: Schemas) -> Iterator[Any]:
    yield value | {f"{UNHEARD_OF}-{number}": None for number in range(check.value + 1)}


def _names(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    """For `propertyNames` and whatever forbids members: other names, with values of each type."""
    names = (UNHEARD_OF, "", "?", *_forbidden(check.schema))
    tried = [{**value, name: sample} for sample in SAMPLES.values() for name in names]
    yield from schemas.refused(check.schema, tried)


def _never(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    """Where nothing may stand at all, whatever stands there is wrong already."""
    yield from [value] if check.schema is False else _names(check, value, schemas)


def _forbidden(schema: Any) -> list[str]:
    """The names that a schema speaks of; of a pattern, what is left without its anchors."""
    members = [*schema.get("properties", ()), *schema.get("patternProperties", ())] if isinstance(schema, dict) else []
    return [name.removeprefix("^").removesuffix("$") for name in members]


def _without(check: Check, value: Any, _schemas: Schemas) -> Iterator[Any]:
    names = [check.value] if isinstance(check.value, str) else check.value
    for missing in names:
        yield {name: member for name, member in value.items() if name != missing}


def _not(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    fitted = schemas.fitted(check.value, value)
    if schemas.accepts(check.value, fitted):
        yield fitted


def _no_branch(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    names = list(value) if isinstance(value, dict) else []
    less = [{name: value[name] for name in names if name != missing} for missing in names]
    yield from schemas.refused(check.schema, [*less, *SAMPLES.values()])


def _one_of(check: Check, value: Any, schemas: Schemas) -> Iterator[Any]:
    """Fitting none, and fitting all of them."""
    yield from _no_branch(check, value, schemas)
    for each in check.value:
        value = schemas.fitted(each, value)
    yield from schemas.refused(check.schema, [value])


BREAKS: dict[str, _Break] = {
    "type": _type,
    "enum": _enum,
    "const": _enum,
    "not": _not,
    "anyOf": _no_branch,
    "oneOf": _one_of,
    "$dynamicRef": _no_branch,
    "minimum": _below,
    "maximum": _above,
    "exclusiveMinimum": _bound,
    "exclusiveMaximum": _bound,
    "multipleOf": _between,
    "minLength": _shorter,
    "maxLength": _longer,
    "pattern": _text,
    "format": _text,
    "minItems": _shorter,
    "maxItems": _longer,
    "uniqueItems": _twice,
    "contains": _items,
    "items": _items,
    "unevaluatedItems": _items,
    "minProperties": _fewer,
    "maxProperties": _more,
    "propertyNames": _names,
    "additionalProperties": _names,
    "unevaluatedProperties": _names,
    "false": _never,
    "required": _without,
    "dependentRequired": _without,
}
"""Keyword → how to break it. Those of `keywords`, and a test holds the two against each other."""
