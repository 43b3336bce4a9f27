"""A folder and a git revision → the client as it was there, for a later one to be compared with.

A client is compared with what is checked in, not with the folder as it lies there: however often it is written anew
before a commit, its version grows once. Outside of git, or where the folder is in no commit yet, the folder is all
there is.
"""

import io
import subprocess
import tarfile
from pathlib import Path

from assay.errors import UserError


def client(out: Path, revision: str | None, into: Path) -> Path | None:
    """The older client; `into` is where it may be written. None where there is none.

    Raises UserError: git does not know a revision that was asked for, or it has no such folder.
    """
    archived = _git(out, "archive", "--format=tar", f"{revision or 'HEAD'}:./{out.name}")
    if archived is not None and archived.returncode == 0:
        with tarfile.open(fileobj=io.BytesIO(archived.stdout)) as archive:
            archive.extractall(into, filter="data")
        return into
    if revision is not None:
        raise UserError(
            f"git has no such folder at {revision}",
            where=str(out),
            todo="name a commit, tag or branch that has it with --base; a shallow clone may lack it: git fetch",
        )
    return out if (out / "pyproject.toml").is_file() else None


def _git(out: Path, *arguments: str) -> subprocess.CompletedProcess[bytes] | None:
    folder = out.resolve().parent
    try:
        return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)  # noqa: S607
    except OSError:
        return None
