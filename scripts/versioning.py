"""The version that was + the class of what changed → the version that is due.

Not the document's own version alone: a template that is changed changes the client too. That one is taken where it is
the larger.
"""

import re
import tomllib
from pathlib import Path

from assay.errors import UserError
from changes import Class


def of(folder: Path) -> str:
    """The version in a client's pyproject.toml. Raises UserError: there is none."""
    path = folder / "pyproject.toml"
    try:
        return str(tomllib.loads(path.read_text("utf-8"))["project"]["version"])
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError("this has no [project] with a version", where=str(path), todo="write the client anew") from None


def due(old: str, documented: str, change: Class | None) -> str:
    """The next version after `old`, or the document's if that is larger; `old` itself where nothing changed."""
    if change is None:
        return old
    least = _text(_next(_numbers(old), change))
    return documented if is_larger(documented, least) else least


def is_larger(version: str, than: str) -> bool:
    return _numbers(version) > _numbers(than)


def _next(version: tuple[int, int, int], change: Class) -> tuple[int, int, int]:
    """While the major version is 0, the minor one stands in for it."""
    major, minor, patch = version
    if change == "breaking" and major:
        return major + 1, 0, 0
    if change == "breaking" or change == "additive":
        return major, minor + 1, 0
    return major, minor, patch + 1


def _numbers(version: str) -> tuple[int, int, int]:
    found = [int(each) for each in re.findall(r"\d+", version)[:3]]
    major, minor, patch = [*found, 0, 0, 0][:3]
    return major, minor, patch


def _text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))
