"""Generated package → nothing, or why it cannot be used: every module imports, and mypy --strict has no objection.

The generator ends well with code that does neither. Whether the package is complete is for `endpoints`.
"""

import os
import subprocess
import sys
from pathlib import Path

from assay.errors import UserError

_IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
package = importlib.import_module(sys.argv[2])
for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    importlib.import_module(module.name)
"""


def check_sound(package: Path, *, shown: str) -> None:
    """Raise UserError with what Python or mypy says; `shown` is how messages name the document."""
    # -B: the folder is going to be shipped, so nothing may be cached in it
    options = ("-B", "-W", "error::SyntaxWarning")
    imported = _run(*options, "-c", _IMPORT_ALL, str(package.parent), package.name, cwd=package.parent)
    if imported.returncode != 0:
        raise _unusable("cannot be imported", imported.stderr.strip().splitlines()[-1:], shown)
    cache = Path.cwd() / ".mypy_cache/generated"  # of its own: a project's mypy has other options
    options = ("--strict", "--config-file=", f"--cache-dir={cache}")
    checked = _run("-m", "mypy", *options, package.name, cwd=package.parent)
    if checked.returncode != 0:
        raise _unusable("does not pass mypy --strict", (checked.stdout + checked.stderr).strip().splitlines(), shown)


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in ("MYPYPATH", "PYTHONPATH")}
    # -P: nothing generated may hide a module of Python's
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)


def _unusable(what: str, lines: list[str], shown: str) -> UserError:
    return UserError(
        f"the generated client {what}:\n" + "\n".join(f"    {line}" for line in lines),
        where=shown,
        todo="the document has something that the generator turns into wrong code: say it in another way",
    )
