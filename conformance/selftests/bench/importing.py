"""The generated client and httpx alone, imported by a Python of their own each → seconds of processor time.

Compiled before, as what is installed is after its first run. Python's own start is in neither, nor httpx's command
line, which it imports where click is installed: whoever has only the client has none.
"""

import os
import subprocess
import sys
from collections.abc import Callable

from table import Compared
from whole import in_turn

_MEASURING = (
    "import sys, time; sys.modules['click'] = None; begun = time.process_time(); {}; print(time.process_time() - begun)"
)


def compared(*, runs: int, goal: float) -> Compared:
    measures = [_importing("import generation_jobs_client"), _importing("import httpx")]
    in_turn(measures, 1)  # compiles
    ours, others = in_turn(measures, runs)
    return Compared("importing the client against httpx alone", None, ours, others, "ms", goal, at_most=True)


def _importing(statement: str) -> Callable[[], float]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", _MEASURING.format(statement)]

    def milliseconds() -> float:
        told = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
        return float(told) * 1000

    return milliseconds
