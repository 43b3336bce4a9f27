"""A TOML file → its data, and the line of each key for what is wrong there. What the data means is said elsewhere."""

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Any

from attrs import frozen

from assay import pointer
from assay.errors import UserError


@frozen
class Toml:
    """`data` with the text that it was read from: tomllib keeps no lines, so the keys are looked for in order."""

    path: Path
    data: dict[str, Any]
    text: str

    def where(self, at: str = "") -> str:
        lines, line = self.text.splitlines(), 0
        for token in pointer.split(at):
            key = re.compile(rf"(?:^\s*|[\[.{{,]\s*)([\"']?){re.escape(token)}\1\s*[\].=]")
            line = next((number for number in range(line, len(lines)) if key.search(lines[number])), line)
        return f"{self.path}:{line + 1}" if lines else str(self.path)


def read(path: Path) -> Toml:
    """Dates come as ISO strings. Raises UserError with file and line: no such file, no UTF-8, no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise UserError("there is no such target file", where=str(path), todo="check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        said = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        what, line = (said[1], said[2] or len(text.splitlines()) or 1) if said else (str(error), 1)
        raise UserError(f"this is not valid TOML: {what}", where=f"{path}:{line}", todo="mend the file there") from None
    return Toml(path, _plain(data), text)


def _plain(value: Any) -> Any:
    """TOML's dates as the ISO strings that the format's schema expects."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value
