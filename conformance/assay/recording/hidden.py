"""What stands where a secret was taken out of recorded traffic, and what a body no longer shows because of it.

A known credential has a marker of its own (`exchange.marker`), which is looked for in what came back.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from assay import pointer
from assay.claims.checks import Finding
from assay.recording.exchange import CREDENTIAL, HIDDEN

HIDDEN_IN_URL = quote(HIDDEN)
"""The same as RFC 3986 allows it in a URL, which stays one."""

_AS_BYTES = tuple(each.encode() for each in (HIDDEN, HIDDEN_IN_URL, CREDENTIAL))
_STILL_TRUE = ("type",)
_STILL_TRUE_OF_URLS = ("type", "format")
_OF_THE_WHOLE = frozenset({
    "allOf", "anyOf", "oneOf", "not", "const", "enum", "uniqueItems", "contains", "minContains", "maxContains",
    "unevaluatedProperties", "unevaluatedItems",
})  # fmt: skip
"""Keywords that look at all that a value holds."""
_BRANCHES = ("then", "else", "dependentSchemas")
"""Where a schema applies only because of what a value holds."""


def holds(text: str) -> bool:
    """Whether a part of the text was taken out."""
    return HIDDEN in text or HIDDEN_IN_URL in text or CREDENTIAL in text


def holds_bytes(body: bytes) -> bool:
    """The same of a body as it was recorded."""
    return any(each in body for each in _AS_BYTES)


def holds_anywhere(value: Any) -> bool:
    """The same for a JSON value, however deep."""
    return next(_places(value), None) is not None


def still_shown(findings: Iterable[Finding], body: Any) -> Iterator[Finding]:
    """The findings that would be the same on what really came: text stayed text, and a URL stayed one."""
    places = dict(_places(body))
    above = {at[:end] for at in places for end in range(len(at)) if at[end] == "/"}
    for each in findings:
        if each.at in places and each.check.keyword not in places[each.at]:
            continue
        tokens = pointer.split("/" + each.check.name)
        if each.at in above and (each.check.keyword in _OF_THE_WHOLE or any(name in _BRANCHES for name in tokens)):
            continue
        yield each


def _places(value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each value of which a part was taken out, an object a part of a name: its pointer, and what may still be asked.

    A loop, so that depth in a body is no fault of ours.
    """
    waiting = [(value, "")]
    while waiting:
        value, at = waiting.pop()
        if isinstance(value, str) and holds(value):
            yield at, _STILL_TRUE if HIDDEN in value or CREDENTIAL in value else _STILL_TRUE_OF_URLS
        elif isinstance(value, dict):
            if any(map(holds, value)):
                yield at, _STILL_TRUE
            waiting += [(member, at + pointer.join(name)) for name, member in value.items()]
        elif isinstance(value, list):
            waiting += [(item, f"{at}/{index}") for index, item in enumerate(value)]
