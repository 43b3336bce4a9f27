"""A recording → where in it each claim was met, and the recording with a few exchanges changed.

What a mutant is made from. It looks for claims in the way that `judge` does and decides nothing about them.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from attrs import evolve, field, frozen

from assay import pointer, strict_json
from assay.claims import Claim, Ledger, checks
from assay.claims.checks import Check, Node
from assay.contract import Operation, Response, media_types
from assay.judge.refusals import GENERIC_RULES_ONLY
from assay.recording import Recording
from assay.recording.exchange import Exchange, Reply
from breaking import Schemas

_BY_CHANCE = ("explore", "shrink", "minimal")
"""Roles that are left out: each claim has to be shown by a step or a probe, whatever else a run met."""


@frozen
class Site:
    """Where a check was met: `whole` is the body, or what the header `header` was read as."""

    check: Check
    exchange: Exchange
    whole: Any = field(repr=False)
    at: str
    header: str = ""

    @property
    def value(self) -> Any:
        return pointer.at(self.whole, self.at)

    def put(self, value: Any) -> Exchange:
        """The exchange with another value there."""
        whole = _replaced(self.whole, pointer.split(self.at), value)
        if self.header:
            return with_header(self.exchange, self.header, whole if isinstance(whole, str) else json.dumps(whole))
        return with_body(self.exchange, as_json(whole))


@frozen
class Original:
    """A recording that violates nothing, and what of the ledger was met where."""

    ledger: Ledger = field(repr=False)
    recording: Recording = field(repr=False)
    schemas: Schemas = field(repr=False)
    sites: dict[str, Site] = field(repr=False)
    """Claim id → the first place at which its keyword was met."""

    @classmethod
    def of(cls, ledger: Ledger, recording: Recording) -> "Original":
        sites: dict[str, Site] = {}
        chosen = tuple(each for each in recording.exchanges if each.role not in _BY_CHANCE)
        made = cls(ledger, evolve(recording, exchanges=chosen), Schemas.of(ledger.contract), sites)
        for exchange, operation, response, reply in made.answered():
            for site in _sites(ledger, exchange, operation, response, reply):
                sites.setdefault(ledger.of_check[site.check].id, site)
        return made

    def operation(self, claim: Claim) -> Operation:
        found = self.ledger.contract.operation(claim.operation)
        assert found is not None
        return found

    def answered(self) -> Iterator[tuple[Exchange, Operation, Response, Reply]]:
        """The exchanges that are held against a documented response, those of steps first."""
        for exchange in sorted(self.recording.exchanges, key=lambda each: each.role != "state"):
            operation = self.ledger.contract.operation(exchange.operation)
            if operation is None or exchange.reply is None:
                continue
            response = operation.response_for(exchange.reply.status)
            rule = self.ledger.rules.get(exchange.step.partition("#")[0]) if exchange.role == "probe" else None
            if response is not None and rule not in GENERIC_RULES_ONLY:
                yield exchange, operation, response, exchange.reply

    def answers(self, claim: Claim) -> Iterator[tuple[Exchange, Reply]]:
        """Those of one documented response."""
        for exchange, operation, response, reply in self.answered():
            if (operation.id, response.status) == (claim.operation, claim.response):
                yield exchange, reply

    def lives(self, operation: str, statuses: tuple[str, ...]) -> list[list[tuple[Exchange, Any]]]:
        """Exchange and parsed body of each resource, in the order of sending."""
        found: dict[str, list[tuple[Exchange, Any]]] = defaultdict(list)
        for exchange, known, response, reply in self.answered():
            if known.id == operation and response.status in statuses and media_types.is_json(reply.media_type):
                found[exchange.request.url].append((exchange, strict_json.parse(reply.body)))
        return [sorted(life, key=lambda each: each[0].sent) for life in found.values()]

    def changed(self, *exchanges: Exchange) -> Recording:
        """The recording with these in place of those with their ids."""
        by_id = {each.id: each for each in exchanges}
        return evolve(self.recording, exchanges=tuple(by_id.get(each.id, each) for each in self.recording.exchanges))


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def with_status(exchange: Exchange, status: int) -> Exchange:
    return evolve(exchange, reply=evolve(_reply(exchange), status=status))


def with_body(exchange: Exchange, body: bytes) -> Exchange:
    return evolve(exchange, reply=evolve(_reply(exchange), body=body))


def with_header(exchange: Exchange, name: str, value: str | None) -> Exchange:
    """With that header alone under its name; without any for None."""
    headers = tuple(pair for pair in _reply(exchange).headers if pair[0].lower() != name.lower())
    if value is not None:
        headers = (*headers, (name, value))
    return evolve(exchange, reply=evolve(_reply(exchange), headers=headers))


def with_value(exchange: Exchange, at: str, value: Any) -> Exchange:
    """With another value at a pointer of the JSON body; MISSING takes it away."""
    body = _replaced(strict_json.parse(_reply(exchange).body), pointer.split(at), value)
    return with_body(exchange, as_json(body))


def _reply(exchange: Exchange) -> Reply:
    assert exchange.reply is not None
    return exchange.reply


def _replaced(whole: Any, tokens: list[str], value: Any) -> Any:
    if not tokens:
        return value
    first, rest = tokens[0], tokens[1:]
    if isinstance(whole, list):
        return [_replaced(item, rest, value) if str(index) == first else item for index, item in enumerate(whole)]
    changed = {**whole, first: _replaced(whole.get(first), rest, value)}
    return {name: member for name, member in changed.items() if member is not pointer.MISSING}


def _sites(
    ledger: Ledger, exchange: Exchange, operation: Operation, response: Response, reply: Reply
) -> Iterator[Site]:
    known = ledger.responses[operation.id, response.status]
    for header in known.headers:
        value = reply.header(header.name)
        if header.tree is not None and value is not None:
            read = int(value) if header.type == "integer" else value
            yield from _met(header.tree, exchange, read, header.name)
    tree = known.bodies.get(reply.media_type)
    if tree is not None and media_types.is_json(reply.media_type):
        yield from _met(tree, exchange, strict_json.parse(reply.body))


def _met(tree: Node, exchange: Exchange, whole: Any, header: str = "") -> Iterator[Site]:
    for found in checks.walk(tree, whole):
        yield Site(found.check, exchange, whole, found.at, header)
