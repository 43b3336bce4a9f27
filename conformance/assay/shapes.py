"""Our own file formats, each a JSON Schema in `schemas/`: data → nothing, or an error with its line.

Not the schemas of the API under test: those are `contract`'s and `keywords`'.
"""

import difflib
import functools
import importlib.resources
import json
from typing import Any, Protocol

import jsonschema_rs

from assay import pointer
from assay.errors import UserError

_WRITTEN_BY_US = {"results": "it was made by hand, or by another version of assay: check again"}
"""The advice for what no person writes."""
_NAMED = 20
"""How many names an advice lists."""


class Located(Protocol):
    """Data that knows on which line of which file each pointer stands."""

    @property
    def data(self) -> Any: ...

    def where(self, at: str = "") -> str: ...


@functools.cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one of our formats: overlay, target, recording, results."""
    text = importlib.resources.files("assay").joinpath("schemas", f"{name}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@functools.cache
def validator(name: str) -> jsonschema_rs.Draft202012Validator:
    # values of a target or of traffic may be credentials, wherever they stand
    mask = "the value" if name in ("target", "har") else None
    return jsonschema_rs.Draft202012Validator(schema(name), validate_formats=True, mask=mask)


def check(name: str, file: Located) -> None:
    """Raise UserError at the first place where `file` is not of the format `name`."""
    error = next(validator(name).iter_errors(file.data), None)
    if error is None:
        return
    at = pointer.join(*error.instance_path)
    unknown = _unknown_key(error)
    if unknown is not None:
        known = list(_schema_of(name, error.schema_path).get("properties", {}))
        raise UserError(
            f"unknown key {unknown!r}",
            where=file.where(at + pointer.join(unknown)),
            todo=_WRITTEN_BY_US.get(name) or suggest(unknown, known),
        )
    hint, where = _hint(name, error), file.where(at)
    message, pattern, _ = _message(error).partition(' does not match "')
    # the hint says in words what a regular expression tells to few
    message = f"{message} does not match what is meant" if pattern and hint else _message(error)
    # a file that is told without lines has the pointer in its place
    if not (at and where.endswith(at)):
        message = f"{at or ('the relation' if name == 'relations' else 'the file')}: {message}"
    raise UserError(message, where=where, todo=_WRITTEN_BY_US.get(name) or hint or "mend it there")


def suggest(word: str, known: list[str]) -> str:
    """The advice for a name that is not known: the nearest one, else all of them."""
    known = list(dict.fromkeys(known))
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    more = f" and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    return f"known here: {', '.join(known[:_NAMED])}{more}" if known else "remove it"


def _unknown_key(error: jsonschema_rs.ValidationError) -> str | None:
    unexpected = getattr(error.kind, "unexpected", None)
    return str(unexpected[0]) if unexpected else None


def _schema_of(name: str, path: list[str | int]) -> dict[str, Any]:
    """The schema object that holds the failing keyword."""
    node = pointer.at(schema(name), pointer.join(*path[:-1]))
    return node if isinstance(node, dict) else {}


def _message(error: jsonschema_rs.ValidationError) -> str:
    return error.message if len(error.message) < 200 else f"{error.message[:200]}…"


def _hint(name: str, error: jsonschema_rs.ValidationError) -> str:
    """The schema's own `$comment` beside the failing keyword, where it has one."""
    comment = _schema_of(name, error.schema_path).get("$comment")
    return str(comment) if comment else ""
