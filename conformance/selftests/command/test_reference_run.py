"""The reference provider from end to end: what is printed, which files are there, and that they say the same again."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from assay import recording, shapes
from assay.target import target_file


def results(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "results.json").read_text())
    return loaded


def test_it_is_conformant_and_named_in_the_first_words(checked: Any) -> None:
    assert checked.said.status == 0, checked.said.all
    verdict = next(line for line in checked.said.out.splitlines() if "conformant" in line)
    assert verdict == "reference provider, started by assay, not your server: conformant"
    assert all(line.startswith("assay: ") and " s  getJob 200 live" in line for line in checked.said.err.splitlines())


def test_every_documented_response_was_seen_and_held(checked: Any) -> None:
    assert "13/13 documented responses held (8 natural, 5 provoked)" in checked.said.out
    rows = results(checked.report)["responses"]
    assert [row["verdict"] for row in rows] == ["held"] * 13
    assert {row["status"]: row["grade"] for row in rows} == {
        **dict.fromkeys(("200", "400", "401", "402", "403", "404", "429", "451"), "natural"),
        **dict.fromkeys(("409", "422", "500", "502", "503"), "provoked"),
    }


def test_results_are_of_their_schema_and_say_the_exit_status(checked: Any) -> None:
    told = results(checked.report)
    assert [error.message for error in shapes.validator("results").iter_errors(told)] == []
    assert (told["exit_status"], told["interrupted"], told["partial"]) == (0, False, "")
    assert told["target"]["name"] == "reference provider"
    assert told["target"]["served"] is True


def test_junit_has_no_failure(checked: Any) -> None:
    cases = list(ET.parse(checked.report / "junit.xml").iter("testcase"))  # noqa: S314 - we wrote it
    assert len(cases) >= len(results(checked.report)["claims"])
    assert [case.get("name") for case in cases if list(case.iter("failure")) or list(case.iter("error"))] == []


def test_the_page_is_there_and_no_burden(checked: Any) -> None:
    page = (checked.report / "report.html").read_bytes()
    assert page.startswith(b"<!doctype html>")
    assert len(page) < 2_000_000


def test_the_recording_is_whole(checked: Any) -> None:
    loaded = recording.load(checked.report / "recording.jsonl")
    assert (loaded.complete, loaded.interrupted) == (True, False)
    assert {each.reply.status for each in loaded.exchanges if each.reply} >= {200, 400, 402, 451, 503}


def test_no_credential_is_in_any_file_or_output(checked: Any, root: Path) -> None:
    secrets = target_file.load(root / "conformance/targets/reference.toml").secrets.values()
    texts = {path.name: path.read_text(errors="replace") for path in checked.report.iterdir()}
    texts["terminal"] = checked.said.all
    assert texts.keys() >= {"results.json", "junit.xml", "report.html", "recording.jsonl", "terminal"}
    assert [(name, secret) for name, text in texts.items() for secret in secrets if secret in text] == []


@pytest.fixture
def contract(root: Path) -> list[str]:
    return ["--spec", str(root / "spec/openapi.yaml"), "--overlay", str(root / "spec/promises.overlay.yaml")]


def test_the_recording_alone_gives_the_same_verdicts(
    checked: Any, assay: Any, tmp_path: Path, contract: list[str]
) -> None:
    said = assay("judge", checked.report / "recording.jsonl", "--report", tmp_path / "again", *contract)
    first, again = results(checked.report), results(tmp_path / "again")
    assert said.status == 0, said.all
    assert "13/13 documented responses held" in said.out
    assert again["responses"] == first["responses"]

    def verdicts(told: dict[str, Any]) -> list[tuple[str, str, int]]:
        own = (each for each in told["claims"] if each["source"] != "client")
        return [(each["id"], each["verdict"], each["exercised"]) for each in own]

    assert verdicts(again) == verdicts(first)


def test_judging_writes_nothing_unless_told(checked: Any, assay: Any, tmp_path: Path, contract: list[str]) -> None:
    said = assay("judge", checked.report / "recording.jsonl", *contract)
    assert (said.status, "The files are in" in said.out) == (0, False)
    assert "Exit status 0: conformant." in said.out
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_was_cut_is_incomplete_and_says_so(
    checked: Any, assay: Any, tmp_path: Path, contract: list[str]
) -> None:
    whole = (checked.report / "recording.jsonl").read_bytes()
    (tmp_path / "cut.jsonl").write_bytes(whole[: len(whole) - 500])
    said = assay("judge", "cut.jsonl", *contract)
    assert said.status == 3
    assert "the recording ends without its footer" in said.out


def test_a_recording_of_another_contract_is_judged_and_said(checked: Any, assay: Any, root: Path) -> None:
    said = assay("judge", checked.report / "recording.jsonl", "--spec", root / "spec/openapi.yaml")
    assert said.status == 0, said.all
    assert "recorded for another contract (Generation Jobs 1.0.0)" in said.err


def test_strictness_can_be_asked_for_afterwards(checked: Any, assay: Any, tmp_path: Path, contract: list[str]) -> None:
    path = checked.report / "recording.jsonl"
    said = assay("judge", path, "--strict", "--report", tmp_path / "strict", *contract)
    told = results(tmp_path / "strict")
    assert told["strict"] is True
    assert said.status == told["exit_status"]
