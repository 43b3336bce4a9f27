"""A request that violates claims → the smallest that violates them in the same way.

No verdict: exchanges are judged here one by one, only to know what to look for. It is not Hypothesis' shrinking, since
that knows neither the coverage phase's requests nor those for known resources; this one takes any request.
"""

import unicodedata
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from attrs import evolve

from assay.claims import Ledger
from assay.judge import judge
from assay.plan.calls import Call, wire
from assay.recording import Recording, RunHeader
from assay.recording.exchange import Exchange, Role, throttled

Send = Callable[[Call, Role, str], Awaitable[Exchange]]
"""(call, role, step) → the recorded exchange. Keeps the run's limits; waits out what is throttled."""

MOST_SENDS = 150
"""Requests that shrinking one violation may take."""

_LONGEST_URL = 2000
_LONGEST_HEADERS = 4000
"""Characters from which on intermediaries refuse a request by themselves."""
_NO_HEADER = RunHeader(contract={}, target={}, seed=0, started="", versions={})


def violated(ledger: Ledger, exchanges: Iterable[Exchange]) -> frozenset[str]:
    """Ids of the claims that these exchanges violate, whatever their roles. What has no answer violates none."""
    # shrink exchanges count for no verdict, but here it is asked what one shows
    seen = tuple(evolve(each, role="explore") for each in exchanges if answered(each))
    recording = Recording(_NO_HEADER, seen, finished="", complete=True, interrupted=False)
    return frozenset(each.claim.id for each in judge(ledger, recording).claims if each.failures)


def answered(exchange: Exchange) -> bool:
    """Whether there is an answer to judge: neither a fault nor a request to come again later."""
    return exchange.reply is not None and not throttled(exchange.reply, due=False)


async def smallest(
    ledger: Ledger, claims: Collection[str], call: Call, exchange: Exchange, known: Sequence[Call], send: Send
) -> Call:
    """The smallest request found, within MOST_SENDS, that violates the claims with the status of this exchange.

    Greedy, one request at a time, none of them twice: a fault that comes now and then cannot make it run in circles.
    """
    paths = [each.path for each in known]
    tried = {wire(call, "")}
    # the path of a resource that exists is as small as it can be
    candidates = _candidates(call, path=call.path not in paths)
    while (candidate := next(candidates, None)) is not None and len(tried) <= MOST_SENDS:
        if not sendable(candidate) or (request := wire(candidate, "")) in tried:
            continue
        tried.add(request)
        seen = await send(candidate, "shrink", f"{call.operation.id} shrink")
        if not answered(seen):
            break
        if _status(seen) == _status(exchange) and violated(ledger, [seen]).issuperset(claims):
            call, candidates = candidate, _candidates(candidate, path=candidate.path not in paths)
    return call


def _status(exchange: Exchange) -> int | None:
    return exchange.reply.status if exchange.reply else None


def size(call: Call) -> tuple[int, str, bytes]:
    """Orders calls: by the length of what goes over the wire, then by what it is."""
    request = wire(call, "")
    length = len(request.url) + len(request.body) + sum(len(name) + len(value) for name, value in request.headers)
    return length, request.url, request.body


def sendable(call: Call) -> bool:
    """Whether HTTP carries it, and every intermediary lets it pass to the operation."""
    try:
        request = wire(call, "")
    except (KeyError, TypeError, ValueError):
        return False
    headers = sum(len(name) + len(value) for name, value in request.headers)
    segments = zip(call.operation.path.split("/"), request.url.partition("?")[0].split("/"), strict=True)
    routed = all(_routed(unquote(segment)) for template, segment in segments if "{" in template)
    return routed and len(request.url) <= _LONGEST_URL and headers <= _LONGEST_HEADERS


def _routed(segment: str) -> bool:
    """Whether routers take it for one segment with that text: it is none of `probing`'s hostile paths."""
    odd = any(each in "/\\" or unicodedata.category(each) == "Cc" for each in segment)
    return segment not in ("", ".", "..") and not odd


def _candidates(call: Call, *, path: bool) -> Iterator[Call]:
    """Requests that are a little simpler, the greatest steps first; those with another `path` only if wanted."""
    if call.body is not None:
        yield evolve(call, body=None, headers={k: v for k, v in call.headers.items() if k != "Content-Type"})
    yield from (evolve(call, query=fewer) for fewer in _fewer(call.query))
    yield from (evolve(call, headers=fewer) for fewer in _fewer(call.headers))
    if path:
        yield from (evolve(call, path=values) for values in _each_simpler(call.path))
    yield from (evolve(call, query=values) for values in _each_simpler(call.query))
    yield from (evolve(call, headers=values) for values in _each_simpler(call.headers))
    yield from (evolve(call, body=body) for body in _simpler(call.body))


def _simpler(value: Any) -> Iterator[Any]:
    match value:
        case bool() | None:
            return
        case int() | float():
            yield from (each for each in (0, 1, value // 2) if abs(each) < abs(value))
        case str():
            yield from _shorter(value)
            yield from (value[:i] + "0" + value[i + 1 :] for i in range(len(value)) if value[i] != "0")
        case bytes():
            yield from _shorter(value)
        case list():
            yield from _shorter(value)
            for index, item in enumerate(value):
                yield from ([*value[:index], smaller, *value[index + 1 :]] for smaller in _simpler(item))
        case dict():
            yield from _fewer(value)
            yield from _each_simpler(value)


def _shorter(value: Any) -> Iterator[Any]:
    """A sequence without one half, then without a quarter of it, and so on down to single items."""
    length = len(value) // 2
    while length:
        yield from (value[:start] + value[start + length :] for start in range(0, len(value), length))
        length //= 2
    if len(value) == 1:
        yield value[:0]


def _fewer(members: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in members:
        yield {key: value for key, value in members.items() if key != name}


def _each_simpler(members: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in members.items():
        yield from ({**members, name: smaller} for smaller in _simpler(value))
