"""Schemas that lead back to themselves: a finite tree, and nothing in a deep value is overlooked."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay import strict_json
from assay.claims import checks
from assay.claims.keywords import Schemas
from assay.errors import UserError

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

    def test_one_behind_two_references_is_written_out_once(self, names: Any) -> None:
        schema = {"properties": {"part": to("Part")}}
        assert names(schema, {"Part": to("Tree"), "Tree": TREE}) == [
            "properties/part/type", "properties/part/required/name", "properties/part/properties/parts/type",
        ]  # fmt: skip

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


def to_each_other(count: int) -> dict[str, Any]:
    """Each schema has a property for each of the others."""
    names = [f"S{index}" for index in range(count)]
    return {
        name: {"type": "object", "properties": {other.lower(): to(other) for other in names if other != name}}
        for name in names
    }


class TestEachOther:
    @pytest.mark.parametrize("count", [4, 5, 6, 7, 40])
    def test_claims_grow_with_the_schemas(self, names: Any, count: int) -> None:
        found = names(to("S0"), to_each_other(count))
        assert len(found) == len(set(found)) == 2 * (count - 1)

    def test_each_that_is_entered_from_outside_is_written_out(self, names: Any) -> None:
        found = names({"properties": {"a": to("S0"), "b": to("S0")}}, to_each_other(3))
        inside = ["type", "properties/s1/type", "properties/s2/type", "properties/s1/properties/s2/type"]
        assert sorted(found) == sorted(f"properties/{name}/{each}" for name in "ab" for each in inside)

    @given(links=st.lists(st.lists(st.integers(0, 3), max_size=4), min_size=4, max_size=4), data=st.data())
    def test_nothing_is_overlooked(self, faults: Faults, links: list[list[int]], data: st.DataObject) -> None:
        """Whatever leads to what: the checks find something exactly where the validator does."""
        schemas = {
            f"S{index}": {
                "required": ["name"] if index % 2 else [],
                "properties": {f"p{place}": to(f"S{other}") for place, other in enumerate(own)}
                | {"name": {"type": ["string", "integer"][index // 2]}},
            }
            for index, own in enumerate(links)
        }
        inner = st.recursive(
            st.dictionaries(st.just("name"), st.sampled_from([1, "a"])),
            lambda below: st.dictionaries(st.sampled_from(["p0", "p1", "p2", "name"]), below, max_size=3),
            max_leaves=12,
        )
        accepted, broken = faults(to("S0"), data.draw(inner), schemas=schemas)
        assert accepted == (not broken)

    def test_references_that_double_at_each_step_are_a_bomb(self, names: Any) -> None:
        schemas: dict[str, Any] = {
            f"S{index}": {"properties": {"a": to(f"S{index + 1}"), "b": to(f"S{index + 1}")}} for index in range(40)
        }
        with pytest.raises(UserError, match="more than 250,000 schemas"):
            names(to("S0"), schemas | {"S40": {"type": "string"}})

    def test_a_long_chain_of_references_is_refused(self, names: Any) -> None:
        schemas = {f"S{index}": {"properties": {"a": to(f"S{index + 1}")}} for index in range(5000)}
        with pytest.raises(UserError, match="its references lead too deep"):
            names(to("S0"), schemas | {"S5000": {"type": "string"}})


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
