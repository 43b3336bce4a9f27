"""Which values a keyword speaks of, and what it is called."""

from collections.abc import Callable
from typing import Any

import pytest

from assay import pointer
from assay.claims import checks
from assay.claims.checks import Check, Finding
from assay.claims.keywords import _APPLIES, Schemas, _asserted
from assay.claims.phrases import _PHRASES, phrase
from assay.errors import UserError

Of = Callable[..., Schemas]
NOTHING: Any = object()
UUID = "7f0b2e0a-3c1f-4d0e-8f5f-1d2c3b4a5968"
TEXT = {"type": "string"}


@pytest.fixture(scope="session")
def tree_checks(schemas_of: Of, at_schema: str) -> Callable[..., list[Check]]:
    def make(schema: Any, schemas: dict[str, Any] | None = None) -> list[Check]:
        return list(checks.checks(schemas_of(schema, schemas=schemas).tree(at_schema)))

    return make


@pytest.fixture(scope="session")
def walked(schemas_of: Of, at_schema: str) -> Callable[..., list[Finding]]:
    def make(schema: Any, value: Any, schemas: dict[str, Any] | None = None) -> list[Finding]:
        return list(checks.walk(schemas_of(schema, schemas=schemas).tree(at_schema), value))

    return make


# keyword's name, schema, a value that holds, one that does not, one that the keyword does not speak of
TABLE: list[tuple[str, Any, Any, Any, Any]] = [
    ("type", {"type": ["string", "null"]}, None, 1, NOTHING),
    ("enum", {"enum": ["a", 1]}, 1, True, NOTHING),
    ("const", {"const": None}, None, 0, NOTHING),
    ("not", {"not": TEXT}, 1, "a", NOTHING),
    ("anyOf", {"anyOf": [TEXT, {"minimum": 3}]}, 3, 2, NOTHING),
    ("oneOf", {"oneOf": [{"minimum": 3}, {"maximum": 5}]}, 6, 4, NOTHING),
    ("$dynamicRef", {"$dynamicRef": "#/components/schemas/Text"}, "a", 1, NOTHING),
    ("minimum", {"minimum": 1}, 1, 0, "0"),
    ("minimum", {"minimum": 1}, 1.5, 0.5, False),
    ("maximum", {"maximum": 1}, 1, 2, None),
    ("exclusiveMinimum", {"exclusiveMinimum": 1}, 2, 1, [1]),
    ("exclusiveMaximum", {"exclusiveMaximum": 1}, 0, 1, True),
    ("multipleOf", {"multipleOf": 2}, 4, 3, "3"),
    ("minLength", {"minLength": 1}, "é", "", []),
    ("maxLength", {"maxLength": 1}, "😀", "ab", [1, 2]),
    ("pattern", {"pattern": "^a"}, "ab", "ba", 1),
    ("format", {"format": "uuid"}, UUID, "x", None),
    ("minItems", {"minItems": 1}, [1], [], ""),
    ("maxItems", {"maxItems": 1}, [1], [1, 2], "ab"),
    ("uniqueItems", {"uniqueItems": True}, [1, True], [1, 1.0], [1]),
    ("uniqueItems", {"uniqueItems": True}, [1, 2], [1, 1], []),
    ("contains", {"contains": TEXT}, [1, "a"], [], {}),
    ("contains", {"contains": TEXT, "minContains": 0, "maxContains": 1}, [], ["a", "b"], "ab"),
    ("minProperties", {"minProperties": 1}, {"a": 1}, {}, []),
    ("maxProperties", {"maxProperties": 1}, {"a": 1}, {"a": 1, "b": 1}, [1, 2]),
    ("propertyNames", {"propertyNames": {"pattern": "^a"}}, {"ab": 1}, {"b": 1}, {}),
    ("unevaluatedItems", {"prefixItems": [True], "unevaluatedItems": False}, [1], [1, 2], "a"),
    ("unevaluatedItems", {"unevaluatedItems": TEXT}, ["a"], [1], {}),
    ("unevaluatedProperties", {"allOf": [{"properties": {"a": True}}], "unevaluatedProperties": False},
        {"a": 1}, {"b": 1}, []),
    ("unevaluatedProperties", {"unevaluatedProperties": TEXT}, {"a": "a"}, {"a": 1}, "a"),
    ("required/a~1b", {"required": ["a/b"]}, {"a/b": None}, {"a": 1}, []),
    ("dependentRequired/a", {"dependentRequired": {"a": ["b"]}}, {"a": 1, "b": 1}, {"a": 1}, {"b": 1}),
    ("dependentSchemas/a/required/b", {"dependentSchemas": {"a": {"required": ["b"]}}},
        {"a": 1, "b": 1}, {"a": 1}, {"b": 1}),
    ("additionalProperties", {"properties": {"a": True}, "additionalProperties": False}, {"a": 1}, {"b": 1}, []),
    ("additionalProperties", {"patternProperties": {"^a": True}, "additionalProperties": False},
        {"ab": 1}, {"b": 1}, "b"),
    ("additionalProperties/type", {"properties": {"a": True}, "additionalProperties": TEXT},
        {"b": "b"}, {"b": 1}, {"a": 1}),
    ("additionalProperties/type", {"patternProperties": {"^a": True}, "additionalProperties": TEXT},
        {"b": "b"}, {"b": 1}, {"ab": 1}),
    ("properties/a/type", {"properties": {"a": TEXT}}, {"a": "a"}, {"a": 1}, {"b": 1}),
    ("properties/a", {"properties": {"a": False}}, {"b": 1}, {"a": 1}, []),
    ("patternProperties/^a/type", {"patternProperties": {"^a": TEXT}}, {"ab": "a"}, {"ab": 1}, {"b": 1}),
    ("patternProperties/^a", {"patternProperties": {"^a": False}}, {"b": 1}, {"ab": 1}, []),
    ("properties/a/type", {"properties": {"a": TEXT}, "patternProperties": {"^a": {"maxLength": 1}}},
        {"a": "a"}, {"a": 1}, {"ab": 1}),
    ("prefixItems/1/type", {"prefixItems": [True, TEXT]}, [1, "a"], [1, 2], [1]),
    ("prefixItems/1", {"prefixItems": [True, False]}, NOTHING, [1, 2], [1]),
    ("items/type", {"items": TEXT}, ["a"], [1], []),
    ("items/type", {"prefixItems": [True], "items": TEXT}, [1, "a"], [1, 2], [1]),
    ("items", {"items": False}, [], [1], {}),
    ("items", {"prefixItems": [True], "items": False}, [1], [1, 2], "ab"),
    ("allOf/1/minimum", {"allOf": [True, {"minimum": 1}]}, 1, 0, "a"),
    ("then/required/a", {"if": {"minProperties": 2}, "then": {"required": ["a"]}},
        {"a": 1, "b": 1}, {"b": 1, "c": 1}, {"b": 1}),
    ("else/required/a", {"if": {"minProperties": 2}, "else": {"required": ["a"]}}, {"a": 1}, {}, {"b": 1, "c": 1}),
    ("then", {"if": {"type": "null"}, "then": False}, NOTHING, None, 1),
    ("type", {"$ref": "#/components/schemas/Text"}, "a", 1, NOTHING),
    ("$ref/type", {"$ref": "#/components/schemas/Text", "minLength": 1}, "a", 1, NOTHING),
    ("minLength", {"$ref": "#/components/schemas/Text", "minLength": 1}, "a", "", 1),
    ("", False, NOTHING, 1, NOTHING),
]  # fmt: skip
ROWS = [pytest.param(*row, id=f"{number}-{row[0]}") for number, row in enumerate(TABLE)]


class TestExercised:
    @pytest.mark.parametrize(("name", "schema", "holds", "breaks", "silent"), ROWS)
    def test_a_value_breaks_it(self, walked: Any, name: str, schema: Any, holds: Any, breaks: Any, silent: Any) -> None:
        del holds, silent
        found = [each for each in walked(schema, breaks, {"Text": TEXT}) if each.check.name == name]
        assert any(each.fault for each in found)

    @pytest.mark.parametrize(
        ("name", "schema", "holds", "breaks", "silent"), [row for row in ROWS if row.values[2] is not NOTHING]
    )
    def test_a_value_keeps_it(self, walked: Any, name: str, schema: Any, holds: Any, breaks: Any, silent: Any) -> None:
        del breaks, silent
        found = [each for each in walked(schema, holds, {"Text": TEXT}) if each.check.name == name]
        assert {each.fault for each in found} == {None}

    @pytest.mark.parametrize(
        ("name", "schema", "holds", "breaks", "silent"), [row for row in ROWS if row.values[4] is not NOTHING]
    )
    def test_a_value_of_which_it_does_not_speak_leaves_it_alone(
        self, walked: Any, name: str, schema: Any, holds: Any, breaks: Any, silent: Any
    ) -> None:
        del holds, breaks
        assert name not in [each.check.name for each in walked(schema, silent, {"Text": TEXT})]

    def test_the_table_has_every_keyword(self) -> None:
        assert {row[0].split("/")[-1] for row in TABLE} >= _APPLIES.keys()

    def test_each_item_is_a_finding_of_its_own(self, walked: Any) -> None:
        found = walked({"items": {"properties": {"a/b": TEXT}}}, [{"a/b": "a"}, {"a/b": 1}])
        assert [(each.at, each.fault is None) for each in found] == [("/0/a~1b", True), ("/1/a~1b", False)]

    def test_a_fault_says_what_is_wrong(self, walked: Any) -> None:
        assert [each.fault for each in walked({"minimum": 3}, 1)] == ["1 is less than the minimum of 3"]


class TestNotCheckable:
    @pytest.mark.parametrize(
        ("schema", "what"),
        [
            ({"$ref": "#/components/schemas/Text", "required": 5}, '5 is not of type "array"'),
            ({"$ref": "#/components/schemas/Text", "pattern": "("}, 'is not a "regex"'),
            ({"not": {"pattern": "("}}, 'is not a "regex"'),
            ({"anyOf": [{"$dynamicRef": "#nope"}]}, "Anchor 'nope' does not exist"),
        ],
    )
    def test_a_schema_that_cannot_be_read_is_named(self, tree_checks: Any, schema: Any, what: str) -> None:
        with pytest.raises(UserError, match="a schema that cannot be checked: ") as caught:
            tree_checks(schema, {"Text": TEXT})
        assert (what in caught.value.what, caught.value.where) == (True, "api.yaml:1")


class TestHarmless:
    @pytest.mark.parametrize(
        "schema",
        [
            True, {}, {"minLength": 0}, {"minItems": 0}, {"minProperties": 0}, {"uniqueItems": False}, {"not": False},
            {"propertyNames": True}, {"propertyNames": {}}, {"contains": TEXT, "minContains": 0}, {"anyOf": [TEXT, {}]},
            {"anyOf": [True]}, {"unevaluatedItems": True}, {"unevaluatedProperties": {}}, {"format": "int64"},
            {"format": "made-up"}, {"dependentRequired": {"a": []}}, {"dependentRequired": {"a": ["a"]}},
            {"type": ["null", "boolean", "number", "string", "array", "object"]}, {"if": {"type": "null"}},
            {"then": False}, {"minContains": 3}, {"additionalProperties": True}, {"items": True}, {"title": "a"},
            {"$ref": "#/components/schemas/Any"}, {"$ref": "#/components/schemas/Any", "description": "a"},
        ],
    )  # fmt: skip
    def test_what_nothing_can_break_is_no_check(self, tree_checks: Any, schema: Any) -> None:
        assert tree_checks(schema, {"Any": {}}) == []

    @pytest.mark.parametrize(
        ("schema", "names"),
        [
            ({"not": {"minLength": 1}}, ["not"]),
            ({"anyOf": [{"minLength": 1}]}, ["anyOf"]),
            ({"oneOf": [{"minLength": 1}]}, ["oneOf"]),
            ({"contains": {"minLength": 1}}, ["contains"]),
            ({"propertyNames": {"minLength": 1}}, ["propertyNames"]),
            ({"if": {"minLength": 1}, "then": {"maxLength": 3}}, ["then/maxLength"]),
        ],
    )
    def test_what_stands_below_an_applicator_is_no_check_of_its_own(
        self, tree_checks: Any, schema: Any, names: list[str]
    ) -> None:
        assert [each.name for each in tree_checks(schema)] == names

    @pytest.mark.parametrize(
        "name",
        [
            "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6",
            "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer",
            "relative-json-pointer", "regex",
        ],
    )  # fmt: skip
    def test_each_format_of_json_schema_is_asserted(self, name: str) -> None:
        assert _asserted(name)

    @pytest.mark.parametrize("name", ["int32", "int64", "float", "double", "byte", "binary", "password"])
    def test_a_format_that_is_not_asserted_is_known(self, name: str) -> None:
        assert not _asserted(name)


class TestNames:
    def test_tokens_are_escaped(self, tree_checks: Any) -> None:
        found = tree_checks({"properties": {"a/b": {"properties": {"~c d": TEXT}}}})
        assert [each.name for each in found] == ["properties/a~1b/properties/~0c d/type"]

    def test_the_pointer_leads_to_the_keyword(self, schemas_of: Of, at_schema: str) -> None:
        schema = {"required": ["b", "a"], "properties": {"a/b": {"items": {"$ref": "#/components/schemas/Text"}}}}
        made = schemas_of(schema, schemas={"Text": TEXT})
        found = {each.name: each.pointer for each in checks.checks(made.tree(at_schema))}
        assert found == {
            "required/b": f"{at_schema}/required/0",
            "required/a": f"{at_schema}/required/1",
            "properties/a~1b/items/type": "/components/schemas/Text/type",
        }
        assert [pointer.at(made.data, at) for at in found.values()] == ["b", "a", "string"]

    def test_a_required_member_that_is_only_written_keeps_the_others_places(
        self, schemas_of: Of, at_schema: str
    ) -> None:
        schema = {"required": ["w", "a"], "properties": {"w": {"writeOnly": True}}}
        found = [(each.name, each.pointer) for each in checks.checks(schemas_of(schema).tree(at_schema))]
        assert found == [
            ("required/a", f"{at_schema}/required/1"),
            ("properties/w/writeOnly", f"{at_schema}/properties/w/writeOnly"),
        ]

    @pytest.mark.parametrize(
        ("schema", "place"),
        [
            (TEXT, ""),
            ({"properties": {"a/b": TEXT}}, "/a~1b"),
            ({"items": {"items": TEXT}}, "/*/*"),
            ({"prefixItems": [TEXT]}, "/0"),
            ({"additionalProperties": TEXT}, "/*"),
            ({"patternProperties": {"a": TEXT}}, "/*"),
            ({"allOf": [TEXT]}, ""),
        ],
    )
    def test_the_place_is_where_in_the_body_it_looks(self, tree_checks: Any, schema: Any, place: str) -> None:
        assert [each.place for each in tree_checks(schema)] == [place]

    def test_a_name_is_never_given_twice(self, tree_checks: Any) -> None:
        schema = {"$ref": "#/components/schemas/A", "type": "object", "properties": {"a": TEXT}, "required": ["a"]}
        names = [each.name for each in tree_checks(schema, {"A": {k: v for k, v in schema.items() if k != "$ref"}})]
        assert sorted(set(names)) == sorted(names)
        assert len(names) == 6


class TestPhrases:
    def test_each_keyword_has_one(self) -> None:
        others = {"required", "dependentRequired", "additionalProperties", "items", "false", "writeOnly"}
        assert _APPLIES.keys() | others == _PHRASES.keys()

    @pytest.mark.parametrize(
        ("schema", "words"),
        [
            ({"type": ["string", "null"]}, "is of type string or null"),
            ({"type": "string"}, "is of type string"),
            ({"enum": ["a", None]}, 'is one of "a", null'),
            ({"const": "é"}, 'is "é"'),
            ({"format": "uuid"}, "is in the format uuid"),
            ({"required": ["a"]}, 'has the member "a"'),
            ({"dependentRequired": {"a": ["b"]}}, 'has with it the members ["b"]'),
            ({"items": False}, "has no item that is not documented"),
            (False, "is never given"),
            ({"const": "x" * 200}, 'is "' + "x" * 119 + "…"),
        ],
    )
    def test_it_says_what_holds(self, tree_checks: Any, schema: Any, words: str) -> None:
        assert [phrase(each) for each in tree_checks(schema)] == [words]

    @pytest.mark.parametrize("schema", [pytest.param(row[1], id=f"{i}-{row[0]}") for i, row in enumerate(TABLE)])
    def test_each_check_can_be_said(self, tree_checks: Any, schema: Any) -> None:
        assert all(phrase(each).split()[0] in _VERBS for each in tree_checks(schema, {"Text": TEXT}))


_VERBS = {"is", "has", "matches", "contains", "fits"}
