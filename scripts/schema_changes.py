"""Two schemas and the side they stand on → what changed for callers.

What callers read and what they send are judged the other way round: a response that may be more breaks those who
read it, a request that may be less breaks those who send it. Not every keyword counts: what no client looks at in a
response (bounds, patterns) is no change for its callers, though it is one of the claims. Of conditions it is told that
they came, went or are others, not what each says: one that merely differs may have become narrower or wider.
"""

import json
from collections.abc import Iterator
from typing import Any, Literal

from attrs import frozen

from assay import pointer
from changes import Change, Class

Side = Literal["response", "request"]

_TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
_PYTHON = {"uuid": "UUID", "date-time": "datetime", "date": "date", "binary": "File"}
"""Formats that give values another type in Python."""
_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_OTHER_LIMITS = ("pattern", "multipleOf", "uniqueItems")
_CONDITIONS = (
    "if", "then", "else", "not", "dependentRequired", "dependentSchemas", "patternProperties", "propertyNames",
    "contains", "minContains", "maxContains", "prefixItems", "unevaluatedProperties", "unevaluatedItems",
)  # fmt: skip
_WORDS = frozenset({"description", "title", "$comment"})


@frozen
class Schema:
    """One schema with its references followed and its `allOf` taken together. `name` is a component's, or empty.

    `conditions` are those of each part, as JSON.
    """

    name: str
    keywords: dict[str, Any]
    conditions: frozenset[str] = frozenset()

    @property
    def types(self) -> frozenset[str]:
        if "type" not in self.keywords:
            return _TYPES if "properties" not in self.keywords else frozenset({"object"})
        declared = self.keywords["type"]
        found = {declared} if isinstance(declared, str) else set(declared)
        if self.keywords.get("nullable") is True:
            found.add("null")
        return frozenset(found | ({"integer"} if "number" in found else set()))

    @property
    def values(self) -> list[Any] | None:
        if "const" in self.keywords:
            return [self.keywords["const"]]
        found: list[Any] | None = self.keywords.get("enum")
        return found


class Comparison:
    """Compares the schemas of two documents, each pair once."""

    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self._old, self._new = old, new
        self._met: set[tuple[str, str, Side]] = set()

    def changes(self, old: Any, new: Any, place: str, side: Side) -> Iterator[Change]:
        before, after = read(self._old, old), read(self._new, new)
        if before.name and after.name:
            key = (before.name, after.name, side)
            if key in self._met:
                return
            self._met.add(key)
        if before.name and after.name and before.name != after.name:
            yield Change("breaking", before.name, f"the schema is called {after.name} now", f"import {after.name}")
        place = after.name or place
        yield from _types(before, after, place, side)
        yield from _format(before, after, place, side)
        yield from _values(before, after, place, side)
        yield from _limits(before, after, place, side)
        yield from _conditions(before, after, place, side)
        yield from self._members(before, after, place, side)
        yield from self._choices(before, after, place, side)
        if "items" in before.keywords and "items" in after.keywords:
            yield from self.changes(before.keywords["items"], after.keywords["items"], f"{place}[]", side)
        yield from self._more(before.keywords, after.keywords, place, side)

    def _members(self, old: Schema, new: Schema, place: str, side: Side) -> Iterator[Change]:
        before, after = old.keywords.get("properties", {}), new.keywords.get("properties", {})
        needed, needs = set(old.keywords.get("required", [])), set(new.keywords.get("required", []))
        renamed = dict(_renamed(before, after))
        for name in before:
            at = f"{place}.{name}"
            if name in renamed:
                to = renamed[name]
                yield Change("breaking", at, f"the field is called {to} now", f"use {to} in place of {name}")
            elif name not in after:
                yield Change("breaking", at, f"the field of the {side} is gone", "do without it")
            else:
                yield from _required(at, side, was=name in needed, now=name in needs)
                yield from self.changes(before[name], after[name], at, side)
        for name in after:
            if name not in before and name not in renamed.values():
                yield _added(f"{place}.{name}", side, required=name in needs)

    def _choices(self, old: Schema, new: Schema, place: str, side: Side) -> Iterator[Change]:
        for keyword in ("oneOf", "anyOf"):
            before, after = ({_named(each): each for each in of.keywords.get(keyword, [])} for of in (old, new))
            if not before and not after:
                continue
            for name in before.keys() & after.keys():
                yield from self.changes(before[name], after[name], place, side)
            if before and after.keys() - before.keys():
                names = ", ".join(sorted(after.keys() - before.keys()))
                yield _wider(place, side, f"may also be {names} in the {side}", "handle it")
            if after and before.keys() - after.keys():
                names = ", ".join(sorted(before.keys() - after.keys()))
                yield _narrower(place, side, f"is {names} no more in the {side}", "send another")

    def _more(self, old: dict[str, Any], new: dict[str, Any], place: str, side: Side) -> Iterator[Change]:
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from self.changes(before, after, f"{place}.*", side)
        elif before is not False and after is False and side == "request":
            yield Change("breaking", place, "takes no fields but its own in the request", "leave others out")
        elif before != after:
            yield Change("additive", place, f"other fields of the {side} are documented otherwise")


def read(document: dict[str, Any], schema: Any) -> Schema:
    """The schema with references followed, and what stands in `allOf` beside its own."""
    name, seen = "", set[str]()
    while isinstance(schema, dict) and isinstance(schema.get("$ref"), str) and schema["$ref"] not in seen:
        seen.add(schema["$ref"])
        at = pointer.of_reference(schema["$ref"])
        name = name or (pointer.split(at)[-1] if at.startswith("/components/schemas/") else "")
        schema = pointer.at(document, at)
    own = dict(schema) if isinstance(schema, dict) else {}
    conditions = _conditions_of(document, own)
    for part in own.pop("allOf", []):
        inner = read(document, part)
        given, conditions = inner.keywords, conditions | inner.conditions
        own["properties"] = {**given.get("properties", {}), **own.get("properties", {})}
        own["required"] = [*own.get("required", []), *given.get("required", [])]
        own = {**given, **{key: value for key, value in own.items() if value not in ({}, [])}}
    return Schema(name, own, conditions)


def _conditions_of(document: dict[str, Any], schema: dict[str, Any]) -> frozenset[str]:
    """At most one: what stands beside each other is one condition."""
    found = {key: _followed(document, schema[key], ()) for key in _CONDITIONS if key in schema}
    return frozenset({json.dumps(found, sort_keys=True)} if found else ())


def _followed(document: dict[str, Any], value: Any, within: tuple[str, ...]) -> Any:
    """With what references mean in their place, and without words that are for people."""
    if isinstance(value, list):
        return [_followed(document, each, within) for each in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str) and reference not in within:
        meant = pointer.at(document, pointer.of_reference(reference))
        beside = {key: each for key, each in value.items() if key != "$ref"}
        return [_followed(document, each, (*within, reference)) for each in (meant, beside) if each]
    # a field may be called so too
    kept = {key: each for key, each in value.items() if not (key in _WORDS and isinstance(each, str))}
    return {key: _followed(document, each, within) for key, each in kept.items()}


def _types(old: Schema, new: Schema, place: str, side: Side) -> Iterator[Change]:
    before, after = old.types, new.types
    if before == after or "oneOf" in {**old.keywords, **new.keywords} or "anyOf" in {**old.keywords, **new.keywords}:
        return
    if before < after:
        more = after - before
        what = "may be null now" if more == {"null"} else f"may also be {_listed(more)} now"
        yield _wider(place, side, f"{what} in the {side}", "handle it")
    elif after < before:
        less = before - after
        what = "is never null now" if less == {"null"} else f"is only {_listed(after)} now"
        yield _narrower(place, side, f"{what} in the {side}", "send nothing else")
    else:
        yield Change(
            "breaking",
            place,
            f"is {_listed(after)} now, no more {_listed(before)}, in the {side}",
            "take the other type",
        )


def _format(old: Schema, new: Schema, place: str, side: Side) -> Iterator[Change]:
    before, after = (str(each.keywords.get("format", "")) for each in (old, new))
    if before == after:
        return
    was, now = (_PYTHON.get(each, "plain value") for each in (before, after))
    if was != now:
        sentence = f"is a {now} now, no more a {was}, in the {side}"
        yield Change("breaking", place, sentence, f"take the {now}")
    elif after and side == "request":
        yield Change("breaking", place, f"has to be of the format {after} in the request", "send it so")
    else:
        yield Change("internal", place, f"is of the format {after or 'any'} in the {side}")


def _values(old: Schema, new: Schema, place: str, side: Side) -> Iterator[Change]:
    before, after = old.values, new.values
    if before is None and after is not None:
        yield _narrower(place, side, f"is one of {_shown(after)} now in the {side}", "send one of these")
    elif before is not None and after is None:
        yield _wider(place, side, f"may be any value now in the {side}", "its enum is gone: compare with values")
    elif before is not None and after is not None:
        gone, came = [each for each in before if each not in after], [each for each in after if each not in before]
        if gone:
            yield Change("breaking", place, f"{_shown(gone)} is no value of the {side} any more", "do without it")
        if came:
            must = "callers with exhaustive matches must look" if side == "response" else ""
            yield Change("additive", place, f"{_shown(came)} is a new value of the {side}", must)


def _limits(old: Schema, new: Schema, place: str, side: Side) -> Iterator[Change]:
    for keyword in (*_AT_LEAST, *_AT_MOST, *_OTHER_LIMITS):
        before, after = old.keywords.get(keyword), new.keywords.get(keyword)
        if before == after:
            continue
        sentence = f"{keyword} is {'no more' if after is None else repr(after)} in the {side}"
        narrower = before is None or (after is not None and not _looser(keyword, before, after))
        of: Class = "internal" if side == "response" else "breaking" if narrower else "additive"
        yield Change(of, place, sentence, "send only what it allows" if of == "breaking" else "")


def _conditions(old: Schema, new: Schema, place: str, side: Side) -> Iterator[Change]:
    gone, came = old.conditions - new.conditions, new.conditions - old.conditions
    if gone and came:
        sentence = f"other conditions ({_keywords(gone | came)}) hold in the {side}, which may be narrower or wider"
        yield Change("breaking", place, sentence, "compare the two documents")
    elif came:
        yield _narrower(place, side, f"a further condition ({_keywords(came)}) holds in the {side}", "keep it")
    elif gone:
        yield _wider(place, side, f"a condition ({_keywords(gone)}) holds no more in the {side}", "handle all else")


def _keywords(conditions: frozenset[str]) -> str:
    found = {key for each in conditions for key in json.loads(each)}
    return ", ".join(key for key in _CONDITIONS if key in found)


def _looser(keyword: str, old: Any, new: Any) -> bool:
    if any(isinstance(each, bool | str) for each in (old, new)):
        return new is False
    return bool(new <= old) if keyword in _AT_LEAST else bool(keyword in _AT_MOST and new >= old)


def _required(place: str, side: Side, *, was: bool, now: bool) -> Iterator[Change]:
    if now and not was:
        yield _narrower(place, side, f"is required in the {side} now", "send it")
    elif was and not now:
        yield _wider(place, side, f"may be left out of the {side} now", "handle UNSET")


def _added(place: str, side: Side, *, required: bool) -> Change:
    if side == "request" and required:
        return Change("breaking", place, "the request needs this new field", "send it")
    return Change("additive", place, f"a new field of the {side}")


def _renamed(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A field that went and one that came, with the same schema, where there is just one of each."""
    gone = [name for name in before if name not in after]
    came = [name for name in after if name not in before]
    if len(gone) == len(came) == 1 and before[gone[0]] == after[came[0]]:
        yield gone[0], came[0]


def _wider(place: str, side: Side, sentence: str, todo: str) -> Change:
    return Change("breaking", place, sentence, todo) if side == "response" else Change("additive", place, sentence)


def _narrower(place: str, side: Side, sentence: str, todo: str) -> Change:
    return Change("breaking", place, sentence, todo) if side == "request" else Change("additive", place, sentence)


def _named(schema: Any) -> str:
    """How a choice is told: its component's name, else its type."""
    if isinstance(schema, dict):
        return str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else str(schema.get("type", "another form"))
    return "anything"


def _listed(types: frozenset[str]) -> str:
    shown = types - {"integer"} if "number" in types else types
    return "anything" if types == _TYPES else " or ".join(sorted(shown))


def _shown(values: list[Any]) -> str:
    return ", ".join("null" if each is None else str(each) for each in values)
