"""The document's schemas → JSON Schema 2020-12, with every keyword still at its pointer.

OpenAPI 3.0 has a dialect of its own (`nullable`, boolean `exclusiveMinimum`, members beside `$ref` ignored); 3.1 is
JSON Schema already. In both, a `writeOnly` property is never required of a response (OpenAPI 3.0.3, Schema Object;
3.1 leaves it to JSON Schema Validation 9.4, whose intent is the same).
"""

from typing import Any

from assay import pointer
from assay.contract import resolve
from assay.contract.structure import DATA_KEYS, NAMING


def response_schemas(data: dict[str, Any], openapi: str) -> dict[str, Any]:
    """A copy of the whole contract in which every schema reads as JSON Schema 2020-12 for a response."""
    translated: dict[str, Any] = _Translation(data, old=openapi.startswith("3.0")).of(data)
    return translated


class _Translation:
    def __init__(self, data: dict[str, Any], *, old: bool) -> None:
        self._data = data
        self._old = old

    def of(self, value: Any, *, names: bool = False) -> Any:
        """`names`: the members of this object are names that the author chose, not keywords."""
        if isinstance(value, list):
            return [self.of(member) for member in value]
        if not isinstance(value, dict):
            return value
        copied = {
            key: member if key in DATA_KEYS and not names else self.of(member, names=key in NAMING and not names)
            for key, member in value.items()
        }
        return copied if names else self._schema(copied)

    def _schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        if self._old and isinstance(schema.get("$ref"), str):
            return {"$ref": schema["$ref"]}
        if isinstance(schema.get("properties"), dict) and isinstance(schema.get("required"), list):
            properties = schema["properties"]
            schema["required"] = [name for name in schema["required"] if not self._write_only(properties.get(name))]
        return _without_old_keywords(schema) if self._old else schema

    def _write_only(self, schema: Any) -> bool:
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and schema.get("writeOnly") is not True:
            schema = resolve(self._data, pointer.of_reference(schema["$ref"]))[1]
        return isinstance(schema, dict) and schema.get("writeOnly") is True


def _without_old_keywords(schema: dict[str, Any]) -> dict[str, Any]:
    if schema.pop("nullable", None) is True and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(exclusive) is True and bound in schema:
            schema[exclusive] = schema.pop(bound)
        elif isinstance(schema.get(exclusive), bool):
            del schema[exclusive]
    return schema
