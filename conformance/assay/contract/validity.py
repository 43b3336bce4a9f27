"""A document → nothing, or the first place where it is no OpenAPI that can be read.

Of the document as written, and of what overlays make of it. Not what it promises: that is `contract`'s part.
"""

import json
import warnings
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import openapi_spec_validator as validators

from assay import pointer, shapes
from assay.contract import overlay, structure
from assay.contract.document import Document
from assay.contract.overlay import Promise
from assay.contract.structure import DATA_KEYS, NAMING
from assay.errors import UserError

_DIALECTS = ("https://spec.openapis.org/oas/3.", "https://json-schema.org/draft/2020-12/")


class _Closed(dict[str, Any]):
    """For each scheme of a URL, what fetches nothing. (Where there is no entry, the validator does it by itself.)"""

    def __contains__(self, _: object) -> bool:
        return True

    def __missing__(self, _: str) -> Any:
        return self._refuse

    def _refuse(self, uri: str) -> Any:
        raise LookupError(uri)


_READERS = {
    version: type(reader.__name__, (reader,), {"resolver_handlers": _Closed()})
    for version, reader in (
        ("3.0", validators.OpenAPIV30SpecValidator),
        ("3.1", validators.OpenAPIV31SpecValidator),
        ("3.2", validators.OpenAPIV32SpecValidator),
    )
}


def check(source: Document, data: dict[str, Any], written: dict[str, Promise]) -> None:
    """Raise UserError where `data`, the document with what overlays wrote, is not valid or refers to nothing.

    Nothing outside the document is ever read: its references are looked at before the validator follows them.
    """
    reader = _validator(source)
    _check_references(data, source, written)
    _check_dialects(data, source)
    _check_valid(source, data, reader)


def _validator(source: Document) -> Any:
    """The validator class for the document's version. Raises UserError where there is none."""
    if not isinstance(source.data, dict):
        raise UserError("this is no OpenAPI document", where=source.shown, todo="it starts with `openapi: 3.1.0`")
    if "swagger" in source.data:
        raise UserError(
            f"this is Swagger {source.data['swagger']}; assay reads OpenAPI 3.0, 3.1 and 3.2",
            where=source.where("/swagger"),
            todo="convert it to OpenAPI 3 first, for example with the npm package swagger2openapi",
        )
    version = str(source.data.get("openapi") or "")
    found = _READERS.get(".".join(version.split(".")[:2]))
    if found is None:
        raise UserError(
            f"`openapi: {version}` is no version that assay reads" if version else "there is no `openapi` member",
            where=source.where("/openapi"),
            todo="assay reads OpenAPI 3.0, 3.1 and 3.2",
        )
    return found


def _check_valid(source: Document, data: Any, reader: Any) -> None:
    todo = "" if data is source.data else "an overlay made it so: see what writes there"
    try:
        with warnings.catch_warnings(action="ignore"):  # Python's, of patterns that it reads otherwise than ECMA-262
            error = next((each for each in reader(_without_notes(data)).iter_errors() if not _is_regex(each)), None)
    except RecursionError:
        raise UserError("it is nested too deep, or leads back to itself", where=source.shown, todo=todo) from None
    except Exception as raised:  # it falls over some of what is not valid, and not always with an error of its own
        what = f"not valid OpenAPI {source.data['openapi']}: {type(raised).__name__}: {str(raised)[:300]}"
        raise UserError(what, where=source.shown, todo=todo) from None
    if error is not None:
        at, message = _inmost(reader, data) or (_place(data, error), str(getattr(error, "message", error)))
        message = message.partition("\n")[0]
        raise UserError(
            f"not valid OpenAPI {source.data['openapi']}: {at or 'the document'}: {message[:300]}",
            where=source.where(at),
            todo=todo,
        )


def _inmost(reader: Any, data: Any) -> tuple[str, str] | None:
    """Place and message of the first structural error; None: what is wrong is inside a schema, or between parts.

    Where a value is neither the object that belongs there nor a reference, what it lacks to be that object counts.
    """
    structure = json.loads(json.dumps(reader.schema_validator.schema, default=dict))
    error = next(jsonschema_rs.validator_for(structure, validate_formats=True).iter_errors(data), None)
    while error is not None:
        inner = [each for branch in getattr(error.kind, "context", None) or () for each in branch]
        inner = [each for each in inner if getattr(each.kind, "property", "") != "$ref"]
        if not inner:
            return pointer.join(*error.instance_path), error.message
        error = max(inner, key=lambda each: len(each.instance_path))
    return None


def _without_notes(data: dict[str, Any]) -> dict[str, Any]:
    """Extensions among the paths are no paths, which the validator does not know."""
    if not isinstance(data.get("paths"), dict):
        return data
    return {**data, "paths": {path: item for path, item in data["paths"].items() if not path.startswith("x-")}}


def _is_regex(error: Any) -> bool:
    """Whether it complains of a pattern that Python does not know and ECMA-262, which JSON Schema asks for, does."""
    if (getattr(error, "validator", ""), getattr(error, "validator_value", "")) != ("format", "regex"):
        return False
    try:
        jsonschema_rs.Draft202012Validator({"pattern": error.instance})
    except jsonschema_rs.ValidationError:
        return False
    return True


def _place(data: Any, error: Any) -> str:
    """Where in the document an error is: of a schema, the validator says only where in that schema."""
    path, instance = [str(token) for token in getattr(error, "absolute_path", ())], getattr(error, "instance", None)
    waiting = [("", data)] if path else []
    while waiting:
        at, value = waiting.pop(0)
        if pointer.follow(value, path) == instance:
            return at + pointer.join(*path)
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [(at + pointer.join(token), member) for token, member in inner]
    return "" if pointer.follow(data, path) is pointer.MISSING else pointer.join(*path)


def _check_references(data: dict[str, Any], source: Document, written: dict[str, Promise]) -> None:
    """Every `$ref` leads to something in this document: nothing outside it is ever read."""
    for at, reference in _references(data, ""):
        what = todo = ""
        if not reference.startswith("#"):
            # those to files are written out by now
            what = "leads outside the document"
            todo = "overlays refer to the document only: put the file's part into the action"
        elif not reference.startswith("#/"):
            what, todo = "is no JSON Pointer", "write it as one, such as `#/components/schemas/Name`"
        elif pointer.at(data, pointer.of_reference(reference)) is pointer.MISSING:
            what, todo = "leads to nothing", _nearest(data, pointer.split(pointer.of_reference(reference)))
        elif _turns(data, reference):
            what, todo = "leads in a circle", "let one of the references on it lead to what is meant"
        if what:
            promise = overlay.promise_at(written, at)
            where = promise.where if promise else source.where(at)
            raise UserError(f"`$ref: {reference}` {what}", where=where, todo=todo)


def _check_dialects(data: dict[str, Any], source: Document) -> None:
    """Every schema is of the one dialect: in another the same keywords mean something else."""
    found = [(at, "$schema", owner) for at, owner in structure.owners(data, "$schema")]
    for at, key, owner in [("", "jsonSchemaDialect", data), *found]:
        if not str(owner.get(key, _DIALECTS[0])).startswith(_DIALECTS):
            raise UserError(
                f"`{key}: {owner[key]}` is a dialect that assay does not read",
                where=source.where(f"{at}/{key}"),
                todo="write the schemas in that of JSON Schema 2020-12, which is OpenAPI's own",
            )


def _turns(data: Any, reference: str) -> bool:
    """Whether a reference leads to another, that one to the next, and so on for ever."""
    seen = set[str]()
    value: Any = {"$ref": reference}
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        if value["$ref"] in seen:
            return True
        seen.add(value["$ref"])
        value = pointer.at(data, pointer.of_reference(value["$ref"]))
    return False


def _nearest(data: Any, tokens: list[str]) -> str:
    """The advice for a pointer that leads to nothing: what is like the first token that is not there."""
    for token in tokens:
        if isinstance(data, dict) and token not in data:
            return shapes.suggest(token, list(data))
        data = pointer.follow(data, [token])
    return "mend the reference"


def _references(value: Any, at: str, *, names: bool = False) -> Iterator[tuple[str, str]]:
    """Pointer and value of each `$ref`. `names`: the members of this object bear names that the author chose."""
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "$ref" and isinstance(member, str) and not names:
                yield f"{at}/$ref", member
            elif names or not (key in DATA_KEYS or key.startswith("x-")):
                yield from _references(member, at + pointer.join(key), names=key in NAMING and not names)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _references(member, f"{at}/{index}")
