"""A folder for files that a command writes → there, and writable; or a clear word about it before any work is done."""

import tempfile
from pathlib import Path

from assay.errors import UserError


def make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(
            f"the report cannot be written there: {error.strerror}", where=str(folder), todo="give another --report DIR"
        ) from None
