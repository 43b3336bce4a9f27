"""Values to ask with: those that the document names, others that nobody has met, and some that are none."""

import uuid
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
import yaml
from attrs import evolve

from assay.claims import Ledger
from assay.contract import Operation, Parameter
from assay.errors import UserError
from assay.plan.samples import Samples

HEAD: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "Samples", "version": "1.0.0"}}


@pytest.fixture(scope="module")
def asked(ledger_of: Callable[[str], Ledger]) -> Callable[..., tuple[Samples, Operation, Parameter]]:
    """Samples, and an operation whose one parameter has this schema and these members."""

    def make(schema: Any, seed: int = 1, place: str = "path", **members: Any) -> tuple[Samples, Operation, Parameter]:
        parameter = {"name": "id", "in": place, "required": True, "schema": schema, **members}
        path = "/things/{id}" if place == "path" else "/things"
        operation = {"parameters": [parameter], "responses": {"200": {"description": "OK"}}}
        shared = {
            "schemas": {"Id": {"type": "string", "format": "uuid", "example": "shared"}, "Place": {"enum": ["north"]}}
        }
        document = {**HEAD, "paths": {path: {"get": operation}}, "components": shared}
        contract = ledger_of(yaml.safe_dump(document)).contract
        found = contract.operations[0]
        return Samples(contract, seed), found, found.parameters[0]

    return make


Asked = Callable[..., tuple[Samples, Operation, Parameter]]


class TestKnown:
    @pytest.mark.parametrize(
        ("schema", "members", "value"),
        [
            ({"type": "string"}, {}, None),
            ({"type": "string"}, {"example": "a"}, "a"),
            ({"type": "string"}, {"examples": {"one": {"summary": "none"}, "two": {"value": "b"}}}, "b"),
            ({"type": "string", "example": "c"}, {}, "c"),
            ({"type": "string", "examples": ["d", "e"]}, {}, "d"),
            ({"type": "integer", "default": 0}, {}, 0),
            ({"const": "f"}, {}, "f"),
            ({"enum": ["g", "h"]}, {}, "g"),
            ({"type": "string", "example": "c", "default": "d"}, {"example": "a"}, "a"),
            ({"$ref": "#/components/schemas/Id"}, {}, "shared"),
            (True, {}, None),
        ],
    )
    def test_it_is_one_that_the_document_names(
        self, schema: Any, members: dict[str, Any], value: Any, asked: Asked
    ) -> None:
        samples, _, parameter = asked(schema, **members)
        assert samples.known(parameter) == value


class TestRandom:
    def _drawn(self, schema: Any, asked: Asked, seed: int = 1, **members: Any) -> Any:
        samples, operation, parameter = asked(schema, seed, **members)
        return samples.random(operation, parameter)

    def test_a_uuid_is_one(self, asked: Asked) -> None:
        assert uuid.UUID(self._drawn({"type": "string", "format": "uuid"}, asked)).version == 4

    def test_a_text_says_that_it_names_nothing(self, asked: Asked) -> None:
        assert self._drawn({"type": ["null", "string"]}, asked).startswith("unknown-")

    @pytest.mark.parametrize(
        ("schema", "low", "high"),
        [
            ({"type": "integer"}, 2**31 - 10_000_001, 2**31 - 1),
            ({"type": "integer", "minimum": 0.5, "maximum": 1.5}, 1, 1),
            ({"type": "integer", "minimum": 2**40}, 2**40, 2**40 + 10_000_000),
            ({"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6}, 5, 5),
            ({"type": "integer", "multipleOf": 7, "minimum": 8, "maximum": 20}, 14, 14),
            ({"type": "number", "minimum": 2, "maximum": 3}, 2, 3),
        ],
    )
    def test_a_number_is_within_its_bounds(self, schema: Any, low: float, high: float, asked: Asked) -> None:
        assert low <= self._drawn(schema, asked) <= high

    @pytest.mark.parametrize(
        ("schema", "place"),
        [
            ({"type": "string", "pattern": "^[A-Z]{3}$"}, "path"),
            ({"type": "string", "pattern": "^[A-Z]{3}$"}, "query"),
            ({"type": "string", "pattern": "^[A-Z]{3}$"}, "header"),
        ],
    )
    def test_what_has_a_shape_is_made_up_to_it(self, schema: Any, place: str, asked: Asked) -> None:
        value = self._drawn(schema, asked, place=place)
        assert len(value) == 3
        assert value.isupper()

    def test_an_enum_is_one_of_its_values(self, asked: Asked) -> None:
        assert self._drawn({"type": "string", "enum": ["a", "b"]}, asked) in ("a", "b")

    @pytest.mark.parametrize(
        "schema", [{"type": "string"}, {"type": "integer"}, {"type": "string", "pattern": "^[a-z]{9}$"}]
    )
    def test_the_same_seed_gives_the_same(self, schema: Any, asked: Asked) -> None:
        assert self._drawn(schema, asked, seed=5) == self._drawn(schema, asked, seed=5)
        assert self._drawn(schema, asked, seed=5) != self._drawn(schema, asked, seed=6)

    def test_where_nothing_fits_the_document_is_to_blame(self, asked: Asked) -> None:
        with pytest.raises(UserError) as caught:
            self._drawn({"type": "string", "pattern": "^[a-z]{9}$", "maxLength": 2}, asked)
        assert caught.value.what == "no valid value can be made up for the path parameter 'id' of GET /things/{id}"


class TestNothing:
    """A 404 may be due only of what nobody has: a value that happens to be there accuses a right server."""

    @pytest.mark.parametrize(
        "schema",
        [
            {"type": "string", "enum": ["north", "south"]},
            {"const": "north"},
            {"type": "boolean"},
            {"type": "integer", "minimum": 1, "maximum": 3},
            {"type": "integer", "minimum": 1, "maximum": 100_000},
            {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 5},
            {"type": "number"},
            {"type": "string", "format": "date"},
            {"type": "string", "format": "date-time"},
            {"type": "string", "format": "ipv4"},
            {"type": "string", "maxLength": 7},
            {"type": "string", "pattern": "^[A-Z]{2}$"},
            {"type": "string", "pattern": "^(north|south)$"},
            {"oneOf": [{"type": "string", "enum": ["north"]}, {"type": "integer"}]},
            {"allOf": [{"$ref": "#/components/schemas/Place"}]},
        ],
    )
    def test_none_where_there_is_hardly_room(self, schema: Any, asked: Asked) -> None:
        samples, operation, parameter = asked(schema)
        assert samples.nothing(operation, parameter) is None

    @pytest.mark.parametrize(
        "schema",
        [
            {"type": "string"},
            {},
            {"type": "string", "format": "uuid"},
            {"type": "string", "minLength": 1, "maxLength": 64},
            {"type": "string", "minLength": 40},
            {"type": "string", "maxLength": 8},
            {"type": "string", "pattern": "^[0-9a-f]{24}$"},
            {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,32}$"},
            {"type": "string", "pattern": "^[0-9]+$"},
            {"allOf": [{"$ref": "#/components/schemas/Id"}]},
            {"type": "integer"},
            {"type": "integer", "format": "int64", "minimum": 1},
        ],
    )
    def test_a_valid_value_where_there_is(self, schema: Any, asked: Asked) -> None:
        samples, operation, parameter = asked(schema)
        found = [evolve(samples, seed=seed).nothing(operation, parameter) for seed in range(20)]
        whole = {**schema, "components": samples.contract.data["components"]}
        validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        assert all(validator.is_valid(each) for each in found)
        assert len(set(found)) == 20


class TestMalformed:
    @pytest.mark.parametrize(
        ("schema", "text"),
        [
            ({"type": "integer"}, "not-an-integer"),
            ({"type": ["integer"]}, "not-an-integer"),
            ({"type": "integer", "format": "int64"}, "not-an-int64"),
            ({"type": "number"}, "not-a-number"),
            ({"type": "boolean"}, "not-a-boolean"),
            ({"type": "string", "format": "uuid"}, "not-a-uuid"),
            ({"type": "string", "format": "date-time"}, "not-a-date-time"),
            ({"type": "string", "enum": ["a"]}, "not-a-string"),
            ({"enum": ["a"]}, "not-a-value"),
            ({"$ref": "#/components/schemas/Id"}, "not-a-uuid"),
        ],
    )
    def test_it_is_no_value_of_its_schema(self, schema: Any, text: str, asked: Asked) -> None:
        samples, _, parameter = asked(schema)
        assert samples.malformed(parameter) == text

    @pytest.mark.parametrize(
        "schema", [{"type": "string"}, {"type": "string", "format": "password"}, {}, {"type": "array"}, True]
    )
    def test_there_is_none_where_any_text_is_one(self, schema: Any, asked: Asked) -> None:
        samples, _, parameter = asked(schema)
        assert samples.malformed(parameter) is None


class TestBody:
    def test_it_fits_its_schema(self, library: Ledger) -> None:
        operation = library.contract.operation("addItem")
        assert operation is not None
        body = Samples(library.contract, 1).body(operation)
        assert body["kind"] in ("book", "film")
        assert body["title"]

    def test_the_same_seed_gives_the_same(self, library: Ledger) -> None:
        operation = library.contract.operation("addItem")
        assert operation is not None
        assert Samples(library.contract, 3).body(operation) == Samples(library.contract, 3).body(operation)

    def test_where_nothing_fits_the_document_is_to_blame(self, ledger_of: Callable[[str], Ledger]) -> None:
        schema = {"type": "string", "pattern": "^[a-z]{9}$", "maxLength": 2}
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        operation = {"requestBody": body, "responses": {"200": {"description": "OK"}}}
        contract = ledger_of(yaml.safe_dump({**HEAD, "paths": {"/x": {"post": operation}}})).contract
        with pytest.raises(UserError, match="the body of POST /x"):
            Samples(contract, 1).body(contract.operations[0])
