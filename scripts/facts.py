"""Contract + document of the client → facts: what the templates say of an API, as plain data.

The generator tells its templates nothing of servers, credentials and relations, and its code cannot tell a wrong type
from a right one. The document that is looked at is the one that the client is generated from, so no `should` binds.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from assay import contract, pointer
from assay.contract import Contract, Operation, Security
from distribution import Names

_CHECKED_FORMATS = frozenset({"date-time", "date", "uuid"})
_GROUPS = {
    "1XX": "InformationalError",
    "3XX": "RedirectionError",
    "4XX": "OtherClientError",
    "5XX": "OtherServerError",
    "default": "OtherStatusError",
}
# Python's own names for these change with its releases.
_NAMES = {413: "ContentTooLarge", 414: "UriTooLong", 416: "RangeNotSatisfiable", 422: "UnprocessableEntity"}
_READING = re.compile(r"(get|read|retrieve|fetch|show|describe)(_|(?=[A-Z]))", re.IGNORECASE)


def facts(agreed: Contract, document: dict[str, Any], called: Names) -> dict[str, Any]:
    operations = {_key(each): _operation(agreed, document, each) for each in agreed.operations}
    prefix = called.package.removesuffix("_client").upper()
    return {
        "title": " ".join(agreed.title.split()),
        "version": agreed.version,
        "package": called.package,
        "distribution": called.distribution,
        "prefix": prefix,
        "server": _server(document),
        "schemes": _schemes(agreed, prefix),
        "needs_key": bool(agreed.operations) and all(each.protected for each in agreed.operations),
        "errors": _errors(agreed),
        "operations": operations,
        "schemas": _reachable(document, operations),
        "tags": {each["name"]: _line(each.get("description", "")) for each in document.get("tags", [])},
    }


def _key(operation: Operation) -> str:
    """The request of an operation. Its parameters have no names: the generator may spell them otherwise."""
    return f"{operation.method} " + re.sub(r"\{[^}]*\}", "{}", operation.path)


def _operation(agreed: Contract, document: dict[str, Any], operation: Operation) -> dict[str, Any]:
    responses = {each.status: _content_schema(document, each) for each in operation.responses}
    success = [status for status in responses if status.startswith("2")] or [
        key for key in responses if key == "default"
    ]
    return {
        "method": operation.method,
        "path": re.sub(r"\{[^}]*\}", "{}", operation.path),
        "shown": operation.path,
        "security": [[each.name for each in alternative] for alternative in operation.security],
        "success": success,
        "responses": responses,
        "returns": _line(next((each.description for each in operation.responses if each.status in success), "")),
        "raises": [
            (_error_name(each.status), _line(each.description))
            for each in operation.responses
            if each.status not in success and not each.status.startswith("2")
        ],
        "parameters": {each.name: _line(each.raw.get("description", "")) for each in operation.parameters},
        "waiter": _waiter(agreed, operation, success),
    }


def _waiter(agreed: Contract, operation: Operation, success: list[str]) -> dict[str, Any] | None:
    """How the end of what an operation reads is known: from a relation of the kind `states`."""
    if operation.method != "GET":
        return None
    declared = [raw for _, raw in operation.relations]
    for response in operation.responses:
        for media in response.media if response.status in success else ():
            at, schema = contract.resolve(agreed.data, media.schema) if media.schema else ("", {})
            declared += [raw for _, raw in contract.relations(schema, at)]
    states = next((each for each in declared if each.get("kind") == "states"), None)
    if states is None:
        return None
    noun = _READING.sub("", operation.id, count=1) if re.fullmatch(r"\w+", operation.id) else operation.path
    return {"noun": noun, "field": states["field"], "terminal": list(states["terminal"])}


def _server(document: dict[str, Any]) -> str | None:
    """The first server that is a whole URL, with the defaults of its variables."""
    for server in document.get("servers", []):
        url = str(server["url"])
        for name, variable in server.get("variables", {}).items():
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        if url.startswith(("https://", "http://")):
            return url.rstrip("/")
    return None


def _schemes(agreed: Contract, prefix: str) -> list[dict[str, str]]:
    """The credentials that operations ask for. One alone is the API key; of several, each has its scheme's name."""
    used: dict[str, Security] = {}
    for operation in agreed.operations:
        used |= {scheme.name: scheme for alternative in operation.security for scheme in alternative}
    found = []
    for scheme in used.values():
        argument = "api_key" if len(used) == 1 else re.sub(r"\W+", "_", scheme.name).strip("_").lower() or "api_key"
        place, parameter = (scheme.place, scheme.parameter) if scheme.kind == "apiKey" else ("header", "Authorization")
        found.append({
            "name": scheme.name,
            "argument": argument,
            "variable": f"{prefix}_{argument.upper()}",
            "kind": scheme.kind,
            "place": place,
            "parameter": parameter,
        })  # fmt: skip
    return found


def _errors(agreed: Contract) -> list[dict[str, str]]:
    """Each documented status that is no success, the exact ones first, with the name of its exception."""
    described: dict[str, str] = {}
    for operation in agreed.operations:
        for response in operation.responses:
            if not response.status.startswith("2"):
                described.setdefault(response.status.replace("xx", "XX"), _line(response.description))
    return [
        {"status": status, "name": _error_name(status), "description": described[status]}
        for status in sorted(described, key=lambda each: (not each.isdecimal(), each))
    ]


def _error_name(status: str) -> str:
    if not status.isdecimal():
        return _GROUPS[status.replace("xx", "XX")]
    try:
        name = _NAMES.get(int(status)) or HTTPStatus(int(status)).phrase.title()
    except ValueError:
        name = f"Status{status}"
    name = re.sub(r"\W", "", name)
    return name if name.endswith("Error") else f"{name}Error"


# Schemas ------------------------------------------------------------------------------------------------------------


def _content_schema(document: dict[str, Any], response: contract.Response) -> dict[str, Any] | None:
    """What can be checked of a body; None where nothing can."""
    found = next((each.schema for each in response.media if each.schema and "json" in each.type), None)
    return _checkable(pointer.at(document, found)) if found else None


def _reachable(document: dict[str, Any], operations: dict[str, Any]) -> dict[str, Any]:
    """Every schema that a response refers to, by the pointer that the reference is."""
    found: dict[str, Any] = {}
    waiting = [schema for each in operations.values() for schema in each["responses"].values() if schema]
    while waiting:
        for reference in _references(waiting.pop()):
            if reference not in found:
                found[reference] = _checkable(pointer.at(document, reference))
                waiting.append(found[reference])
    return dict(sorted(found.items()))


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict) and isinstance(schema.get("ref"), str):
        yield schema["ref"]
    for member in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _references(member)


def _checkable(schema: Any) -> dict[str, Any]:
    """A schema without all that decoding does not depend on. `types` has null where 3.0 says `nullable`."""
    if not isinstance(schema, dict):
        return {}
    types: Any = schema.get("type", "object" if "properties" in schema else [])
    kept: dict[str, Any] = {"types": [types] if isinstance(types, str) else list(types)}
    if "$ref" in schema:
        kept["ref"] = pointer.of_reference(schema["$ref"])
    if schema.get("format") in _CHECKED_FORMATS:
        kept["format"] = schema["format"]
    if "properties" in schema:
        kept["properties"] = {name: _checkable(each) for name, each in schema["properties"].items()}
    kept["required"] = list(schema.get("required", []))
    for key, name in (("items", "items"), ("additionalProperties", "others")):
        kept[name] = _checkable(schema.get(key))
    kept["all"] = [each for each in map(_checkable, schema.get("allOf", [])) if each]
    kept["any"] = [_checkable(each) for key in ("anyOf", "oneOf") for each in schema.get(key, [])]
    kept = {key: value for key, value in kept.items() if value}
    if schema.get("nullable") and kept:
        return {"any": [{"types": ["null"]}, kept]}
    return kept


def _line(text: Any) -> str:
    return " ".join(str(text).split())
