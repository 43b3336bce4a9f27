"""report.sarif: valid, on the line of the document, and nothing that was not shown looks like a pass."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, Verdicts
from assay.recording.exchange import Exchange
from assay.report.sarif import sarif
from selftests.report import schemas

Judged = Callable[..., Verdicts]
Broken = Callable[..., ClaimVerdict]

ID = "getThing/200/body/properties/id/format"
SHOULD = "getThing/200/body/properties/size/maximum"
STATUS = "getThing/502/status"
KEYWORD = "getThing/200/body/properties/size/minimum"
SCHEMA = schemas.sarif()


def run_of(verdicts: Verdicts) -> Any:
    made = json.loads(sarif(verdicts))
    SCHEMA.validate(made)
    return made["runs"][0]


def test_a_conformant_run_has_no_result_and_says_so(judged: Judged) -> None:
    run = run_of(judged())
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 0, "exitCodeDescription": "conformant"}]
    assert run["properties"]["verdict"].startswith("staging: conformant: 4/4 responses")


def test_a_violated_claim_is_an_error_on_the_line_that_it_comes_from(judged: Judged, broken: Broken) -> None:
    verdicts = judged(broken(ID), exit_status=1)
    run = run_of(verdicts)
    [result] = run["results"]
    assert (result["ruleId"], result["kind"], result["level"]) == (ID, "fail", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == ID
    [location] = result["locations"]
    physical = location["physicalLocation"]
    source = verdicts.ledger.contract.source
    line = source.text.splitlines()[physical["region"]["startLine"] - 1]
    assert "format: uuid" in line
    assert physical["artifactLocation"]["uri"] == source.path.as_uri()
    assert result["message"]["text"].splitlines() == [
        "`/id` is in the format uuid",
        'Expected a uuid, got at /id: "x"',
        "Request id: req-42",
        "curl -sS -i --url 'https://things.example/things/1'",
    ]


def test_a_file_of_the_checkout_is_named_from_its_root(
    judged: Judged, broken: Broken, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ledger.contract.source.path.parent)
    [result] = run_of(judged(broken(ID)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "openapi.yaml"


def test_what_an_overlay_says_stands_in_the_overlay(judged: Judged, broken: Broken) -> None:
    [result] = run_of(judged(broken(SHOULD)))["results"]
    assert result["level"] == "warning"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("/overlay.yaml")


@pytest.mark.parametrize("verdict", ["not-exercised", "inconclusive"])
def test_what_was_not_shown_is_open(verdict: Any, judged: Judged, ledger: Ledger) -> None:
    run = run_of(judged(ClaimVerdict(ledger.claims[STATUS], verdict, reason="no state"), exit_status=3))
    [result] = run["results"]
    assert (result["kind"], result["level"]) == ("open", "none")
    assert f"{verdict}: no state" in result["message"]["text"]


def test_a_keyword_that_need_not_be_exercised_is_no_result(judged: Judged, ledger: Ledger) -> None:
    unseen = ClaimVerdict(ledger.claims[KEYWORD], "not-exercised")
    assert run_of(judged(unseen))["results"] == []
    assert len(run_of(judged(unseen, header={"strict": True}))["results"]) == 1


def test_a_waived_claim_is_suppressed_with_its_reason(judged: Judged, ledger: Ledger) -> None:
    [result] = run_of(judged(ClaimVerdict(ledger.claims[ID], "waived", reason="agreed with a")))["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "agreed with a"}]


@settings(deadline=None, derandomize=True, max_examples=30)
@given(text=st.text(st.characters()))
@example(text="\0\x1b\ud800\n")
def test_whatever_a_server_says_it_stays_valid(
    text: str, judged: Judged, broken: Broken, exchange: Callable[..., Exchange]
) -> None:
    odd = exchange(text, text, ((text, text),), b"", step=text)
    run = run_of(judged(broken(ID, odd, expected=text, got=text), build=text, header={"target": {"name": text}}))
    assert len(run["results"]) == 1
