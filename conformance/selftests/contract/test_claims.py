"""The ledger: which claims a contract gives, what they are called, and whose sentence they stand for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import contract, pointer
from assay.claims import Claim, Ledger, ledger, name_of
from assay.contract.media_types import is_json
from assay.errors import UserError

Ids = Callable[..., list[str]]
DocumentOf = Callable[..., dict[str, Any]]
Loaded = Callable[..., contract.Contract]
Refused = Callable[..., UserError]

TEXT = {"type": "string"}


@pytest.fixture(scope="session")
def claims_of(loaded: Loaded) -> Callable[..., dict[str, Claim]]:
    def make(data: Any, *overlays: list[dict[str, Any]]) -> dict[str, Claim]:
        return ledger(loaded(data, *overlays)).claims

    return make


@pytest.fixture(scope="session")
def answering(document_of: DocumentOf) -> Callable[..., dict[str, Any]]:
    """A document whose operation answers so: status → response."""

    def make(responses: dict[str, Any], **operation: Any) -> dict[str, Any]:
        data = document_of({})
        parameter = {"name": "id", "in": "path", "required": True, "schema": TEXT}
        data["paths"] = {"/x/{id}": {"parameters": [parameter], "get": {"responses": responses, **operation}}}
        return data

    return make


def answer(*media: str, schema: Any = TEXT, **more: Any) -> dict[str, Any]:
    return {"description": "d", "content": {each: {"schema": schema} for each in media}, **more}


class TestIds:
    def test_those_of_the_flagship_are_the_public_ones(self, flagship: Ledger) -> None:
        expected = Path(__file__).with_name("claims.txt").read_text("utf-8").splitlines()
        assert list(flagship.claims) == expected, (
            "meant to change? python conformance/selftests/contract/write_claims.py"
        )

    @pytest.mark.parametrize("which", ["flagship", "library"])
    def test_each_leads_to_its_claim(self, which: str, request: pytest.FixtureRequest) -> None:
        found: Ledger = request.getfixturevalue(which)
        assert [(each.id, each) for each in found.claims.values()] == list(found.claims.items())

    def test_the_same_document_gives_the_same_ids_in_the_same_order(self, root: Path, library: Ledger) -> None:
        folder = root / "conformance/selftests/documents"
        again = ledger(contract.load(folder / "library.yaml", [folder / "library.overlay.yaml"]))
        assert list(again.claims) == list(library.claims)

    def test_names_of_authors_are_escaped(self, claims_of: Any, answering: Any) -> None:
        schema = {"properties": {"a/b": {"properties": {"~ c": TEXT}}}}
        found = claims_of(answering({"200": answer("application/json", schema=schema)}, operationId="a/b"))
        assert "a~1b/200/body/properties/a~1b/properties/~0 c/type" in found

    def test_an_operation_without_id_is_called_by_method_and_path(self, claims_of: Any, answering: Any) -> None:
        found = claims_of(answering({"200": answer("application/json")}))
        assert {each.partition("/")[0] for each in found} == {"GET ~1x~1{id}"}

    def test_a_reference_leaves_no_trace(self, claims_of: Any, document_of: DocumentOf) -> None:
        found = claims_of(document_of({"$ref": "#/components/schemas/Text"}, schemas={"Text": TEXT}))
        assert found["getX/200/body/type"].pointer == "/components/schemas/Text/type"

    def test_a_recursive_schema_gives_finitely_many(self, library: Ledger) -> None:
        found = [each for each in library.claims if each.startswith("GET ~1topics/200/body")]
        assert found == [
            "GET ~1topics/200/body/type",
            "GET ~1topics/200/body/required/name",
            "GET ~1topics/200/body/properties/name/type",
            "GET ~1topics/200/body/properties/parts/type",
        ]

    def test_one_media_type_is_not_named(self, claims_of: Any, answering: Any) -> None:
        found = claims_of(answering({"200": answer("application/json")}, operationId="x"))
        assert "x/200/body/type" in found

    def test_of_several_media_types_each_is_named(self, claims_of: Any, answering: Any) -> None:
        found = claims_of(answering({"200": answer("application/json", "text/plain")}, operationId="x"))
        assert [each for each in found if "/body" in each] == [
            "x/200/body/application~1json/type",
            "x/200/body/text~1plain/type",
        ]

    @pytest.mark.parametrize("status", ["404", "4XX", "default"])
    def test_the_status_is_as_documented(self, claims_of: Any, answering: Any, status: str) -> None:
        found = claims_of(answering({status: answer("application/json")}, operationId="x"))
        assert found[f"x/{status}/status"].response == status

    def test_media_types_that_differ_in_parameters_only_are_told_apart(self, claims_of: Any, answering: Any) -> None:
        media = ("application/json", 'Application/JSON; Version="2"')
        found = claims_of(answering({"200": answer(*media)}, operationId="x"))
        bodies = [each for each in found if "/body/" in each]
        assert bodies == ["x/200/body/application~1json/type", "x/200/body/application~1json;version=2/type"]


class TestResponses:
    def test_each_gives_its_status_its_media_type_and_json(self, claims_of: Any, answering: Any) -> None:
        found = claims_of(answering({"200": answer("application/problem+json", schema=True)}, operationId="x"))
        assert [each for each in found if each.startswith("x/200")] == [
            "x/200/status",
            "x/200/media-type",
            "x/200/json",
        ]

    def test_one_without_a_body_gives_its_status_only(self, claims_of: Any, answering: Any) -> None:
        found = claims_of(answering({"204": {"description": "d"}}, operationId="x"))
        assert [each for each in found if each.startswith("x/204")] == ["x/204/status"]

    def test_one_that_is_no_json_gives_no_claim_to_be(self, claims_of: Any, answering: Any) -> None:
        found = claims_of(answering({"200": {"description": "d", "content": {"text/csv": {}}}}, operationId="x"))
        assert [each for each in found if each.startswith("x/200")] == ["x/200/status", "x/200/media-type"]

    def test_that_a_body_is_json_is_a_rule_of_http(self, flagship: Ledger) -> None:
        claim = flagship.claims["getJob/200/json"]
        assert (claim.source, claim.level, claim.basis) == ("http", "must", "stated")

    def test_a_default_documents_every_status(self, claims_of: Any, answering: Any) -> None:
        found = claims_of(answering({"default": answer("application/json")}, operationId="x"))
        assert ("x/any/status" in found, "x/any/server-error" in found) == (False, True)

    @pytest.mark.parametrize(
        ("media_type", "structured"),
        [
            ("application/json", True),
            ("application/problem+json", True),
            ("text/json-seq", False),
            ("text/plain", False),
        ],
    )
    def test_a_structured_suffix_says_json(self, media_type: str, structured: bool) -> None:
        assert is_json(media_type) is structured

    def test_a_response_is_called_by_operation_and_status(self) -> None:
        assert name_of("getJob", "402") == "getJob 402"


class TestHeaders:
    RESPONSE: Any = answer(
        "application/json",
        headers={
            "X-Total": {"required": True, "schema": {"type": ["null", "integer"], "minimum": 0}},
            "X-Note": {"schema": TEXT},
            "X-Some": {"content": {"text/plain": {}}},
            "X-Any": {"schema": True},
            "Content-Type": {"schema": TEXT},
        },
    )

    def test_each_gives_presence_and_value(self, claims_of: Any, answering: Any) -> None:
        found = claims_of(answering({"200": self.RESPONSE}, operationId="x"))
        assert [each for each in found if "/headers/" in each] == [
            "x/200/headers/X-Total/required",
            "x/200/headers/X-Total/type",
            "x/200/headers/X-Total/minimum",
            "x/200/headers/X-Note/type",
        ]

    def test_its_text_is_read_as_its_first_type_that_is_not_null(self, loaded: Loaded, answering: Any) -> None:
        found = ledger(loaded(answering({"200": self.RESPONSE}, operationId="x"))).responses["x", "200"].headers
        assert [(each.name, each.type, each.tree is None) for each in found] == [
            ("X-Total", "integer", False),
            ("X-Note", "string", False),
            ("X-Some", "string", True),
            ("X-Any", "string", False),
        ]

    def test_one_that_a_reference_describes_is_read_so(self, loaded: Loaded, answering: Any) -> None:
        data = answering({"200": answer(headers={"X-N": {"$ref": "#/components/headers/N"}})}, operationId="x")
        data["components"] = {
            "headers": {"N": {"schema": {"$ref": "#/components/schemas/N"}}},
            "schemas": {"N": {"type": "integer"}},
        }
        found = ledger(loaded(data)).responses["x", "200"].headers
        assert [(each.type, each.tree is None) for each in found] == [("integer", False)]


class TestSentences:
    def test_a_claim_of_the_document_says_what_holds(self, library: Ledger) -> None:
        claim = library.claims["getLoan/200/body/properties/state/enum"]
        assert claim.sentence == '`/state` is one of "reserved", "lent", "overdue", "returned"'
        assert (claim.source, claim.level, claim.basis) == ("schema", "must", "stated")

    def test_a_claim_about_the_whole_body_says_so(self, library: Ledger) -> None:
        assert library.claims["getLoan/200/body/required/id"].sentence == 'the body has the member "id"'

    def test_a_claim_of_an_overlay_has_its_sentence_level_and_basis(self, library: Ledger) -> None:
        claim = library.claims["getLoan/200/body/required/due"]
        assert claim.sentence == "A loan says until when it runs."
        assert (claim.source, claim.level, claim.basis) == ("overlay", "should", "implied")

    def test_the_pointer_of_each_leads_into_the_contract(self, flagship: Ledger) -> None:
        lost = [
            each.id
            for each in flagship.claims.values()
            if pointer.at(flagship.contract.data, each.pointer) is pointer.MISSING
        ]
        assert lost == []

    def test_each_says_something(self, flagship: Ledger) -> None:
        assert [each.id for each in flagship.claims.values() if len(each.sentence) < 10] == []

    def test_each_check_leads_to_its_claim(self, flagship: Ledger) -> None:
        assert {each.id for each in flagship.of_check.values()} == {
            each.id for each in flagship.claims.values() if each.kind in ("body", "header") and "/body/" in each.id
        }
