"""Schemas that lead back to themselves: a finite tree, and nothing in a deep value is overlooked."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import checks, strict_json
from assay.keywords import Schemas

Faults = Callable[..., tuple[bool, list[str]]]
Of = Callable[..., Schemas]


def to(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


TREE = {"type": "object", "required": ["name"], "properties": {"parts": {"type": "array", "items": to("Tree")}}}


@pytest.fixture(scope="session")
def names(schemas_of: Of, at_schema: str) -> Callable[..., list[str]]:
    def make(schema: Any, schemas: dict[str, Any]) -> list[str]:
        return [each.name for each in checks.checks(schemas_of(schema, schemas=schemas).tree(at_schema))]

    return make


class TestFinite:
    def test_a_schema_met_again_is_its_first_visit(self, names: Any) -> None:
        assert names(to("Tree"), {"Tree": TREE}) == ["type", "required/name", "properties/parts/type"]

    def test_a_schema_met_again_beside_others_is_its_first_visit(self, names: Any) -> None:
        schemas = {"A": {"minLength": 1, "items": {**to("A"), "maxLength": 3}}}
        assert names(to("A"), schemas) == ["minLength", "items/maxLength"]

    def test_a_schema_met_twice_side_by_side_is_two_claims(self, names: Any) -> None:
        schema = {"properties": {"a": to("Text"), "b": to("Text")}}
        assert names(schema, {"Text": {"type": "string"}}) == ["properties/a/type", "properties/b/type"]

    def test_words_beside_a_reference_leave_it_folded(self, names: Any) -> None:
        schema = {**to("Text"), "description": "A text.", "example": "a", "x-note": 1, "deprecated": True}
        assert names(schema, {"Text": {"type": "string"}}) == ["type"]

    @pytest.mark.parametrize(
        "turning",
        [
            {"allOf": [to("A")], "minimum": 1},
            {"allOf": [to("B")], "minimum": 1},
            {"then": to("A"), "if": True, "minimum": 1},
            {"dependentSchemas": {"a": to("A")}, "minimum": 1},
            {**to("B"), "minimum": 1},
        ],
    )
    def test_one_that_leads_back_at_the_same_place_ends(self, faults: Faults, turning: Any) -> None:
        schemas = {"A": turning, "B": to("A")}
        assert [faults(to("A"), value, schemas=schemas) for value in (1, 0)] == [
            (True, []),
            (False, ["minimum"]),
        ]


class TestDeep:
    @given(path=st.lists(st.integers(0, 2), max_size=6))
    def test_a_fault_at_any_depth_is_found(self, faults: Faults, path: list[int]) -> None:
        """A part without its name, wherever in the tree: `required` is broken, and the validator refuses."""
        value: Any = {}
        for before in reversed(path):
            value = {"name": "a", "parts": [*({"name": "b"} for _ in range(before)), value]}
        assert faults(to("Tree"), value, schemas={"Tree": TREE}) == (False, ["required/name"])

    @pytest.mark.parametrize("value", [{"x": 5}, {"x": {"x": 5}}, {"x": {"x": {"x": 5}}}])
    @pytest.mark.parametrize("first", ["A", "B", "C"])
    def test_nothing_is_lost_behind_an_alias(self, faults: Faults, first: str, value: Any) -> None:
        schemas = {"A": to("B"), "B": {"type": "object", "properties": {"x": to("C")}}, "C": to("A")}
        assert faults(to(first), value, schemas=schemas) == (False, ["type"])

    def test_nothing_is_lost_where_two_lead_to_each_other(self, faults: Faults) -> None:
        schemas = {"A": {"properties": {"b": to("B")}}, "B": {"type": "object", "properties": {"a": to("A")}}}
        assert faults(to("A"), {"b": {"a": {"b": {"a": {"b": 1}}}}}, schemas=schemas) == (
            False,
            ["properties/b/type"],
        )

    def test_the_deepest_body_that_is_read_is_walked(self, faults: Faults) -> None:
        schemas = {"Tree": {"type": "array", "allOf": [{"allOf": [{"items": {"allOf": [to("Tree")]}}]}]}}
        deepest = max(depth for depth in range(100, 2000, 100) if _read(depth) is not None)
        assert faults(to("Tree"), _read(deepest), schemas=schemas) == (False, ["type"])


def _read(depth: int) -> Any:
    try:
        return strict_json.parse(b"[" * depth + b"1" + b"]" * depth)
    except strict_json.NotJsonError:
        return None


class TestBelow:
    """What stands below `not`, `if` or `anyOf` is one schema with its references, whatever its members are called."""

    @pytest.mark.parametrize("name", ["default", "example", "enum", "const", "examples", "$ref", "properties"])
    def test_a_property_called_like_a_keyword_keeps_its_reference(self, faults: Faults, name: str) -> None:
        schema = {"not": {"required": [name], "properties": {name: to("Text")}}}
        schemas = {"Text": {"type": "string"}}
        found = [faults(schema, {name: value}, schemas=schemas) for value in ("a", 1)]
        assert found == [(False, ["not"]), (True, [])]
