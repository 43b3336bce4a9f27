"""Which members of a document hold data, and whose members bear names that its author chose: no keywords there."""

DATA_KEYS = frozenset({"example", "examples", "default", "const", "enum"})
"""Members whose content is data: no schema, and a `$ref` in there is no reference."""

NAMING = frozenset({
    "properties", "patternProperties", "dependentSchemas", "dependentRequired", "$defs", "definitions", "schemas",
    "responses", "parameters", "headers", "requestBodies", "securitySchemes", "links", "callbacks", "pathItems",
    "paths", "webhooks", "content", "encoding", "variables",
})  # fmt: skip
"""Members whose own members bear names that the author chose: a response `default`, a property `example`."""
