"""Contract → links: which answer's values lead to which other operation, and which of them go where.

Those that the document declares (OpenAPI 3.1, 4.8.20), then those that follow from how paths are built: what `POST
/books` answers with 201 is read, changed and removed at `/books/{book_id}`, where the answer names an `id` or a
`book_id`. What follows so is a guess: no step that comes of it may accuse anybody.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from attrs import evolve, field, frozen

from assay import pointer, shapes
from assay.contract import Contract, Operation, Parameter, Response, resolve
from assay.contract.media_types import is_json
from assay.errors import UserError
from assay.plan.expressions import is_expression

SOURCE = "made"
"""The name under which the values of a link take from the answer: `{made.$response.body#/id}`."""

_LAST = re.compile(r"(?P<above>.*)/\{(?P<name>[^{}/]+)\}(?P<below>(?:/[^{}]*)?)$")
_EMBEDDED = re.compile(r"\{(\$[^{}]+)\}")
_ID = re.compile(r"(?i)(?:(?P<stem>.+?)[_-]?)?id")
_DEEPEST = 5
"""Levels of allOf in which a member is looked for."""


@frozen
class Link:
    """From the response `status` of `source` to `operation`. The values are as those of a state: by parameter name."""

    source: Operation = field(repr=False)
    status: str
    operation: Operation = field(repr=False)
    path: dict[str, Any]
    query: dict[str, Any] = field(factory=dict)
    headers: dict[str, str] = field(factory=dict)
    body: Any = None
    declared: bool = False
    """In the document; else it follows from how the paths are built."""

    @property
    def made(self) -> bool:
        """Whether it is clear that it leads to what was made just now, and not to something that was there before."""
        match = _LAST.match(self.operation.path)
        below = match is not None and match["above"] == self.source.path.rstrip("/")
        return self.source.method in ("POST", "PUT") and (below or (self.declared and self.status == "201"))

    @property
    def gives(self) -> frozenset[tuple[str, str]]:
        """Place and name of each parameter that it gives a value for."""
        places = {"path": self.path, "query": self.query, "header": self.headers}
        return frozenset((place, name) for place, values in places.items() for name in values)

    def under(self, name: str) -> "Link":
        """With values that take from what is called so, in place of `made`."""

        def renamed(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: renamed(member) for key, member in value.items()}
            if isinstance(value, list):
                return [renamed(member) for member in value]
            return value.replace(f"{{{SOURCE}.$", f"{{{name}.$") if isinstance(value, str) else value

        return evolve(
            self, path=renamed(self.path), query=renamed(self.query), headers=renamed(self.headers),
            body=renamed(self.body),
        )  # fmt: skip


def links(contract: Contract) -> tuple[Link, ...]:
    """What the document says first. Raises UserError: a link leads nowhere, or gives what is not taken there."""
    items = _items(contract)
    declared = tuple(_declared(contract))
    return (*declared, *_carried(declared, items), *_by_paths(contract, items))


# Declared in the document --------------------------------------------------------------------------------------------


def _declared(contract: Contract) -> Iterator[Link]:
    for operation in contract.operations:
        for response in operation.responses:
            raw = resolve(contract.data, response.pointer)[1]
            for name in raw.get("links") or {}:
                at, link = resolve(contract.data, response.pointer + pointer.join("links", name))
                if isinstance(link, dict) and "server" not in link:
                    yield _link(contract, operation, response, at, link)


def _link(contract: Contract, source: Operation, response: Response, at: str, raw: dict[str, Any]) -> Link:
    operation = _led_to(contract, at, raw)
    values: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "cookie": {}}
    for name, value in (raw.get("parameters") or {}).items():
        parameter = _parameter(operation, name)
        if parameter is None:
            raise UserError(
                f"the link gives a value for {name!r}, which {operation.id} does not take",
                where=contract.where(at),
                todo=shapes.suggest(name, [each.name for each in operation.parameters]),
            )
        values[parameter.place][parameter.name] = _value(contract, at, value)
    return Link(
        source, response.status, operation, values["path"], values["query"], values["header"],
        _value(contract, at, raw.get("requestBody")), declared=True,
    )  # fmt: skip


def _led_to(contract: Contract, at: str, raw: dict[str, Any]) -> Operation:
    """By its id, or by a reference into this document (`#/paths/~1books~1{id}/get`, percent-encoded or not)."""
    name, reference = raw.get("operationId"), str(raw.get("operationRef", ""))
    for operation in contract.operations:
        if name is not None and operation.id == name:
            return operation
        if name is None and reference.startswith("#") and unquote(reference[1:]) in (
            operation.pointer, pointer.join("paths", operation.path, operation.method.lower()),
        ):  # fmt: skip
            return operation
    todo = shapes.suggest(str(name), [each.id for each in contract.operations]) if name else ""
    raise UserError(
        f"the link leads to no operation of the document: {name or reference!r}",
        where=contract.where(at),
        todo=todo or "mend it, or take it out by an overlay",
    )


def _parameter(operation: Operation, name: str) -> Parameter | None:
    """By its name, or with its place before that (`path.id`)."""
    place, _, rest = name.partition(".")
    found = [each for each in operation.parameters if each.name == name]
    found += [each for each in operation.parameters if (each.place, each.name) == (place, rest)]
    return found[0] if found else None


def _value(contract: Contract, at: str, value: Any) -> Any:
    """A constant, an expression, or a text with expressions in braces; as our placeholders."""
    if isinstance(value, dict):
        return {key: _value(contract, at, member) for key, member in value.items()}
    if isinstance(value, list):
        return [_value(contract, at, member) for member in value]
    if not isinstance(value, str):
        return value
    told = [value] if value.startswith("$") else _EMBEDDED.findall(value)
    for each in told:
        if not is_expression(each) or each == "$location":
            raise UserError(
                f"{each!r} is no runtime expression", where=contract.where(at), todo="for example $response.body#/id"
            )
    if value.startswith("$"):
        return f"{{{SOURCE}.{value}}}"
    return _EMBEDDED.sub(lambda match: f"{{{SOURCE}.{match[1]}}}", value)


# By how the paths are built ------------------------------------------------------------------------------------------


_Items = dict[str, list[tuple[Operation, Parameter]]]
"""Path of a collection → the operations on one of it, or on something of that one, with the parameter that names it."""


def _carried(declared: Sequence[Link], items: _Items) -> Iterator[Link]:
    """Where a link leads to one of a collection, it leads to all that is done with that one, or with what it has.

    What changes things is left out unless it would change what was made: an order names its customer too.
    """
    own = {(each.source.id, each.status, each.operation.id) for each in declared}
    for link in declared:
        match = _LAST.fullmatch(link.operation.path)
        if match and match["below"] in ("", "/"):
            for operation, parameter in items[match["above"]]:
                carried = Link(link.source, link.status, operation, link.path)
                known = (link.source.id, link.status, operation.id) in own
                named = not known and parameter.name == match["name"]
                if named and (operation.safe or carried.made):
                    yield carried


def _by_paths(contract: Contract, items: _Items) -> Iterator[Link]:
    for source in contract.operations:
        below = items[source.path.rstrip("/")] if source.method == "POST" else []
        for operation, parameter in below:
            for response in source.responses:
                taken = _identifies(contract, source, response, parameter, below)
                if taken:
                    names = [each.name for each in source.parameters if each.place == "path"]
                    above = {name: f"{{{SOURCE}.$request.path.{name}}}" for name in names}
                    path = {**above, parameter.name: f"{{{SOURCE}.{taken}}}"}
                    yield Link(source, response.status, operation, path)
                    break


def _items(contract: Contract) -> _Items:
    found: _Items = defaultdict(list)
    for operation in contract.operations:
        match = _LAST.match(operation.path)
        for parameter in operation.parameters if match else ():
            if match and (parameter.place, parameter.name) == ("path", match["name"]):
                found[match["above"]].append((operation, parameter))
    return found


def _identifies(
    contract: Contract, source: Operation, response: Response, parameter: Parameter,
    below: list[tuple[Operation, Parameter]],
) -> str:  # fmt: skip
    """Which value of the answer is the identifier, where that is clear; else nothing."""
    if response.status != "201" and not (response.status == "200" and _is_resource(contract, response, below)):
        return ""
    types = _types(contract, resolve(contract.data, parameter.pointer + "/schema")[0] if parameter.schema else "")
    for media in response.media:
        for name in _names(source.path, parameter.name):
            member = _member(contract, media.schema, name) if media.schema and is_json(media.type) else ""
            if member and (not types or not _types(contract, member) or types & _types(contract, member)):
                return f"$response.body#{pointer.join(name)}"
    located = response.status == "201" and any(each.name.lower() == "location" for each in response.headers)
    return "$location" if located else ""


def _is_resource(contract: Contract, response: Response, below: list[tuple[Operation, Parameter]]) -> bool:
    """Whether what a POST answers is, by its schema, what a GET of one in the collection answers."""
    own = _schemas(contract, response)
    reads = (each for each, _ in below if each.method == "GET" and each.path.rstrip("/").endswith("}"))
    good = next((each for read in reads for each in read.responses if each.status == "200"), None)
    return good is not None and bool(own & _schemas(contract, good))


def _schemas(contract: Contract, response: Response) -> set[str]:
    return {resolve(contract.data, media.schema)[0] for media in response.media if media.schema}


def _names(collection: str, parameter: str) -> Iterator[str]:
    """`book_id` is the `book_id` of what is in /books, else its `id`; the `author_id` is not."""
    yield parameter
    match = _ID.fullmatch(parameter)
    if match:
        of = [each for each in collection.split("/") if each and "{" not in each][-1:] or [""]
        if not match["stem"] or _singular(match["stem"]) == _singular(of[0]):
            yield "id"


def _singular(word: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", word.lower())
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if plain.endswith(ending):
            return plain.removesuffix(ending) + instead
    return plain


def _member(contract: Contract, schema: str, name: str, deep: int = 0) -> str:
    """The pointer of a property's schema, also where allOf or all alternatives bring it in; or nothing."""
    at, value = resolve(contract.data, schema)
    if not isinstance(value, dict) or deep > _DEEPEST:
        return ""
    if name in (value.get("properties") or {}):
        return at + pointer.join("properties", name)
    found = {
        key: [_member(contract, f"{at}/{key}/{index}", name, deep + 1) for index in range(len(value.get(key, ())))]
        for key in ("allOf", "oneOf", "anyOf")
    }
    alternatives = [each[0] for each in (found["oneOf"], found["anyOf"]) if each and all(each)]
    return next(filter(None, found["allOf"] + alternatives), "")


def _types(contract: Contract, schema: str) -> set[str]:
    value = resolve(contract.data, schema)[1] if schema else None
    told = value.get("type", []) if isinstance(value, dict) else []
    return set([told] if isinstance(told, str) else told) - {"null"}
