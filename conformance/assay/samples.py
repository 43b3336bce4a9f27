"""An operation → a valid value for each parameter and the body, drawn by Schemathesis; and values that are not valid.

The draws follow from the seed. Not the exploration of an operation: one request is drawn, to build steps from.
"""

import math
import random
import uuid
from typing import Any

import schemathesis
from attrs import define, field
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis.errors import HypothesisException
from schemathesis import GenerationMode
from schemathesis.errors import SchemathesisError

from assay.contract import Contract, Operation, Parameter, resolve
from assay.errors import UserError

_DRAWS = 8
"""Examples drawn for one request: the first are the simplest (empty strings, zeros), the last an ordinary one."""


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
        """A valid value that the server has hardly met: an identifier that names nothing there."""
        schema, chance = self._resolved(parameter), random.Random(f"{self.seed}/{operation.id}/{parameter.name}")  # noqa: S311
        kinds = schema.get("type", "string")
        kind = kinds if isinstance(kinds, str) else next((each for each in kinds if each != "null"), "string")
        if kind == "string" and not _SHAPED & schema.keys() and schema.get("format") in (None, "uuid"):
            identifier = str(uuid.UUID(int=chance.getrandbits(128), version=4))
            return identifier if schema.get("format") == "uuid" else f"unknown-{identifier[:8]}"
        if kind == "integer" and not _SHAPED & schema.keys():
            low, high = math.ceil(schema.get("minimum", 1)), math.floor(schema.get("maximum", 2**31 - 1))
            return chance.randint(max(low, high - 10_000_000), max(high, low))
        return self._drawn(operation, parameter.place, parameter.name)

    def malformed(self, parameter: Parameter) -> str | None:
        """A text that is no valid value of the parameter; None where every text is one."""
        schema = self._resolved(parameter)
        kinds = schema.get("type")
        kind = kinds[0] if isinstance(kinds, list) and len(kinds) == 1 else kinds
        if kind in ("integer", "number", "boolean") or "enum" in schema or schema.get("format") in _STRICT_FORMATS:
            return "not-" + ("an-" if kind == "integer" else "a-") + str(schema.get("format") or kind or "value")
        return None

    def body(self, operation: Operation) -> Any:
        """A valid request body, drawn from its schema."""
        return self._drawn(operation, "body", "")

    def _resolved(self, parameter: Parameter) -> dict[str, Any]:
        schema: Any = parameter.schema
        if isinstance(schema, dict) and "$ref" in schema:
            schema = resolve(self.contract.data, schema["$ref"][1:])[1]
        return schema if isinstance(schema, dict) else {}

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
        return case.body if place == "body" else getattr(case, _MEMBERS[place])[name]

    def _case(self, operation: Operation) -> Any:
        """One ordinary, valid request of Schemathesis'; None where the schemas of an operation allow none."""
        if self._schema is None:
            # without a configuration of its own Schemathesis looks for a file from the working directory upwards
            self._schema = schemathesis.openapi.from_dict(self.contract.data, config=schemathesis.Config())
        drawn: list[Any] = []
        try:
            described = self._schema[operation.path][operation.method]
            strategy = described.as_strategy(generation_mode=GenerationMode.POSITIVE)

            @hypothesis_seed(self.seed)
            @settings(
                max_examples=_DRAWS, database=None, phases=[Phase.generate], deadline=None,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(strategy)
            def draw(case: Any) -> None:
                drawn.append(case)

            draw()
        except (SchemathesisError, HypothesisException):
            return None
        return drawn[-1]


_MEMBERS = {"path": "path_parameters", "query": "query", "header": "headers", "cookie": "cookies"}
_SHAPED = frozenset(
    {
        "enum", "const", "pattern", "minLength", "maxLength", "multipleOf", "exclusiveMinimum", "exclusiveMaximum",
        "$ref", "allOf", "anyOf", "oneOf", "not",
    }
)  # fmt: skip
"""Keywords that leave it to Schemathesis to find a value."""
_STRICT_FORMATS = frozenset({"uuid", "date", "date-time", "ipv4", "ipv6", "email"})
