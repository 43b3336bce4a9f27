"""docs/overlays.md says how overlays are written: its example applies, each kind of relation is there and is one."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from assay import claims, contract, shapes
from assay.claims import Ledger

PAGE = (Path(__file__).resolve().parents[3] / "docs/overlays.md").read_text(encoding="utf-8")
[WHOLE] = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
RELATIONS = {kind: text for text, kind in re.findall(r"`(\{kind: ([\w-]+), .*?\})` \|$", PAGE, re.MULTILINE)}
ORDERS = """\
openapi: 3.1.0
info: {title: Orders, version: 1.0.0}
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
components:
  schemas:
    Order:
      type: object
      properties:
        id: {type: string}
        status: {type: string}
        made_at: {type: string, format: date-time}
        finished_at: {type: string, format: date-time}
        receipt: {type: [object, "null"]}
        parts_done: {type: integer}
"""

Applied = Callable[[str], Ledger]


@pytest.fixture
def applied(tmp_path: Path) -> Applied:
    (tmp_path / "openapi.yaml").write_text(ORDERS)

    def apply(overlay: str) -> Ledger:
        (tmp_path / "promises.overlay.yaml").write_text(overlay)
        return claims.ledger(contract.load(tmp_path / "openapi.yaml", [tmp_path / "promises.overlay.yaml"]))

    return apply


def test_the_whole_one_makes_the_claims_that_it_says(applied: Applied) -> None:
    found = applied(WHOLE)
    sentences = {each.sentence: each for each in found.claims.values()}
    for action in yaml.safe_load(WHOLE)["actions"]:
        if "description" in action:
            assert any(each.startswith(action["description"].rstrip(".")) for each in sentences), action
    assert {each.id for each in found.claims.values() if each.level == "should"} == {
        "getOrder/200/body/allOf/1/properties/receipt/not"
    }
    assert {each.id: each.basis for each in found.claims.values() if each.kind == "relation"} == {
        "getOrder/relations/echo/id": "implied",
        "getOrder/relations/nondecreasing/parts_done": "stated",
    }


def test_every_kind_of_relation_has_its_example() -> None:
    kinds = shapes.schema("relations")["properties"]["kind"]["enum"]
    assert sorted(RELATIONS) == sorted(kinds)


@pytest.mark.parametrize("kind", RELATIONS)
def test_each_example_makes_a_claim_with_its_sentence(kind: str, applied: Applied) -> None:
    action = f"  - target: $.components.schemas.Order\n    update: {{x-relations: [{RELATIONS[kind]}]}}\n"
    found = applied(f"overlay: 1.0.0\ninfo: {{title: One, version: 1.0.0}}\nactions:\n{action}")
    made = next(each for each in found.claims.values() if each.id.startswith(f"getOrder/relations/{kind}/"))
    assert made.sentence == yaml.safe_load(RELATIONS[kind])["sentence"]
    assert (made.level, made.basis) == ("must", "stated")


def test_every_key_of_an_action_has_its_line() -> None:
    keys = shapes.schema("overlay")["properties"]["actions"]["items"]["properties"]
    assert [each for each in keys if f"| `{each}` |" not in PAGE] == []
