"""OpenAPI 3.0's schemas, read as JSON Schema; what its laws do not reach is in `test_law_old`."""

from typing import Any

import pytest

from assay.claims import checks, ledger
from assay.contract import dialect


def translated(schema: Any, version: str = "3.0.3", **schemas: Any) -> Any:
    made = dialect.response_schemas({"components": {"schemas": {"S": schema, **schemas}}}, version)
    return made["components"]["schemas"]["S"]


REQUIRED: Any = {"required": ["a", "b"], "properties": {"a": {"writeOnly": True}, "b": {}}}


class TestOld:
    @pytest.mark.parametrize(
        ("schema", "read_as"),
        [
            ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
            ({"type": "string", "nullable": False}, {"type": "string"}),
            ({"nullable": True}, {}),
            ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
            ({"maximum": 1, "exclusiveMaximum": True}, {"exclusiveMaximum": 1}),
            ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
            ({"exclusiveMaximum": True}, {}),
            ({"$ref": "#/x", "type": "string"}, {"$ref": "#/x"}),
            ({"items": {"nullable": True}}, {"items": {}}),
            ({"allOf": [{"nullable": True}]}, {"allOf": [{}]}),
            ({"example": {"nullable": True}}, {"example": {"nullable": True}}),
            ({"enum": [{"nullable": True}]}, {"enum": [{"nullable": True}]}),
            ({"properties": {"nullable": {"type": "string"}}}, {"properties": {"nullable": {"type": "string"}}}),
            ({"properties": {"properties": {"nullable": True}}}, {"properties": {"properties": {}}}),
            ({"properties": {"example": {"nullable": True}}}, {"properties": {"example": {}}}),
            (True, True),
        ],
    )
    def test_a_schema_is_read_as_the_specification_says(self, schema: Any, read_as: Any) -> None:
        assert translated(schema) == read_as

    @pytest.mark.parametrize("place", ["responses", "headers", "parameters", "schemas"])
    @pytest.mark.parametrize("name", ["default", "example", "enum", "200"])
    def test_what_is_called_like_a_value_is_read_too(self, place: str, name: str) -> None:
        data = {place: {name: {"schema": {"type": "string", "nullable": True}}}}
        assert dialect.response_schemas(data, "3.0.0")[place][name]["schema"] == {"type": ["string", "null"]}


class TestNew:
    @pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
    def test_a_schema_is_json_schema_already(self, version: str) -> None:
        schema = {"type": "string", "nullable": True, "exclusiveMinimum": 1, "$ref": "#/x"}
        assert translated(schema, version) == schema

    def test_the_document_stays_as_it_was(self) -> None:
        data = {"components": {"schemas": {"S": {"type": "string", "nullable": True, "items": {"a": []}}}}}
        made = dialect.response_schemas(data, "3.0.3")
        made["components"]["schemas"]["S"]["items"]["x"] = 1
        assert data == {"components": {"schemas": {"S": {"type": "string", "nullable": True, "items": {"a": []}}}}}


class TestWriteOnly:
    """A member that is only written is never required of a response."""

    @pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
    def test_it_is_not_required(self, version: str) -> None:
        assert translated(REQUIRED, version)["required"] == ["b"]

    @pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
    def test_it_is_not_required_behind_references(self, version: str) -> None:
        schema = {"required": ["a", "b"], "properties": {"a": {"$ref": "#/components/schemas/A"}}}
        aliases = {"A": {"$ref": "#/components/schemas/B"}, "B": {"writeOnly": True}}
        assert translated(schema, version, **aliases)["required"] == ["b"]

    def test_it_may_stand_beside_a_reference(self) -> None:
        schema = {"required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/A", "writeOnly": True}}}
        assert translated(schema, "3.1.0", A={"type": "string"})["required"] == []

    @pytest.mark.parametrize("sub", [{}, {"writeOnly": False}, {"readOnly": True}, True, {"writeOnly": "true"}])
    def test_others_stay_required(self, sub: Any) -> None:
        assert translated({"required": ["a"], "properties": {"a": sub}}, "3.1.0")["required"] == ["a"]


class TestWriteOnlyGiven:
    """OpenAPI 3.0.3, Schema Object: such a property should not be sent as part of a response."""

    @pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
    def test_that_it_is_not_given_is_a_should(self, loaded: Any, document_of: Any, version: str) -> None:
        secret = {"type": "string", "writeOnly": True}
        properties = {"a": secret, "b": {"$ref": "#/components/schemas/B"}, "c": {"type": "string"}}
        schema = {"type": "object", "required": ["a", "b", "c"], "properties": properties}
        found = ledger(loaded(document_of(schema, version, {"B": secret}))).claims
        levels = {name.removeprefix("getX/200/body/"): each.level for name, each in found.items() if "Only" in name}
        assert levels == {"properties/a/writeOnly": "should", "properties/b/writeOnly": "should"}
        assert {name for name in found if "required" in name} == {"getX/200/body/required/c"}

    def test_a_body_that_has_it_is_found(self, schemas_of: Any, at_schema: str) -> None:
        tree = schemas_of({"properties": {"a": {"writeOnly": True}}}).tree(at_schema)
        assert [each.fault is None for value in ({}, {"a": 1}) for each in checks.walk(tree, value)] == [True, False]
