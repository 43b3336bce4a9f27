"""Two folders → how they differ; or one takes the other's place, all of it or nothing.

Not what the folders hold: they are names and bytes here.
"""

import difflib
import shutil
import tempfile
from pathlib import Path

from assay.errors import UserError

_CACHES = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"})


def differences(expected: Path, actual: Path, *, shown: str) -> list[str]:
    """One text for each file that is missing, extra or different; `shown` is how texts name the folder `actual`."""
    wanted, found = _files(expected), _files(actual)
    texts = []
    for name in sorted(wanted | found):
        if name not in found:
            texts.append(f"missing: {shown}/{name}\n")
        elif name not in wanted:
            texts.append(f"not generated: {shown}/{name}\n")
        elif wanted[name] != found[name]:
            texts.append(_diff(found[name], wanted[name], f"{shown}/{name}"))
    return texts


def replace(old: Path, new: Path) -> None:
    """Put a copy of `new` where `old` is, or was not yet. If that fails, or is interrupted, `old` is what it was.

    Raises UserError: the place cannot be written to.
    """
    try:
        old.parent.mkdir(parents=True, exist_ok=True)
        # beside `old`, hence on its file system, where a rename either happens or does not
        with tempfile.TemporaryDirectory(prefix=f".{old.name}-", dir=old.parent) as folder:
            before, after = Path(folder) / "before", Path(folder) / "after"
            shutil.copytree(new, after)
            _swap(old, before, after)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(old)) from None


def _swap(old: Path, before: Path, after: Path) -> None:
    if not old.exists():
        after.rename(old)
        return
    try:
        old.rename(before)
        after.rename(old)
    except BaseException:  # Ctrl-C too
        if before.exists() and not old.exists():
            before.rename(old)
        raise


def _files(root: Path) -> dict[str, bytes]:
    """Path below the root → content, without what Python and its tools leave behind."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not any(_is_cache(part) for part in path.relative_to(root).parts)
    }


def _is_cache(part: str) -> bool:
    return part in _CACHES or part.endswith(".egg-info")


def _diff(before: bytes, after: bytes, name: str) -> str:
    old, new = (text.decode("utf-8", "replace").splitlines(keepends=True) for text in (before, after))
    lines = difflib.unified_diff(old, new, name, f"{name} (generated)")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
