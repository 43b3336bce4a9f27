"""`assay serve`: the target's own server for whoever develops a client, until it is told to stop."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from assay.cli import serve
from selftests.command.conftest import BOUND, executable, surroundings


def test_the_reference_provider_is_served_until_told_to_stop(root: Path) -> None:
    with subprocess.Popen(
        [executable(), "serve"], cwd=root, env=surroundings(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        while not said[-1].startswith("  getJob 503"):
            said.append(process.stdout.readline())
            assert said[-1]
        url, key, job = found_in("".join(said))
        with httpx.Client(trust_env=False) as client:
            answer = client.get(f"{url}/v1/jobs/{job}", headers={"Authorization": f"Bearer {key}"})
        assert answer.json()["job_id"] == job
        process.terminate()
        assert process.wait(BOUND) == 0
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.ConnectError):
        client.get(url)


def found_in(said: str) -> tuple[str, str, str]:
    """URL, default key and a completed job, as printed."""
    patterns = (r"serves at (http://\S+) ", r"credential default: (\S+)", r"getJob 200 completed: id=(\S+)")
    found = [re.search(pattern, said) for pattern in patterns]
    assert all(found), said
    url, key, job = (match[1] for match in found if match)
    return url, key, job


def own(folder: Path, program: str) -> Path:
    (folder / "server.py").write_text(
        "import http.server, os, sys, threading\n"
        "server = http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler)\n"
        f"{program}\nserver.serve_forever()\n"
    )
    (folder / "target.toml").write_text(
        f"name = 'own'\n[serve]\ncommand = ['{sys.executable}', '{folder / 'server.py'}', '{{port.http}}']\n"
        "[credentials.default]\nbearer = 'a-key'\n"
        "[states.'getThing 200']\npath = { id = 'one' }\nquery = { page = 2 }\ncredentials = 'default'\n"
        "[states.'getThing 500']\npath = { id = '{setup.id}' }\n"
        "setup = { url = 'http://127.0.0.1:9/states', state = \"it's down\" }\n"
    )
    return folder / "target.toml"


def once_printed(monkeypatch: pytest.MonkeyPatch, then: Callable[[], object]) -> None:
    printed = serve._print_served

    def printed_and_then(target: Any) -> None:
        printed(target)
        then()

    monkeypatch.setattr(serve, "_print_served", printed_and_then)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_url_credentials_and_resources_are_printed(
    assay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: signal.Signals
) -> None:
    once_printed(monkeypatch, lambda: os.kill(os.getpid(), by))
    said = assay("serve", "--target", own(tmp_path, ""))
    assert said.status == 0, said.all
    lines = said.out.splitlines()
    assert re.fullmatch(r"own serves at http://127\.0\.0\.1:\d+ \(Ctrl-C stops it\)", lines[0])
    assert lines[1:4] == ["  credential default: a-key", "  getThing 200: id=one, page=2 as default", "  getThing 500:"]
    entered = shlex.split(lines[4].partition("entered by ")[2])
    assert entered[-1] == "http://127.0.0.1:9/states"
    assert json.loads(entered[entered.index("--json") + 1]) == {"state": "it's down", "params": {}, "action": "setup"}


def test_a_server_that_ends_by_itself_ends_the_command(
    assay: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "_LOOKS_EVERY", 0.05)
    crash = "threading.Timer(1, lambda: (print('out of memory', flush=True), os._exit(9))).start()"
    said = assay("serve", "--target", own(tmp_path, crash))
    assert said.status == 2
    assert "target.toml:2: the target ended by itself with status 9" in said.err
    assert "out of memory" in said.err


def test_a_server_that_cannot_start_is_told_with_its_last_words(assay: Any, tmp_path: Path) -> None:
    said = assay("serve", "--target", own(tmp_path, "sys.exit('no licence')"))
    assert said.status == 2
    assert "the target ended by itself with status 1" in said.err
    assert "no licence" in said.err
