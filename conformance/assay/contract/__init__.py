"""Document + overlays → Contract: everything that is promised, in machine-readable form.

Not what of it can be checked, and how: that is `claims`'. Reads the files that the user named, and those that they
refer to below the document's folder.
"""

import functools
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from assay import pointer
from assay.contract import document, media_types, overlay, slips, validity
from assay.contract.bundle import bundled
from assay.contract.document import Document
from assay.contract.overlay import NotCheckable, Promise
from assay.contract.servers import HERE, Server, server
from assay.contract.styles import Style, style
from assay.errors import UserError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""As a path names them; `query` is new in OpenAPI 3.2, where `additionalOperations` has all others."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})


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
    """One media type of a response, by its name in `media_types`; `schema` is a pointer, empty if it has none."""

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

    @functools.cached_property
    def types(self) -> tuple[str, ...]:
        """The names of its media types."""
        return tuple(each.type for each in self.media)

    def covers(self, status: int) -> bool:
        return self.status.upper() in (str(status), f"{status // 100}XX", "DEFAULT")


@frozen
class Security:
    """One scheme by which a credential is sent. `place` and `parameter` say where, for an API key."""

    name: str
    kind: Literal["bearer", "basic", "apiKey", "mutualTLS", "other"]
    place: str
    parameter: str
    defined: bool = True
    """Whether the document says what it is; it is `other` where it does not."""


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
    server: Server = HERE

    @functools.cached_property
    def styles(self) -> dict[tuple[str, str], Style]:
        """How each parameter is written, by its place and name."""
        return {(each.place, each.name): style(each.raw) for each in self.parameters}

    @property
    def safe(self) -> bool:
        """RFC 9110, 9.2.1: its semantics are read-only; QUERY: as its draft has it."""
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


@frozen(eq=False)
class Contract:
    """`data` is the merged document; `version` its `info.version`; `digest` is sha256 of document and overlays.

    `not_checkable`: sentences of which an overlay says so, and bodies that are not read.
    """

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
    overlays: tuple[Document, ...] = field(default=(), repr=False)

    def operation(self, operation_id: str) -> Operation | None:
        return self._by_id.get(operation_id)

    @functools.cached_property
    def _by_id(self) -> dict[str, Operation]:
        return {each.id: each for each in self.operations}

    def reads(self, media: Media) -> bool:
        """Whether a body is held against its schema: one of JSON, and text that the schema calls a string."""
        return bool(media.schema) and _readable(self.data, media)

    def promise_at(self, at: str) -> Promise | None:
        """The overlay action behind a pointer; None where the document itself says it."""
        return overlay.promise_at(self.written, at)

    @functools.cached_property
    def notes(self) -> tuple[str, ...]:
        """What is wrong in the document and keeps nobody from reading it, a sentence each with its place."""
        return tuple(slips.undefined_schemes(self.data, [each.pointer for each in self.operations], self.where))

    def where(self, at: str) -> str:
        """`file:line` of what stands behind a pointer, in the overlay or in the document; `file:line:column` in a long
        line.
        """
        promise = self.promise_at(at)
        return promise.where if promise else self.source.where(at)


def load(spec: Path, overlays: Sequence[Path] = ()) -> Contract:
    """Read, check and merge.

    Raises UserError with file and line: the document does not parse, is no valid OpenAPI 3, refers to nothing or
    outside itself; an overlay action matches nothing.
    """
    source = bundled(document.load(spec))
    data, written, left = source.data, dict[str, Promise](), list[NotCheckable]()
    validity.check(source, data, written)
    layers = tuple(document.load(path) for path in overlays)
    for layer in layers:
        data = overlay.apply(data, layer, written)
        left += overlay.not_checkable(layer)
    if overlays:
        validity.check(source, data, written)
    operations = tuple(_operations(data))
    return Contract(
        title=str(data["info"]["title"]),
        version=str(data["info"]["version"]),
        openapi=data["openapi"],
        digest=_digest(data, written, left),
        operations=operations,
        servers=tuple(server["url"] for server in data.get("servers", [])),
        not_checkable=(*left, *_unread(data, operations)),
        data=data,
        written=written,
        source=source,
        overlays=layers,
    )


def _digest(data: Any, written: dict[str, Promise], left: list[NotCheckable]) -> str:
    """A promise that becomes a `should`, or means something else, is another contract, though the data are the same."""
    promises = {at: [promise.sentence, promise.basis, promise.level] for at, promise in written.items()}
    return hashlib.sha256(
        document.canonical([data, promises, [[each.sentence, each.reason] for each in left]])
    ).hexdigest()


def resolve(data: dict[str, Any], at: str) -> tuple[str, Any]:
    """Follow the `$ref`s that stand at a pointer: the pointer of what they lead to, and its value."""
    value, seen = pointer.at(data, at), set[str]()
    while isinstance(value, dict) and isinstance(value.get("$ref"), str) and at not in seen:
        seen.add(at)
        at = pointer.of_reference(value["$ref"])
        value = pointer.at(data, at)
    return at, value


def relations(owner: dict[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    """Pointer and declaration of each entry of `x-relations`. Raises UserError: it is no list."""
    declared = owner.get("x-relations", [])
    if not isinstance(declared, list):
        todo = "begin each relation with a hyphen, also where there is only one"
        raise UserError("`x-relations` is no list", where=f"{at}/x-relations", todo=todo)
    yield from ((f"{at}/x-relations/{index}", each) for index, each in enumerate(declared))


def _operations(data: dict[str, Any]) -> Iterator[Operation]:
    for path in (path for path in data.get("paths") or {} if not path.startswith("x-")):
        at, item = resolve(data, pointer.join("paths", path))
        for method in METHODS:
            if method in item:
                yield _operation(data, path, method, at, pointer.join(method))
        for method in item.get("additionalOperations", {}):
            yield _operation(data, path, method, at, pointer.join("additionalOperations", method))


def _operation(data: dict[str, Any], path: str, method: str, item: str, place: str) -> Operation:
    at = item + place
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
        relations=tuple(relations(raw, at)),
        server=server(data, raw, pointer.at(data, item)),
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
    documented = raw.get("content", {})
    media = tuple(
        _media(data, at + pointer.join("content", name), called)
        for name, called in zip(documented, media_types.names(list(documented)), strict=True)
    )
    headers = (_header(data, at, name) for name in raw.get("headers", {}) if name.lower() != "content-type")
    return Response(status, at, str(raw.get("description", "")).strip(), media, tuple(headers))


def _media(data: dict[str, Any], at: str, name: str) -> Media:
    at, raw = resolve(data, at)
    return Media(name, f"{at}/schema" if "schema" in raw else "")


_TEXTUAL = frozenset({"type", "enum", "const", "format", "pattern", "minLength", "maxLength"})


def _readable(data: dict[str, Any], media: Media) -> bool:
    if media_types.is_json(media.type) or media_types.is_range(media.type):
        return True
    schema = resolve(data, media.schema)[1]
    if not media_types.is_text(media.type) or not isinstance(schema, dict):
        return False
    kinds = schema.get("type", "string" if _TEXTUAL & schema.keys() else None)
    return "string" in (kinds if isinstance(kinds, list) else [kinds])


def _unread(data: dict[str, Any], operations: Sequence[Operation]) -> Iterator[NotCheckable]:
    for operation in operations:
        for response in operation.responses:
            for media in (each for each in response.media if each.schema and not _readable(data, each)):
                yield NotCheckable(
                    f"`{operation.id} {response.status}` as {media.type} has the body that its schema describes",
                    "only JSON is held against a schema, and text that the schema calls a string",
                )


def _header(data: dict[str, Any], response: str, name: str) -> Header:
    at, raw = resolve(data, response + pointer.join("headers", name))
    return Header(name, bool(raw.get("required", False)), at, f"{at}/schema" if "schema" in raw else "")


def _security(data: dict[str, Any], alternatives: list[dict[str, Any]]) -> tuple[tuple[Security, ...], ...]:
    """Without mutual TLS: that is shown by the connection, and no request can lack it."""
    found = (tuple(_scheme(data, name) for name in needed) for needed in alternatives)
    return tuple(tuple(scheme for scheme in each if scheme.kind != "mutualTLS") for each in found)


def _scheme(data: dict[str, Any], name: str) -> Security:
    raw = resolve(data, slips.scheme(name))[1]
    if not isinstance(raw, dict):
        return Security(name, "other", "", "", defined=False)
    kind: Literal["bearer", "basic", "apiKey", "mutualTLS", "other"] = "other"
    if raw.get("type") in ("oauth2", "openIdConnect") or str(raw.get("scheme", "")).lower() == "bearer":
        kind = "bearer"
    elif str(raw.get("scheme", "")).lower() == "basic":
        kind = "basic"
    elif raw.get("type") in ("apiKey", "mutualTLS"):
        kind = raw["type"]
    return Security(name, kind, str(raw.get("in", "")), str(raw.get("name", "")))
