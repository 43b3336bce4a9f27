"""How each keyword is broken: there is a way for every one, and what it makes is refused by the validator itself."""

import json
from typing import Any

import jsonschema_rs
import pytest

import breaking
from assay.claims import keywords
from assay.claims.checks import Check
from breaking import Schemas

OF_MEMBERS = {"required", "dependentRequired", "additionalProperties", "false", "items"}
"""Keywords that `keywords` takes apart beside its table."""

CASES: dict[str, list[tuple[Any, Any]]] = {
    "type": [("string", "a"), (["string", "null"], None), ("integer", 3), ("object", {"a": 1}), ("array", [])],
    "enum": [(["a", "b"], "a"), ([1, None], 1)],
    "const": [("a", "a"), ({"a": 1}, {"a": 1})],
    "not": [
        ({"type": "null"}, "a"),
        ({"required": ["a"]}, {"b": 1}),
        ({"required": ["a"], "properties": {"a": {"type": "string"}}}, {}),
        ({"required": ["a"], "properties": {"a": {"not": {"type": "null"}}}}, {"a": None}),
        ({"enum": ["a", "b"]}, "c"),
        ({"allOf": [{"required": ["a"]}, {"anyOf": [{"required": ["b"]}]}]}, {}),
    ],
    "anyOf": [([{"type": "string"}, {"required": ["a"]}], {"a": 1}), ([{"type": "string"}, {"minimum": 3}], 4)],
    "oneOf": [
        ([{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}], {"a": 1}),
        ([{"type": "string"}, {"type": "null"}], "a"),
    ],
    "$dynamicRef": [("#text", "a")],
    "minimum": [(0, 3), (1.5, 2)],
    "maximum": [(0, -3)],
    "exclusiveMinimum": [(0, 3)],
    "exclusiveMaximum": [(0, -3)],
    "multipleOf": [(3, 9), (0.5, 1)],
    "minLength": [(1, "abc"), (3, "abc")],
    "maxLength": [(3, "abc"), (3, "")],
    "pattern": [("^[A-Z][0-9]{1,3}$", "A12"), ("([Zz]|[+-]00:00)$", "2024-01-01T00:00:00Z"), ("^a*$", "a")],
    "format": [
        ("uuid", "a1000000-0000-4000-8000-0000000000cc"),
        ("date-time", "2024-01-01T00:00:00Z"),
        ("date", "2024-01-01"),
        ("email", "a@example.com"),
        ("uri", "https://example.com/a"),
        ("ipv4", "127.0.0.1"),
        ("json-pointer", "/a"),
    ],
    "minItems": [(1, ["a", "b"])],
    "maxItems": [(2, ["a"]), (2, [])],
    "uniqueItems": [(True, ["a", "b"])],
    "contains": [({"type": "string"}, ["a", 1])],
    "items": [(False, [])],
    "unevaluatedItems": [(False, [])],
    "minProperties": [(1, {"a": 1, "b": 2})],
    "maxProperties": [(2, {"a": 1})],
    "propertyNames": [({"maxLength": 5}, {"a": 1}), ({"pattern": "^a"}, {"a": 1})],
    "additionalProperties": [(False, {})],
    "unevaluatedProperties": [(False, {})],
    "required": [("a", {"a": 1, "b": 2})],
    "dependentRequired": [({"a": ["b", "c"]}, {"a": 1, "b": 2, "c": 3})],
    "false": [("a", {})],
}


def _schema(keyword: str, value: Any) -> Any:
    """The keyword as `keywords` sets it apart."""
    if keyword == "false":
        return {"properties": {value: False}}
    return {"required": [value]} if keyword == "required" else {keyword: value}


def test_every_keyword_has_a_way_to_break_it() -> None:
    assert set(breaking.BREAKS) == set(keywords._APPLIES) | OF_MEMBERS
    assert set(CASES) == set(breaking.BREAKS)


@pytest.mark.parametrize(
    ("keyword", "stated", "value"),
    [(keyword, stated, value) for keyword, cases in CASES.items() for stated, value in cases],
    ids=lambda each: json.dumps(each)[:40],
)
def test_what_is_broken_is_refused(keyword: str, stated: Any, value: Any) -> None:
    data = {"$defs": {"text": {"$dynamicAnchor": "text", "type": "string"}}}
    schema = _schema(keyword, stated)
    whole = {**data, **schema}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    meant = next(iter(stated.values())) if keyword == "dependentRequired" else stated
    check = Check(keyword, keyword, meant, "", "", bool, schema, lambda _schema: validator)

    broken = list(breaking.broken(check, value, Schemas(data)))

    assert validator.is_valid(value)
    assert broken
    assert not [each for each in broken if validator.is_valid(each)]


def test_no_branch_and_all_branches_break_oneof() -> None:
    schema = {"oneOf": CASES["oneOf"][0][0]}
    validator = jsonschema_rs.Draft202012Validator(schema)
    check = Check("oneOf", "oneOf", schema["oneOf"], "", "", bool, schema, lambda _schema: validator)
    broken = list(breaking.broken(check, {"a": 1}, Schemas({})))
    assert {} in broken
    assert any(isinstance(each, dict) and {"a", "b"} <= each.keys() for each in broken)


def test_an_unknown_keyword_has_no_mutant() -> None:
    check = Check("unheard-of", "unheard-of", 1, "", "", bool, {}, jsonschema_rs.Draft202012Validator)
    assert not list(breaking.broken(check, 1, Schemas({})))
