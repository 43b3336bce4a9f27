"""Documents in several files: one contract, each part of which knows the line that it stands on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import contract
from assay.claims import ledger
from assay.contract import Contract
from assay.errors import UserError

ROOT = """\
openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
paths:
  /pets/{id}:
    $ref: paths/pet.yaml
components:
  schemas:
    Pet: {type: integer}
"""
PATH = """\
parameters:
  - $ref: ../common.yaml#/parameters/Id
get:
  operationId: getPet
  responses:
    '200':
      description: OK
      headers: {X-Rate: {$ref: '../common.yaml#/headers/Rate'}}
      content:
        application/json:
          schema: {$ref: ../schemas/Pet.json}
    '404': {$ref: ../common.yaml#/responses/Gone}
    '410': {$ref: ../common.yaml#/responses/Gone}
"""
COMMON = """\
parameters:
  Id: {name: id, in: path, required: true, schema: {$ref: '#/schemas/Id'}}
headers:
  Rate: {required: true, schema: {type: integer}}
responses:
  Gone: {description: Gone, content: {application/json: {schema: {$ref: '#/schemas/Error'}}}}
schemas:
  Id: {type: string, format: uuid}
  Error:
    required: [code]
    properties:
      code: {type: string}
      own: {$ref: 'api.yaml#/components/schemas/Pet'}
"""
PET = '{"type": "object", "properties": {"parent": {"$ref": "Pet.json"}, "kind": {"$ref": "#/$defs/Kind"}}, '
PET += '"$defs": {"Kind": {"enum": ["cat", "dog"]}}}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"api.yaml": ROOT, "paths/pet.yaml": PATH, "common.yaml": COMMON, "schemas/Pet.json": PET}
    for name, text in files.items():
        file = tmp_path / "shop" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "shop"


Refused = Callable[[str], UserError]


@pytest.fixture
def refused(folder: Path) -> Refused:
    """The error where the parameter refers to this."""

    def load(reference: str) -> UserError:
        (folder / "paths/pet.yaml").write_text(PATH.replace("../common.yaml#/parameters/Id", f"'{reference}'"))
        with pytest.raises(UserError) as caught:
            contract.load(folder / "api.yaml")
        # in a long line the column is told too
        assert caught.value.where.removesuffix(":5").endswith("paths/pet.yaml:2")
        return caught.value

    return load


@pytest.mark.parametrize("name", ["own.yaml", "./own.yaml", "../shop/own.yaml"])
def test_a_document_may_call_itself_by_its_name(folder: Path, name: str) -> None:
    own = folder / "own.yaml"
    own.write_text(
        "openapi: 3.1.0\ninfo: {title: Own, version: 1.0.0}\n"
        "paths: {/pets: {get: {operationId: getPets, responses: {'200': {description: OK, "
        f"content: {{application/json: {{schema: {{$ref: '{name}#/components/schemas/S'}}}}}}}}}}}}}}}}\n"
        "components: {schemas: {S: {type: integer}}}\n"
    )
    found = ledger(contract.load(own))
    assert "getPets/200/body/type" in found.claims
    assert found.claims["getPets/200/body/type"].pointer == "/components/schemas/S/type"


class TestOneContract:
    @pytest.fixture
    def whole(self, folder: Path) -> Contract:
        return contract.load(folder / "api.yaml")

    def test_it_has_what_all_files_say(self, whole: Contract) -> None:
        found = ledger(whole)
        assert set(found.responses) == {("getPet", "200"), ("getPet", "404"), ("getPet", "410")}
        assert {
            "getPet/200/body/type", "getPet/200/body/properties/kind/enum", "getPet/200/headers/X-Rate/required",
            "getPet/404/body/required/code", "getPet/410/body/properties/own/type",
        } <= set(found.claims)  # fmt: skip
        assert [each.schema["$ref"] for each in whole.operations[0].parameters] == ["#/components/schemas/Id"]

    def test_each_part_has_its_line_in_its_file(self, whole: Contract, folder: Path) -> None:
        claims = ledger(whole).claims
        where = {
            name: Path(whole.where(claims[f"getPet/{name}"].pointer)).relative_to(folder).as_posix()
            for name in (
                "200/status",
                "404/body/required/code",
                "200/body/properties/kind/enum",
                "200/headers/X-Rate/required",
            )
        }
        assert where == {
            "200/status": "paths/pet.yaml:6",
            "404/body/required/code": "common.yaml:10",
            "200/body/properties/kind/enum": "schemas/Pet.json:1",
            "200/headers/X-Rate/required": "common.yaml:4",
        }

    def test_a_name_that_is_taken_makes_room(self, whole: Contract) -> None:
        assert whole.data["components"]["schemas"]["Pet"] == {"type": "integer"}
        assert whole.data["components"]["schemas"]["Pet_"]["type"] == "object"

    def test_a_change_in_any_file_is_another_contract(self, whole: Contract, folder: Path) -> None:
        (folder / "common.yaml").write_text(COMMON.replace("uuid", "date"))
        assert contract.load(folder / "api.yaml").digest != whole.digest

    def test_all_files_are_named(self, whole: Contract) -> None:
        assert [each.path.name for each in whole.source.files] == ["api.yaml", "common.yaml", "pet.yaml", "Pet.json"]


class TestRefused:
    @pytest.mark.parametrize(
        ("reference", "what"),
        [
            ("https://example.com/a.yaml#/A", "is a URL"),
            ("../../secret.yaml", "leads outside the document's folder"),
            ("../linked.yaml", "leads outside the document's folder"),
            ("../linked/secret.yaml", "leads outside the document's folder"),
            ("../common.yaml#/parameters/Name", "leads to nothing"),
            ("../common.yaml#Id", "leads to nothing"),
            ("#/parameters/Name", "leads to nothing"),
            ("../none.yaml", "leads to no file"),
            ("..", "leads to no file"),
            ("a%00b.yaml", "leads to no file"),
            pytest.param("a" * 300 + ".yaml", "leads to no file", id="long"),
        ],
    )
    def test_a_reference_is_named_with_its_line(
        self, folder: Path, refused: Refused, reference: str, what: str
    ) -> None:
        (folder.parent / "secret.yaml").write_text("name: id\nin: path\n")
        (folder / "linked.yaml").symlink_to(folder.parent / "secret.yaml")
        (folder / "linked").symlink_to(folder.parent)
        error = refused(reference)
        assert error.what.startswith(f"`$ref: {reference}` {what}")
        assert error.todo

    def test_a_file_that_is_no_yaml_says_so_itself(self, folder: Path) -> None:
        (folder / "common.yaml").write_text("a: [")
        with pytest.raises(UserError, match="not valid YAML") as caught:
            contract.load(folder / "api.yaml")
        assert "common.yaml:" in caught.value.where

    def test_paths_that_lead_to_each_other_end(self, folder: Path) -> None:
        (folder / "paths/pet.yaml").write_text("$ref: other.yaml")
        (folder / "paths/other.yaml").write_text("$ref: pet.yaml")
        with pytest.raises(UserError):
            contract.load(folder / "api.yaml")

    def test_what_is_written_out_within_itself_ends(self, folder: Path) -> None:
        """A media type, whose parts have headers, which have media types."""
        media = "{encoding: {x: {headers: {H: {content: {application/json: {$ref: media.yaml}}}}}}}"
        (folder / "media.yaml").write_text(media)
        body = "requestBody: {content: {application/json: {$ref: ../media.yaml}}}\n  responses:"
        (folder / "paths/pet.yaml").write_text(PATH.replace("responses:", body))
        with pytest.raises(UserError, match="leads in a circle") as caught:
            contract.load(folder / "api.yaml")
        assert caught.value.where.endswith("media.yaml:1")


def test_a_fault_in_another_file_has_its_line(folder: Path) -> None:
    (folder / "common.yaml").write_text(COMMON.replace("code: {", "code: {minLength: x, "))
    with pytest.raises(UserError) as caught:
        contract.load(folder / "api.yaml")
    assert caught.value.where.endswith("common.yaml:12")


def test_what_looks_like_a_reference_in_an_example_is_none(folder: Path) -> None:
    shown: Any = "example: {$ref: https://example.com/a}, "
    (folder / "common.yaml").write_text(COMMON.replace("Id: {type: string, ", "Id: {type: string, " + shown))
    assert contract.load(folder / "api.yaml").operations
