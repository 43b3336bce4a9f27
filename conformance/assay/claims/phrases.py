"""A check → the words for it, where no overlay action has a sentence of its own."""

import json
from collections.abc import Callable
from typing import Any

from assay.claims.checks import Check

_LONGEST = 120
"""Characters of a schema's value that a sentence quotes."""


def phrase(check: Check) -> str:
    """What follows the subject: `/created_at` *is in the format date-time*."""
    return _PHRASES[check.keyword](check.value)


def _quoted(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _one_of(values: list[Any]) -> str:
    return f"is one of {', '.join(_quoted(value) for value in values)}"


def _type(value: str | list[str]) -> str:
    names = [value] if isinstance(value, str) else value
    return "is of type " + " or ".join(names)


_PHRASES: dict[str, Callable[[Any], str]] = {
    "type": _type,
    "enum": _one_of,
    "const": lambda value: f"is {_quoted(value)}",
    "format": lambda value: f"is in the format {value}",
    "pattern": lambda value: f"matches the pattern {value}",
    "minimum": lambda value: f"is at least {value}",
    "maximum": lambda value: f"is at most {value}",
    "exclusiveMinimum": lambda value: f"is more than {value}",
    "exclusiveMaximum": lambda value: f"is less than {value}",
    "multipleOf": lambda value: f"is a multiple of {value}",
    "minLength": lambda value: f"has at least {value} characters",
    "maxLength": lambda value: f"has at most {value} characters",
    "minItems": lambda value: f"has at least {value} items",
    "maxItems": lambda value: f"has at most {value} items",
    "uniqueItems": lambda _: "has no item twice",
    "contains": lambda value: f"contains what is described by {_quoted(value)}",
    "minProperties": lambda value: f"has at least {value} members",
    "maxProperties": lambda value: f"has at most {value} members",
    "propertyNames": lambda value: f"has member names described by {_quoted(value)}",
    "required": lambda value: f"has the member {_quoted(value)}",
    "dependentRequired": lambda value: f"has with it the members {_quoted(value)}",
    "additionalProperties": lambda _: "has no member that is not documented",
    "unevaluatedProperties": lambda _: "has no member that is not documented",
    "unevaluatedItems": lambda _: "has no item that is not documented",
    "items": lambda _: "has no item that is not documented",
    "anyOf": lambda value: f"fits one of {len(value)} documented shapes",
    "oneOf": lambda value: f"fits exactly one of {len(value)} documented shapes",
    "not": lambda value: f"is not what is described by {_quoted(value)}",
    "$dynamicRef": lambda value: f"fits what {value} leads to",
    "writeOnly": lambda value: f"is without {_quoted(value)}, which is only written",
    "false": lambda _: "is never given",
}
