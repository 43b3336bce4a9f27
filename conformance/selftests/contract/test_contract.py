"""A good document, read: operations, parameters, responses, security, and the digest of all of it."""

import copy
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from assay import contract
from assay.contract import Contract, Header, Media, Operation, Response, Security
from assay.errors import UserError

Loaded = Callable[..., Contract]
DocumentOf = Callable[..., dict[str, Any]]

OK = {"description": "OK"}


@pytest.fixture(scope="session")
def operation(loaded: Loaded, document_of: DocumentOf) -> Callable[..., Operation]:
    """The one operation of a document, `GET /x` with these members; `item` are members of its path."""

    def make(version: str = "3.1.0", item: Any = None, root: Any = None, **members: Any) -> Operation:
        data = document_of({}, version)
        data["paths"] = {"/x": {"get": {"responses": {"200": OK}, **members}, **(item or {})}}
        data["components"]["parameters"] = {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}}
        data["components"]["responses"] = {"Gone": {"description": "  It is gone.\n"}}
        data["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "Bearer"},
            "basic": {"type": "http", "scheme": "basic"},
            "digest": {"type": "http", "scheme": "digest"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "oauth": {"type": "oauth2", "flows": {}},
            "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com"},
            "mutual": {"type": "mutualTLS"},
        }
        return loaded({**data, **(root or {})}).operations[0]

    return make


def parameter(name: str, place: str = "query", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {}, **more}


class TestContract:
    def test_it_says_what_the_document_is(self, loaded: Loaded, document_of: DocumentOf) -> None:
        made = loaded(document_of({}, servers=[{"url": "/a"}, {"url": "https://example.com"}]))
        assert (made.title, made.version, made.openapi) == ("Things", "1.0.0", "3.1.0")
        assert made.servers == ("/a", "https://example.com")

    def test_an_operation_is_found_by_its_id(self, library: Any) -> None:
        found = library.contract.operation("getLoan")
        assert (found.method, found.path, found.pointer) == ("GET", "/loans/{id}", "/paths/~1loans~1{id}/get")

    def test_an_operation_that_is_not_there_is_none(self, library: Any) -> None:
        assert library.contract.operation("nope") is None

    def test_the_sentences_that_cannot_be_checked_are_kept(self, flagship: Any) -> None:
        assert "The status is current." in [each.sentence for each in flagship.contract.not_checkable]

    def test_a_line_is_that_of_the_document_or_of_the_overlay(self, flagship: Any) -> None:
        made = flagship.contract
        assert made.where("/components/schemas/Job/properties/status/type").partition(":")[0].endswith("openapi.yaml")
        assert made.where("/components/schemas/Job/properties/status/enum").partition(":")[0].endswith("overlay.yaml")


class TestDigest:
    ACTION: ClassVar[Any] = {"target": "$..schema", "update": {"minLength": 1}, "description": "It says something."}

    def test_it_does_not_depend_on_the_order_of_members(self, loaded: Loaded, document_of: DocumentOf) -> None:
        data = document_of({"type": "string", "minLength": 1})
        turned = dict(reversed(list(data.items())))
        assert loaded(turned).digest == loaded(data).digest

    def test_it_does_not_depend_on_the_form_of_the_file(self, loaded: Loaded, document_of: DocumentOf) -> None:
        data = document_of({"type": "string"})
        assert loaded("# a note\n" + str(data).replace("'", '"')).digest == loaded(data).digest

    @pytest.mark.parametrize(
        "change",
        [
            {"x-level": "should"},
            {"x-basis": "implied"},
            {"description": "It says much."},
            {"update": {"minLength": 2}},
        ],
    )
    def test_it_depends_on_what_an_overlay_says(self, loaded: Loaded, document_of: DocumentOf, change: Any) -> None:
        data = document_of({"type": "string"})
        assert loaded(data, [{**self.ACTION, **change}]).digest != loaded(data, [self.ACTION]).digest

    def test_it_depends_on_the_document(self, loaded: Loaded, document_of: DocumentOf) -> None:
        assert loaded(document_of({"type": "string"})).digest != loaded(document_of({"type": "integer"})).digest


class TestOperations:
    def test_each_method_is_one(self, loaded: Loaded, document_of: DocumentOf) -> None:
        data = document_of({}, "3.2.0")
        data["paths"] = {"/x": {method: {"responses": {"200": OK}} for method in contract.METHODS} | {"summary": "x"}}
        assert [each.id for each in loaded(data).operations] == [f"{method.upper()} /x" for method in contract.METHODS]

    @pytest.mark.parametrize("method", ["get", "head", "options", "trace"])
    def test_one_that_only_reads_is_safe(self, loaded: Loaded, document_of: DocumentOf, method: str) -> None:
        data = document_of({}, "3.2.0")
        data["paths"] = {"/x": {method: {"responses": {"200": OK}}}}
        assert loaded(data).operations[0].safe

    def test_one_that_writes_is_not_safe(self, library: Any) -> None:
        assert not library.contract.operation("addItem").safe

    def test_a_path_may_be_a_reference(self, loaded: Loaded, document_of: DocumentOf) -> None:
        data = document_of({})
        data["components"]["pathItems"] = {"X": data["paths"]["/x"]}
        data["paths"] = {"/y": {"$ref": "#/components/pathItems/X"}}
        found = loaded(data).operations[0]
        assert (found.id, found.path, found.pointer) == ("getX", "/y", "/components/pathItems/X/get")

    def test_a_body_is_resolved(self, operation: Any) -> None:
        body: Any = {"content": {"application/json": {"schema": {}}}}
        found = operation(
            root={"components": {"requestBodies": {"B": body}}}, requestBody={"$ref": "#/components/requestBodies/B"}
        )
        assert (found.body, operation().body) == (body, None)

    def test_relations_come_with_their_pointers(self, operation: Any) -> None:
        declared = {"kind": "echo"}
        assert operation(**{"x-relations": [declared]}).relations == (("/paths/~1x/get/x-relations/0", declared),)


class TestParameters:
    def test_those_of_the_operation_stand_over_those_of_the_path(self, operation: Any) -> None:
        found = operation(
            item={"parameters": [parameter("a"), parameter("b", "header")]},
            parameters=[parameter("a", required=True), parameter("b")],
        ).parameters
        assert [(each.name, each.place, each.required) for each in found] == [
            ("a", "query", True),
            ("b", "header", False),
            ("b", "query", False),
        ]

    def test_a_reference_is_resolved(self, operation: Any) -> None:
        found = operation(parameters=[{"$ref": "#/components/parameters/Page"}]).parameters[0]
        assert (found.name, found.pointer, found.schema) == ("page", "/components/parameters/Page", {"type": "integer"})

    def test_one_with_content_has_the_schema_of_that(self, operation: Any) -> None:
        raw = {"name": "q", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}}
        assert operation(parameters=[raw]).parameters[0].schema == {"type": "object"}

    def test_one_with_content_need_have_no_schema(self, operation: Any) -> None:
        raw = {"name": "q", "in": "query", "content": {"application/json": {}}}
        assert operation(parameters=[raw]).parameters[0].schema == {}


class TestOpenApi32:
    def test_what_is_no_method_of_older_versions_is_an_operation_too(self, loaded: Any) -> None:
        answer = {"responses": {"200": {"description": "OK"}}}
        data = {
            "openapi": "3.2.0",
            "info": {"title": "Things", "version": "1"},
            "paths": {"/x": {"query": answer, "additionalOperations": {"COPY": answer}}},
        }
        found = {each.id: (each.pointer, each.safe) for each in loaded(data).operations}
        assert found == {
            "QUERY /x": ("/paths/~1x/query", True),
            "COPY /x": ("/paths/~1x/additionalOperations/COPY", False),
        }


class TestResponses:
    def test_one_has_its_media_types_and_headers(self, operation: Any) -> None:
        raw = {
            "description": "OK",
            "content": {"Application/JSON; charset=utf-8": {"schema": {}}, "text/plain": {}},
            "headers": {
                "X-A": {"required": True, "schema": {}},
                "X-B": {"content": {"text/plain": {}}},
                "content-type": {"schema": {}},
            },
        }
        at = "/paths/~1x/get/responses/200"
        schema = f"{at}/content/Application~1JSON; charset=utf-8/schema"
        assert operation(responses={"200": raw}).responses == (
            Response(
                "200",
                at,
                "OK",
                (Media("application/json", schema), Media("text/plain", "")),
                (
                    Header("X-A", True, f"{at}/headers/X-A", f"{at}/headers/X-A/schema"),
                    Header("X-B", False, f"{at}/headers/X-B", ""),
                ),
            ),
        )

    def test_a_reference_is_resolved(self, operation: Any) -> None:
        found = operation(responses={"410": {"$ref": "#/components/responses/Gone"}}).responses[0]
        assert (found.pointer, found.description) == ("/components/responses/Gone", "It is gone.")

    def test_an_extension_is_no_response(self, operation: Any) -> None:
        assert [each.status for each in operation(responses={"200": OK, "x-note": "words"}).responses] == ["200"]

    @pytest.mark.parametrize(
        ("documented", "status", "found"),
        [
            (["4XX", "404", "default"], 404, "404"),
            (["default", "4XX", "404"], 400, "4XX"),
            (["default", "4XX"], 500, "default"),
            (["404", "4XX"], 500, None),
        ],
    )
    def test_the_nearest_one_is_found(
        self, operation: Any, documented: list[str], status: int, found: str | None
    ) -> None:
        response = operation(responses=dict.fromkeys(documented, OK)).response_for(status)
        assert (response and response.status) == found

    @pytest.mark.parametrize(
        ("status", "covered"), [("404", True), ("4XX", True), ("default", True), ("400", False), ("5XX", False)]
    )
    def test_it_covers_its_statuses(self, status: str, covered: bool) -> None:
        assert Response(status, "", "", (), ()).covers(404) is covered


class TestSecurity:
    @pytest.mark.parametrize(
        ("name", "kind", "place", "sent_as"),
        [
            ("bearer", "bearer", "", ""),
            ("basic", "basic", "", ""),
            ("digest", "other", "", ""),
            ("key", "apiKey", "header", "X-Key"),
            ("oauth", "bearer", "", ""),
            ("openid", "bearer", "", ""),
        ],
    )
    def test_a_scheme_says_how_its_credential_is_sent(
        self, operation: Any, name: str, kind: Any, place: str, sent_as: str
    ) -> None:
        found = operation(security=[{name: []}])
        assert (found.security, found.protected) == (((Security(name, kind, place, sent_as),),), True)

    def test_mutual_tls_is_no_credential_of_a_request(self, operation: Any) -> None:
        found = operation(security=[{"mutual": []}])
        assert (found.security, found.protected) == (((),), False)

    def test_a_scheme_that_is_not_described_is_another(self, operation: Any) -> None:
        assert operation(security=[{"nope": []}]).security == ((Security("nope", "other", "", "", defined=False),),)

    def test_what_an_operation_says_stands_over_what_the_document_says(self, operation: Any) -> None:
        root: Any = {"security": [{"bearer": []}]}
        assert (operation(root=root).protected, operation(root=root, security=[]).protected) == (True, False)

    def test_one_that_may_be_left_out_protects_nothing(self, operation: Any) -> None:
        assert not operation(security=[{"bearer": []}, {}]).protected

    def test_several_may_be_needed_together(self, operation: Any) -> None:
        found = operation(security=[{"bearer": [], "key": []}]).security
        assert [[each.name for each in needed] for needed in found] == [["bearer", "key"]]


class TestResolve:
    DATA: ClassVar[Any] = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/c~1d%20e"}, "c/d e": {"x": 1}, "r": {"$ref": "#/r"}}

    def test_references_are_followed_to_their_end(self) -> None:
        assert contract.resolve(self.DATA, "/a") == ("/c~1d e", {"x": 1})

    def test_what_is_no_reference_stays(self) -> None:
        assert contract.resolve(self.DATA, "/c~1d e/x") == ("/c~1d e/x", 1)

    def test_a_circle_ends(self) -> None:
        assert contract.resolve(copy.deepcopy(self.DATA), "/r") == ("/r", {"$ref": "#/r"})


class TestRelations:
    def test_what_is_no_list_is_refused(self) -> None:
        with pytest.raises(UserError, match="`x-relations` is no list") as caught:
            list(contract.relations({"x-relations": {"kind": "echo"}}, "/a"))
        assert (caught.value.where, "hyphen" in caught.value.todo) == ("/a/x-relations", True)
