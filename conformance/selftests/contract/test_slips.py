"""What is wrong in a document and keeps nobody from reading it is told, with its place, by whoever reads it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay import contract
from assay.contract import Contract

Write = Callable[[str], Contract]

DOCUMENT = """\
openapi: 3.1.0
info: {title: Doors, version: 1.0.0}
security:
  - {}
  - master: []
paths:
  /doors:
    get:
      operationId: listDoors
      security:
        - token: []
          keyy: []
      responses: {"200": {description: All.}, "401": {description: Not you.}}
    post:
      operationId: addDoor
      security: [{keyy: []}]
      responses: {"201": {description: One more.}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
    token: {type: http, scheme: bearer}
"""
TOLD = (
    "there is no scheme {name!r} under components/securitySchemes{more}: where its credential is sent nobody can know, "
    "so none is; that requests without one are refused is probed nevertheless; {todo}"
)


@pytest.fixture
def loaded(tmp_path: Path) -> Write:
    def load(text: str) -> Contract:
        (tmp_path / "doors.yaml").write_text(text)
        return contract.load(tmp_path / "doors.yaml")

    return load


def test_each_name_is_told_once_with_its_first_place(loaded: Write) -> None:
    first = TOLD.format(name="master", more="", todo="known here: key, token")
    second = TOLD.format(name="keyy", more=" (and 1 more of this name)", todo="did you mean 'key'?")
    assert [each.partition("doors.yaml")[2] for each in loaded(DOCUMENT).notes] == [
        f":5: /security/1/master: {first}",
        f":12: /paths/~1doors/get/security/0/keyy: {second}",
    ]


def test_where_none_is_defined_an_overlay_can(loaded: Write) -> None:
    (told, *_) = loaded(DOCUMENT.partition("components:")[0]).notes
    assert told.endswith("; define it there, an overlay can")


def test_a_document_in_order_has_no_notes(loaded: Write) -> None:
    assert loaded(DOCUMENT.replace("keyy", "key").replace("master", "key")).notes == ()


def test_a_reference_of_3_2_is_followed(loaded: Write) -> None:
    text = DOCUMENT.replace("3.1.0", "3.2.0").replace("keyy", "'#/components/securitySchemes/key'")
    read = loaded(text.replace("  - master: []\n", ""))
    assert read.notes == ()
    assert [each.kind for each in read.operations[1].security[0]] == ["apiKey"]
