"""Targets → reports of real runs, and a real browser to open them in."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from assay.report.html import html
from selftests.pages import hostile
from selftests.pages.large import large
from selftests.running import miniatures

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

DEFECTS = "progress-goes-back,402-is-403,errors-without-request-id,pending-is-started"
"""Switches of the reference provider: each breaks something that the page shows in a way of its own."""

_BOUND = 120.0
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ALONE = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""Chromium as root, in a container, and asking nobody for updates."""


@frozen
class Report:
    """A page on disk, and results.json beside it where there was a run."""

    page: Path
    told: dict[str, Any]


def of_provider(root: Path, folder: Path, target: Path | None = None) -> dict[str, Report]:
    """Of the reference provider, as it is and with defects, at once. `root` is the checkout."""
    arguments = ["--target", target] if target else []
    runs = {
        "passing": _started(root, folder / "passing", *arguments),
        "failing": _started(root, folder / "failing", *arguments, JOBS_SWITCHES=DEFECTS),
    }
    return {name: _finished(run, folder / name) for name, run in runs.items()}


def of_hostile_server(folder: Path) -> Report:
    with miniatures.running(hostile.server) as server:
        (folder / "openapi.json").write_text(json.dumps(hostile.DOCUMENT))
        (folder / "target.toml").write_text(hostile.target(server.url))
        against = ["--spec", folder / "openapi.json", "--target", folder / "target.toml"]
        return _finished(_started(folder, folder / "hostile", *against), folder / "hostile")


def of_many(operations: int, folder: Path) -> Report:
    (folder / "large.html").write_bytes(html(*large(operations, folder)))
    return Report(folder / "large.html", {})


def _started(cwd: Path, report: Path, *arguments: object, **environment: str) -> "subprocess.Popen[bytes]":
    command = shutil.which("assay", path=str(Path(sys.executable).parent))
    assert command is not None, "install assay in this environment"
    return subprocess.Popen(
        [command, "check", "--report", str(report), "--examples", "20", *map(str, arguments)], cwd=cwd,
        env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def _finished(run: "subprocess.Popen[bytes]", report: Path) -> Report:
    said, _ = run.communicate(timeout=_BOUND)
    assert (report / "report.html").is_file(), said.decode()
    return Report(report / "report.html", json.loads((report / "results.json").read_text(encoding="utf-8")))


@contextmanager
def chromium(playwright: "Playwright") -> "Iterator[Browser]":
    path = next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *_CHROMIUM))), None)
    assert path, "install Chromium, or say where it is: CHROMIUM=/path/to/chromium"
    with tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=path, args=_ALONE, env={**os.environ, "HOME": home})
        try:
            yield browser
        finally:
            browser.close()
