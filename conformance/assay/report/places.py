"""A claim → the file and line that it comes from, for tools that mark lines. It is the contract that knows them."""

import os
from pathlib import Path
from urllib.parse import quote

from attrs import frozen

from assay.claims import Claim
from assay.contract import Contract


@frozen
class Place:
    """`path` as it was given, `line` from 1."""

    path: str
    line: int

    @property
    def uri(self) -> str:
        """Relative to the working directory, as tools that mark a checkout want it; absolute outside of it."""
        path = Path(os.path.relpath(self.path))
        return quote(path.as_posix()) if ".." not in path.parts else Path(self.path).resolve().as_uri()


def place(claim: Claim, contract: Contract) -> Place:
    path, _, line = contract.where(claim.pointer).rpartition(":")
    return Place(path, int(line))
