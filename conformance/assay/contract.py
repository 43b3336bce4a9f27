"""Document + overlays → Contract: everything that is promised, in machine-readable form.

Not what of it can be checked, and how: that is `claims`'. Reads files below the working directory only where the
user named them, and never follows a reference out of the document.
"""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import openapi_spec_validator as validators
from attrs import field, frozen

from assay import document, overlay, pointer, shapes
from assay.document import Document
from assay.errors import UserError
from assay.overlay import NotCheckable, Promise

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_LITERAL_KEYS = frozenset({"example", "examples", "default", "const", "enum", "value"})
"""Members whose content is data: a `$ref` in there is no reference."""


@frozen
class Parameter:
    """`pointer` leads to the parameter object; `schema` is a JSON Schema as the document has it."""

    name: str
    place: Literal["path", "query", "header", "cookie"]
    required: bool
    pointer: str
    schema: dict[str, Any]
    raw: dict[str, Any] = field(repr=False)


@frozen
class Media:
    """One media type (lower case, without parameters) of a response; `schema` is a pointer, empty if it has none."""

    type: str
    schema: str


@frozen
class Header:
    """One documented response header; `schema` is a pointer, empty if it has none."""

    name: str
    required: bool
    pointer: str
    schema: str


@frozen
class Response:
    """One documented response. `status` is as documented: `404`, a range `4XX`, or `default`."""

    status: str
    pointer: str
    description: str
    media: tuple[Media, ...]
    headers: tuple[Header, ...]

    def covers(self, status: int) -> bool:
        return self.status in (str(status), f"{status // 100}XX", "default")


@frozen
class Security:
    """One scheme by which a credential is sent. `place` and `parameter` say where, for an API key."""

    name: str
    kind: Literal["bearer", "basic", "apiKey", "other"]
    place: str
    parameter: str


@frozen
class Operation:
    """`id` is the operationId, else `GET /path`. `security` holds the alternatives; an empty one needs nothing."""

    id: str
    method: str
    path: str
    pointer: str
    parameters: tuple[Parameter, ...]
    body: dict[str, Any] | None
    responses: tuple[Response, ...]
    security: tuple[tuple[Security, ...], ...]
    relations: tuple[tuple[str, dict[str, Any]], ...]
    """(pointer, declaration) of each entry of its `x-relations`."""

    @property
    def safe(self) -> bool:
        """RFC 9110, 9.2.1: its semantics are read-only."""
        return self.method in SAFE_METHODS

    @property
    def protected(self) -> bool:
        return bool(self.security) and all(self.security)

    def response_for(self, status: int) -> Response | None:
        """The documented response that a status falls under: the exact one, else its range, else the default."""
        for key in (str(status), f"{status // 100}XX", "default"):
            for response in self.responses:
                if response.status.upper() == key.upper():
                    return response
        return None


@frozen
class Contract:
    """`data` is the merged document; `version` its `info.version`; `digest` is sha256 of document and overlays."""

    title: str
    version: str
    openapi: str
    digest: str
    operations: tuple[Operation, ...]
    servers: tuple[str, ...]
    not_checkable: tuple[NotCheckable, ...]
    data: dict[str, Any] = field(repr=False)
    written: dict[str, Promise] = field(repr=False)
    source: Document = field(repr=False)

    def operation(self, operation_id: str) -> Operation | None:
        return next((each for each in self.operations if each.id == operation_id), None)

    def promise_at(self, at: str) -> Promise | None:
        """The overlay action behind a pointer; None where the document itself says it."""
        return overlay.promise_at(self.written, at)

    def where(self, at: str) -> str:
        """`file:line` of what stands behind a pointer, in the overlay or in the document."""
        promise = self.promise_at(at)
        return promise.where if promise else self.source.where(at)


def load(spec: Path, overlays: Sequence[Path] = ()) -> Contract:
    """Read, check and merge.

    Raises UserError with file and line: the document does not parse, is no valid OpenAPI 3, refers to nothing or
    outside itself; an overlay action matches nothing.
    """
    source = document.load(spec)
    validator = _validator(source)
    _check_references(source)
    _check_valid(source, source.data, validator)
    data, written, left = source.data, dict[str, Promise](), list[NotCheckable]()
    for path in overlays:
        layer = document.load(path)
        data = overlay.apply(data, layer, written)
        left += overlay.not_checkable(layer)
    if overlays:
        _check_valid(source, data, validator)
    return Contract(
        title=str(data["info"]["title"]),
        version=str(data["info"]["version"]),
        openapi=data["openapi"],
        digest=hashlib.sha256(document.canonical(data)).hexdigest(),
        operations=tuple(_operations(data)),
        servers=tuple(server["url"] for server in data.get("servers", [])),
        not_checkable=tuple(left),
        data=data,
        written=written,
        source=source,
    )


def resolve(data: dict[str, Any], at: str) -> tuple[str, Any]:
    """Follow the `$ref`s that stand at a pointer: the pointer of what they lead to, and its value."""
    value, seen = pointer.at(data, at), set[str]()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str) and at not in seen:
        seen.add(at)
        at = value["$ref"][1:]
        value = pointer.at(data, at)
    return at, value


def _validator(source: Document) -> Any:
    """The validator class for the document's version. Raises UserError where there is none."""
    if not isinstance(source.data, dict):
        raise UserError("this is no OpenAPI document", where=source.shown, todo="it starts with `openapi: 3.1.0`")
    if "swagger" in source.data:
        raise UserError(
            f"this is Swagger {source.data['swagger']}; assay reads OpenAPI 3.0, 3.1 and 3.2",
            where=source.where("/swagger"),
            todo="convert it to OpenAPI 3 first, for example with the npm package swagger2openapi",
        )
    version = str(source.data.get("openapi", ""))
    by_version = {
        "3.0": validators.OpenAPIV30SpecValidator,
        "3.1": validators.OpenAPIV31SpecValidator,
        "3.2": validators.OpenAPIV32SpecValidator,
    }
    found = by_version.get(".".join(version.split(".")[:2]))
    if found is None:
        raise UserError(
            f"`openapi: {version}` is no version that assay reads" if version else "there is no `openapi` member",
            where=source.where("/openapi"),
            todo="assay reads OpenAPI 3.0, 3.1 and 3.2",
        )
    return found


def _check_valid(source: Document, data: Any, validator: Any) -> None:
    error = next(iter(validator(data).iter_errors()), None)
    if error is not None:
        at = pointer.join(*getattr(error, "absolute_path", ()))
        message = getattr(error, "message", str(error))
        raise UserError(
            f"not valid OpenAPI {data['openapi']}: {at or 'the document'}: {message[:300]}",
            where=source.where(at),
            todo="" if data is source.data else "an overlay made it so: see what writes there",
        )


def _check_references(source: Document) -> None:
    """Every `$ref` leads to something in this document: nothing outside it is ever read."""
    for at, reference in _references(source.data, ""):
        if not reference.startswith("#"):
            raise UserError(
                f"`$ref: {reference}` leads outside the document",
                where=source.where(at),
                todo="bundle it into one file first, for example with `npx @redocly/cli bundle`",
            )
        if pointer.at(source.data, reference[1:]) is pointer.MISSING:
            tokens = pointer.split(reference[1:])
            siblings = pointer.follow(source.data, tokens[:-1])
            raise UserError(
                f"`$ref: {reference}` leads to nothing",
                where=source.where(at),
                todo=shapes.suggest(tokens[-1], list(siblings)) if isinstance(siblings, dict) else "mend it",
            )


def _references(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "$ref" and isinstance(member, str):
                yield f"{at}/$ref", member
            elif key not in _LITERAL_KEYS or at.endswith("/properties"):
                yield from _references(member, at + pointer.join(key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _references(member, f"{at}/{index}")


def _operations(data: dict[str, Any]) -> Iterator[Operation]:
    for path in data.get("paths") or {}:
        at, item = resolve(data, pointer.join("paths", path))
        for method in METHODS:
            if method in item:
                yield _operation(data, path, method, at)


def _operation(data: dict[str, Any], path: str, method: str, item: str) -> Operation:
    at = item + pointer.join(method)
    raw = pointer.at(data, at)
    return Operation(
        id=raw.get("operationId") or f"{method.upper()} {path}",
        method=method.upper(),
        path=path,
        pointer=at,
        parameters=_parameters(data, item, at),
        body=resolve(data, f"{at}/requestBody")[1] if "requestBody" in raw else None,
        responses=tuple(
            _response(data, f"{at}/responses", status)
            for status in raw.get("responses", {})
            if not status.startswith("x-")
        ),
        security=_security(data, raw.get("security", data.get("security", []))),
        relations=tuple((f"{at}/x-relations/{i}", each) for i, each in enumerate(raw.get("x-relations", []))),
    )


def _parameters(data: dict[str, Any], item: str, operation: str) -> tuple[Parameter, ...]:
    """The path's parameters with the operation's own over them (same name, same place)."""
    found: dict[tuple[str, str], Parameter] = {}
    for owner in (item, operation):
        declared = pointer.at(data, owner).get("parameters", [])
        for index in range(len(declared)):
            at, raw = resolve(data, f"{owner}/parameters/{index}")
            content: dict[str, Any] = next(iter(raw.get("content", {}).values()), {})
            found[raw["name"], raw["in"]] = Parameter(
                name=raw["name"],
                place=raw["in"],
                required=bool(raw.get("required", False)),
                pointer=at,
                schema=raw.get("schema", content.get("schema", {})),
                raw=raw,
            )
    return tuple(found.values())


def _response(data: dict[str, Any], responses: str, status: str) -> Response:
    at, raw = resolve(data, responses + pointer.join(status))
    media = tuple(
        Media(
            type=name.partition(";")[0].strip().lower(),
            schema=at + pointer.join("content", name, "schema") if "schema" in content else "",
        )
        for name, content in raw.get("content", {}).items()
    )
    headers = (_header(data, at, name) for name in raw.get("headers", {}) if name.lower() != "content-type")
    return Response(status, at, str(raw.get("description", "")).strip(), media, tuple(headers))


def _header(data: dict[str, Any], response: str, name: str) -> Header:
    at, raw = resolve(data, response + pointer.join("headers", name))
    return Header(name, bool(raw.get("required", False)), at, f"{at}/schema" if "schema" in raw else "")


def _security(data: dict[str, Any], alternatives: list[dict[str, Any]]) -> tuple[tuple[Security, ...], ...]:
    return tuple(tuple(_scheme(data, name) for name in needed) for needed in alternatives)


def _scheme(data: dict[str, Any], name: str) -> Security:
    raw = resolve(data, pointer.join("components", "securitySchemes", name))[1]
    raw = raw if isinstance(raw, dict) else {}
    kind: Literal["bearer", "basic", "apiKey", "other"] = "other"
    if raw.get("type") in ("oauth2", "openIdConnect") or str(raw.get("scheme", "")).lower() == "bearer":
        kind = "bearer"
    elif str(raw.get("scheme", "")).lower() == "basic":
        kind = "basic"
    elif raw.get("type") == "apiKey":
        kind = "apiKey"
    return Security(name, kind, str(raw.get("in", "")), str(raw.get("name", "")))
