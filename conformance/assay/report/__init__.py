"""Verdicts + recording → faces of them, a file each. None of them judges, none asks the network.

A face is a function of a module of its own, `(Verdicts, Recording) → bytes`. To add one, give its file a name in
`FILES` and enter the function in `faces`. The terminal (`terminal`) is none of them: it is shown, not kept. Nothing
heavy is imported here, since the command line asks for these names.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import UserError

if TYPE_CHECKING:
    from assay.judge.verdicts import Verdicts
    from assay.recording import Recording

FILES = {
    "annotations": "annotations.txt",
    "badge": "badge.json",
    "html": "report.html",
    "junit": "junit.xml",
    "markdown": "summary.md",
    "sarif": "report.sarif",
    "json": "results.json",
}
"""Format, as `assay report --format` takes it → the file that it is written to."""

BY_DEFAULT = ("html", "junit", "markdown", "json")
"""What every run writes. The others are made by `assay report`, for whoever wants them."""


def made(format_: str, verdicts: "Verdicts", recording: "Recording") -> bytes:
    """One face."""
    from assay.report.faces import FACES  # noqa: PLC0415 - see above

    return FACES[format_](verdicts, recording)


def write(
    verdicts: "Verdicts", recording: "Recording", folder: Path, formats: Iterable[str] = BY_DEFAULT
) -> dict[str, Path]:
    """Write these formats into `folder`, which is made where it is missing; format → its file.

    Each file is there whole or not at all; results.json comes last, so that where it is, the others are too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {each: folder / FILES[each] for each in sorted(formats, key=lambda each: each == "json")}
    for each, path in written.items():
        _replace(path, made(each, verdicts, recording))
    return written


def clear(folder: Path) -> None:
    """Remove what an earlier run left there. Raises UserError: it cannot be removed."""
    try:
        for stale in (*FILES.values(), "recording.jsonl", "target.log"):
            (folder / stale).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            f"cannot be written: {error.strerror}", where=str(error.filename), todo="give another --report DIR"
        ) from None


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
