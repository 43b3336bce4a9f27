"""Bytes → a JSON value, or why they are no JSON that two parsers would read alike.

Stricter than Python's own parser, by RFC 8259: UTF-8 without a byte order mark (section 8.1), names once in an object
(section 4), no NaN or Infinity (section 6), no unpaired surrogate (section 8.2).
"""

import json
import math
import sys
from collections.abc import Iterable
from typing import Any

_DEEPEST = 500
"""Levels of nesting; what reads a value after this must not run out of stack (RFC 8259, section 9 allows a limit)."""
_LONGEST_INTEGER = 300
"""Digits; a longer integer is read as the nearest double, as most parsers do."""


class NotJsonError(ValueError):
    """The body is no JSON; the message says where and why."""


def parse(body: bytes) -> Any:
    """The value. Raises NotJsonError."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJsonError(f"not UTF-8: byte {error.start} is 0x{body[error.start]:02x}") from None
    if text.startswith("\ufeff"):
        raise NotJsonError("starts with a byte order mark")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJsonError(f"{error.msg} at character {error.pos}" if text.strip() else "the body is empty") from None
    except RecursionError:
        raise NotJsonError("nested too deep to be read") from None
    if text.count("[") + text.count("{") > _DEEPEST:
        _check_depth(value)
    if "\\u" in text:
        _check_surrogates(value)
    return value


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJsonError(f"the name {twice!r} stands twice in one object")
    return found


def _constant(name: str) -> Any:
    raise NotJsonError(f"{name} is no JSON number")


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= _LONGEST_INTEGER else _number(text)


def _number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else math.copysign(sys.float_info.max, number)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_constant=_constant, parse_int=_integer, parse_float=_number
)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_DEEPEST):
        level = [child for each in level for child in _children(each)]
    if any(isinstance(each, dict | list) for each in level):
        raise NotJsonError("nested too deep to be read")


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _check_surrogates(value: Any) -> None:
    if isinstance(value, dict):
        for name, member in value.items():
            _check_surrogates(name)
            _check_surrogates(member)
    elif isinstance(value, list):
        for member in value:
            _check_surrogates(member)
    elif isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise NotJsonError("an escape stands for half a surrogate pair")
