"""`assay judge` of recordings that are not those of one run: several at once."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def contract(root: Path) -> list[str]:
    return ["--spec", str(root / "spec/openapi.yaml"), "--overlay", str(root / "spec/promises.overlay.yaml")]


def test_two_recordings_are_judged_as_one_that_is_kept(
    checked: Any, assay: Any, tmp_path: Path, contract: list[str]
) -> None:
    one = checked.report / "recording.jsonl"
    shutil.copy(one, tmp_path / "other.jsonl")
    said = assay("judge", one, "other.jsonl", "--report", "both", *contract)
    assert said.status == 0, said.all
    assert "13/13 documented responses held (8 natural, 5 provoked)" in said.out
    alone, both = (json.loads((each / "results.json").read_text()) for each in (checked.report, tmp_path / "both"))
    assert [each["exchanges"] for each in both["responses"]] == [2 * each["exchanges"] for each in alone["responses"]]
    assert assay("judge", "both/recording.jsonl", "--report", "again", *contract).status == 0
    again = json.loads((tmp_path / "again/results.json").read_text())
    assert again["claims"] == both["claims"]


def test_the_joined_recording_is_not_written_over_one_of_its_parts(
    checked: Any, assay: Any, tmp_path: Path, contract: list[str]
) -> None:
    shutil.copy(checked.report / "recording.jsonl", tmp_path / "recording.jsonl")
    said = assay("judge", checked.report / "recording.jsonl", "recording.jsonl", "--report", ".", *contract)
    assert said.status == 2
    assert "would be written over one of them" in said.err


def test_it_is_said_which_recording_is_for_another_contract(checked: Any, assay: Any, root: Path) -> None:
    one = checked.report / "recording.jsonl"
    said = assay("judge", one, one, "--spec", root / "spec/openapi.yaml")
    assert said.err.count(f"recorded for another contract (Generation Jobs 1.0.0) ({one}); judged by") == 2
