"""The same mutators serve another document: nothing in them is made for one API."""

from types import ModuleType

import pytest

from assay import judge
from recorded import Original


def test_the_claims_that_another_document_exercises_are_broken_and_caught(trials: ModuleType) -> None:
    library = trials.LIBRARY
    recording = trials.recorded(library, library.correct)
    verdicts = judge.judge(library.ledger, recording)
    # headers, lists, ranges of statuses: what the flagship does not have; `nox -s proof` breaks all the others too
    exercised = [each.claim.id for each in verdicts.claims if each.exercised and each.claim.operation == "listItems"]
    kills = trials.killed(library, recording, exercised)
    assert not verdicts.failures
    assert any(each.claim.kind == "header" for each in kills)
    assert not [each.claim.id for each in kills if not each.intended or each.otherwise or each.missed]


@pytest.mark.parametrize("role", ["explore", "shrink", "minimal"])
def test_what_was_met_by_chance_is_left_out(trials: ModuleType, recording: object, role: str) -> None:
    original = Original.of(trials.JOBS.ledger, recording)  # type: ignore[arg-type]
    assert not [each for each in original.recording.exchanges if each.role == role]
