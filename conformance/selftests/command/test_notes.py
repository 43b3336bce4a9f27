"""What is wrong in a document and keeps nobody from reading it is told by every command that reads it."""

import json
from pathlib import Path
from typing import Any

import pytest

from selftests.contract.test_slips import DOCUMENT
from selftests.running import miniatures
from selftests.running.miniatures import Answer

NOTE = "doors.yaml:11: /paths/~1doors/get/security/0/keyy: there is no scheme 'keyy'"


@pytest.fixture
def files(tmp_path: Path, start: Any) -> tuple[object, ...]:
    (tmp_path / "doors.yaml").write_text(DOCUMENT.replace("        - token: []\n          keyy", "        - keyy"))
    server = start(miniatures.always(Answer(401, {"error": "who?"})))
    return "--spec", tmp_path / "doors.yaml", "--url", server.url


def test_before_a_run(files: tuple[object, ...], assay: Any) -> None:
    for command in (("claims", *files[:2]), ("doctor", *files), ("check", "--dry-run", *files)):
        said = assay(*command)
        assert said.status in (0, 3), said.all
        assert NOTE in said.out, command


def test_by_a_run_and_its_judgement(files: tuple[object, ...], assay: Any, tmp_path: Path) -> None:
    said = assay("check", *files, "--examples", "0", "--report", tmp_path / "report")
    assert "there is no scheme 'keyy'" in " ".join(said.out.split())
    results = json.loads((tmp_path / "report" / "results.json").read_text())
    assert [each for each in results["notes"] if NOTE in each]
    judged = assay("judge", *files[:2], tmp_path / "report" / "recording.jsonl")
    assert "there is no scheme 'keyy'" in " ".join(judged.out.split())


def test_what_to_supply_is_the_scheme_first(files: tuple[object, ...], assay: Any) -> None:
    said = assay("doctor", *files)
    assert "listDoors takes 'keyy', which the document does not define" in said.out


def test_doctor_says_where_all_answers_are_alike(assay: Any, start: Any, things: Path, target: Any) -> None:
    server = start(miniatures.always(Answer(404, b"404 page not found", (("Content-Type", "text/plain"),))))
    states = '[states."getThing 200"]\npath = { id = "one" }\n'
    said = assay("doctor", "--spec", things, "--target", target(server.url + "/v2", states))
    told = f"every one of 2 answers was 404: does base_url {server.url}/v2 have the right path, "
    assert said.out.startswith(told)
