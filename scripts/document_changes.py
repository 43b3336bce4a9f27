"""Two documents that clients are generated from → what changed for callers, operation by operation.

The older document is out of contract.json, so it was read and checked when it was written. Not what became of the
generated code: that is `client_changes`'; nor of promises that no client knows: `claim_changes`'.
"""

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from assay import pointer
from assay.contract import METHODS
from changes import Change, Class
from schema_changes import Comparison, Side

_Parameters = dict[tuple[str, str], dict[str, Any]]


@frozen
class _Operation:
    """One operation as its document has it; `name` is its operationId, else `GET /path`."""

    name: str
    method: str
    path: str
    raw: dict[str, Any]
    parameters: _Parameters

    @property
    def request(self) -> str:
        return f"{self.method} " + re.sub(r"\{[^}]*\}", "{}", self.path)

    @property
    def tag(self) -> str:
        return str(next(iter(self.raw.get("tags", [])), "default"))


def document_changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    found = list(_Documents(old, new).changes())
    if found or old == new:
        return found
    return [Change("internal", "document", "it says the same to callers, in other words")]


class _Documents:
    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self._old, self._new = old, new
        self._schemas = Comparison(old, new)

    def changes(self) -> Iterator[Change]:
        yield from _server(self._old, self._new)
        yield from self._schemes()
        before, after = _operations(self._old), _operations(self._new)
        pairs = dict(_pairs(before, after))
        for old in before:
            if old.name not in pairs:
                yield Change("breaking", old.name, f"the operation {old.method} {old.path} is gone", "do without it")
            else:
                yield from self._operation(old, pairs[old.name])
        kept = {each.name for each in pairs.values()}
        for new in after:
            if new.name not in kept:
                yield Change("additive", new.name, f"a new operation: {new.method} {new.path}")

    def _operation(self, old: _Operation, new: _Operation) -> Iterator[Change]:
        if old.name != new.name:
            yield Change("breaking", old.name, f"the operation is called {new.name} now", "call it by that name")
        if old.request != new.request:
            yield Change(
                "breaking", new.name, f"the operation moved from {old.method} {old.path} to {new.method} {new.path}",
                "use a server that has it there",
            )  # fmt: skip
        if old.tag != new.tag:
            yield Change(
                "breaking", new.name, f"the operation moved from {old.tag} to {new.tag}", f"call api.{new.tag}"
            )
        if new.raw.get("deprecated") and not old.raw.get("deprecated"):
            yield Change("additive", new.name, "the operation is deprecated")
        yield from self._parameters(new.name, old.parameters, new.parameters)
        bodies = (_resolved(self._old, old.raw.get("requestBody")), _resolved(self._new, new.raw.get("requestBody")))
        yield from self._body(new.name, *bodies)
        yield from self._responses(old, new)
        yield from _security(new.name, old.raw.get("security", []), new.raw.get("security", []))

    def _parameters(self, name: str, old: _Parameters, new: _Parameters) -> Iterator[Change]:
        renamed = dict(_renamed(old, new))
        for key, before in old.items():
            at, now = f"{name}({key[1]})", renamed.get(key, key)
            if key in renamed:
                yield Change("breaking", at, f"the parameter is called {now[1]} now", f"pass {now[1]} for {key[1]}")
            if now in new:
                yield from self._parameter(at, before, new[now])
            else:
                yield Change("breaking", at, f"the {key[0]} parameter is gone", "leave it out")
        for key, after in new.items():
            at = f"{name}({key[1]})"
            if key not in old and key not in renamed.values() and after.get("required"):
                yield Change("breaking", at, f"a new required {key[0]} parameter", "pass it")
            elif key not in old and key not in renamed.values():
                yield Change("additive", at, f"a new optional {key[0]} parameter")

    def _parameter(self, at: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        if new.get("required") and not old.get("required"):
            yield Change("breaking", at, "the parameter is required now", "pass it")
        elif old.get("required") and not new.get("required"):
            yield Change("additive", at, "the parameter may be left out now")
        yield from self._schemas.changes(_schema(old), _schema(new), at, "request")
        before, after = (_resolved(of, _schema(each)) for of, each in ((self._old, old), (self._new, new)))
        if before.get("default") != after.get("default"):
            yield Change("breaking", at, "has another default", "pass it where the old one was meant")

    def _body(self, name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
        at = f"{name}(body)"
        if old and not new:
            yield Change("breaking", at, "the request has no body any more", "leave it out")
        elif new and (not old or new.get("required", False) != old.get("required", False)):
            needed = bool(new.get("required"))
            what = "needs a body now" if needed else "may come with a body" if not old else "may come without its body"
            yield Change("breaking" if needed else "additive", at, f"the request {what}", "pass it" if needed else "")
        if old and new:
            yield from self._content(at, old, new, "request")

    def _responses(self, old: _Operation, new: _Operation) -> Iterator[Change]:
        before, after = old.raw.get("responses", {}), new.raw.get("responses", {})
        for status in before:
            at = f"{new.name} {status}"
            if status not in after:
                yield Change("breaking", at, "the documented response is gone", "look where its exception is caught")
                continue
            was, now = _resolved(self._old, before[status]), _resolved(self._new, after[status])
            yield from self._content(at, was, now, "response")
            yield from _headers(at, was.get("headers", {}), now.get("headers", {}))
        for status in after:
            if status not in before:
                yield Change("additive", f"{new.name} {status}", "a new documented response, with its own exception")

    def _content(self, at: str, old: dict[str, Any], new: dict[str, Any], side: Side) -> Iterator[Change]:
        before, after = old.get("content", {}), new.get("content", {})
        for media in before:
            if media not in after:
                yield Change("breaking", at, f"the {side} comes as {media} no more", "look at its body")
            else:
                yield from self._schemas.changes(_schema(before[media]), _schema(after[media]), at, side)
        for media in after:
            if media not in before:
                yield Change("additive", at, f"the {side} may come as {media}")

    def _schemes(self) -> Iterator[Change]:
        before, after = (each.get("components", {}).get("securitySchemes", {}) for each in (self._old, self._new))
        for name in before:
            if name in after and _told(before[name]) != _told(after[name]):
                yield Change("breaking", f"credential {name}", "it is sent in another way", "give the new credential")


def _operations(document: dict[str, Any]) -> list[_Operation]:
    found = []
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            raw = _resolved(document, item).get(method)
            if raw is not None:
                declared = [*_resolved(document, item).get("parameters", []), *raw.get("parameters", [])]
                resolved = [_resolved(document, each) for each in declared]
                name = raw.get("operationId") or f"{method.upper()} {path}"
                by_name = {(each["in"], each["name"]): each for each in resolved}
                found.append(_Operation(name, method.upper(), path, raw, by_name))
    return found


def _pairs(old: list[_Operation], new: list[_Operation]) -> Iterator[tuple[str, _Operation]]:
    """Each operation that is still there: under its name, else under its method and path."""
    by_name, by_request = {each.name: each for each in new}, {each.request: each for each in new}
    names = {each.name for each in old}
    for each in old:
        found = by_name.get(each.name) or by_request.get(each.request)
        if found is not None and (found.name == each.name or found.name not in names):
            yield each.name, found


def _resolved(document: dict[str, Any], value: Any) -> dict[str, Any]:
    while isinstance(value, dict) and isinstance(value.get("$ref"), str):
        value = pointer.at(document, pointer.of_reference(value["$ref"]))
    return value if isinstance(value, dict) else {}


def _renamed(old: _Parameters, new: _Parameters) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    gone, came = [each for each in old if each not in new], [each for each in new if each not in old]
    if len(gone) == len(came) == 1 and gone[0][0] == came[0][0] and _schema(old[gone[0]]) == _schema(new[came[0]]):
        yield gone[0], came[0]


def _schema(owner: dict[str, Any]) -> dict[str, Any]:
    found = owner.get("schema")
    return found if isinstance(found, dict) else {}


def _server(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    before, after = ([each["url"] for each in document.get("servers", [])][:1] for document in (old, new))
    if before and before != after:
        now = after[0] if after else "none"
        yield Change("breaking", "base URL", f"the default is {now}, no more {before[0]}", "see that this is yours")
    elif after and not before:
        yield Change("additive", "base URL", f"the default is {after[0]}")


def _security(name: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Change]:
    """The alternatives by which a caller may prove who they are; none at all is open to everybody."""
    before, after = ({" with ".join(sorted(each)) or "nothing" for each in given or [{}]} for given in (old, new))
    if gone := before - after:
        accepted = " or ".join(sorted(after))
        sentence = f"asks for {accepted} now"
        of: Class = "additive" if after == {"nothing"} else "breaking"
        what = f"no more for {' or '.join(sorted(gone))}"
        yield Change(of, name, f"{sentence}, {what}", "give that credential" if of == "breaking" else "")
    elif after - before:
        yield Change("additive", name, f"takes {' or '.join(sorted(after - before))} as well")


def _headers(at: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for name in sorted(old.keys() - new.keys()):
        yield Change("breaking", at, f"the header {name} is documented no more", "do without it")
    for name in sorted(new.keys() - old.keys()):
        yield Change("additive", at, f"the header {name} is documented")


def _told(scheme: dict[str, Any]) -> dict[str, Any]:
    return {key: scheme.get(key) for key in ("type", "scheme", "in", "name")}
