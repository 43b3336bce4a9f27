"""Which answers lead where: as the document declares, and as its paths are built."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay import contract
from assay.errors import UserError
from assay.plan import links, removals
from assay.target import target_file
from selftests.chains import shelf

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
MADE = """
paths:
  %(collection)s:
    post:
      operationId: add
      parameters: [%(above)s]
      responses:
        "%(status)s":
          description: Made.
          headers: {%(headers)s}
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
  %(collection)s/{%(name)s}:
    parameters: [%(above)s {name: "%(name)s", in: path, required: true, schema: {type: %(type)s}}]
    get:
      operationId: read
      responses:
        "200": {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/%(read)s"}}}}
    delete: {operationId: remove, responses: {"204": {description: Gone.}}}
  %(collection)s/{%(name)s}/parts:
    parameters: [%(above)s {name: "%(name)s", in: path, required: true, schema: {type: %(type)s}}]
    delete: {operationId: empty, responses: {"204": {description: Gone.}}}
components: {schemas: {Thing: {type: object, properties: {%(properties)s}}, Other: {type: object}}}
"""
USUAL = {
    "collection": "/things", "above": "", "status": "201", "headers": "", "name": "id", "type": "string",
    "read": "Thing", "properties": "id: {type: string}",
}  # fmt: skip

Loaded = Callable[[str], contract.Contract]


@pytest.fixture
def load(tmp_path: Path) -> Loaded:
    def make(text: str) -> contract.Contract:
        (tmp_path / "d.yaml").write_text(text)
        return contract.load(tmp_path / "d.yaml")

    return make


def _led(of: contract.Contract) -> dict[str, dict[str, object]]:
    return {each.operation.id: each.path for each in links.links(of)}


def _removed(of: contract.Contract) -> dict[str, str]:
    found = removals.removals(of, target_file.from_url("http://h"), links.links(of))
    return {response: link.operation.id for response, link in found.items()}


class TestDeclared:
    @pytest.fixture
    def found(self, load: Loaded) -> list[links.Link]:
        return [each for each in links.links(load(shelf.document())) if each.source.id == "addBook"]

    def test_by_the_id_of_the_operation_and_by_a_reference(self, found: list[links.Link]) -> None:
        assert [each.operation.id for each in found if each.declared] == ["readBook", "replaceBook"]

    def test_the_values_are_placeholders(self, found: list[links.Link]) -> None:
        assert {str(each.path) for each in found} == {"{'book': '{made.$response.body#/code}'}"}

    def test_what_leads_to_a_book_leads_to_all_that_is_done_with_it(self, found: list[links.Link]) -> None:
        assert {each.operation.id for each in found if not each.declared} == {"removeBook", "lend"}

    @pytest.mark.parametrize(
        ("link", "what"),
        [
            ("{operationId: readBok}", "the link leads to no operation of the document: 'readBok'"),
            (
                '{operationRef: "#/paths/~1nothing/get"}',
                "leads to no operation of the document: '#/paths/~1nothing/get'",
            ),
            (
                '{operationRef: "https://other.example/api.yaml#/paths/~1x/get"}',
                "leads to no operation of the document",
            ),
            ("{operationId: readBook, parameters: {bok: x}}", "gives a value for 'bok', which readBook does not take"),
            ("{operationId: readBook, parameters: {book: $response.bdy}}", "'$response.bdy' is no runtime expression"),
            ('{operationId: readBook, parameters: {book: "x{$location}"}}', "'$location' is no runtime expression"),
        ],
    )
    def test_one_that_leads_nowhere_is_told_with_its_line(self, link: str, what: str, load: Loaded) -> None:
        loaded = load(shelf.document(links=f"\n          links:\n            read: {link}"))
        with pytest.raises(UserError) as caught:
            links.links(loaded)
        assert what in str(caught.value)
        assert caught.value.where.endswith(f"d.yaml:{_line(loaded, 'read: ' + link[:12])}")

    def test_one_to_another_server_is_not_followed(self, load: Loaded) -> None:
        text = shelf.document(
            links='\n          links:\n            read: {operationId: readBook, server: {url: "https://other.example"}}'
        )
        loaded = load(
            text.replace("openapi: 3.1.0", "openapi: 3.0.3").replace("      examples: [{title: Emma, pages: 474}]", "")
        )
        assert not [each for each in links.links(loaded) if each.declared]

    def test_an_expression_within_a_text_a_constant_and_a_body(self, load: Loaded) -> None:
        value = '"b-{$response.body#/code}"'
        link = f"replace: {{operationId: replaceBook, parameters: {{book: {value}}}, requestBody: {{pages: 7}}}}"
        found = links.links(load(shelf.document(links=f"\n          links:\n            {link}")))
        declared = next(each for each in found if each.declared)
        assert (declared.path, declared.body) == ({"book": "b-{made.$response.body#/code}"}, {"pages": 7})

    def test_an_order_that_names_its_customer_leads_to_reading_it_only(self, load: Loaded) -> None:
        text = (
            HEAD + 'paths:\n  /orders: {post: {operationId: order, responses: {"201": {description: d, links: '
            "{who: {operationId: readCustomer, parameters: {c: $response.body#/customer}}}}}}}\n"
            "  /customers/{c}:\n    parameters: [{name: c, in: path, required: true, schema: {type: string}}]\n"
            '    get: {operationId: readCustomer, responses: {"200": {description: d}}}\n'
            '    delete: {operationId: dropCustomer, responses: {"204": {description: d}}}\n'
        )
        assert _led(load(text)) == {"readCustomer": {"c": "{made.$response.body#/customer}"}}
        assert _removed(load(text)) == {}


def _line(loaded: contract.Contract, text: str) -> int:
    lines = loaded.source.path.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


class TestByPaths:
    @pytest.mark.parametrize(
        ("changes", "taken"),
        [
            ({}, "$response.body#/id"),
            ({"name": "thing_id"}, "$response.body#/id"),
            ({"name": "thingId"}, "$response.body#/id"),
            ({"name": "thing-id"}, "$response.body#/id"),
            ({"name": "thing_id", "properties": "id: {}, thing_id: {}"}, "$response.body#/thing_id"),
            ({"name": "slug", "properties": "slug: {type: string}"}, "$response.body#/slug"),
            ({"status": "200"}, "$response.body#/id"),
            ({"type": "integer", "properties": "id: {type: [integer, 'null']}"}, "$response.body#/id"),
            ({"headers": "Location: {schema: {type: string}}", "properties": ""}, "$location"),
            ({"collection": "/categories", "name": "category_id"}, "$response.body#/id"),
            ({"collection": "/boxes", "name": "box_id"}, "$response.body#/id"),
        ],
    )
    def test_what_was_made_is_found_again(self, changes: dict[str, str], taken: str, load: Loaded) -> None:
        loaded = load(HEAD + MADE % {**USUAL, **changes})
        name = {**USUAL, **changes}["name"]
        assert _led(loaded) == {each: {name: f"{{made.{taken}}}"} for each in ("read", "remove", "empty")}
        assert _removed(loaded) == {f"add {changes.get('status', '201')}": "remove"}

    @pytest.mark.parametrize(
        "changes",
        [
            {"name": "owner_id"},
            {"name": "slug"},
            {"type": "integer"},
            {"properties": ""},
            {"status": "202"},
            {"status": "200", "read": "Other"},
            {"status": "200", "headers": "Location: {schema: {type: string}}", "properties": ""},
        ],
    )
    def test_what_is_not_clear_is_not_guessed(self, changes: dict[str, str], load: Loaded) -> None:
        loaded = load(HEAD + MADE % {**USUAL, **changes})
        assert (_led(loaded), _removed(loaded)) == ({}, {})

    def test_what_is_above_is_as_it_was_asked(self, load: Loaded) -> None:
        above = "{name: shop, in: path, required: true, schema: {type: string}},"
        loaded = load(HEAD + MADE % {**USUAL, "collection": "/shops/{shop}/things", "above": above})
        assert _led(loaded)["read"] == {"shop": "{made.$request.path.shop}", "id": "{made.$response.body#/id}"}
