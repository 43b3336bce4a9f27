"""A mock, which is told what to answer: asked for every documented answer, and for no behaviour."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selftests.running.miniatures import THING, Answer, Asked, Behaviour, always

HINT = '[hint]\nheader = "Prefer: code={status}"\n'
EXCLUDED = '[excluded."getThing 429"]\nreason = "a mock is never busy"\nowner = "us"\n'


def mock(asked: Asked) -> Answer:
    """Answers as the header says, 200 where it says nothing."""
    status = int(asked.headers.get("prefer", "code=200").removeprefix("code="))
    return THING if status == 200 else Answer(status, {"error": "as you like"})


def checked(assay: Any, things: Path, target: Path) -> tuple[int, dict[str, Any]]:
    said = assay("check", "--spec", things, "--target", target, "--report", target.parent / "report")
    told = json.loads((target.parent / "report/results.json").read_text())
    assert said.status == told["exit_status"], said.all
    return said.status, told


def test_a_mock_that_gives_each_answer_is_conformant_as_a_mock(
    assay: Any, start: Callable[[Behaviour], Any], things: Path, target: Callable[..., Path]
) -> None:
    status, told = checked(assay, things, target(start(mock).url, HINT + EXCLUDED))
    assert status == 0
    verdicts = {each["status"]: (each["verdict"], each["grade"]) for each in told["responses"]}
    assert verdicts.pop("429") == ("not-applicable", None)
    assert set(verdicts.values()) == {("held", "hinted")}
    assert {each["verdict"] for each in told["claims"] if each["kind"] == "security"} == {"not-applicable"}


def test_a_mock_that_takes_no_hint_shows_one_answer(
    assay: Any, start: Callable[[Behaviour], Any], things: Path, target: Callable[..., Path]
) -> None:
    said = assay("doctor", "--spec", things, "--target", target(start(always(THING)).url, HINT + EXCLUDED))
    assert said.status == 3, said.all
    lines = said.out.splitlines()
    assert "ok    getThing 200: hint: it came and held" in lines
    assert "ok    getThing 429: excluded by the target" in lines
    assert any(line.startswith("MISS  getThing 409: hint: not-exercised: the answer was 200") for line in lines)


def test_doctor_says_what_was_left_out(
    assay: Any, start: Callable[[Behaviour], Any], things: Path, target: Callable[..., Path]
) -> None:
    said = assay("doctor", "--spec", things, "--target", target(start(mock).url, HINT), "--select", "getThing 200")
    assert said.status == 0, said.all
    assert "ok    getThing 409: left out of this run" in said.out


def test_doctor_says_what_came_otherwise_than_documented(
    assay: Any, start: Callable[[Behaviour], Any], things: Path, target: Callable[..., Path]
) -> None:
    wrong = start(always(Answer(200, {"id": 1})))
    said = assay("doctor", "--spec", things, "--target", target(wrong.url, HINT), "--select", "getThing 200")
    assert said.status == 3, said.all
    assert "MISS  getThing 200: hint: violated: " in said.out
    assert "→ it came otherwise than documented" in said.out
