"""Claim + a recording that violates nothing → recordings in which this claim is broken.

Derived from the claim itself, one small function a kind of claim, in one table. It knows nothing of any API, so it
serves every document. Whether a mutant is caught is `trials`' to ask of the judge.
"""

import re
from collections.abc import Callable, Iterator

from attrs import evolve, frozen

import breaking
import lives
from assay.claims import Claim, HeaderClaims, Kind
from assay.claims.probes import Rule
from assay.contract import Operation
from assay.recording import PlannedStep, Recording
from assay.recording.exchange import Exchange, Reply
from recorded import Original, with_body, with_header, with_status


@frozen
class Mutant:
    """`claim` is the one that it breaks; `name` says how."""

    claim: Claim
    name: str
    recording: Recording


def mutants(original: Original, claim: Claim) -> Iterator[Mutant]:
    """Nothing where the claim was never exercised, and for a kind that no table has."""
    if claim.kind in MUTATORS:
        for name, exchanges in MUTATORS[claim.kind](original, claim):
            yield Mutant(claim, name, original.changed(*exchanges))


_Broken = Iterator[tuple[str, list[Exchange]]]


# What was due in a state --------------------------------------------------------------------------------------------


def _status(original: Original, claim: Claim) -> _Broken:
    for step in original.recording.header.steps:
        if (step.operation, step.due) == (claim.operation, claim.response):
            asked = [
                each
                for each in original.recording.exchanges
                if (each.step, each.role) == (step.id, "state") and each.reply is not None
            ]
            for status in _not_due(original.operation(claim), step) if asked else ():
                yield f"{step.id}: {status}", [with_status(each, status) for each in asked]


def _not_due(operation: Operation, step: PlannedStep) -> Iterator[int]:
    """Statuses that a step must not be given; of a burst and of a hint only a fault of the server is one.

    Not 429, which asks to come again later and leaves open what the answer would be.
    """
    tried: tuple[int, ...] = (500, 599) if step.driver in ("burst", "hint") else (200, 299, 418, 500, 599)
    if step.driver not in ("burst", "hint", "derived"):
        tried += tuple(int(each.status) for each in operation.responses if each.status.isdecimal())
    for status in dict.fromkeys(each for each in tried if each != 429):
        response = operation.response_for(status)
        refusal = response is not None and response.status != step.due and 400 <= status < 500
        if (response is None or response.status != step.due) and not (step.driver == "derived" and refusal):
            yield status


def _any_status(original: Original, claim: Claim) -> _Broken:
    operation = original.operation(claim)
    unknown = next((each for each in (418, 299, 599) if operation.response_for(each) is None), None)
    for exchange in _of_steps(original, claim)[:1] if unknown else ():
        yield f"an undocumented {unknown}", [with_status(exchange, unknown or 0)]


def _server_error(original: Original, claim: Claim) -> _Broken:
    for exchange in [each for each in _of_steps(original, claim) if each.due[0] in "1234"][:1]:
        for status in (500, 503):
            yield f"{status} where none is due", [with_header(with_status(exchange, status), "Retry-After", None)]


def _of_steps(original: Original, claim: Claim) -> list[Exchange]:
    return [
        each
        for each in original.recording.exchanges
        if (each.operation, each.role) == (claim.operation, "state") and each.reply is not None
    ]


# One response -------------------------------------------------------------------------------------------------------


def _media_type(original: Original, claim: Claim) -> _Broken:
    for exchange, _ in list(original.answers(claim))[:1]:
        for name, value in (("another one", "image/unheard-of"), ("none", None)):
            yield name, [with_header(exchange, "Content-Type", value)]


def _json(original: Original, claim: Claim) -> _Broken:
    for exchange, reply in list(original.answers(claim))[:1]:
        for name, body in {
            "NaN": b'{"value": NaN}',
            "a name twice": b'{"value": 1, "value": 2}',
            "not UTF-8": b'{"value": "\xff"}',
            "half a surrogate pair": b'{"value": "\\ud800"}',
            "a byte order mark": b"\xef\xbb\xbf" + reply.body,
            "cut off": reply.body[:-1],
            "nothing": b"",
            "HTML": b"<!doctype html><title>Bad Gateway</title>",
        }.items():
            yield name, [with_body(exchange, body)]


def _keyword(original: Original, claim: Claim) -> _Broken:
    """A keyword of a body's or a header's schema."""
    site = original.sites.get(claim.id)
    if site is not None:
        for value in breaking.broken(site.check, site.value, original.schemas):
            yield f"{site.at or 'the body'} = {value!r}"[:120], [site.put(value)]


def _header(original: Original, claim: Claim) -> _Broken:
    for known in _required_headers(original):
        if known.required is claim:
            for exchange, _ in list(original.answers(claim))[:1]:
                yield "absent", [with_header(exchange, known.name, None)]
    yield from _keyword(original, claim)


def _required_headers(original: Original) -> Iterator[HeaderClaims]:
    for response in original.ledger.responses.values():
        yield from response.headers


# Over time, and beyond the document ---------------------------------------------------------------------------------


def _relation(original: Original, claim: Claim) -> _Broken:
    for relation in original.ledger.operations[claim.operation].relations:
        if relation.claim is claim:
            yield from lives.broken(original, relation)


def _probe(original: Original, claim: Claim) -> _Broken:
    rule = original.ledger.rules[claim.id]
    if rule == "no-echo":
        yield from _echoes(original, claim)
        return
    step = claim.id.removesuffix("/status")
    probes = [
        each for each in original.recording.exchanges
        if each.role == "probe" and each.step.partition("#")[0] == step and each.reply is not None
    ]  # fmt: skip
    good = _good(original, claim)
    for status in ANSWERS.get(rule, ()) if probes else ():
        if status == _UNDOCUMENTED and original.operation(claim).response_for(status) is not None:
            continue
        if status != 200:
            yield f"answered {status}", [with_status(probes[0], status)]
        elif good is not None and good.body:
            yield f"answered as a good request, {good.status}", [evolve(probes[0], reply=good)]
        elif rule != "hostile-path":  # whose sentence speaks of resources, and here is none
            yield f"answered {status}", [with_status(probes[0], status)]


def _good(original: Original, claim: Claim) -> Reply | None:
    """What the operation answers where all is well."""
    found = (
        reply for _, operation, response, reply in original.answered()
        if operation.id == claim.operation and response.status[0] == "2"
    )  # fmt: skip
    return next(found, None)


def _echoes(original: Original, claim: Claim) -> _Broken:
    for exchange in original.recording.exchanges:
        request, reply = exchange.request, exchange.reply
        said = _MARKER.search(request.url + " ".join(value for _, value in request.headers))
        if exchange.operation == claim.operation and said and reply is not None and exchange.role == "state":
            yield "in the body", [with_body(exchange, reply.body + said[0].encode())]
            yield "in a header", [with_header(exchange, "X-Key", said[0])]
            return


_MARKER = re.compile("«credential:[^»]*»")
_UNDOCUMENTED = 418
"""A refusal that no document is likely to have; one that has it gets no such mutant."""

ANSWERS: dict[Rule, tuple[int, ...]] = {
    "refused": (200, 500),
    "unauthorized": (200, 404, 500, _UNDOCUMENTED),
    "unauthorized-or-bad": (200, 404, 500, _UNDOCUMENTED),
    "documented-refusal": (200, 500, _UNDOCUMENTED),
    "no-such-method": (200, 204, 500, 502),
    "hostile-path": (200, 500),
    "any-path": (500,),
    "hostile-value": (200, 500, _UNDOCUMENTED),
    "any-value": (500,),
}
"""What is probed → answers that break it. `no-echo` is about what stands in an answer, and has a function instead."""

MUTATORS: dict[Kind, Callable[[Original, Claim], _Broken]] = {
    "status": _status,
    "media-type": _media_type,
    "json": _json,
    "body": _keyword,
    "header": _header,
    "any-status": _any_status,
    "server-error": _server_error,
    "relation": _relation,
    "security": _probe,
    "hygiene": _probe,
}
"""Kind of claim → how to break it."""
