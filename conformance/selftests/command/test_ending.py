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
