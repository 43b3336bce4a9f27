"""Documents with one thing wrong: the error says what, on which line, and what to do."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import contract, pointer
from assay.claims import ledger
from assay.contract import Contract
from assay.errors import UserError

Loaded = Callable[..., Contract]
Refused = Callable[..., UserError]
DocumentOf = Callable[..., dict[str, Any]]

HEAD = "openapi: 3.1.0\ninfo: {title: Things, version: 1.0.0}\npaths: {}\n"


def line(error: UserError) -> int:
    return int(error.where.rpartition(":")[2])


class TestVersions:
    @pytest.mark.parametrize(
        ("text", "what", "todo"),
        [
            ("", "this is no OpenAPI document", "openapi: 3.1.0"),
            ("just words", "this is no OpenAPI document", "openapi: 3.1.0"),
            ("[1, 2]", "this is no OpenAPI document", "openapi: 3.1.0"),
            ("swagger: '2.0'", "this is Swagger 2.0", "swagger2openapi"),
            ("info: {}", "there is no `openapi` member", "3.0, 3.1 and 3.2"),
            ("openapi:", "there is no `openapi` member", "3.0, 3.1 and 3.2"),
            ("openapi: 4.0.0", "`openapi: 4.0.0` is no version that assay reads", "3.0, 3.1 and 3.2"),
            ("openapi: 3", "`openapi: 3` is no version that assay reads", "3.0, 3.1 and 3.2"),
            ("openapi: [3]", "is no version that assay reads", "3.0, 3.1 and 3.2"),
        ],
    )
    def test_what_cannot_be_read_is_named(self, refused: Refused, text: str, what: str, todo: str) -> None:
        error = refused(text)
        assert (what in error.what, todo in error.todo) == (True, True)

    @pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.2.0"])
    def test_each_version_of_openapi_3_is_read(self, loaded: Loaded, document_of: DocumentOf, version: str) -> None:
        assert loaded(document_of({"type": "string"}, version)).openapi == version

    def test_a_version_without_quotes_and_patch_is_read_as_text(self, refused: Refused) -> None:
        assert "not valid OpenAPI 3.1" in refused(HEAD.replace("3.1.0", "3.1")).what


class TestStructure:
    @pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
    @pytest.mark.parametrize(
        ("change", "at", "what"),
        [
            ({"description": None}, "/paths/~1x/get/responses/200", '"description" is a required property'),
            ({"contents": {}}, "/paths/~1x/get/responses/200", "'contents' was unexpected"),
            ({"content": 5}, "/paths/~1x/get/responses/200/content", '5 is not of type "object"'),
        ],
    )
    def test_the_innermost_fault_is_named(
        self, refused: Refused, document_of: DocumentOf, version: str, change: dict[str, Any], at: str, what: str
    ) -> None:
        data = document_of({"type": "string"}, version)
        response = data["paths"]["/x"]["get"]["responses"]["200"]
        response |= change
        if change.get("description", "") is None:
            del response["description"]
        assert refused(data).what.startswith(f"not valid OpenAPI {version}: {at}: ")
        assert what in refused(data).what

    @pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
    @pytest.mark.parametrize(
        ("schema", "at"),
        [
            ({"minLength": "x"}, "/minLength"),
            ({"properties": {"a": {"anyOf": [{"minLength": "x"}]}}}, "/properties/a/anyOf/0/minLength"),
            ({"pattern": "("}, "/pattern"),
            ({"not": {"pattern": "["}}, "/not/pattern"),
        ],
    )
    def test_a_fault_in_a_schema_has_its_place_and_line(
        self, refused: Refused, document_of: DocumentOf, at_schema: str, version: str, schema: Any, at: str
    ) -> None:
        error = refused(document_of(schema, version))
        assert f": {at_schema}{at}: " in error.what
        assert line(error) > 14

    def test_a_fault_between_parts_is_named(self, refused: Refused, document_of: DocumentOf) -> None:
        data = document_of({})
        data["paths"]["/y"] = data["paths"]["/x"]
        assert "Operation ID 'getX' for 'get' in '/y' is not unique" in refused(data).what

    def test_a_fault_that_the_validator_falls_over_is_named(self, refused: Refused, document_of: DocumentOf) -> None:
        data = document_of({}, schemas={"A": {}})
        data["paths"]["/x"]["get"]["parameters"] = [{"$ref": "#/components/schemas/A"}]
        assert "not valid OpenAPI 3.1.0: KeyError: 'name'" in refused(data).what

    def test_a_schema_without_end_is_named(self, refused: Refused, document_of: DocumentOf) -> None:
        turning = {"allOf": [{"$ref": "#/components/schemas/A"}], "default": 1}
        assert "leads back to itself" in refused(document_of({}, schemas={"A": turning})).what

    def test_a_long_value_is_not_repeated_in_full(self, refused: Refused, document_of: DocumentOf) -> None:
        assert len(refused(document_of({"minLength": "x" * 10_000})).what) < 500

    def test_what_an_overlay_made_invalid_is_said_to_be_its_doing(
        self, refused: Refused, document_of: DocumentOf
    ) -> None:
        error = refused(document_of({}), [{"target": "$..schema", "update": {"minLength": "x"}}])
        assert error.todo == "an overlay made it so: see what writes there"

    def test_an_overlay_that_takes_the_version_away_too(self, refused: Refused, document_of: DocumentOf) -> None:
        error = refused(document_of({}), [{"target": "$.openapi", "remove": True}])
        assert error.what.startswith("not valid OpenAPI 3.1.0: the document: ")
        assert error.todo == "an overlay made it so: see what writes there"

    @pytest.mark.parametrize("pattern", [r"^\p{L}+$", "(?<year>[0-9]{4})", "[[:alpha:]]", r"\u{1F600}"])
    def test_a_pattern_that_only_ecma_262_knows_is_read(
        self, loaded: Loaded, document_of: DocumentOf, pattern: str
    ) -> None:
        assert loaded(document_of({"pattern": pattern})).openapi == "3.1.0"

    def test_extensions_among_the_paths_are_no_paths(self, loaded: Loaded) -> None:
        text = HEAD.replace("{}\n", "{x-note: get well, x-more: {get: {}}}\n")
        assert loaded(text).operations == ()

    def test_a_document_need_have_no_paths(self, loaded: Loaded) -> None:
        assert loaded(HEAD.replace("paths", "webhooks")).operations == ()


class TestDialects:
    @pytest.mark.parametrize(
        "dialect", ["https://spec.openapis.org/oas/3.1/dialect/base", "https://json-schema.org/draft/2020-12/schema"]
    )
    def test_that_of_openapi_may_be_named(self, loaded: Loaded, document_of: DocumentOf, dialect: str) -> None:
        assert loaded(document_of({"$schema": dialect}, jsonSchemaDialect=dialect)).openapi == "3.1.0"

    def test_another_is_named_with_its_line(self, refused: Refused, document_of: DocumentOf) -> None:
        old = "http://json-schema.org/draft-04/schema#"
        error = refused(document_of({"$schema": old, "minimum": 1, "exclusiveMinimum": True}))
        assert (error.what, line(error)) == (f"`$schema: {old}` is a dialect that assay does not read", 15)
        assert "jsonSchemaDialect" in refused(document_of({}, jsonSchemaDialect=old)).what

    def test_a_property_may_be_called_so(self, loaded: Loaded, document_of: DocumentOf) -> None:
        assert loaded(document_of({"properties": {"$schema": {"const": "https://example.com"}}})).operations


class TestReferences:
    @pytest.mark.parametrize(
        ("reference", "what", "todo"),
        [
            ("https://example.com/a.yaml#/A", "is a URL, and nothing is ever fetched", "beside the document"),
            ("//example.com/a.yaml", "is a URL, and nothing is ever fetched", "beside the document"),
            ("file:///etc/hostname", "is a URL, and nothing is ever fetched", "beside the document"),
            ("missing.yaml#/A", "leads to no file", "there is no missing.yaml"),
            ("../a.json", "leads outside the document's folder", "put the file below"),
            ("/etc/hostname", "leads outside the document's folder", "put the file below"),
            ("%2e%2e/a.json", "leads outside the document's folder", "put the file below"),
            ("#/components/schemas/Tihng", "leads to nothing", "did you mean 'Thing'?"),
            ("#/component/schemas/Thing", "leads to nothing", "did you mean 'components'?"),
            ("#/components/schemas/Q", "leads to nothing", "known here: Thing"),
            ("#/paths/~1x/get/responses/200/description/x", "leads to nothing", "mend the reference"),
            ("#Thing", "is no JSON Pointer", "#/components/schemas/Name"),
            ("#", "is no JSON Pointer", "#/components/schemas/Name"),
            ("#/components/schemas/Round", "leads in a circle", "lead to what is meant"),
        ],
    )
    def test_one_that_cannot_be_followed_is_named_with_its_line(
        self, refused: Refused, document_of: DocumentOf, reference: str, what: str, todo: str
    ) -> None:
        schemas: dict[str, Any] = {"Thing": {}}
        if "Round" in reference:
            schemas |= {"Round": {"$ref": "#/components/schemas/Back"}, "Back": {"$ref": reference}}
        error = refused(document_of({"$ref": reference}, schemas=schemas))
        assert (error.what, todo in error.todo) == (f"`$ref: {reference}` {what}", True)
        assert line(error) == 15

    def test_of_many_names_some_are_told(self, refused: Refused, document_of: DocumentOf) -> None:
        schemas: dict[str, Any] = {f"Schema{number}": {} for number in range(1000)}
        error = refused(document_of({"$ref": "#/components/schemas/Quite"}, schemas=schemas))
        assert error.todo.endswith("Schema19 and 980 more")

    def test_one_that_is_percent_encoded_is_followed(self, faults: Any) -> None:
        schemas = {"A B": {"type": "string"}}
        assert faults({"$ref": "#/components/schemas/A%20B"}, 1, schemas=schemas) == (False, ["type"])

    @pytest.mark.parametrize("key", ["example", "const", "enum", "examples", "x-note"])
    def test_in_a_value_it_is_no_reference(self, loaded: Loaded, document_of: DocumentOf, key: str) -> None:
        value: Any = {"$ref": "https://example.com/a.yaml"}
        schema = {key: [value] if key in ("enum", "examples") else value}
        assert loaded(document_of(schema)).operations[0].id == "getX"

    @pytest.mark.parametrize("scheme", ["http", "https", "ftp"])
    def test_a_default_that_looks_like_one_is_not_fetched(
        self, refused: Refused, document_of: DocumentOf, monkeypatch: pytest.MonkeyPatch, scheme: str
    ) -> None:
        asked: list[Any] = []
        monkeypatch.setattr(socket.socket, "connect", lambda *arguments: asked.append(arguments))
        error = refused(document_of({"default": {"$ref": f"{scheme}://127.0.0.1:9/a.yaml"}}))
        assert ("Unresolvable" in error.what, asked) == (True, [])

    def test_a_default_that_looks_like_one_is_not_read_from_a_file(
        self, refused: Refused, document_of: DocumentOf, written: Callable[..., Path]
    ) -> None:
        other = written('{"a": 1}', "other.json")
        assert "Unresolvable" in refused(document_of({"default": {"$ref": other.as_uri()}})).what

    def test_a_property_may_be_called_so(self, faults: Any) -> None:
        assert faults({"properties": {"$ref": {"type": "string"}}}, {"$ref": 1}) == (False, ["properties/$ref/type"])

    @pytest.mark.parametrize("name", ["default", "example", "value", "enum"])
    def test_a_schema_that_is_called_like_a_value_is_looked_at(
        self, refused: Refused, document_of: DocumentOf, name: str
    ) -> None:
        error = refused(document_of({}, schemas={name: {"$ref": "#/components/schemas/Q"}}))
        assert error.what == "`$ref: #/components/schemas/Q` leads to nothing"

    def test_a_default_response_is_looked_at(self, refused: Refused, document_of: DocumentOf) -> None:
        data = document_of({"$ref": "missing.yaml"})
        responses = data["paths"]["/x"]["get"]["responses"]
        responses["default"] = responses.pop("200")
        assert "leads to no file" in refused(data).what

    @pytest.mark.parametrize("reference", ["#/components/schemas/Q", "https://example.com/a.yaml"])
    def test_one_that_an_overlay_writes_is_looked_at(
        self, refused: Refused, document_of: DocumentOf, reference: str
    ) -> None:
        error = refused(document_of({}), [{"target": "$.components.schemas", "update": {"A": {"$ref": reference}}}])
        assert (error.what.startswith(f"`$ref: {reference}` leads "), "overlay0.yaml:6" in error.where) == (True, True)


class TestAnything:
    @settings(max_examples=60)
    @given(text=st.text(max_size=80) | st.text("a&*!{}[]:,-?|>'\"%@` \n~<0.eE+x$ref", max_size=60))
    def test_text_after_a_good_head_is_read_or_refused(self, loaded: Loaded, text: str) -> None:
        """For each text: a contract, or a UserError that names the file."""
        where = _where(loaded, HEAD + text)
        assert "api.yaml" in where

    @settings(max_examples=50)
    @given(data=st.data())
    def test_a_document_that_was_tampered_with_is_read_or_refused(
        self, loaded: Loaded, library_data: dict[str, Any], data: st.DataObject
    ) -> None:
        """A value anywhere in a good document replaced by another, or gone: claims, or a UserError."""
        places = data.draw(st.lists(st.sampled_from(_places(library_data)), min_size=1, max_size=2))
        changed = library_data
        for at in places:
            changed = _changed(changed, at, data.draw(st.sampled_from(_ODD)))
        assert "api.yaml" in _where(loaded, changed)


_GONE = object()
_ODD: list[Any] = [
    _GONE, None, True, 0, "", "a", [], {}, ["a"], [[]], [{}], {"a": 1}, {"type": "string"}, {"x-relations": 5},
    {"$ref": "#/components/schemas/Thing"}, {"$ref": "#/components/parameters/Limit"}, {"$ref": "#/paths"},
    {"$ref": "#/components/schemas/Thing", "required": 5}, {"get": {}}, {"default": {}},
]  # fmt: skip


def _where(loaded: Loaded, content: Any) -> str:
    """The file that the contract was read from, or that the error names."""
    try:
        made = loaded(content)
        ledger(made)
    except UserError as error:
        return error.where
    return made.source.where()


def _places(value: Any, at: str = "") -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [
        each for key, member in inner for each in (at + pointer.join(key), *_places(member, at + pointer.join(key)))
    ]


def _changed(value: Any, at: str, new: Any) -> Any:
    """A copy with another value at a pointer; the same where there is nothing any more."""
    if not at:
        return new
    token, rest = pointer.split(at)[0], at[1 + len(at[1:].partition("/")[0]) :]
    if isinstance(value, dict) and token in value:
        made = {key: _changed(member, rest, new) if key == token else member for key, member in value.items()}
        return {key: member for key, member in made.items() if member is not _GONE}
    if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
        entries = [_changed(member, rest, new) if str(i) == token else member for i, member in enumerate(value)]
        return [member for member in entries if member is not _GONE]
    return value


@pytest.fixture(scope="session")
def library_data(root: Path) -> dict[str, Any]:
    return contract.load(root / "conformance/selftests/documents/library.yaml").data
