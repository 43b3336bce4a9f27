"""Verdicts → faces of them: the terminal, results.json, JUnit. None of them judges, and none asks the network."""

import json
import os
from pathlib import Path

from assay.report.junit import junit
from assay.report.results import results
from assay.verdicts import Verdicts


def write(verdicts: Verdicts, folder: Path) -> None:
    """Write junit.xml and results.json into `folder`, which is made where it is missing.

    Each file is there whole or not at all; results.json comes last, so that where it is, the other is too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "junit.xml", junit(verdicts))
    _replace(folder / "results.json", json.dumps(results(verdicts), indent=2).encode() + b"\n")


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
