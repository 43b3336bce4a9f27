"""A target file + options → what `assay check` told of a server that nobody here wrote.

The command as its users start it, in a process of its own. It judges nothing itself.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from attrs import frozen

BOUND = 600.0
"""Seconds after which a check is given up; none comes near."""


@frozen
class Checked:
    """results.json and the exchanges of recording.jsonl, in the order in which they were received."""

    told: dict[str, Any]
    exchanges: list[dict[str, Any]]

    @property
    def violated(self) -> set[str]:
        """The ids of the claims that were violated."""
        return {each["id"] for each in self.told["claims"] if each["verdict"] == "violated"}

    @property
    def responses(self) -> dict[str, str]:
        """Operation and status of each documented response → its verdict."""
        return {f"{each['operation']} {each['status']}": each["verdict"] for each in self.told["responses"]}


def check(target: Path, report: Path, *options: str, cwd: Path) -> Checked:
    """Run `assay check` on a target file; its exit status has to be the one that it reports."""
    command = shutil.which("assay", path=str(Path(sys.executable).parent))
    assert command is not None, "install assay in this environment"
    arguments = [command, "check", "--target", str(target), "--report", str(report), *options]
    done = subprocess.run(arguments, cwd=cwd, timeout=BOUND, stdin=subprocess.DEVNULL, check=False)
    assert (report / "results.json").is_file(), f"no verdict, exit status {done.returncode}: see above"
    told = json.loads((report / "results.json").read_text(encoding="utf-8"))
    assert done.returncode == told["exit_status"]
    with (report / "recording.jsonl").open(encoding="utf-8") as lines:
        return Checked(told, [line for line in map(json.loads, lines) if "request" in line])
