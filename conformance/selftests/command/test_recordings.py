"""`assay judge` of recordings that are not those of one run: several at once, shards, traffic."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from assay import shapes


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


# Traffic that somebody else recorded ----------------------------------------------------------------------------------

JOB = "a1000000-0000-4000-8000-0000000000cc"
TOKEN = "gj_somebody_5tVq9ZrKc2WmXhB7"


def har(path: Path, checked: Any, **changes: Any) -> Path:
    """What a browser would have written of a job that the reference provider gave, with some of its members changed."""
    lines = (checked.report / "recording.jsonl").read_text().splitlines()
    given = next(each for line in lines if (each := json.loads(line)).get("step") == "getJob 200 completed")
    text = json.dumps({**json.loads(given["reply"]["text"]), **changes})
    asked = {"method": "GET", "url": f"https://api.generation-jobs.example/v1/jobs/{JOB}"}
    entry = {
        "startedDateTime": "2026-03-01T10:00:00.000Z",
        "time": 12.5,
        "request": {**asked, "headers": [{"name": "Authorization", "value": f"Bearer {TOKEN}"}]},
        "response": {
            "status": 200,
            "headers": [{"name": name, "value": value} for name, value in given["reply"]["headers"]],
            "content": {"size": len(text), "text": text},
        },
    }
    path.write_text(json.dumps({"log": {"entries": [entry]}}))
    return path


def test_traffic_shows_what_it_shows_and_is_incomplete(
    checked: Any, assay: Any, tmp_path: Path, contract: list[str]
) -> None:
    said = assay("judge", har(tmp_path / "traffic.har", checked), "--report", "out", *contract)
    assert said.status == 3, said.all
    assert "traffic with https://api.generation-jobs.example: incomplete" in said.out
    assert "200 ○ not-exercised observed" in said.out
    assert "traffic.har: 1 of 1 entries are about https://api.generation-jobs.example" in " ".join(said.out.split())
    told = json.loads((tmp_path / "out/results.json").read_text())
    assert [error.message for error in shapes.validator("results").iter_errors(told)] == []
    grades = {each["grade"] for each in told["claims"] if each["verdict"] == "held" and each["source"] != "client"}
    assert grades == {"observed"}
    assert told["summary"]["held"] > 20
    assert assay("judge", "out/recording.jsonl", *contract).status == 3
    assert [path.name for path in (tmp_path / "out").iterdir() if TOKEN in path.read_text()] == []


def test_traffic_that_breaks_a_promise_is_violated(
    checked: Any, assay: Any, tmp_path: Path, contract: list[str]
) -> None:
    path = har(tmp_path / "traffic.json", checked, scenes_total="three")
    said = assay("judge", path, *contract)
    assert said.status == 1, said.all
    assert "claims: getJob/200/body/properties/scenes_total/type" in said.out
    assert f"/v1/jobs/{JOB}" in said.out
    assert TOKEN not in said.all
    both = assay("judge", checked.report / "recording.jsonl", path, *contract)
    assert both.status == 1, both.all
    assert "12/13 documented responses held" in both.out


def test_traffic_adds_to_a_run(checked: Any, assay: Any, tmp_path: Path, contract: list[str]) -> None:
    path = har(tmp_path / "traffic.har", checked)
    said = assay("judge", path, checked.report / "recording.jsonl", *contract)
    assert said.status == 0, said.all
    assert "13/13 documented responses held (8 natural, 5 provoked)" in said.out


def test_traffic_of_another_server_is_told(checked: Any, assay: Any, tmp_path: Path, contract: list[str]) -> None:
    path = har(tmp_path / "traffic.har", checked)
    said = assay("judge", path, "--url", "https://staging.example", *contract)
    assert said.status == 3, said.all
    assert "1 of other servers (https://api.generation-jobs.example 1)" in " ".join(said.out.split())
    assert "incomplete: nothing at all was exercised" in said.out


def test_a_broken_har_is_told_with_its_place(assay: Any, tmp_path: Path, contract: list[str]) -> None:
    (tmp_path / "broken.har").write_text('{"log": {"entries": [{"request": {}}]}}')
    said = assay("judge", "broken.har", *contract)
    assert (said.status, "broken.har: /log/entries/0" in said.err) == (2, True)
    assert said.err.count("/log") == 1


@pytest.mark.parametrize("url", [(), ("--url", "https://staging.example")])
def test_a_har_without_entries_is_told(assay: Any, tmp_path: Path, contract: list[str], url: tuple[str, ...]) -> None:
    (tmp_path / "empty.har").write_text('{"log": {"version": "1.2", "entries": []}}')
    said = assay("judge", "empty.har", *url, *contract)
    assert (said.status, said.err.splitlines()[0]) == (2, "assay: empty.har: the HAR has no entries")
