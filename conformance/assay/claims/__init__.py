"""Contract → the ledger: every checkable statement of it, before the first request.

From each documented response: its status is given when it is due, its media type, its body is JSON, its headers, and
one claim for each keyword of its schema that can fail. From each operation: every response, however it came about,
has a documented status, no server error comes where none is due, and the rules of HTTP and security that are probed.
From the overlay: relations.

Not how a claim is judged: that is `judge`'s and `relations`'.
"""

import gc
from collections.abc import Iterator
from typing import Any, Literal

from attrs import field, frozen

from assay import pointer, shapes
from assay.claims import checks, probes
from assay.claims.checks import Check, Node
from assay.claims.keywords import Schemas
from assay.claims.phrases import phrase
from assay.claims.probes import Probe, Rule
from assay.contract import Contract, Header, Media, Operation, Response, media_types, relations, resolve, structure
from assay.contract.overlay import Basis, Level
from assay.errors import UserError

Source = Literal["schema", "overlay", "relation", "http", "security", "client"]
Kind = Literal[
    "status", "media-type", "json", "body", "header", "any-status", "server-error", "relation", "security", "hygiene",
    "client",
]  # fmt: skip


@frozen
class Claim:
    """One checkable statement. `pointer` leads into the contract; `response` is the documented status or empty."""

    id: str
    kind: Kind
    operation: str
    response: str
    level: Level
    basis: Basis
    source: Source
    pointer: str
    sentence: str


@frozen
class HeaderClaims:
    """A documented header: whether it is there, and what its value is."""

    name: str
    type: str
    """JSON type that the header's text is read as: string, integer, number, boolean, array or object."""
    items: str
    """The same for the items of an array."""
    required: Claim | None
    tree: Node | None = field(repr=False)


@frozen
class ResponseClaims:
    """All claims of one documented response. `bodies`: media type → the tree of its schema."""

    operation: str
    status: str
    given: Claim
    media_type: Claim | None
    json: Claim | None
    headers: tuple[HeaderClaims, ...]
    bodies: dict[str, Node] = field(repr=False)


@frozen
class Relation:
    """One relation claim. `declared` is the checked declaration; `fields` those that this claim is about."""

    claim: Claim
    kind: str
    fields: tuple[str, ...]
    declared: dict[str, Any]
    responses: tuple[str, ...]
    """The documented statuses whose bodies it speaks of."""


@frozen
class OperationClaims:
    """The claims about an operation as a whole."""

    any_status: Claim | None
    """None where `default` documents every status, so that nothing could break it."""
    server_error: Claim
    relations: tuple[Relation, ...]
    probes: dict[tuple[str, ...], Claim]
    """By the tokens of their ids after the operation."""


@frozen
class Ledger:
    """All claims of a contract, by id in a stable order, and by what they speak of."""

    contract: Contract = field(repr=False)
    claims: dict[str, Claim]
    responses: dict[tuple[str, str], ResponseClaims] = field(repr=False)
    operations: dict[str, OperationClaims] = field(repr=False)
    of_check: dict[Check, Claim] = field(repr=False)
    rules: dict[str, Rule] = field(repr=False)
    """The rule behind each claim that is probed, by the claim's id."""


def ledger(contract: Contract) -> Ledger:
    """Derive every claim. Raises UserError: a relation of no known shape, a `pattern` that is no regex."""
    collected = gc.isenabled()
    gc.disable()  # all of it stays: looking through it for garbage again and again is what would not be linear
    try:
        return _Deriver(contract).run()
    finally:
        if collected:
            gc.enable()


def name_of(operation: str, response: str) -> str:
    """How a documented response is called in target files and reports: `getJob 402`."""
    return f"{operation} {response}"


class _Deriver:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._schemas = Schemas(contract)
        self._claims: dict[str, Claim] = {}
        self._of_check: dict[Check, Claim] = {}
        self._rules: dict[str, Rule] = {}
        self._related = set[str]()

    def run(self) -> Ledger:
        responses = {}
        operations = {}
        for operation in self._contract.operations:
            for response in operation.responses:
                responses[operation.id, response.status] = self._response(operation, response)
            operations[operation.id] = self._operation(operation)
        self._check_related()
        return Ledger(self._contract, self._claims, responses, operations, self._of_check, self._rules)

    def _response(self, operation: Operation, response: Response) -> ResponseClaims:
        name = f"`{name_of(operation.id, response.status)}`"
        prefix = (operation.id, response.status)
        types = " or ".join(media.type for media in response.media)
        structured = any(media_types.is_json(media.type) for media in response.media)
        perhaps = any(media_types.is_range(media.type) for media in response.media)
        return ResponseClaims(
            operation.id,
            response.status,
            given=self._add((*prefix, "status"), "status", response.pointer, f"{name} is given in its state"),
            media_type=self._add(
                (*prefix, "media-type"), "media-type", response.pointer + "/content", f"{name} comes as {types}"
            )
            if response.media
            else None,
            json=self._add(
                # of `*/*` no run has to see JSON
                (*prefix, "json"), "json" if structured else "body", response.pointer + "/content",
                f"the body of {name} is JSON: UTF-8, each name once, no NaN", "stated", "http",
            )
            if structured or perhaps
            else None,
            headers=tuple(self._header(prefix, name, header) for header in response.headers),
            bodies={
                media.type: self._body(prefix, media, len(response.media))
                for media in response.media
                if self._contract.reads(media)
            },
        )  # fmt: skip

    def _header(self, prefix: tuple[str, ...], name: str, header: Header) -> HeaderClaims:
        at = (*prefix, "headers", header.name)
        required = None
        if header.required:
            sentence = f"{name} has the header {header.name}"
            required = self._add((*at, "required"), "header", header.pointer + "/required", sentence)
        tree = self._tree(header.schema, at, "header", f"the header {header.name}") if header.schema else None
        return HeaderClaims(
            header.name, self._type(header.schema), self._type(f"{header.schema}/items"), required, tree
        )  # fmt: skip

    def _type(self, schema: str) -> str:
        """The first type but null that the schema at a pointer names; string where it names none."""
        declared = resolve(self._schemas.data, schema)[1]
        kinds = declared.get("type", "string") if isinstance(declared, dict) else "string"
        return next((each for each in kinds if each != "null"), "null") if isinstance(kinds, list) else kinds

    def _body(self, prefix: tuple[str, ...], media: Media, beside: int) -> Node:
        at = (*prefix, "body") if beside == 1 else (*prefix, "body", media.type)
        return self._tree(media.schema, at, "body", "the body")

    def _tree(self, schema: str, prefix: tuple[str, ...], kind: Kind, subject: str) -> Node:
        tree = self._schemas.tree(schema)
        for check in checks.checks(tree):
            tokens = pointer.split("/" + check.name) if check.name else []
            where = f"`{check.place}`" if check.place else subject
            sentence = f"{where} {phrase(check)}"
            # OpenAPI 3.0.3, Schema Object: it SHOULD NOT be sent as part of the response
            level: Level = "should" if check.keyword == "writeOnly" else "must"
            self._of_check[check] = self._add((*prefix, *tokens), kind, check.pointer, sentence, level=level)
        return tree

    def _operation(self, operation: Operation) -> OperationClaims:
        at, prefix = f"{operation.pointer}/responses", (operation.id, "any")
        sentence = f"every response of `{operation.id}` has a documented status"
        open_ended = any(each.status == "default" for each in operation.responses)
        return OperationClaims(
            any_status=None if open_ended else self._add((*prefix, "status"), "any-status", at, sentence),
            server_error=self._add(
                (*prefix, "server-error"), "server-error", at,
                f"`{operation.id}` gives no 5xx but in a state in which one is due", "implied", "http",
            ),
            relations=tuple(self._relations(operation)),
            probes={each.name: self._probe(operation, each) for each in probes.probes(self._contract, operation)},
        )  # fmt: skip

    def _probe(self, operation: Operation, probe: Probe) -> Claim:
        claim = Claim(
            id=id_of(operation.id, *probe.name),
            kind=probe.kind,
            operation=operation.id,
            response="",
            level=probe.level,
            basis="implied",
            source="security" if probe.kind == "security" else "http",
            pointer=operation.pointer,
            sentence=probe.sentence,
        )
        self._rules[claim.id] = probe.rule
        return self._put(claim)

    def _relations(self, operation: Operation) -> Iterator[Relation]:
        good = tuple(each.status for each in operation.responses if each.status.startswith("2"))
        declared = {at: (raw, good) for at, raw in operation.relations}
        for response in operation.responses:
            for media in (each for each in response.media if each.schema):
                for here, raw in self._declared_of(media.schema):
                    known = declared.get(here, (raw, ()))[1]
                    declared[here] = raw, known if response.status in known else (*known, response.status)
        for at, (raw, responses) in declared.items():
            shapes.check("relations", _Declared(self._contract, at, raw))
            self._check_states(at, raw)
            if operation.method == "POST" and raw["kind"] in _OVER_TIME:
                continue
            self._related.add(at)
            for fields in _claimed_together(raw):
                claim = self._relation_claim(operation, at, raw["kind"], raw, fields)
                yield Relation(claim, raw["kind"], fields, raw, responses)
            if raw["kind"] == "states":
                ends = {**raw, "sentence": f"It ends in one of these states: {', '.join(raw['terminal'])}."}
                claim = self._relation_claim(operation, at, "ends", ends, (raw["field"],))
                yield Relation(claim, "ends", (raw["field"],), raw, responses)

    def _declared_of(self, schema: str) -> Iterator[tuple[str, Any]]:
        """The relations of a body: those of its schema, and of all that its references and `allOf` say of the same."""
        seen, waiting = set[str](), [schema]
        while waiting:
            at = waiting.pop()
            found = pointer.at(self._contract.data, at)
            if at in seen or not isinstance(found, dict):
                continue
            seen.add(at)
            yield from relations(found, at)
            waiting += [f"{at}/allOf/{index}" for index in range(len(found.get("allOf", ())))]
            if isinstance(found.get("$ref"), str):
                waiting.append(pointer.of_reference(found["$ref"]))

    def _check_related(self) -> None:
        """A relation that speaks of no response would be lost in silence."""
        for at, owner in structure.owners(self._contract.data, "x-relations"):
            for here, _ in relations(owner, at):
                if here not in self._related:
                    raise UserError(
                        "this relation makes no claim: no response's whole body has the schema that it stands in "
                        "(or only that of a POST, which answers something else each time)",
                        where=self._contract.where(here),
                        todo="declare it on the schema of a response's body or on an operation, its fields from there",
                    )

    def _check_states(self, at: str, raw: dict[str, Any]) -> None:
        """The states that a `states` relation names are those its transitions know."""
        if raw["kind"] != "states":
            return
        known = {*raw["transitions"], *raw["terminal"]}
        for name in (*raw["initial"], *(to for targets in raw["transitions"].values() for to in targets)):
            if name not in known:
                raise UserError(
                    f"the state {name!r} leads nowhere: it is neither in `transitions` nor in `terminal`",
                    where=self._contract.where(at),
                    todo=shapes.suggest(name, sorted(known)),
                )

    def _relation_claim(
        self, operation: Operation, at: str, kind: str, raw: dict[str, Any], fields: tuple[str, ...]
    ) -> Claim:
        name = ",".join(each.removeprefix("/") for each in fields)
        return self._put(
            Claim(
                id=id_of(operation.id, "relations", kind, name),
                kind="relation",
                operation=operation.id,
                response="",
                level=raw.get("level", "must"),
                basis=raw.get("basis", "stated"),
                source="relation",
                pointer=at,
                sentence=raw["sentence"],
            )
        )

    def _add(
        self, tokens: tuple[str, ...], kind: Kind, at: str, sentence: str,
        basis: Basis = "stated", source: Source = "schema", level: Level = "must",
    ) -> Claim:  # fmt: skip
        promise = self._contract.promise_at(at) if source == "schema" else None
        return self._put(
            Claim(
                id=id_of(*tokens),
                kind=kind,
                operation=tokens[0],
                response=tokens[1] if tokens[1] != "any" else "",
                level=promise.level if promise else level,
                basis=promise.basis if promise else basis,
                source="overlay" if promise else source,
                pointer=at,
                sentence=promise.sentence if promise else sentence,
            )
        )

    def _put(self, claim: Claim) -> Claim:
        if claim.id in self._claims:
            raise UserError(
                f"two claims would be called {claim.id!r}",
                where=self._contract.where(claim.pointer),
                todo="the same thing is declared twice: delete one of the two",
            )
        self._claims[claim.id] = claim
        return claim


_OVER_TIME = ("states", "constant", "once-set", "kept", "nondecreasing")
"""Kinds about one resource over time. What a POST answers is another one each time (RFC 9110, 9.3.3)."""


@frozen
class _Declared:
    """A relation's declaration, located for error messages."""

    contract: Contract
    pointer: str
    data: Any

    def where(self, at: str = "") -> str:
        return self.contract.where(self.pointer + at)


def id_of(*tokens: str) -> str:
    """The id of a claim."""
    return pointer.join(*tokens)[1:]


def _claimed_together(raw: dict[str, Any]) -> list[tuple[str, ...]]:
    """`order` speaks of its fields together; the other kinds of each field by itself."""
    if raw["kind"] == "order":
        return [tuple(raw["fields"])]
    return [(each,) for each in raw.get("fields", (raw.get("field"),))]
