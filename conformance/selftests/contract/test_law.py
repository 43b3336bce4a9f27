"""The law that every verdict rests upon: the checks of a schema all hold exactly when the schema accepts."""

from collections.abc import Callable
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assay.keywords import _APPLIES

Faults = Callable[..., tuple[bool, list[str]]]

NAMES = ("a", "b", "a/b", "default", "$ref")
DEFINED = ("A", "B", "C")

names = st.sampled_from(NAMES)
scalars = st.sampled_from(
    [None, True, False, 0, 1, 2, 3, -1, 1.5, 1.0, 2**70, "", "a", "ab", "abc", "2020-01-01", "é", "a/b"]
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
small = st.integers(0, 3)
numbers = st.sampled_from([-1, 0, 1, 1.5, 2, 2**70])
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
references = st.sampled_from(DEFINED).map(lambda name: f"#/components/schemas/{name}")


def _of_values() -> dict[str, st.SearchStrategy[Any]]:
    """Keywords whose value is no schema."""
    return {
        "type": types | st.lists(types, min_size=1, max_size=3, unique=True),
        "enum": st.lists(values, min_size=1, max_size=3, unique_by=repr),
        "const": values,
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), numbers),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), small),
        **dict.fromkeys(("minContains", "maxContains"), small),
        "pattern": st.sampled_from(["^a", "b$", "^$", r"^\p{L}+$", "."]),
        "format": st.sampled_from(["date", "uuid", "int64", "made-up"]),
        "uniqueItems": st.booleans(),
        "required": st.lists(names, max_size=2, unique=True),
        "dependentRequired": st.dictionaries(names, st.lists(names, max_size=2, unique=True), max_size=2),
        "$ref": references,
        "$dynamicRef": references,
        **dict.fromkeys(("title", "x-note"), st.just("words")),
        "example": values,
    }


def _of_schemas(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    some, named = st.lists(inner, min_size=1, max_size=3), st.dictionaries(names, inner, max_size=2)
    single = ("not", "contains", "propertyNames", "additionalProperties", "items", "if", "then", "else")
    return {
        **dict.fromkeys((*single, "unevaluatedProperties", "unevaluatedItems"), inner),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), some),
        **dict.fromkeys(("properties", "dependentSchemas"), named),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "b", "^x"]), inner, max_size=2),
    }


def _objects(pairs: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    keywords = st.lists(st.sampled_from(list(pairs)), max_size=most, unique=True)

    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, Any]:
        return {keyword: draw(pairs[keyword]) for keyword in draw(keywords)}

    return drawn()


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _objects(_of_schemas(inner) | _of_values(), 4)


leaves = st.booleans() | _objects(_of_values(), 3)
schemas = st.recursive(leaves, _grown, max_leaves=6)
defined = st.fixed_dictionaries(dict.fromkeys(DEFINED, schemas))


def _beside(schema: Any) -> list[Any]:
    """The schemas that apply to the same value as this one."""
    found = [schema[key] for key in ("not", "if", "then", "else") if key in schema]
    found += [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, ())]
    return found + list(schema.get("dependentSchemas", {}).values())


def _turns(schema: Any, others: dict[str, Any], above: frozenset[str]) -> bool:
    """Whether a schema leads back to itself without going deeper into the value: that has no meaning."""
    if not isinstance(schema, dict):
        return False
    for key in ("$ref", "$dynamicRef"):
        name = schema.get(key, "")[-1:]
        if name and (name in above or _turns(others[name], others, above | {name})):
            return True
    return any(_turns(each, others, above) for each in _beside(schema))


class TestLaw:
    """A value is accepted by a schema exactly when none of the schema's checks is broken by it."""

    @settings(max_examples=400)
    @given(schema=schemas, others=defined, value=values)
    def test_checks_and_validator_agree(self, faults: Faults, schema: Any, others: dict[str, Any], value: Any) -> None:
        """For each schema and value: valid ⇔ no check is broken."""
        assume(not _turns(schema, others, frozenset()))
        assume(not any(_turns(each, others, frozenset({name})) for name, each in others.items()))
        accepted, broken = faults(schema, value, schemas=others)
        assert accepted == (not broken)

    def test_every_keyword_that_is_checked_is_tried(self) -> None:
        assert _APPLIES.keys() <= _of_values().keys() | _of_schemas(schemas).keys()

    def test_some_schemas_turn_and_some_do_not(self) -> None:
        turning = {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}
        deeper = {"A": {"items": {"$ref": "#/components/schemas/A"}}}
        reference = {"$ref": "#/components/schemas/A"}
        assert (_turns(reference, turning, frozenset()), _turns(reference, deeper, frozenset())) == (True, False)
