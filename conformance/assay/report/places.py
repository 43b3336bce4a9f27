"""A claim → the file and line that it comes from, for tools that mark lines. It is the contract that knows them."""

import os
import re
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from assay.claims import Claim
from assay.contract import Contract

_WHERE = re.compile(r"(.*?):(\d+)(?::(\d+))?", re.DOTALL)


@frozen
class Place:
    """`path` as it was given; `line` and `column` from 1, the latter None where the line is short."""

    path: str
    line: int
    column: int | None = None

    @property
    def uri(self) -> str:
        """Relative to the working directory, as tools that mark a checkout want it; absolute outside of it."""
        path = Path(os.path.relpath(self.path))
        return quote(path.as_posix()) if ".." not in path.parts else Path(self.path).resolve().as_uri()


def place(claim: Claim, contract: Contract) -> Place:
    found = _WHERE.fullmatch(contract.where(claim.pointer))
    assert found
    path, line, column = found.groups()
    return Place(path, int(line), int(column) if column else None)
