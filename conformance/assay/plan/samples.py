"""An operation → a valid value for each parameter and the body, drawn by Schemathesis; and values that are not valid.

The draws follow from the seed. Not the exploration of an operation: one request is drawn, to build steps from.
"""

import math
import random
import uuid
from typing import Any

from attrs import define, field

from assay import pointer
from assay.claims.probes import accepting
from assay.contract import Contract, Operation, Parameter, resolve
from assay.contract.media_types import is_json
from assay.errors import UserError
from assay.plan.calls import Encoded


@define
class Samples:
    """Values for one contract. The same seed gives the same values."""

    contract: Contract
    seed: int
    _schema: Any = field(default=None, init=False)
    _cases: dict[str, Any] = field(factory=dict, init=False)
    """Operation → its drawn case; None where there is none."""

    def known(self, parameter: Parameter) -> Any:
        """A value that the document itself names for a parameter; None where it names none."""
        schema = self._resolved(parameter)
        examples = parameter.raw.get("examples", {})
        named = [parameter.raw.get("example"), *(each.get("value") for each in examples.values() if "value" in each)]
        listed = schema.get("examples", [])
        for value in (*named, schema.get("example"), *listed, schema.get("default"), schema.get("const")):
            if value is not None:
                return value
        return next(iter(schema.get("enum", ())), None)

    def random(self, operation: Operation, parameter: Parameter) -> Any:
        """A valid value: one that names nothing where the schema has such, else any. Raises UserError: none is."""
        nothing = self.nothing(operation, parameter)
        return self._drawn(operation, parameter.place, parameter.name) if nothing is None else nothing

    def nothing(self, operation: Operation, parameter: Parameter) -> Any:
        """A valid identifier that names nothing at the server; None where the schema may leave no room for such a one.

        That there is room is shown by a value: a text of 32 random bits, or an integer out of ten million, is valid.
        """
        schema, chance = self._resolved(parameter), random.Random(f"{self.seed}/{operation.id}/{parameter.name}")  # noqa: S311
        kinds = schema.get("type", "string")
        kind = kinds if isinstance(kinds, str) else next((each for each in kinds if each != "null"), "string")
        candidates: list[Any] = []
        if kind == "integer":
            low, high = _range(schema)
            candidates = [chance.randint(high - _MANY, high)] if high - low >= _MANY else []
        elif kind == "string":
            candidates = _identifiers(uuid.UUID(int=chance.getrandbits(128), version=4), schema)
        accepts = accepting(self.contract, schema) if candidates else None
        return next(filter(accepts, candidates), None) if accepts else None

    def few(self, parameter: Parameter) -> bool:
        """Whether the parameter has so few values that any of them may well name something."""
        schema = self._resolved(parameter)
        low, high = _range(schema) if schema.get("type") == "integer" else (0, _FEW)
        return bool({"enum", "const"} & schema.keys()) or schema.get("type") == "boolean" or 0 <= high - low < _FEW

    def malformed(self, parameter: Parameter) -> str | None:
        """A text that is no valid value of the parameter; None where every text is one."""
        schema = self._resolved(parameter)
        kinds = schema.get("type")
        kind = kinds[0] if isinstance(kinds, list) and len(kinds) == 1 else kinds
        if kind in ("integer", "number", "boolean") or "enum" in schema or schema.get("format") in _STRICT_FORMATS:
            return "not-" + ("an-" if kind == "integer" else "a-") + str(schema.get("format") or kind or "value")
        return None

    def body(self, operation: Operation) -> Any:
        """A valid request body: the document's own example, else drawn from its schema."""
        media = self._json_media(operation)
        listed = self._followed(media.get("schema")).get("examples")
        examples = [self._followed(each) for each in (media.get("examples") or {}).values()]
        named = [media.get("example"), *(each.get("value") for each in examples)]
        own = [self._followed(media.get("schema")).get("example"), *(listed if isinstance(listed, list) else [])]
        known = next((each for each in (*named, *own) if each is not None), None)
        return self._drawn(operation, "body", "") if known is None else known

    def another(self, operation: Operation, body: Any, number: int) -> Any:
        """The body with other texts in it, so that a server takes it for another thing. `number` says which, from 1."""
        schema = self._json_media(operation).get("schema")
        if not isinstance(body, dict):
            return body
        return {name: self._other(operation, schema, name, value, number) for name, value in body.items()}

    def _other(self, operation: Operation, schema: Any, name: str, value: Any, number: int) -> Any:
        at = self._member(schema, name)
        if not isinstance(value, str) or at is None or _SHAPED & (at.keys() - _LENGTHS):
            return value
        match at.get("format"):
            case "uuid":
                chance = random.Random(f"{self.seed}/{operation.id}/{name}/{number}")  # noqa: S311
                return str(uuid.UUID(int=chance.getrandbits(128), version=4))
            case "email":
                return f"{number}.{value}"
            case None:
                most = at.get("maxLength", math.inf)
                return f"{value} {number}" if len(value) + len(f" {number}") <= most else value
        return value

    def _member(self, schema: Any, name: str) -> dict[str, Any] | None:
        """The schema of a member, where it has one of its own."""
        plain = self._followed(schema)
        if name in plain.get("properties", {}):
            return self._followed(plain["properties"][name])
        return next(filter(None, (self._member(each, name) for each in plain.get("allOf", ()))), None)

    def lacking(self, operation: Operation) -> dict[str, Any] | None:
        """A body that is valid but for one required member, which it lacks; None where none is required."""
        required, body = self._required(self._json_media(operation).get("schema")), self.body(operation)
        if not isinstance(body, dict) or not required & body.keys():
            return None
        missing = next(name for name in body if name in required)
        return {name: value for name, value in body.items() if name != missing}

    def _required(self, schema: Any) -> set[str]:
        plain = self._followed(schema)
        inherited = (self._required(each) for each in plain.get("allOf", ()))
        return set(plain.get("required", ())).union(*inherited)

    def _json_media(self, operation: Operation) -> dict[str, Any]:
        content = (operation.body or {}).get("content", {})
        return next((media for name, media in content.items() if is_json(name)), {})

    def _followed(self, value: Any) -> dict[str, Any]:
        if isinstance(value, dict) and "$ref" in value:
            value = resolve(self.contract.data, pointer.of_reference(value["$ref"]))[1]
        return value if isinstance(value, dict) else {}

    def _resolved(self, parameter: Parameter) -> dict[str, Any]:
        return self._followed(parameter.schema)

    def _drawn(self, operation: Operation, place: str, name: str) -> Any:
        if operation.id not in self._cases:
            self._cases[operation.id] = self._case(operation)
        case = self._cases[operation.id]
        if case is None:
            what = f"{place} parameter {name!r}" if name else "body"
            raise UserError(
                f"no valid value can be made up for the {what} of {operation.id}",
                where=self.contract.where(operation.pointer),
                todo="name one as its `example`, or mend its schema",
            )
        if place == "body":
            return case.body
        values = getattr(case, _MEMBERS[place])
        if name not in values:  # an object, written out member by member
            others = {each.name for each in operation.parameters if each.place == place}
            deep = len(name) + 1
            return {
                key[deep:-1] if key.startswith(f"{name}[") else key: each
                for key, each in values.items() if key not in others
            }  # fmt: skip
        # Schemathesis writes a path's parameters in their styles, percent-encoded
        return Encoded(values[name]) if place == "path" and isinstance(values[name], str) else values[name]

    def _case(self, operation: Operation) -> Any:
        """One ordinary, valid request of Schemathesis'; None where the schemas of an operation allow none."""
        from assay.plan import drawing  # noqa: PLC0415 - few documents need it

        if self._schema is None:
            self._schema = drawing.read(self.contract)
        return drawing.ordinary(self._schema, operation, self.seed)


def _range(schema: dict[str, Any]) -> tuple[int, int]:
    """The least and the greatest of an integer's values; without bounds those of 31 bits.

    In OpenAPI 3.0 an exclusive bound is a boolean, which the validator minds.
    """
    low = math.ceil(schema.get("minimum", 1))
    if not isinstance(above := schema.get("exclusiveMinimum", False), bool):
        low = math.floor(above) + 1
    high = math.floor(schema.get("maximum", max(2**31 - 1, low + _MANY)))
    if not isinstance(below := schema.get("exclusiveMaximum", False), bool):
        high = math.ceil(below) - 1
    return low, high


def _identifiers(chance: uuid.UUID, schema: dict[str, Any]) -> list[str]:
    """Texts as identifiers are written, each of them with at least 32 random bits; the clearest first."""
    least, most = schema.get("minLength", 0), schema.get("maxLength", 32)
    long = chance.hex * (1 + least // 32)
    fitting = long[: max(least, 8) if most >= 8 else 0]
    texts = [f"unknown-{chance.hex[:8]}", str(chance), chance.hex, chance.hex[:24], str(chance.int)[:10], fitting]
    return [each for each in texts if each]


_FEW = 20
_MANY = 10_000_000
_MEMBERS = {"path": "path_parameters", "query": "query", "header": "headers", "cookie": "cookies"}
_SHAPED = frozenset(
    {
        "enum", "const", "pattern", "minLength", "maxLength", "multipleOf", "exclusiveMinimum", "exclusiveMaximum",
        "$ref", "allOf", "anyOf", "oneOf", "not",
    }
)  # fmt: skip
"""Keywords that leave it to Schemathesis to find a value."""
_LENGTHS = frozenset({"minLength", "maxLength"})
_STRICT_FORMATS = frozenset({"uuid", "date", "date-time", "ipv4", "ipv6", "email"})
