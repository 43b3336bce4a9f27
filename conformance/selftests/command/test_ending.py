"""Ctrl-C and SIGTERM while `assay check` runs, as a terminal and a CI job send them: nothing is lost or left behind."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import recording
from selftests.command.conftest import BOUND, executable, surroundings
from selftests.running import miniatures
from selftests.running.miniatures import KEY, SETTLES_WITHIN, Answer, Asked, Miniature

SERVER = """
import http.server, os, sys
open(sys.argv[2], "w").write(str(os.getpid()))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.headers["Authorization"] == "Bearer {key}"
        self.send_response(404 if known else 401)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{{"error": "no"}}')
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class Desk:
    """A state handler: the setup never ends by itself, and tells when it began."""

    def __init__(self) -> None:
        self.actions: list[str] = []
        self.entering = threading.Event()

    def __call__(self, asked: Asked) -> Answer:
        self.actions.append(asked.json["action"])
        if asked.json["action"] == "teardown":
            return Answer(200, {})
        self.entering.set()
        return Answer(200, {}, after=BOUND)


def target(folder: Path, desk: Miniature) -> Path:
    (folder / "server.py").write_text(SERVER.format(key=KEY))
    command = json.dumps([sys.executable, str(folder / "server.py"), "{port.http}", str(folder / "pid")])
    (folder / "target.toml").write_text(
        f'name = "own"\n[serve]\ncommand = {command}\n[credentials.default]\nbearer = "{KEY}"\n'
        f'[states."getThing 409"]\nsetup = {{ url = "{desk.url}", state = "busy" }}\npath = {{ id = "one" }}\n'
    )
    return folder / "target.toml"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


Stop = Callable[["subprocess.Popen[str]"], object]


@pytest.mark.parametrize(
    "stop",
    [
        lambda process: os.killpg(process.pid, signal.SIGINT),
        lambda process: process.send_signal(signal.SIGINT),
        lambda process: process.terminate(),
        lambda process: [kill(process.pid, signal.SIGTERM) for kill in (os.kill, os.killpg)],
    ],
    ids=["Ctrl-C", "SIGINT to assay alone", "SIGTERM", "SIGTERM to assay and to all"],
)
def test_a_run_that_is_stopped_reports_what_it_has_and_leaves_nothing_behind(
    start: Any, things: Path, tmp_path: Path, stop: Stop
) -> None:
    desk = Desk()
    file = target(tmp_path, start(desk))
    with subprocess.Popen(
        [executable(), "check", "--spec", things, "--target", file, "--report", "report", "--examples", "0"],
        cwd=tmp_path, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        assert desk.entering.wait(BOUND)
        stop(process)
        out, err = process.communicate(timeout=SETTLES_WITHIN * 3)
    assert process.returncode == 3, out + err
    assert "incomplete: the run was interrupted" in out
    assert "Traceback" not in out + err
    kept = recording.load(tmp_path / "report/recording.jsonl")
    assert (kept.complete, kept.interrupted, bool(kept.exchanges)) == (True, True, True)
    assert json.loads((tmp_path / "report/results.json").read_text())["interrupted"] is True
    assert (tmp_path / "report/junit.xml").exists()
    assert desk.actions == ["setup", "teardown"]
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_a_run_that_is_stopped_before_its_target_is_ready_ends_as_incomplete(things: Path, tmp_path: Path) -> None:
    """The target itself sends the signal to all, before it listens."""
    program = "import os, signal, time; os.killpg(os.getpgid(os.getppid()), signal.SIGTERM); time.sleep(600)"
    (tmp_path / "target.toml").write_text(
        f'name = "own"\n[serve]\ncommand = {json.dumps([sys.executable, "-c", program])}\n'
    )
    process = subprocess.run(
        [executable(), "check", "--spec", things, "--target", "target.toml"], cwd=tmp_path, env=surroundings(),
        capture_output=True, text=True, start_new_session=True, timeout=BOUND, check=False,
    )  # fmt: skip
    assert process.returncode == 3, process.stdout + process.stderr
    assert process.stderr == "assay: interrupted before the report was written\n"
    assert not (tmp_path / "report/results.json").exists()


@pytest.mark.parametrize(
    ("number", "module"),
    [
        (signal.SIGINT, "click.core"),
        (signal.SIGINT, "pluggy._config"),
        (signal.SIGINT, "_pytest.terminal"),
        (signal.SIGINT, "openapi_spec_validator"),
        (signal.SIGTERM, "_pytest.terminal"),
    ],
)
def test_a_command_that_is_stopped_while_it_is_imported_says_so_in_one_line(
    start: Any, things: Path, tmp_path: Path, number: signal.Signals, module: str
) -> None:
    """That of `assay`, and that of the pytest which it starts. Python itself tells of each module that it imported."""
    command = [executable(), "check", "--spec", things, "--url", start(miniatures.things).url]
    with subprocess.Popen(
        command, cwd=tmp_path, env=surroundings(PYTHONPROFILEIMPORTTIME="1"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert any(line.rpartition("|")[2].strip() == module for line in process.stderr)
        os.killpg(process.pid, number)
        # it ends where nobody holds its pipes any more
        out, err = process.communicate(timeout=SETTLES_WITHIN * 3)
    said = [line for line in err.splitlines() if not line.startswith("import time:")]
    ends = [(3, ["assay: interrupted before the report was written"])]
    if module == "click.core":  # nothing was started yet, or it was meanwhile
        ends.append((3, ["assay: interrupted"]))
    assert (process.returncode, said) in ends
    assert out == ""
    assert not (tmp_path / "report/results.json").exists()
