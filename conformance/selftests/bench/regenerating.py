"""A document → the seconds until its client is written, beside those that the generator takes alone.

What regenerating does beside generating: it checks every module (mypy --strict, an import of each), compares operations
and statuses with the document's, and writes the distribution around the package. The large document is the library's,
many times over: each copy has paths, operations and schemas of its own.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assay import contract
from assay.contract import METHODS
from table import Compared
from whole import OVERLAY, ROOT, SPEC, in_turn

_LIBRARY = ROOT / "conformance/selftests/documents"
_WITHIN = 900.0
"""Seconds that one run may take."""

Document = dict[str, Any]


def compared(document: Document, *, what: str, runs: int) -> Compared:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "document.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        ours, others = in_turn([_regenerating(source), _generating(source)], runs)
    named = f"the client of {what}, {_operations(document)} operations, against openapi-python-client alone"
    return Compared(named, None, ours, others, "s", None)


def flagship() -> Document:
    return contract.load(SPEC, [OVERLAY]).data


def large(copies: int) -> Document:
    """The library's document so many times in one."""
    one = contract.load(_LIBRARY / "library.yaml", [_LIBRARY / "library.overlay.yaml"]).data
    whole: Document = {**one, "paths": {}, "tags": [], "components": {}}
    for number in range(copies):
        copy = json.loads(re.sub(r'("#/components/(?!securitySchemes)\w+/\w+)"', rf'\g<1>{number}"', json.dumps(one)))
        for path, item in copy["paths"].items():
            whole["paths"][f"/area{number}{path}"] = _renamed(item, number)
        for kind, components in copy["components"].items():
            suffix = "" if kind == "securitySchemes" else number
            kept = whole["components"].setdefault(kind, {})
            kept |= {f"{name}{suffix}": each for name, each in components.items()}
    return whole


def _renamed(item: Any, number: int) -> Any:
    for method in item.keys() & METHODS:
        operation = item[method]
        operation["tags"] = [f"{tag}{number}" for tag in operation.get("tags", ["default"])]
        if "operationId" in operation:
            operation["operationId"] += str(number)
    return item


def _operations(document: Document) -> int:
    return sum(len(item.keys() & METHODS) for item in document["paths"].values())


def _regenerating(source: Path) -> Callable[[], float]:
    def command(out: Path) -> list[str]:
        script = str(ROOT / "scripts/regenerate.py")
        return [sys.executable, script, "--spec", str(source), "--out", str(out), "--package", "some_client"]

    return _timed(command)


def _generating(source: Path) -> Callable[[], float]:
    def command(out: Path) -> list[str]:
        generator = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(source)]
        return [*generator, "--meta", "none", "--output-path", str(out)]

    return _timed(command)


def _timed(command: Callable[[Path], list[str]]) -> Callable[[], float]:
    # the generator alone runs whatever ruff is in PATH
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}

    def seconds() -> float:
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            ended = subprocess.run(
                command(Path(folder) / "client"), cwd=ROOT, capture_output=True, text=True, timeout=_WITHIN,
                check=False, env=environment,
            )  # fmt: skip
            took = time.perf_counter() - started
        if ended.returncode != 0:
            raise RuntimeError(f"{' '.join(ended.args)} ended {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        return took

    return seconds
