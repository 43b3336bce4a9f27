"""The law that every verdict rests upon: the checks of a schema all hold exactly when the schema accepts."""

from collections.abc import Callable
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assay.claims import checks
from assay.claims.keywords import _APPLIES, Schemas

Of = Callable[..., Schemas]

NAMES = ("a", "b", "a/b", "default", "$ref")
DEFINED = ("A", "B", "C")

names = st.sampled_from(NAMES)
SCALARS: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    2,
    3,
    -1,
    1.5,
    1.0,
    2**70,
    "",
    "a",
    "ab",
    "abc",
    "2020-01-01",
    "é",
    "a/b",
]
VALUES: list[Any] = [
    *SCALARS, {}, *({name: value} for name in NAMES for value in (None, 1, "a")), {"a": 1, "b": "a"},
    {"a": "a", "b": 1}, {"ab": 1}, {"a": "a", "ab": "b", "c": 3}, {"a": {"a": 1}}, {"b": {"a": "a"}},
    {"a": [1, "a"]}, [], [1], ["a"], [None], [1, "a"], ["a", 1], [1, 1], [1, 1.0], ["a", "ab", "a"], [1, 2, 3, 4],
    [[]], [[1]], [{}], [{"a": 1}], [{"b": "a"}, 1],
]  # fmt: skip
values = st.sampled_from(VALUES)
small = st.sampled_from([0, 1, 2, 3])
numbers = st.sampled_from([-1, 0, 1, 1.5, 2, 2**70])
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
references = st.sampled_from(DEFINED).map(lambda name: f"#/components/schemas/{name}")

Keywords = dict[str, st.SearchStrategy[Any]]


def _of_values() -> list[Keywords]:
    """Keywords whose value is no schema, those together that matter to each other."""
    return [
        {"type": types | st.lists(types, min_size=1, max_size=3, unique=True)},
        {"enum": st.lists(values, min_size=1, max_size=3, unique_by=repr), "const": values},
        dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), numbers)
        | {"multipleOf": st.sampled_from([1, 2, 0.5])},
        {"minLength": small, "maxLength": small, "pattern": st.sampled_from(["^a", "b$", "^$", r"^\p{L}+$", "."])},
        {"format": st.sampled_from(["date", "uuid", "int64", "made-up"])},
        {"minItems": small, "maxItems": small, "uniqueItems": st.booleans()},
        {"minProperties": small, "maxProperties": small, "required": st.lists(names, max_size=2, unique=True)},
        {"dependentRequired": st.dictionaries(names, st.lists(names, max_size=2, unique=True), max_size=2)},
        {"$ref": references, "$dynamicRef": references, "title": st.just("words"), "example": values},
    ]


def _of_schemas(inner: st.SearchStrategy[Any]) -> list[Keywords]:
    some, named = st.lists(inner, min_size=1, max_size=3), st.dictionaries(names, inner, min_size=1, max_size=2)
    patterned = st.dictionaries(st.sampled_from(["^a", "b", "^x"]), inner, min_size=1, max_size=2)
    members: Keywords = {"properties": named, "patternProperties": patterned}
    return [
        {**members, "additionalProperties": inner},
        {"propertyNames": inner, "properties": named},
        {**members, "allOf": some, "$ref": references, "unevaluatedProperties": inner},
        {"dependentSchemas": named, "required": st.lists(names, max_size=1)},
        {"prefixItems": some, "items": inner},
        {"prefixItems": some, "contains": inner, "unevaluatedItems": inner},
        {"contains": inner, "minContains": small, "maxContains": small},
        dict.fromkeys(("allOf", "anyOf", "oneOf"), some) | {"not": inner},
        dict.fromkeys(("if", "then", "else"), inner),
    ]


def _objects(groups: list[Keywords], most: int) -> st.SearchStrategy[dict[str, Any]]:
    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, Any]:
        schema: dict[str, Any] = {}
        for group in draw(st.lists(st.sampled_from(range(len(groups))), min_size=1, max_size=most)):
            many = min(2, len(groups[group]))
            keywords = draw(st.lists(st.sampled_from(list(groups[group])), min_size=many, max_size=3, unique=True))
            schema |= {keyword: draw(groups[group][keyword]) for keyword in keywords}
        return schema

    return drawn()


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return _objects(_of_schemas(inner), 1) | _objects(_of_schemas(inner) + _of_values(), 3)


PLAIN: list[Any] = [
    False,
    {"type": "string"},
    {"type": "integer"},
    {"minimum": 2},
    {"minLength": 2},
    {"const": 1},
    True,
]

plain = st.sampled_from(PLAIN)
leaves = plain | plain | _objects(_of_values(), 1)
schemas = st.recursive(leaves, _grown, max_leaves=6)
defined = st.fixed_dictionaries({"A": schemas, "B": leaves | _grown(leaves), "C": leaves})


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

    @settings(max_examples=120)
    @given(schema=schemas, others=defined)
    def test_checks_and_validator_agree(
        self, schemas_of: Of, at_schema: str, schema: Any, others: dict[str, Any]
    ) -> None:
        """For each schema and value: valid ⇔ no check is broken."""
        assume(not _turns(schema, others, frozenset()))
        assume(not any(_turns(each, others, frozenset({name})) for name, each in others.items()))
        made = schemas_of(schema, schemas=others)
        tree, validator = made.tree(at_schema), made.validator(at_schema)
        disagreed = [
            value
            for value in VALUES
            if validator.is_valid(value) == any(found.fault is not None for found in checks.walk(tree, value))
        ]
        assert disagreed == []

    def test_every_keyword_that_is_checked_is_tried(self) -> None:
        tried = {keyword for group in _of_values() + _of_schemas(schemas) for keyword in group}
        assert _APPLIES.keys() <= tried

    def test_some_schemas_turn_and_some_do_not(self) -> None:
        turning = {"A": {"allOf": [{"$ref": "#/components/schemas/A"}]}}
        deeper = {"A": {"items": {"$ref": "#/components/schemas/A"}}}
        reference = {"$ref": "#/components/schemas/A"}
        assert (_turns(reference, turning, frozenset()), _turns(reference, deeper, frozenset())) == (True, False)
