"""The same law for every small schema: the keywords that matter to each other, in all combinations."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assay.claims import checks
from assay.claims.keywords import Schemas

Of = Callable[..., Schemas]

ABSENT: Any = object()
TEXT: Any = {"type": "string"}
PLAIN: tuple[Any, ...] = (ABSENT, False, TEXT, {"minimum": 2}, True)
FEW: tuple[Any, ...] = (ABSENT, False, TEXT)
REFERENCE: Any = {"$ref": "#/components/schemas/A"}

VALUES: list[Any] = [
    None, True, 0, 1, 2, "", "a", "ab", {}, {"a": 1}, {"a": "a"}, {"a": 3, "b": 3}, {"a": "a", "b": "b"}, {"b": 1},
    {"b": "b"}, {"ab": 1}, {"ab": "a", "a": "a"}, {"c": 2}, {"c": "c", "a": 1}, {"a": {"a": 1}}, {"a": {"a": "a"}},
    {"a": {"a": {"a": 0}}}, {"a": {"b": 1}}, [], [1], ["a"], [2, "a"], ["a", 2], ["a", "b"], [1, 1], ["a", "a", "b"],
    [1, True, 1.0], [[]], [["a"]], [[[1]]], [{"a": 1}],
]  # fmt: skip

GROUPS: dict[str, dict[str, tuple[Any, ...]]] = {
    "members": {
        "properties": (ABSENT, *({"a": each} for each in PLAIN[1:])),
        "patternProperties": (ABSENT, *({"^a": each} for each in PLAIN[1:])),
        "additionalProperties": PLAIN,
    },
    "members that are left": {
        "properties": (ABSENT, {"a": TEXT}, {"a": False}),
        "allOf": (ABSENT, [{"properties": {"b": True}}], [{"patternProperties": {"^a": TEXT}}], [{"required": ["b"]}]),
        "unevaluatedProperties": PLAIN,
    },
    "which members": {
        "required": (ABSENT, ["a"], ["a", "b"], []),
        "dependentRequired": (ABSENT, {"a": ["b"]}, {"a": ["b", "c"], "c": ["a"]}),
        "dependentSchemas": (ABSENT, {"a": False}, {"a": {"required": ["b"]}}, {"a": {"properties": {"a": TEXT}}}),
        "propertyNames": (ABSENT, False, {"maxLength": 1}),
    },
    "items": {
        "prefixItems": (ABSENT, *([each] for each in PLAIN[1:]), [TEXT, {"minimum": 2}]),
        "items": PLAIN,
        "uniqueItems": (ABSENT, True),
    },
    "items that are left": {
        "prefixItems": (ABSENT, [TEXT], [True, False]),
        "contains": FEW,
        "unevaluatedItems": PLAIN,
    },
    "items that there are": {
        "contains": PLAIN,
        "minContains": (ABSENT, 0, 1, 2),
        "maxContains": (ABSENT, 0, 1),
    },
    "conditions": {"if": PLAIN, "then": PLAIN, "else": PLAIN},
    "alternatives": {
        "allOf": (ABSENT, [TEXT], [{"minimum": 2}, {"maxLength": 1}], [False]),
        "anyOf": (ABSENT, [TEXT, {"minimum": 2}], [False, True]),
        "oneOf": (ABSENT, [TEXT, {"minLength": 2}], [True, False]),
        "not": (ABSENT, TEXT, {"required": ["a"]}),
    },
    "references": {
        "$ref": (ABSENT, "#/components/schemas/A", "#/components/schemas/B", "#/components/schemas/Alias"),
        "properties": (ABSENT, {"a": REFERENCE}, {"default": REFERENCE, "a": False}),
        "not": (ABSENT, {"properties": {"default": REFERENCE, "a": REFERENCE}, "required": ["a"]}),
        "type": (ABSENT, "object"),
    },
}
DEFINED: list[dict[str, Any]] = [
    {"A": TEXT, "B": {"items": TEXT}, "Alias": REFERENCE},
    {"A": {"type": "object", "properties": {"a": REFERENCE}}, "B": {"not": REFERENCE}, "Alias": REFERENCE},
    {
        "A": {"$ref": "#/components/schemas/B", "minProperties": 1},
        "B": {"properties": {"a": {"$ref": "#/components/schemas/Alias"}}, "items": REFERENCE},
        "Alias": {"$ref": "#/components/schemas/B"},
    },
    {
        "A": {"$ref": "#/components/schemas/Alias"},
        "B": {"allOf": [REFERENCE], "maxItems": 1},
        "Alias": {"type": ["object", "array", "string"], "properties": {"a": REFERENCE}, "items": REFERENCE},
    },
]


def combinations(group: dict[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for chosen in itertools.product(*group.values()):
        yield {key: value for key, value in zip(group, chosen, strict=True) if value is not ABSENT}


def disagreed(made: Schemas, at: str) -> list[Any]:
    """The values of which the validator says one thing and the checks another."""
    tree, validator = made.tree(at), made.validator(at)
    return [
        value
        for value in VALUES
        if validator.is_valid(value) == any(found.fault is not None for found in checks.walk(tree, value))
    ]


class TestSmall:
    """A value is accepted by a schema exactly when none of the schema's checks is broken by it."""

    @pytest.mark.parametrize("group", GROUPS)
    def test_keywords_that_matter_to_each_other(self, schemas_of: Of, at_schema: str, group: str) -> None:
        """For each combination of them, and each value: valid ⇔ no check is broken."""
        faulty = [
            (schema, others, values)
            for schema in combinations(GROUPS[group])
            for others in (DEFINED if group == "references" else DEFINED[:1])
            if (values := disagreed(schemas_of(schema, schemas=others), at_schema))
        ]
        assert faulty == []

    @pytest.mark.parametrize("name", ["A", "B", "Alias"])
    def test_schemas_that_lead_to_each_other(self, schemas_of: Of, name: str) -> None:
        """The same from the middle of a circle, where it begins with none of the others open."""
        faulty = [
            (others, values)
            for others in DEFINED
            if (values := disagreed(schemas_of(True, schemas=others), f"/components/schemas/{name}"))
        ]
        assert faulty == []

    def test_there_are_values_that_are_refused_and_some_that_are_not(self, schemas_of: Of, at_schema: str) -> None:
        validators = [
            schemas_of(each, schemas=DEFINED[0]).validator(at_schema) for each in combinations(GROUPS["items"])
        ]
        assert {each.is_valid(["a", "a", "b"]) for each in validators} == {True, False}
