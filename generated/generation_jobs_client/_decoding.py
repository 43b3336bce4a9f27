"""A JSON body + what the document says of it → a body that the models take, or DecodingError naming the field.

The models convert, they do not check: "3" would pass for a number, and a wrong time raise an error that does not say
where. Only what decoding depends on is looked at (types, required fields, formats), so that a server may be a little
wrong elsewhere.
"""

import datetime
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from ._contract import SCHEMAS
from ._operations import Operation
from .errors import ApiError, DecodingError, UnreadableErrorBodyError
from .types import RawResponse

Check = Callable[[Any], Any]
"""Gives the value, or the one to take in its place. Raises Misfit."""

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

_HYPHENATED = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


class Misfit(Exception):
    """`tokens` lead to the wrong value; they are put together on the way up, where there is time for it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.tokens: list[str] = []

    @property
    def pointer(self) -> str:
        return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in reversed(self.tokens))


class Readable:
    """A documented response as the generated parsers read it: its JSON is checked before they see it."""

    def __init__(self, raw: RawResponse, operation: Operation, documented: str) -> None:
        self.raw = raw
        self.status_code = raw.status_code
        self.headers = raw.headers
        self.content = raw.content
        self.documented = documented
        self.succeeded = operation.succeeded(raw.status_code)
        self._check = _check_of(operation, documented)

    @property
    def text(self) -> str:
        return self.raw.text

    def json(self) -> Any:
        """Raises DecodingError, or UnreadableErrorBodyError where the response is an error."""
        try:
            return self._check(json.loads(self.content))
        except Misfit as misfit:
            reason, field = misfit.reason, misfit.pointer
        except (ValueError, RecursionError):
            reason, field = _no_json(self.raw), ""
        raise self._wrong(reason, field)

    def unreadable(self, error: Exception) -> ApiError:
        """For what a parser raised although nothing was found to be wrong."""
        return self._wrong(f"{type(error).__name__}: {error}", "")

    def _wrong(self, reason: str, field: str) -> ApiError:
        kind = DecodingError if self.succeeded else UnreadableErrorBodyError
        return kind(self.raw, reason=reason, field=field)


def _no_json(raw: RawResponse) -> str:
    if not raw.content.strip():
        return "it is empty"
    return f"it is no JSON but begins with {_shown(raw.text.strip())}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


# Checks are made once a schema, for a call must not cost much more than the request that it makes. -------------------


@cache
def _check_of(operation: Operation, documented: str) -> Check:
    return _check(operation.responses[documented] or {})


@cache
def _referred(pointer: str) -> Check:
    return _check(SCHEMAS[pointer])


def _check(schema: dict[str, Any]) -> Check:
    steps: list[Check] = []
    if "types" in schema:
        steps.append(_typed(tuple(schema["types"])))
    if "ref" in schema:
        steps.append(_reference(schema["ref"]))
    if "format" in schema:
        steps.append(_FORMATS[schema["format"]])
    if schema.keys() & {"properties", "required", "others"}:
        steps.append(_object(schema))
    if "items" in schema:
        steps.append(_array(_check(schema["items"])))
    steps += [_check(each) for each in schema.get("all", [])]
    if "any" in schema:
        steps.append(_any([_check(each) for each in schema["any"]]))
    return steps[0] if len(steps) == 1 else _sequence(steps)


def _reference(pointer: str) -> Check:
    known: Check | None = None

    def check(value: Any) -> Any:
        nonlocal known
        if known is None:
            known = _referred(pointer)  # not before it is needed: a tree refers to itself
        return known(value)

    return check


def _sequence(steps: list[Check]) -> Check:
    def check(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return check


def _typed(names: tuple[str, ...]) -> Check:
    allowed = frozenset(each for name in names for each in _TYPES[name])
    whole = "integer" in names and "number" not in names
    expected = " or ".join(names)

    def check(value: Any) -> Any:
        if value.__class__ in allowed:  # JSON has no subclasses, and a boolean is no number
            return value
        if whole and isinstance(value, float) and value.is_integer():
            return int(value)  # JSON does not tell 3 and 3.0 apart
        raise Misfit(f"{_shown(value)} is not of type {expected}")

    return check


def _object(schema: dict[str, Any]) -> Check:
    required = tuple(schema.get("required", ()))
    properties = [(name, _check(each)) for name, each in schema.get("properties", {}).items() if each]
    others = _check(schema["others"]) if "others" in schema else None
    known = frozenset(schema.get("properties", ()))

    def check(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        name = ""
        try:
            for name in required:
                if name not in value:
                    raise Misfit("it is missing")
            for name, inner in properties:
                if name in value:
                    value[name] = inner(value[name])
            if others is not None:
                for name in [each for each in value if each not in known]:
                    value[name] = others(value[name])
        except Misfit as misfit:
            misfit.tokens.append(name)
            raise
        return value

    return check


def _array(inner: Check) -> Check:
    def check(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        index = 0
        try:
            for index, item in enumerate(value):
                value[index] = inner(item)
        except Misfit as misfit:
            misfit.tokens.append(str(index))
            raise
        return value

    return check


def _any(alternatives: list[Check]) -> Check:
    def check(value: Any) -> Any:
        misfits: list[Misfit] = []
        for alternative in alternatives:
            try:
                return alternative(value)
            except Misfit as misfit:
                misfits.append(misfit)
        raise max(misfits, key=lambda misfit: len(misfit.tokens))  # which got farthest is what was meant

    return check


# Formats ------------------------------------------------------------------------------------------------------------


def _date_time(value: Any) -> Any:
    """RFC 3339 allows what Python does not read: a lower-case z, and a leap second, taken as the second after it."""
    if not isinstance(value, str):
        return value
    try:
        if datetime.datetime.fromisoformat(value).tzinfo is not None:
            return value
    except ValueError:
        pass
    found = _DATE_TIME.fullmatch(value)
    if found is None:
        raise Misfit(f"{_shown(value)} is no date-time with an offset")
    readable = value.upper()
    try:
        if found[1] == "60":
            before = datetime.datetime.fromisoformat(readable[:17] + "59" + readable[19:])
            return (before + datetime.timedelta(seconds=1)).isoformat()
        datetime.datetime.fromisoformat(readable)
    except (ValueError, OverflowError):
        raise Misfit(f"{_shown(value)} is no date-time") from None
    return readable


def _date(value: Any) -> Any:
    return _converts(value, datetime.date.fromisoformat, "date")


def _uuid(value: Any) -> Any:
    if isinstance(value, str) and _HYPHENATED.fullmatch(value):
        return value
    from uuid import UUID  # noqa: PLC0415 - not before something is decoded

    return _converts(value, UUID, "UUID")


def _converts(value: Any, convert: Callable[[str], object], what: str) -> Any:
    if isinstance(value, str):
        try:
            convert(value)
        except ValueError:
            raise Misfit(f"{_shown(value)} is no {what}") from None
    return value


_FORMATS: dict[str, Check] = {"date-time": _date_time, "date": _date, "uuid": _uuid}
