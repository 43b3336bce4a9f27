"""A value of an attrs class, as it was read from a file → nothing, or the first attribute that is of another type.

By the annotations of the class. No conversion: a number that stands as text is none.
"""

import functools
import math
import types
import typing
from collections.abc import Callable
from typing import Any

import attrs

_IsOf = Callable[[Any], bool]


def check(value: Any) -> None:
    """Raises TypeError: an attribute, or one of a value in it, is not of its type; OverflowError: so large a number."""
    kind: Any = type(value)
    for name, is_of in _attributes(kind):
        if not is_of(getattr(value, name)):
            raise TypeError(f"`{name}`, which is {getattr(value, name)!r}")


@functools.cache
def _attributes(kind: Any) -> list[tuple[str, _IsOf]]:
    return [(name, _of(hint)) for name, hint in typing.get_type_hints(kind).items()]


@functools.cache
def _of(hint: Any) -> _IsOf:
    """What tells a value of that type. Made once, since a recording has many lines."""
    kind, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if kind is typing.Literal:
        return lambda value: value in inner
    if kind in (typing.Union, types.UnionType):
        return _one_of([_of(each) for each in inner])
    if attrs.has(kind):
        return functools.partial(_is_whole, kind)
    if kind is float:
        # a boolean is no number, though Python holds it for one
        return lambda value: type(value) in (int, float) and math.isfinite(value)
    return _holding(kind, [_of(each) for each in inner if each is not ...], several=inner[-1:] == (...,))


def _is_whole(kind: type, value: Any) -> bool:
    if isinstance(value, kind):
        check(value)
    return isinstance(value, kind)


def _one_of(kinds: list[_IsOf]) -> _IsOf:
    return lambda value: any(is_of(value) for is_of in kinds)


def _holding(kind: Any, inner: list[_IsOf], *, several: bool) -> _IsOf:
    if kind is dict:
        key_is, each_is = inner
        return lambda value: type(value) is dict and all(key_is(key) and each_is(each) for key, each in value.items())
    if kind is list or several:
        [item_is] = inner
        return lambda value: type(value) is kind and all(map(item_is, value))
    if kind is tuple:
        return lambda value: (
            type(value) is tuple
            and len(value) == len(inner)
            and all(is_of(each) for is_of, each in zip(inner, value, strict=True))
        )
    return lambda value: type(value) is kind
