"""The client as others install it: it needs what it says it needs, and says that it is typed."""

import ast
import importlib.resources
import re
import sys
import tomllib
from pathlib import Path

import pytest

import generation_jobs_client

PACKAGE = Path(str(importlib.resources.files(generation_jobs_client)))


@pytest.fixture(scope="module")
def project() -> dict[str, list[str]]:
    root = Path(__file__).resolve().parents[3]
    project: dict[str, list[str]] = tomllib.loads((root / "generated/pyproject.toml").read_text())["project"]
    return project


def test_it_imports_what_it_declares_and_nothing_else(project: dict[str, list[str]]) -> None:
    declared = {re.split(r"[^\w-]", each)[0] for each in project["dependencies"]}
    modules = [ast.parse(path.read_text()) for path in PACKAGE.rglob("*.py")]
    imported = {name for module in modules for node in ast.walk(module) for name in _names(node)}
    # anyio is httpx's own: where httpx speaks asyncio, it is there
    assert imported - sys.stdlib_module_names - {"anyio"} == declared == {"attrs", "httpx"}


def test_it_declares_itself_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def _names(node: ast.AST) -> list[str]:
    """The top-level packages that an import statement names; relative ones are its own."""
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module.partition(".")[0]]
    return []
