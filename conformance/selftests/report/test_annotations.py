"""Workflow commands: one line each, whatever is said in them, on the line of the document."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, Verdicts
from assay.recording.exchange import Exchange
from assay.report.annotations import annotations

Judged = Callable[..., Verdicts]
Broken = Callable[..., ClaimVerdict]

ID = "getThing/200/body/properties/id/format"
SHOULD = "getThing/200/body/properties/size/maximum"
COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(verdicts: Verdicts) -> list[tuple[str, str, str]]:
    """(kind, properties, message) of each line, each of which has to be a command."""
    found = [COMMAND.fullmatch(line) for line in annotations(verdicts).decode().split("\n")[:-1]]
    assert all(found)
    return [(each[1], each[2], each[3]) for each in found if each]


def test_a_conformant_run_is_a_notice(judged: Judged) -> None:
    [(kind, where, text)] = commands(judged())
    assert (kind, where) == ("notice", "title=assay")
    assert text.startswith("staging: conformant: 4/4 responses")


def test_a_violated_claim_is_an_error_on_its_line(
    judged: Judged, broken: Broken, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ledger.contract.source
    monkeypatch.chdir(source.path.parent)
    kind, where, text = commands(judged(broken(ID), exit_status=1))[0]
    line = next(number for number, each in enumerate(source.text.splitlines(), 1) if "format: uuid" in each)
    assert (kind, where) == ("error", f"file=openapi.yaml,line={line},title=`/id` is in the format uuid")
    assert text == f'expected a uuid, got at /id: "x"%0A{ID}'


def test_a_should_is_a_warning(judged: Judged, broken: Broken) -> None:
    assert [kind for kind, _, _ in commands(judged(broken(SHOULD)))] == ["warning", "notice"]


def test_claims_of_one_sentence_are_one_annotation(judged: Judged, broken: Broken) -> None:
    shared = [f"getThing/{status}/body/properties/code/type" for status in ("404", "502")]
    found = commands(judged(*map(broken, shared), exit_status=1))
    assert len(found) == 2
    assert found[0][2].endswith(f"%0A{shared[0]}, {shared[1]}")


def test_what_is_missing_is_a_warning_and_the_verdict_an_error(judged: Judged) -> None:
    found = commands(judged(incomplete=("the run was interrupted",), exit_status=3))
    assert found[0] == ("warning", "title=assay: incomplete".replace(":", "%3A"), "the run was interrupted")
    assert found[1][0] == "error"


@settings(deadline=None, derandomize=True, max_examples=50)
@given(text=st.text(st.characters()))
@example(text="x\n::error::forged\r\n::stop-commands::t%0A")
def test_no_answer_of_a_server_makes_a_command(
    text: str, judged: Judged, broken: Broken, exchange: Callable[..., Exchange]
) -> None:
    odd = exchange(text, text, ((text, text),), b"", step=text)
    made = judged(broken(ID, odd, expected=text, got=text), incomplete=(text,), build=text, exit_status=1)
    assert len(commands(made)) == 3
