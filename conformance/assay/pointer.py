"""JSON Pointers (RFC 6901): written, taken apart, followed. Not a query language: that is JSONPath's part."""

import functools
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

MISSING: Any = object()
"""What `follow` gives where the data has nothing; null is a value, so None could not say it."""


def escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


def join(*tokens: str | int) -> str:
    return "".join("/" + escape(str(token)) for token in tokens)


def split(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def of_reference(reference: str) -> str:
    """The pointer that a `$ref` within its document (`#/…`) names: percent-encoded there (RFC 6901, section 6)."""
    return unquote(reference[1:])


def reference(pointer: str) -> str:
    """The `$ref` that names a pointer: braces, as in every path with a parameter, may not stand in a URI."""
    return "#" + quote(pointer, safe="/~")


def follow(data: Any, tokens: Iterable[str]) -> Any:
    """The value at the end of `tokens`, or MISSING."""
    for token in tokens:
        if isinstance(data, dict):
            data = data.get(token, MISSING)
        elif isinstance(data, list):
            data = data[int(token)] if token.isdecimal() and int(token) < len(data) else MISSING
        else:
            return MISSING
    return data


def at(data: Any, pointer: str) -> Any:
    """The value that `pointer` names in `data`, or MISSING."""
    return follow(data, _tokens(pointer))


@functools.lru_cache(maxsize=1000)
def _tokens(pointer: str) -> tuple[str, ...]:
    """Of the few that are looked up in every body."""
    return tuple(split(pointer))
