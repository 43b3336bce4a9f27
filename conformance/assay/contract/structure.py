"""Which members of a document hold data, and whose members bear names that its author chose: no keywords there."""

from collections.abc import Iterator
from typing import Any

from assay import pointer

DATA_KEYS = frozenset({"example", "examples", "default", "const", "enum"})
"""Members whose content is data: no schema, and a `$ref` in there is no reference."""

NAMING = frozenset({
    "properties", "patternProperties", "dependentSchemas", "dependentRequired", "$defs", "definitions", "schemas",
    "responses", "parameters", "headers", "requestBodies", "securitySchemes", "links", "callbacks", "pathItems",
    "paths", "webhooks", "content", "encoding", "variables",
})  # fmt: skip
"""Members whose own members bear names that the author chose: a response `default`, a property `example`."""


def owners(data: Any, key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Pointer and value of each object that has a member `key`, where that is no name and no data."""
    waiting: list[tuple[str, Any, bool]] = [("", data, False)]
    while waiting:
        at, value, names = waiting.pop()
        if isinstance(value, list):
            waiting += [(f"{at}/{index}", each, False) for index, each in enumerate(value)]
        elif isinstance(value, dict):
            if key in value and not names:
                yield at, value
            waiting += [
                (at + pointer.join(name), each, name in NAMING and not names)
                for name, each in value.items()
                if names or not (name in DATA_KEYS or name.startswith("x-"))
            ]
