"""The same law for OpenAPI 3.0, whose schemas are a dialect of their own, against another reader of that dialect."""

from collections.abc import Callable
from typing import Any

import jsonschema.validators  # type: ignore[import-untyped]
import openapi_schema_validator
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from referencing import Registry
from referencing.jsonschema import DRAFT4

Faults = Callable[..., tuple[bool, list[str]]]

DEFINED = ("A", "B")

names = st.sampled_from(["a", "b", "nullable", "default"])
# no 1.0: whether that is an integer is what the two differ in, and JSON Schema 2020-12 has decided it
scalars = st.sampled_from([None, True, False, 0, 1, 2, 3, -1, 1.5, "", "a", "ab", "abc"])
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
small = st.integers(0, 3)
numbers = st.sampled_from([-1, 0, 1, 1.5, 2])


def _of_values() -> dict[str, st.SearchStrategy[Any]]:
    types = st.sampled_from(["boolean", "integer", "number", "string", "array", "object"])
    return {
        "type": types,
        "nullable": st.booleans(),
        "enum": st.lists(scalars, min_size=1, max_size=3, unique_by=repr),
        **dict.fromkeys(("minimum", "maximum"), numbers),
        **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum", "uniqueItems"), st.booleans()),
        "multipleOf": st.sampled_from([1, 2]),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), small),
        "pattern": st.sampled_from(["^a", "b$", "."]),
        "required": st.lists(names, min_size=1, max_size=2, unique=True),
    }


def _objects(pairs: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    keywords = st.lists(st.sampled_from(list(pairs)), max_size=most, unique=True)

    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, Any]:
        return {keyword: draw(pairs[keyword]) for keyword in draw(keywords)}

    return drawn()


def _referring(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """With members beside a reference, which OpenAPI 3.0 ignores."""
    places = st.sampled_from(DEFINED).map(lambda name: {"$ref": f"urn:document#/components/schemas/{name}"})
    return st.tuples(inner, places).map(lambda pair: pair[0] | pair[1])


def _grown(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    some, deeper = st.lists(inner, min_size=1, max_size=3), inner | _referring(inner)
    members = deeper | inner.map(lambda schema: {**schema, "writeOnly": True})
    return _objects(
        {
            **dict.fromkeys(("allOf", "anyOf", "oneOf"), some),
            "not": inner,
            "items": deeper,
            "additionalProperties": st.booleans() | deeper,
            "properties": st.dictionaries(names, members, max_size=3),
            **_of_values(),
        },
        4,
    )


schemas = st.recursive(_objects(_of_values(), 3), _grown, max_leaves=5)
defined = st.fixed_dictionaries(dict.fromkeys(DEFINED, schemas))


Reader = jsonschema.validators.extend(
    openapi_schema_validator.OAS30ReadValidator,
    # that a write-only member *should not* be sent is no claim
    {"writeOnly": lambda *_: iter(())},
)


def alone(schema: Any) -> Any:
    """The schema without what stands beside its references: the other reader does not ignore that, as it should."""
    if isinstance(schema, list):
        return [alone(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: alone(value) for key, value in schema.items() if key == "$ref" or "$ref" not in schema}


def accepts(schema: dict[str, Any], defined: dict[str, Any], value: Any) -> bool:
    """What the other reader says of a response."""
    document = DRAFT4.create_resource({"components": {"schemas": alone(defined)}})
    reader = Reader(alone(schema), registry=Registry().with_resource("urn:document", document))
    return bool(reader.is_valid(value))


def ours(schema: Any) -> Any:
    """The schema as a document has it, whose references are its own."""
    if isinstance(schema, list):
        return [ours(each) for each in schema]
    if not isinstance(schema, dict):
        return schema.removeprefix("urn:document") if isinstance(schema, str) else schema
    return {key: ours(value) for key, value in schema.items()}


class TestOldDialect:
    """OpenAPI 3.0.3, Schema Object: what it makes of a schema, every reader makes of it."""

    @settings(max_examples=300)
    @given(schema=schemas, others=defined, value=values)
    def test_two_readers_agree(self, faults: Faults, schema: Any, others: dict[str, Any], value: Any) -> None:
        """For each schema of OpenAPI 3.0 and value: the other reader accepts ⇔ no check is broken ⇔ ours accepts."""
        accepted, broken = faults(ours(schema), value, "3.0.3", ours(others))
        assert (accepted, not broken) == (accepts(schema, others, value),) * 2

    @pytest.mark.parametrize(
        ("schema", "value", "accepted"),
        [
            ({"type": "string", "nullable": True}, None, True),
            ({"type": "string", "nullable": False}, None, False),
            ({"type": "string", "nullable": True, "enum": ["a"]}, None, False),
            ({"nullable": True, "allOf": [{"type": "string"}]}, None, False),
            ({"minimum": 1, "exclusiveMinimum": True}, 1, False),
            ({"minimum": 1, "exclusiveMinimum": False}, 1, True),
            ({"maximum": 1, "exclusiveMaximum": True}, 1, False),
            ({"exclusiveMaximum": True}, 1, True),
            ({"required": ["a"], "properties": {"a": {"writeOnly": True}}}, {}, True),
            ({"required": ["a"], "properties": {"a": {"readOnly": True}}}, {}, False),
            ({"properties": {"nullable": {"type": "string"}}}, {"nullable": 1}, False),
        ],
    )  # fmt: skip
    def test_it_is_read_as_the_specification_says(
        self, faults: Faults, schema: Any, value: Any, accepted: bool
    ) -> None:
        assert (faults(schema, value, "3.0.3")[0], accepts(schema, {}, value)) == (accepted, accepted)
