"""Where a value of the path may well name something, no status is due; what is tried accuses nobody."""

from collections.abc import Callable

import pytest

from assay import plan
from assay.claims import Ledger
from assay.plan.steps import Plan
from assay.target import target_file

_TARGET = target_file.from_url("https://places.example")


def planned(schema: str, ledger_of: Callable[[str], Ledger], *, method: str = "get", **given: str) -> Plan:
    takes = "requestBody: {content: {application/json: {schema: {type: object}}}}"
    body = takes if method in ("post", "put", "patch") else ""
    responses = ", ".join(f'"{status}": {{description: R}}' for status in given.get("responses", "200 404").split())
    ledger = ledger_of(f"""\
openapi: 3.1.0
info: {{title: Places, version: 1.0.0}}
paths:
  /places/{{place}}:
    {method}:
      operationId: at
      parameters: [{{name: place, in: path, required: true, schema: {schema}}}]
      {body}
      responses: {{{responses}}}
""")
    return plan.plan(ledger, _TARGET, seed=1, writes=True)


@pytest.mark.parametrize("schema", ["{enum: [north, south]}", "{type: boolean}", "{const: north}"])
@pytest.mark.parametrize("status", ["404", "4XX", "default"])
def test_nothing_is_due_of_few_values(schema: str, status: str, ledger_of: Callable[[str], Ledger]) -> None:
    made = planned(schema, ledger_of, responses=f"200 {status}")
    assert {each.driver for each in made.steps if each.due == status} <= {"tried"}
    gaps = {each.status: each.todo for each in made.unplanned}
    ending = '[states."at 404"] in the target file (--target): a resource that does not exist'
    assert status != "404" or gaps["404"].endswith(ending)


@pytest.mark.parametrize("status", ["404", "4XX", "default"])
def test_a_date_is_tried_at_most(status: str, ledger_of: Callable[[str], Ledger]) -> None:
    made = planned("{type: string, format: date}", ledger_of, responses=f"200 {status}")
    assert {each.due: each.driver for each in made.steps if each.due == status} == {status: "tried"}


def test_a_uuid_is_due_its_404(ledger_of: Callable[[str], Ledger]) -> None:
    made = planned("{type: string, format: uuid}", ledger_of)
    assert {each.due: each.driver for each in made.steps}["404"] == "derived"


def test_one_of_few_is_tried_for_a_read(ledger_of: Callable[[str], Ledger]) -> None:
    made = planned("{type: integer, minimum: 1, maximum: 3}", ledger_of)
    assert [(each.due, each.driver) for each in made.steps] == [("200", "tried")]
    assert made.steps[0].call.path["place"] in (1, 2, 3)


def test_nothing_is_changed_on_a_guess(ledger_of: Callable[[str], Ledger]) -> None:
    made = planned("{type: integer, minimum: 1, maximum: 3}", ledger_of, method="delete", responses="204 404")
    assert made.steps == ()


@pytest.mark.parametrize("method", ["post", "put", "patch"])
@pytest.mark.parametrize("schema", ["{type: string}", "{enum: [north]}", "{type: string, format: uuid}"])
@pytest.mark.parametrize("status", ["4XX", "default"])
def test_nothing_valid_is_written_to_be_refused(
    method: str, schema: str, status: str, ledger_of: Callable[[str], Ledger]
) -> None:
    made = planned(schema, ledger_of, method=method, responses=f"201 {status}")
    tried = [each for each in made.steps if each.due == status]
    assert [each.driver for each in tried] == ["tried"]
    assert tried[0].call.body == b'{"' or str(tried[0].call.path["place"]).startswith("not-a-")


def test_what_makes_what_there_is_not_is_due_no_404(ledger_of: Callable[[str], Ledger]) -> None:
    made = planned("{type: string}", ledger_of, method="put", responses="201 404")
    assert "404" not in {each.due for each in made.steps}


def test_methods_are_probed_where_no_value_leads(ledger_of: Callable[[str], Ledger]) -> None:
    made = planned("{enum: [north, south]}", ledger_of)
    probed = {each.call.path["place"] for each in made.probes if "/method/" in each.id}
    assert probed == {"not-a-value"}
