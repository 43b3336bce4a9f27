"""A value that `oneOf`, `anyOf` or `not` refuses → which of their schemas it fits, and why it does not fit the others.

Whether it is refused, the validator has said already; here are the words for it, short enough for one line.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import jsonschema_rs

from assay import pointer

_MOST = 5
"""Branches that are told of."""
_LONGEST = 120
"""Characters of one reason, and of one value that is quoted."""


def told(keyword: str, schema: dict[str, Any], error: jsonschema_rs.ValidationError, value: Any) -> str:
    """One line. `schema` holds the keyword, and the discriminator where there is one."""
    if keyword == "not":
        return _forbidden(schema["not"], value)
    branches: list[Any] = schema[keyword]
    names = [_called(each) or f"shape {number}" for number, each in enumerate(branches, 1)]
    reasons = getattr(error.kind, "context", None)
    if reasons is None or len(reasons) != len(branches):
        return error.message
    fits = [name for name, found in zip(names, reasons, strict=True) if not found]
    discriminator = schema.get("discriminator")
    meant, said = _meant(discriminator, branches, value) if isinstance(discriminator, dict) else (None, "")
    if fits:
        also = f"; {said}" if said else ""
        return f"fits {len(fits)} of {len(branches)} shapes, and has to fit exactly one: {_listed(fits)}{also}"
    if meant is not None:
        return f"{said}, which it does not fit: {_reason(reasons[meant])}"
    return "; ".join([f"fits none of {len(branches)} shapes", *([said] if said else _each(names, reasons))])


def _meant(discriminator: dict[str, Any], branches: list[Any], value: Any) -> tuple[int | None, str]:
    """The branch that the value's discriminator names (OpenAPI 3.1, Discriminator Object), and what it says.

    A value that the mapping does not have is the name of a schema.
    """
    name = discriminator.get("propertyName")
    if not isinstance(name, str) or not isinstance(value, dict):
        return None, ""
    at = pointer.join(name)
    if name not in value:
        return None, f"{at}, which tells them apart, is missing"
    mapping = discriminator.get("mapping")
    mapping = mapping if isinstance(mapping, dict) else {}
    said = value[name]
    wanted = str(mapping.get(said, said)) if isinstance(said, str) else ""
    for number, branch in enumerate(branches):
        reference = str(branch.get("$ref", "")) if isinstance(branch, dict) else ""
        if wanted and (reference == wanted or _last(reference) == _last(wanted)):
            return number, f"{at} is {_quoted(said)}, which means {_called(branch)}"
    known = list(mapping) or [name for name in map(_called, branches) if name]
    return None, f"{at} is {_quoted(said)}, which names none of them ({_listed(known)})"


def _each(names: Sequence[str], reasons: Sequence[Sequence[jsonschema_rs.ValidationError]]) -> Iterator[str]:
    for name, found in list(zip(names, reasons, strict=True))[:_MOST]:
        yield f"not {name}: {_reason(found)}"
    if len(names) > _MOST:
        yield f"nor {len(names) - _MOST} more"


def _reason(errors: Sequence[jsonschema_rs.ValidationError]) -> str:
    """The first, with the place of what it is about."""
    first = errors[0]
    at = pointer.join(*first.instance_path)
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    return (f"at {at} " if at else "") + _cut(first.message) + more


def _forbidden(schema: Any, value: Any) -> str:
    if isinstance(schema, dict) and schema.keys() == {"required"} and isinstance(value, dict):
        names = [name for name in schema["required"] if name in value]
        return f"has the member{'s' if len(names) > 1 else ''} {_listed([_quoted(name) for name in names])}"
    return f"{_quoted(value)}, which fits {_called(schema) or _quoted(schema)}"


def _called(schema: Any) -> str:
    """As the document does: by the reference to it, else by its title; empty where it has neither."""
    if not isinstance(schema, dict):
        return ""
    return _last(str(schema.get("$ref", ""))) or str(schema.get("title", ""))


def _last(reference: str) -> str:
    tokens = reference.rpartition("/")[2]
    return tokens.replace("~1", "/").replace("~0", "~")


def _listed(names: Sequence[str]) -> str:
    shown = [_cut(each) for each in names[:_MOST]]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(shown) + more


def _quoted(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False))


def _cut(text: str) -> str:
    """In its middle: the validator quotes the value first, and says last what is wrong with it."""
    half = _LONGEST // 2
    return text if len(text) <= _LONGEST else f"{text[:half]}…{text[-half:]}"
