"""Contract → contract.json beside the package, and back: what a later run compares the then contract with.

It holds the document that the client was generated from and the sentence of every claim. Not the sources: neither
where a promise stood nor how it was laid over the document.
"""

import json
from pathlib import Path
from typing import Any

from attrs import frozen

from assay import claims
from assay.contract import Contract
from assay.errors import UserError

NAME = "contract.json"
_FORMAT = "assay-contract/1"


@frozen
class Record:
    """`claims` has, by id, the level, basis, source and sentence of each."""

    document: dict[str, Any]
    claims: dict[str, dict[str, str]]


def of(agreed: Contract, document: dict[str, Any]) -> Record:
    ledger = claims.ledger(agreed)
    kept = ("level", "basis", "source", "sentence")
    return Record(document, {name: {key: getattr(each, key) for key in kept} for name, each in ledger.claims.items()})


def write(record: Record, folder: Path) -> None:
    content = {"format": _FORMAT, "document": record.document, "claims": record.claims}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Record | None:
    """None where there is none: the client is older than this file.

    Raises UserError: it is none that this script wrote.
    """
    path = folder / NAME
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] == _FORMAT:
            return Record(content["document"], content["claims"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        pass
    raise UserError(
        f"this is no contract in the form {_FORMAT}",
        where=str(path),
        todo="take the file back from git, or remove it to begin anew, with nothing compared",
    )
