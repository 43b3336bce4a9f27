"""Nothing around a run changes it, and it changes nothing around it: somebody's pytest, their files, an earlier run."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import claims
from assay.cli import check
from selftests.running import miniatures

STATES = '[states."getThing 200"]\npath = { id = "one" }\n'


def test_a_hostile_working_directory_and_environment_change_nothing(
    assay: Any, start: Any, things: Path, target: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("conftest.py", "sitecustom.py", "attrs.py", "httpx.py", "pytest.py", "yaml.py"):
        (tmp_path / name).write_text("raise SystemExit('somebody else wrote this')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only --no-such-option\n")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only -k nothing")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    server = start(miniatures.things)
    said = assay("check", "--spec", things, "--target", target(server.url, STATES), "--examples", 0)
    assert said.status == 3, said.all
    assert "getThing  200 ✓ held" in said.out
    assert "somebody else" not in said.all


def test_the_report_is_all_that_is_left_in_the_folder_that_it_runs_in(
    installed: Any, start: Any, things: Path, tmp_path: Path
) -> None:
    here, cache, server = tmp_path / "here", tmp_path / "cache", start(miniatures.things)
    here.mkdir()
    said = installed(
        "check", "--spec", things, "--url", server.url, "--examples", 1, cwd=here, XDG_CACHE_HOME=str(cache)
    )
    assert said.status == 3, said.all
    assert [path.name for path in here.iterdir()] == ["report"]
    assert (cache / "assay/hypothesis").is_dir()


def test_a_suite_that_does_not_ask_for_it_runs_as_without_it(tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text(
        "def test_own():\n    assert True\ndef test_that_asks(assay_verdicts):\n    assert False\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "1 passed, 1 error" in ran.stdout
    assert "assay is dormant: give --assay-spec" in ran.stdout
    assert ran.stderr == ""
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["test_own.py"]


def earlier(report: Path) -> None:
    report.mkdir()
    (report / "results.json").write_text(json.dumps({"exit_status": 0}))
    for name in ("junit.xml", "recording.jsonl", "target.log"):
        (report / name).write_text("of an earlier run")


def test_a_server_that_is_not_there_is_told_and_results_of_an_earlier_run_are_not_taken_for_its_own(
    assay: Any, things: Path, tmp_path: Path
) -> None:
    earlier(tmp_path / "report")
    said = assay("check", "--spec", things, "--url", "http://127.0.0.1:9")
    assert said.status == 2
    assert "assay: --url: nothing listens at http://127.0.0.1:9: " in said.err
    assert "start the server, or mend the URL" in said.err
    assert list((tmp_path / "report").iterdir()) == []


def test_a_run_that_cannot_start_leaves_the_report_of_an_earlier_one(
    assay: Any, things: Path, target: Any, tmp_path: Path
) -> None:
    earlier(tmp_path / "report")
    unset = target("http://127.0.0.1:9", "[credentials.other]\nbearer = { env = 'ASSAY_NO_SUCH' }")
    said = assay("check", "--spec", things, "--target", unset)
    assert (said.status, "export ASSAY_NO_SUCH" in said.err) == (2, True)
    assert len(list((tmp_path / "report").iterdir())) == 4


@pytest.mark.parametrize("status", [0, 1, 5, -9])
def test_a_run_that_leaves_no_results_is_a_fault_whatever_pytest_says(
    assay: Any, things: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    earlier(tmp_path / "report")
    monkeypatch.setattr(check, "_pytest", lambda *_: status)
    said = assay("check", "--spec", things, "--url", "http://127.0.0.1:9")
    assert said.status == 5
    assert "the run ended without results: a fault of assay itself" in said.err


@pytest.mark.parametrize("written", ["", "{}", "[]", '{"exit_status": null}', '{"exit_status": "x"}'])
def test_results_that_say_no_status_are_a_fault(
    assay: Any, things: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    def broken(*_: object) -> int:
        (tmp_path / "report/results.json").write_text(written)
        return 0

    monkeypatch.setattr(check, "_pytest", broken)
    assert assay("check", "--spec", things, "--url", "http://127.0.0.1:9").status == 5


def test_a_fault_of_assay_itself_looks_like_no_verdict(
    assay: Any, things: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(claims, "ledger", faulty)
    said = assay("claims", "--spec", things)
    assert (said.status, said.err) == (5, "assay: a fault of assay itself: ZeroDivisionError: oops\n")


def test_an_interruption_before_the_run_is_none_of_conformance(
    assay: Any, things: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(claims, "ledger", interrupted)
    said = assay("claims", "--spec", things)
    assert (said.status, said.err) == (3, "\nassay: interrupted\n")
