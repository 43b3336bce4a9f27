"""Which hostile values an operation is asked for, and what is asked of the answers: its parameter's schema says it."""

from collections.abc import Callable

import pytest

from assay import plan
from assay.claims import Ledger
from assay.claims.probes import HOSTILE_VALUES
from assay.plan.probing import HOSTILE_PATHS
from assay.target import Target

DOCUMENT = """\
openapi: 3.1.0
info: {title: Words, version: 1.0.0}
paths:
  /words/{word}:
    get:
      operationId: getWord
      parameters: [{name: word, in: path, required: true, schema: SCHEMA}]
      responses: {"200": {description: It., content: {application/json: {schema: {type: object}}}}}
components:
  schemas:
    My.Id: {type: string, format: uuid}
    Either: {anyOf: [{$ref: "#/components/schemas/My%2EId"}, {type: integer}]}
"""


@pytest.fixture
def asked(ledger_of: Callable[[str], Ledger], loaded: Callable[..., Target]) -> Callable[[str], dict[str, list[str]]]:
    """Rule → the labels of what is sent under it."""

    def make(schema: str) -> dict[str, list[str]]:
        ledger = ledger_of(DOCUMENT.replace("SCHEMA", schema))
        found: dict[str, list[str]] = {}
        for each in plan.plan(ledger, loaded(), seed=1).probes:
            claim, _, label = each.id.partition("#")
            if "/hostile-" in claim:
                found.setdefault(ledger.rules[claim], []).append(label)
        return found

    return make


@pytest.mark.parametrize(
    "schema",
    [
        "{type: string, format: uuid}",
        "{type: integer}",
        "{type: [integer, 'null']}",
        "{enum: [a, b]}",
        '{type: string, pattern: "^[A-Z]{3}$"}',
        '{$ref: "#/components/schemas/My%2EId"}',
        '{$ref: "#/components/schemas/Either"}',
    ],
)
def test_what_no_value_may_be_is_to_be_refused(schema: str, asked: Callable[[str], dict[str, list[str]]]) -> None:
    assert asked(schema) == {"hostile-path": [*HOSTILE_PATHS], "hostile-value": [*HOSTILE_VALUES]}


@pytest.mark.parametrize(
    "schema",
    [
        "{type: string}",
        "{}",
        '{type: string, pattern: "^.{1,255}$"}',
        '{type: string, pattern: "^[^/]+$"}',
        "{type: string, format: password}",
        "{type: string, maxLength: 100}",
    ],
)
def test_where_odd_texts_are_values_none_has_to_be_refused(
    schema: str, asked: Callable[[str], dict[str, list[str]]]
) -> None:
    assert asked(schema) == {"any-path": [*HOSTILE_PATHS], "any-value": [*HOSTILE_VALUES]}


def test_a_name_among_them_is_not_sent_to_be_refused(asked: Callable[[str], dict[str, list[str]]]) -> None:
    """`aaa…` is one by this schema, and so may well be there."""
    found = asked('{type: string, pattern: "^[a-z]+$"}')
    assert "200 characters" not in found["hostile-value"]
    assert found["hostile-value"] == [label for label in HOSTILE_VALUES if "characters" not in label]
    assert "over 2 kB" not in found["hostile-path"]
