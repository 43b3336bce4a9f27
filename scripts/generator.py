"""Document → a Python package: openapi-python-client with templates of ours, and ruff, each in its pinned version.

Not what stands beside the generator's modules (`rendering`), nor the distribution around the package
(`distribution`), and no judge of whether the package is complete (`endpoints`) or right (`soundness`).
"""

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import losses
from assay.errors import UserError

TOOLS = ("openapi-python-client", "jinja2", "griffelib", "ruff", "mypy")

_INSTALL = "install the tools of the dependency group: pip install --group codegen"

# Explicit, so that neither a ruff.toml nearby nor the default rules of a ruff release decide what the client looks
# like: those of 0.17 turn `Any` into `object`, which mypy then refuses.
_STYLE = ("--isolated", "--no-cache", "--quiet", "--line-length=110", "--target-version=py311")
_FORMATTING = (("check", "--fix-only", "--select=F,I,UP", *_STYLE), ("format", *_STYLE))

# In what templates that change with each release write: a status need not be one of IANA's, and what is raised is ours.
_MENDED = {
    "HTTPStatus(response.status_code)": "response.status_code",
    "errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status"
    " is True.": "ApiError: The response is not as documented.",
    "httpx.TimeoutException: If the request takes longer than Client.timeout.": "ApiConnectionError: No response came."
    " Not in time: ApiTimeoutError.",
}

Lacking = Callable[[Path], list[str]]

_LONGEST_COMPLAINT = 30
"""Lines of what the generator says that go into a message: it prints whole schemas."""


def check_tools(pins: Mapping[str, str]) -> None:
    """Raise UserError where a tool is missing or is not the pinned one: another version writes another client."""
    for tool in TOOLS:
        try:
            installed = importlib.metadata.version(tool)
        except importlib.metadata.PackageNotFoundError:
            raise UserError(f"{tool} is not installed", todo=_INSTALL) from None
        if installed != pins.get(tool, installed):
            raise UserError(f"{tool} {installed} is installed, but {pins[tool]} is pinned", todo=_INSTALL)


def write_package(
    document: dict[str, Any], folder: Path, *, name: str, templates: Path, workspace: Path, shown: str, lacking: Lacking
) -> None:
    """Write the package to `folder`, which must not exist; `shown` is how messages name the document.

    `templates` has those that replace the generator's own. `lacking` finds what such a folder lacks, once the
    generator warned of something: it does not always say which response it left out.

    Raises UserError: the generator fails, or warns, for then something is missing from what it wrote.
    """
    source, settings = workspace / "document.json", workspace / "generator.json"
    source.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    # its own hooks would run whatever ruff is first in PATH, and be content with none
    settings.write_text(json.dumps({"package_name_override": name, "post_hooks": []}), encoding="utf-8")
    generated = _run(
        "openapi_python_client", "generate", "--path", str(source), "--config", str(settings),
        "--meta", "none", "--fail-on-warning", "--custom-template-path", str(templates), "--output-path", str(folder),
        cwd=workspace,
    )  # fmt: skip
    if generated.returncode != 0:
        reasons = losses.explained(generated.stderr)
        missing = lacking(folder) if folder.exists() else []
        said = "\n".join(f"    {each}" for each in (*missing, *reasons)) or _complaint(generated.stderr)
        raise UserError(
            f"openapi-python-client cannot write a whole client from it{', which lacks' if reasons else ''}:\n{said}",
            where=shown,
            todo="say it in the document in another way, or remove it by an overlay (--overlay)",
        )
    _mend(folder)
    (folder / "py.typed").touch()


def _mend(folder: Path) -> None:
    for endpoint in folder.glob("api/*/*.py"):
        text = endpoint.read_text(encoding="utf-8")
        for written, meant in _MENDED.items():
            text = text.replace(written, meant)
        endpoint.write_text(text, encoding="utf-8")


def format_package(folder: Path, *, shown: str) -> None:
    """Give all modules one style. Raises UserError: one of them is no Python."""
    for arguments in _FORMATTING:
        formatted = _run("ruff", *arguments, ".", cwd=folder)
        if formatted.returncode != 0:
            said = _run(
                "ruff", "check", "--isolated", "--no-cache", "--output-format=concise", "--select=E9", ".", cwd=folder
            )
            raise UserError(
                f"ruff cannot read what the generator wrote:\n{_complaint(formatted.stderr + said.stdout)}",
                where=shown,
                todo="look for a name or a default in the document that is no Python",
            )


def _run(module: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    # -P: a generated types.py in the working directory must not hide Python's own
    command = [sys.executable, "-P", "-m", module, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False)


def _complaint(stderr: str) -> str:
    """What a tool said, indented: of a traceback its last line, of anything else the beginning."""
    lines = [line.rstrip() for line in stderr.splitlines() if line.strip() and "please open an issue" not in line]
    if any(line.startswith("Traceback") or "Traceback (most recent call last)" in line for line in lines):
        lines = lines[-1:]
    more = ["…"] if len(lines) > _LONGEST_COMPLAINT else []
    return "\n".join(f"    {line}" for line in lines[:_LONGEST_COMPLAINT] + more)
