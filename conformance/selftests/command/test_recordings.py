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


# Shards: the jobs of a CI matrix --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shards(installed: Any, root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Shard → the folder of its report."""
    folder = tmp_path_factory.mktemp("shards")
    for name in ("1/2", "2/2"):
        said = installed("check", "--shard", name, "--examples", 0, "--quiet", "--report", folder / name[0], cwd=root)
        assert said.status == 3, said.all
        assert f"the run was partial: shard {name[0]} of 2" in said.out
    return {name: folder / name for name in "12"}


def test_all_shards_joined_say_what_the_whole_run_says(
    shards: dict[str, Path], checked: Any, assay: Any, tmp_path: Path, contract: list[str]
) -> None:
    parts = [each / "recording.jsonl" for each in shards.values()]
    said = assay("judge", *parts, "--report", "joined", *contract)
    assert said.status == 0, said.all
    alone, joined = (json.loads((each / "results.json").read_text()) for each in (checked.report, tmp_path / "joined"))
    verdicts = [
        {each["id"]: each["verdict"] for each in told["claims"] if each["source"] != "client"}
        for told in (alone, joined)
    ]
    assert verdicts[0] == verdicts[1]
    assert (joined["partial"], joined["summary"]["violated"]) == ("", 0)


def test_a_shard_that_is_missing_is_named(shards: dict[str, Path], assay: Any, contract: list[str]) -> None:
    said = assay("judge", shards["2"] / "recording.jsonl", *contract)
    assert said.status == 3
    assert "the run was partial: shard 1 of 2 is missing beside" in " ".join(said.out.split())


def test_a_shard_that_there_is_not_is_refused(assay: Any, root: Path, tmp_path: Path) -> None:
    said = assay("check", "--shard", "3/2", "--report", tmp_path / "report", cwd=root)
    assert (said.status, "--shard '3/2' names no part" in said.err) == (2, True)
