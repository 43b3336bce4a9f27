"""The proof's own modules, found as when `prove.py` is run; one recording of a correct server for all tests here."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))  # as running the program does


@pytest.fixture(scope="session")
def trials() -> ModuleType:
    return importlib.import_module("trials")  # found only now: see the path above


@pytest.fixture(scope="session")
def recording(trials: ModuleType) -> Any:
    return trials.recorded(trials.JOBS, trials.JOBS.correct)
