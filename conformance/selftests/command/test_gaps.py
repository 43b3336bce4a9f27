"""What keeps a server from a verdict, or gives it a bad one, and what the user is told to do about it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from assay.run import drivers
from assay.target import Target
from assay.target import target_file as targets

WRONG_FIELD = """
import json
from jobs_provider.app import create_app as create_right_app

def create_app():
    right = create_right_app()
    async def app(scope, receive, send):
        start = []
        async def changed(message):
            if message["type"] == "http.response.start":
                start.append(message)
                return
            if message["type"] == "http.response.body":
                job = json.loads(message["body"] or b"null")
                if isinstance(job, dict) and "scenes_total" in job:
                    message["body"] = json.dumps(job | {"scenes_total": "three"}).encode()
                kept = [each for each in start[0]["headers"] if each[0] != b"content-length"]
                length = (b"content-length", str(len(message["body"])).encode())
                await send(start[0] | {"headers": [*kept, length]})
            await send(message)
        await right(scope, receive, changed)
    return app
"""
CLAIM = "getJob/200/body/properties/scenes_total/type"


def without(text: str, *states: str) -> str:
    for name in states:
        text, found = re.subn(rf'\[states\."{re.escape(name)}"\]\n(?:[^\[\n].*\n|\n)*', "", text)
        assert found == 1
    return text


@pytest.fixture
def reference(root: Path) -> str:
    return (root / "conformance/targets/reference.toml").read_text()


@pytest.fixture
def no_402(reference: str, tmp_path: Path) -> Path:
    (tmp_path / "no-402.toml").write_text(without(reference, "getJob 402"))
    return tmp_path / "no-402.toml"


def test_a_target_without_a_state_is_incomplete_and_told_which(
    assay: Any, root: Path, no_402: Path, tmp_path: Path
) -> None:
    said = assay("check", "--target", no_402, "--report", tmp_path / "report", "--examples", 0, cwd=root)
    assert said.status == 3, said.all
    assert "402 ○ not-exercised" in said.out
    assert f'declare [states."getJob 402"] in {no_402}' in " ".join(said.out.split())
    told = json.loads((tmp_path / "report/results.json").read_text())
    row = next(each for each in told["responses"] if each["status"] == "402")
    assert (row["verdict"], row["exchanges"]) == ("not-exercised", 0)


def test_doctor_says_so_beforehand(assay: Any, root: Path, no_402: Path) -> None:
    said = assay("doctor", "--target", no_402, cwd=root)
    assert said.status == 3, said.all
    assert "MISS  getJob 402: no state of the target gives it" in said.out
    assert f'→ declare [states."getJob 402"] in {no_402}: credentials of an account without credit' in said.out
    assert "12/13 documented responses can be brought about" in said.out


def test_doctor_finds_all_of_the_reference_provider(assay: Any, root: Path) -> None:
    said = assay("doctor", cwd=root)
    assert said.status == 0, said.all
    assert "ok    getJob 404: derived, fixture: it came and held" in said.out
    assert "ok    getJob 503: setup: is set up in a run (not tried now: doctor only reads)" in said.out
    assert said.out.splitlines()[-1] == "13/13 documented responses can be brought about"


def test_one_wrong_field_is_named_with_all_that_shows_it(
    assay: Any, root: Path, reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "wrong_field.py").write_text(WRONG_FIELD)
    (tmp_path / "wrong.toml").write_text(reference.replace("jobs_provider.app:create_app", "wrong_field:create_app"))
    monkeypatch.chdir(tmp_path)
    wrong = targets.load(tmp_path / "wrong.toml")
    running = re.sub(r"\[serve\]\n(.+\n)*", "", without(reference, "getJob 200 live", "getJob 200 live, failing"))
    running = running.replace('name = "reference provider"', f'name = "wrong"\nbase_url = "{wrong.base_url}"')
    running = running.replace("{port.control}", "9")
    (tmp_path / "running.toml").write_text(running)
    with drivers.served(wrong, tmp_path / "target.log"):
        said = assay(
            "check", "--target", tmp_path / "running.toml", "--select", "getJob 200", "--report", "report",
            "--spec", root / "spec/openapi.yaml", "--overlay", root / "spec/promises.overlay.yaml",
        )  # fmt: skip
        assert said.status == 1, said.all
        assert "\nwrong: NOT conformant\n" in f"\n{said.out}"
        told = " ".join(said.out.split())
        assert CLAIM in told
        assert "spec/openapi.yaml" in told
        assert "/properties/scenes_total/type" in told
        assert '"three"' in told
        again = run_by_hand(next(line.strip() for line in said.out.splitlines() if "curl " in line), wrong)
    assert json.loads(again)["scenes_total"] == "three"


def run_by_hand(line: str, wrong: Target) -> str:
    """The body that the line from the report gets, run by a shell with the credential exported."""
    secret = wrong.secrets["default"]
    assert secret not in line
    if shutil.which("curl"):
        done = subprocess.run(
            ["/bin/sh", "-c", line], env={**os.environ, "DEFAULT_CREDENTIAL": secret}, capture_output=True,
            text=True, check=True, timeout=30,
        )  # fmt: skip
        return done.stdout.partition("\n\n")[2] or done.stdout.partition("\r\n\r\n")[2]
    words = shlex.split(line.replace("$DEFAULT_CREDENTIAL", secret))
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    with urllib.request.urlopen(urllib.request.Request(words[words.index("--url") + 1], headers=headers)) as answer:
        body: str = answer.read().decode()
        return body
