"""`assay check` and `st run` against the same running provider → the wall time of each, and for each request.

Both are started as a user starts them, so Python's start and every import count. assay brings about every documented
response besides, which `st run` does not try; the bare target leaves out what waits for a job to live or sets a state
up, so that what remains is comparable: requests that are generated, sent and judged.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from attrs import frozen

from assay import contract
from slowed import Served
from table import Compared

ROOT = Path(__file__).resolve().parents[3]
SPEC, OVERLAY = ROOT / "spec/openapi.yaml", ROOT / "spec/promises.overlay.yaml"
REFERENCE = ROOT / "conformance/targets/reference.toml"

_SERVE = re.compile(r"\[serve\]\n(?:.+\n)+")
_TABLE = re.compile(r"(?m)^(?=\[)")
_SET_UP = re.compile(r"(?m)^(setup|burst) =")
_BEARER = re.compile(r'\[credentials\.default\]\nbearer = "(.+)"')
_WITHIN = 180.0
"""Seconds that one run may take."""

_TABLES = tempfile.TemporaryDirectory()
"""Where Hypothesis keeps its tables of Unicode, for both: to make them takes as long as a run, and is done once."""

Measure = TypeVar("Measure")


@frozen
class Program:
    """`statuses`: how it may end, or it did not do what is measured."""

    command: tuple[str, ...]
    statuses: tuple[int, ...]


@frozen
class Ran:
    seconds: float
    requests: int

    @property
    def milliseconds(self) -> float:
        """For each request."""
        return 1000 * self.seconds / self.requests


def compared(provider: Served, *, bare: bool, examples: int, delay: float, runs: int, goal: float) -> list[Compared]:
    """Wall time of the whole, and for each request that the provider got."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = (_assay(provider, folder, bare=bare, examples=examples), _st(provider, folder, examples))
        ours, others = in_turn([_timed(each, provider, folder, delay) for each in programs], runs)
    if min(each.requests for each in others) < examples:
        raise RuntimeError(f"st run sent {others[0].requests} requests, fewer than the {examples} that assay explores")
    target = "only reads and exploration" if bare else "every state"
    what = f"check, {examples} examples, {target}"
    requests = f"… a request, of {ours[0].requests} and {others[0].requests}"
    seconds = [[each.seconds for each in part] for part in (ours, others)]
    each_ms = [[each.milliseconds for each in part] for part in (ours, others)]
    return [
        Compared(what, delay, seconds[0], seconds[1], "s", goal, at_most=True),
        Compared(requests, delay, each_ms[0], each_ms[1], "ms", None),
    ]


def compiled(provider: Served) -> None:
    """A run of each before those that count: it leaves compiled modules and tables, as anybody's first run does."""
    compared(provider, bare=False, examples=1, delay=0, runs=1, goal=1)


def in_turn(measures: Sequence[Callable[[], Measure]], runs: int) -> list[list[Measure]]:
    """A B A B …: what disturbs the machine disturbs both."""
    found = [[measure() for measure in measures] for _ in range(runs)]
    return [list(column) for column in zip(*found, strict=True)]


def target_text(provider: Served, *, bare: bool) -> str:
    """The reference target for a provider that runs already; `bare`: without states that are set up."""
    text = _SERVE.sub(f'base_url = "{provider.base_url}"\n', REFERENCE.read_text(encoding="utf-8"))
    text = text.replace("{port.control}", str(provider.control_port))
    return "".join(each for each in _TABLE.split(text) if not (bare and _SET_UP.search(each)))


def bearer() -> str:
    found = _BEARER.search(REFERENCE.read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def _assay(provider: Served, folder: Path, *, bare: bool, examples: int) -> Program:
    target = folder / "target.toml"
    target.write_text(target_text(provider, bare=bare), encoding="utf-8")
    command = ["check", "--target", str(target), "--report", str(folder / "report"), "--examples", str(examples)]
    if bare:  # the document alone, without the client of this checkout: `st run` judges none
        command += ["--spec", str(SPEC), "--overlay", str(OVERLAY)]
    # incomplete is what a run without the states has to end with
    return Program((_script("assay"), *command), (3,) if bare else (0,))


def _st(provider: Served, folder: Path, examples: int) -> Program:
    document = folder / "contract.json"
    document.write_text(json.dumps(contract.load(SPEC, [OVERLAY]).data), encoding="utf-8")
    command = ["run", str(document), "--url", provider.base_url, "--header", f"Authorization: Bearer {bearer()}"]
    # what it takes for failures (it knows no states) is no matter here
    return Program((_script("st"), *command, "--max-examples", str(examples), "--seed", "1"), (0, 1))


def _script(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _timed(program: Program, provider: Served, folder: Path, delay: float) -> Callable[[], Ran]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["HYPOTHESIS_STORAGE_DIRECTORY"] = _TABLES.name

    def run() -> Ran:
        provider.counted(delay)
        started = time.perf_counter()
        ended = subprocess.run(
            program.command, cwd=ROOT if program.command[1] == "check" else folder, capture_output=True, text=True,
            timeout=_WITHIN, check=False, env=environment,
        )  # fmt: skip
        seconds = time.perf_counter() - started
        if ended.returncode not in program.statuses:
            raise RuntimeError(f"{' '.join(program.command)} ended {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        return Ran(seconds, provider.counted(0))

    return run
