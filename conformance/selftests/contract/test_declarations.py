"""Relations as overlays declare them: the claims they give, and what is wrong with one that gives none."""

from collections.abc import Callable
from typing import Any

import pytest

from assay import shapes
from assay.claims import Relation, ledger
from assay.contract import Contract
from assay.errors import UserError

Loaded = Callable[..., Contract]
Refused = Callable[..., UserError]
DocumentOf = Callable[..., dict[str, Any]]

STATES: dict[str, Any] = {
    "kind": "states",
    "field": "/status",
    "initial": ["new"],
    "transitions": {"new": ["old"]},
    "terminal": ["old"],
    "sentence": "It grows old.",
}
KEPT: dict[str, Any] = {"kind": "kept", "fields": ["/a", "/b/c"], "sentence": "It stays."}


def declaring(*relations: Any) -> list[dict[str, Any]]:
    return [{"target": "$..schema", "update": {"x-relations": list(relations)}}]


@pytest.fixture(scope="session")
def relations_of(loaded: Loaded, document_of: DocumentOf) -> Callable[..., tuple[Relation, ...]]:
    def make(*relations: Any) -> tuple[Relation, ...]:
        return ledger(loaded(document_of({}), declaring(*relations))).operations["getX"].relations

    return make


class TestClaims:
    def test_each_field_is_a_claim_of_its_own(self, relations_of: Any) -> None:
        assert [each.claim.id for each in relations_of(KEPT)] == ["getX/relations/kept/a", "getX/relations/kept/b~1c"]

    def test_an_order_is_one_claim(self, relations_of: Any) -> None:
        declared = {**KEPT, "kind": "order"}
        assert [(each.claim.id, each.fields) for each in relations_of(declared)] == [
            ("getX/relations/order/a,b~1c", ("/a", "/b/c"))
        ]

    def test_states_are_a_claim_and_their_end_another(self, relations_of: Any) -> None:
        found = {each.claim.id: each.claim.sentence for each in relations_of(STATES)}
        assert found == {
            "getX/relations/states/status": "It grows old.",
            "getX/relations/ends/status": "It ends in one of these states: old.",
        }

    def test_a_claim_has_level_and_basis_of_the_declaration(self, relations_of: Any) -> None:
        found = relations_of({**KEPT, "level": "should", "basis": "implied"})[0].claim
        assert (found.level, found.basis, found.source, found.response) == ("should", "implied", "relation", "")

    def test_what_the_declaration_leaves_out_is_must_and_stated(self, relations_of: Any) -> None:
        found = relations_of(KEPT)[0].claim
        assert (found.level, found.basis) == ("must", "stated")

    def test_one_on_a_schema_speaks_of_the_responses_that_have_it(
        self, loaded: Loaded, document_of: DocumentOf
    ) -> None:
        data = document_of({"$ref": "#/components/schemas/A"}, schemas={"A": {"x-relations": [KEPT]}})
        responses = data["paths"]["/x"]["get"]["responses"]
        responses |= {"201": responses["200"], "404": {"description": "d"}}
        responses["201"]["content"] |= {"application/problem+json": responses["200"]["content"]["application/json"]}
        found = ledger(loaded(data)).operations["getX"].relations
        assert {each.responses for each in found} == {("200", "201")}

    def test_one_on_an_operation_speaks_of_what_went_well(self, loaded: Loaded, document_of: DocumentOf) -> None:
        data = document_of({})
        data["paths"]["/x"]["get"]["x-relations"] = [KEPT]
        data["paths"]["/x"]["get"]["responses"] |= {each: {"description": "d"} for each in ("201", "2XX", "404")}
        assert ledger(loaded(data)).operations["getX"].relations[0].responses == ("200", "201", "2XX")

    def test_what_a_post_makes_is_not_followed_over_time(self, loaded: Loaded, document_of: DocumentOf) -> None:
        data = document_of({"x-relations": [KEPT, {**KEPT, "kind": "order"}]})
        data["paths"]["/x"] = {"post": {**data["paths"]["/x"]["get"], "operationId": "addX"}}
        data["paths"]["/y"] = {"get": data["paths"]["/x"]["post"] | {"operationId": "getX"}}
        content = data["paths"]["/x"]["post"]["responses"]["200"]["content"]
        data["components"]["schemas"] = {"X": content["application/json"]["schema"]}
        content["application/json"]["schema"] = {"$ref": "#/components/schemas/X"}
        found = ledger(loaded(data)).operations
        assert [each.kind for each in found["addX"].relations] == ["order"]
        assert {each.kind for each in found["getX"].relations} == {"kept", "order"}


class TestPlaces:
    """A relation speaks of a body as a whole; one that stands elsewhere is not lost in silence."""

    @pytest.mark.parametrize(
        "schema",
        [
            {"allOf": [{"x-relations": [KEPT]}]},
            {"allOf": [{"allOf": [{"$ref": "#/components/schemas/Kept"}]}]},
            {"$ref": "#/components/schemas/Kept", "description": "beside"},
        ],
    )
    def test_what_is_said_of_the_same_body_is_a_claim(
        self, loaded: Loaded, document_of: DocumentOf, schema: Any
    ) -> None:
        schemas = {"Kept": {"x-relations": [KEPT]}} if "$ref" in str(schema) else {}
        found = ledger(loaded(document_of(schema, schemas=schemas))).operations["getX"].relations
        assert {each.kind for each in found} == {"kept"}

    @pytest.mark.parametrize(
        "schema",
        [
            {"items": {"x-relations": [KEPT]}},
            {"properties": {"a": {"x-relations": [KEPT]}}},
            {"anyOf": [{"x-relations": [KEPT]}, {}]},
        ],
    )
    def test_what_is_said_of_a_part_of_it_is_refused(
        self, refused: Refused, document_of: DocumentOf, schema: Any
    ) -> None:
        assert "this relation makes no claim" in refused(document_of(schema)).what

    def test_what_an_overlay_says_of_a_schema_that_no_response_has_names_the_action(
        self, refused: Refused, document_of: DocumentOf
    ) -> None:
        update = {"x-relations": [KEPT]}
        action = {"target": "$.components.schemas.Unused", "update": update}
        error = refused(document_of({}, schemas={"Unused": {}}), [action])
        assert ("makes no claim" in error.what, "overlay0.yaml:" in error.where) == (True, True)

    def test_what_only_a_post_answers_has_no_life(self, refused: Refused, document_of: DocumentOf) -> None:
        data = document_of({"x-relations": [KEPT]})
        data["paths"]["/x"] = {"post": data["paths"]["/x"]["get"]}
        assert "only that of a POST" in refused(data).what


class TestMistakes:
    @pytest.mark.parametrize(
        ("declared", "what", "todo"),
        [
            ({**KEPT, "kind": "keeps"}, '/kind: "keeps" is not one of', "a relation is one of: echo, order"),
            ({"kind": "kept", "sentence": "s"}, 'the relation: "fields" is a required property', ""),
            ({"kind": "kept", "fields": ["/a"]}, 'the relation: "sentence" is a required property', ""),
            ({"sentence": "s"}, 'the relation: "kind" is a required property', ""),
            ({**KEPT, "fields": ["a"]}, '/fields/0: "a" does not match', "a field is a JSON Pointer"),
            ({**KEPT, "fields": []}, "/fields: [] has less than 1 item", ""),
            ({**KEPT, "fields": ["/a", "/a"]}, "/fields:", ""),
            ({**KEPT, "kind": "order", "fields": ["/a"]}, "/fields:", ""),
            ({**KEPT, "field": "/a"}, "unknown key 'field'", "did you mean 'fields'?"),
            ({**KEPT, "levle": "must"}, "unknown key 'levle'", "did you mean 'level'?"),
            ({**KEPT, "level": "may"}, "/level:", ""),
            ({**STATES, "terminal": []}, "/terminal:", ""),
            ({**STATES, "transitions": {"new": "old"}}, "/transitions/new:", ""),
            ("kept", "the relation:", ""),
            ({**STATES, "transitions": {"new": ["odl"]}}, "the state 'odl' leads nowhere", "did you mean 'old'?"),
            ({**STATES, "initial": ["begun"]}, "the state 'begun' leads nowhere", "known here: new, old"),
        ],
    )
    def test_one_that_cannot_be_read_is_named_with_its_line(
        self, refused: Refused, document_of: DocumentOf, declared: Any, what: str, todo: str
    ) -> None:
        error = refused(document_of({}), declaring(declared))
        assert (error.what.startswith(what), todo in error.todo) == (True, True)
        assert error.where.endswith("overlay0.yaml:6")

    def test_the_request_s_value_is_told_how_to_be_named(self, refused: Refused, document_of: DocumentOf) -> None:
        declared = {"kind": "echo", "request": "id", "field": "/a", "sentence": "s"}
        assert "path.NAME" in refused(document_of({}), declaring(declared)).todo

    @pytest.mark.parametrize("declared", [5, "kept", KEPT, None])
    def test_what_is_no_list_is_refused(self, refused: Refused, document_of: DocumentOf, declared: Any) -> None:
        error = refused(document_of({"x-relations": declared}))
        assert error.what == "`x-relations` is no list"

    def test_the_same_one_twice_is_refused(self, refused: Refused, document_of: DocumentOf) -> None:
        error = refused(document_of({}), declaring(KEPT, {**KEPT, "fields": ["/a"]}))
        assert error.what == "two claims would be called 'getX/relations/kept/a'"


class TestShapes:
    def test_our_schemas_are_json_schemas(self) -> None:
        for name in ("overlay", "relations", "results", "target"):
            assert shapes.schema(name)["$schema"].endswith("2020-12/schema")
            assert not shapes.validator(name).is_valid(5)

    @pytest.mark.parametrize(
        ("word", "known", "advice"),
        [
            ("fields", ["field", "kind"], "did you mean 'field'?"),
            ("zzz", ["field", "kind"], "known here: field, kind"),
            ("zzz", [], "remove it"),
        ],
    )
    def test_advice_names_what_is_near_or_all(self, word: str, known: list[str], advice: str) -> None:
        assert shapes.suggest(word, known) == advice

    def test_a_long_message_is_cut(self, refused: Refused, document_of: DocumentOf) -> None:
        error = refused(document_of({}), declaring({**KEPT, "level": "x" * 1000}))
        assert len(error.what) < 250
