"""A results.json → its data, checked, and the recording that it is about. Nothing of it is believed or judged here."""

import json
from pathlib import Path
from typing import Any

from attrs import frozen

from assay import recording, shapes
from assay.errors import UserError
from assay.recording import Recording

NAME = "results.json"


@frozen
class Result:
    """`data` is of schemas/results.schema.json."""

    path: Path
    data: dict[str, Any]

    def where(self, at: str = "") -> str:
        """The file is written by a program: a JSON Pointer says more than a line."""
        return f"{self.path}#{at}" if at else str(self.path)


def load(path: Path) -> Result:
    """Read a results.json, or the one in a folder. Raises UserError: there is none, or it is none of assay's."""
    file = path / NAME if path.is_dir() else path
    try:
        data = json.loads(file.read_bytes())
    except FileNotFoundError:
        raise UserError("there are no such results", where=str(file), todo="check the path") from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(file)) from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"this is not JSON: {error}", where=str(file), todo="check the server again") from None
    expected = shapes.schema("results")["properties"]["format"]["const"]
    found = data.get("format") if isinstance(data, dict) else None
    if found != expected:
        raise UserError(
            f"this is of the format {found}" if found else "these are no results of assay",
            where=str(file),
            todo=f"give a {NAME} of the format {expected}, as `assay check` writes it",
        )
    result = Result(file, data)
    shapes.check("results", result)
    return result


def recorded(result: Result, given: Path | None = None) -> Recording:
    """The recording beside it, or the one given. Raises UserError: there is none that can be read."""
    beside = given or result.path.with_name("recording.jsonl")
    if not beside.exists():
        raise UserError(
            "the recording that the results are about is not there",
            where=str(beside),
            todo="keep it beside results.json, or give --recording FILE",
        )
    return recording.load(beside)
