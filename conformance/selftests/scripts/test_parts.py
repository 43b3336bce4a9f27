"""The steps of regenerate, one by one: what needs no generator."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import distribution
import generator
import soundness
from assay import contract
from assay.errors import UserError
from client_document import client_document


@pytest.fixture(scope="module")
def jobs(root: Path) -> dict[str, Any]:
    agreed = contract.load(root / "spec/openapi.yaml", [root / "spec/promises.overlay.yaml"])
    return client_document(agreed)


def test_the_client_may_rely_on_what_must_be_there(jobs: dict[str, Any]) -> None:
    assert jobs["components"]["schemas"]["Job"]["required"] == ["job_id", "status", "created_at"]


def test_the_client_may_not_rely_on_what_should_be_there(jobs: dict[str, Any]) -> None:
    assert jobs["components"]["schemas"]["Error"].get("allOf", []) == []


def test_a_promise_beside_one_that_does_not_bind_is_kept(root: Path) -> None:
    documents = root / "conformance/selftests/documents"
    agreed = contract.load(documents / "library.yaml", [documents / "library.overlay.yaml"])
    assert agreed.data["components"]["schemas"]["Loan"]["required"] == ["id", "item", "state", "due"]
    assert client_document(agreed)["components"]["schemas"]["Loan"]["required"] == ["id", "item", "state"]


def test_what_the_document_secures_as_a_whole_each_operation_says_itself(root: Path) -> None:
    document = client_document(contract.load(root / "conformance/selftests/documents/library.yaml"))
    assert document["paths"]["/items"]["get"]["security"] == [{"card": []}]
    assert document["paths"]["/topics"]["get"]["security"] == []


@pytest.mark.parametrize(
    ("title", "package", "expected"),
    [
        ("Generation Jobs", None, distribution.Names("generation-jobs-client", "generation_jobs_client")),
        ("Bücher & mehr (v2)", None, distribution.Names("bucher-mehr-v2-client", "bucher_mehr_v2_client")),
        ("Whatever", "My_api", distribution.Names("my-api", "My_api")),
    ],
)
def test_names_come_from_the_title_or_the_package(
    title: str, package: str | None, expected: distribution.Names
) -> None:
    assert distribution.names(title, package) == expected


@pytest.mark.parametrize(("title", "package"), [("3D", None), ("***", None), ("Any", "my-client"), ("Any", "class")])
def test_what_python_cannot_import_is_no_name(title: str, package: str | None) -> None:
    with pytest.raises(UserError, match="--package"):
        distribution.names(title, package)


@pytest.mark.parametrize(
    ("documented", "published"),
    [("1.0.0", "1.0.0"), ("2.1-beta.2", "2.1-beta.2"), ("2026-01-31", "2026.01.31"), ("x", "0")],
)
def test_a_version_that_pip_cannot_read_is_published_as_its_numbers(documented: str, published: str) -> None:
    assert distribution.published(documented) == published


def test_another_version_of_a_tool_than_the_pinned_one_is_refused() -> None:
    installed = importlib.metadata.version("ruff")
    with pytest.raises(UserError, match=f"ruff {installed} is installed, but 0.0.1 is pinned"):
        generator.check_tools({"ruff": "0.0.1"})


def test_a_missing_tool_is_named_with_the_way_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    with pytest.raises(UserError, match=r"openapi-python-client is not installed\n  .*pip install --group codegen"):
        generator.check_tools({})


_WITHOUT = """
import importlib.metadata, sys
version = importlib.metadata.version
def without(name):
    if name == sys.argv[1]:
        raise importlib.metadata.PackageNotFoundError(name)
    return version(name)
importlib.metadata.version = without
sys.modules[sys.argv[2]] = None
sys.path.insert(0, "scripts")
import regenerate
regenerate.main([])
"""


@pytest.mark.parametrize(("tool", "module"), [("griffelib", "griffe"), ("jinja2", "jinja2")])
def test_a_tool_that_is_imported_is_missed_before_it_is(root: Path, tool: str, module: str) -> None:
    command = [sys.executable, "-c", _WITHOUT, tool, module]
    ran = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"error: {tool} is not installed\n")


def test_a_module_that_cannot_be_imported_is_no_client(tmp_path: Path) -> None:
    package = tmp_path / "broken_client"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "types.py").write_text("from .nothing import NOTHING\n")
    with pytest.raises(UserError, match=r"cannot be imported:\n.*No module named 'broken_client.nothing'"):
        soundness.check_sound(package, shown="api.yaml")
