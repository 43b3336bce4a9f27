"""Watched resources → lanes of a picture: states and progress over time, and where something was violated.

Which field is the state, and which the progress, the contract's relations say: `states` the one, `nondecreasing` the
other, and an `order` of two what it is measured by.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from attrs import frozen

from assay import pointer, strict_json
from assay.claims import Ledger, Relation
from assay.judge.verdicts import Verdicts
from assay.recording.exchange import Exchange
from assay.report.html.anchors import claim_anchor
from assay.report.visible import cut, visible

_MOST_LANES = 20
_MOST_DOTS = 250
"""Polls that each have a dot; of more, those at which something changed."""

_LONGEST = 40
_LATEST_LABEL = 85.0
"""Percent; a label that begins later would leave the picture."""


@frozen
class Violation:
    """A claim that one answer violates."""

    sentence: str
    anchor: str


_Violations = dict[int, tuple[Violation, ...]]
"""By exchange."""


@frozen
class Poll:
    """One answer. `at` is seconds from the first request of its lane, `x` the same in percent of its length."""

    exchange: int
    at: float
    x: float
    status: str
    state: str
    progress: str
    height: float | None
    """Of progress, 0 to 1."""
    violations: tuple[Violation, ...]


@frozen
class Row:
    """Polls that follow each other and say the same."""

    first: Poll
    last: Poll
    count: int


@frozen
class Span:
    """A stretch in one state. `x` and `width` are in percent; `tone` tells states apart."""

    state: str
    x: float
    width: float
    tone: int
    terminal: bool


@frozen
class Lane:
    """One resource, from the first to the last time it was asked for."""

    step: str
    resource: str
    promise: str
    seconds: float
    polls: tuple[Poll, ...]
    dots: tuple[Poll, ...]
    spans: tuple[Span, ...]
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    measured: str
    """The field of the progress; empty where none is known."""

    @property
    def broken(self) -> tuple[Poll, ...]:
        return tuple(each for each in self.polls if each.violations)


@frozen
class _Fields:
    state: str
    terminal: tuple[str, ...]
    order: tuple[str, ...]
    progress: str
    total: str


def lanes(verdicts: Verdicts, exchanges: Sequence[Exchange]) -> tuple[Lane, ...]:
    """A lane a resource that a watched step asked for; those in which something is violated first."""
    violations = _violations(verdicts)
    found = []
    for watch in verdicts.header.watches:
        polls = [each for each in exchanges if each.step == watch.step and each.role == "poll"]
        promise = f"to end within {watch.within:g} s" if watch.promised else f"observed for {watch.within:g} s"
        lives: dict[tuple[str, int], list[Exchange]] = {}
        for each in polls:
            lives.setdefault((each.request.url, each.source), []).append(each)
        for (url, _), life in lives.items():
            found.append(_lane(watch.step, url, promise, life, _fields(verdicts.ledger, life[0]), violations))
    return tuple(sorted(found, key=lambda lane: not lane.broken)[:_MOST_LANES])


def _violations(verdicts: Verdicts) -> _Violations:
    found: dict[int, dict[str, Violation]] = {}
    for each in verdicts.failures:
        violation = Violation(each.claim.sentence, claim_anchor(each.claim.id))
        found.setdefault(each.exchange.id, {})[violation.anchor] = violation
    return {exchange: tuple(violations.values()) for exchange, violations in found.items()}


def _fields(ledger: Ledger, exchange: Exchange) -> _Fields:
    claims = ledger.operations.get(exchange.operation)
    relations: tuple[Relation, ...] = claims.relations if claims else ()
    states = next((each for each in relations if each.kind == "states"), None)
    progress = next((each.fields[0] for each in relations if each.kind == "nondecreasing"), "")
    orders = (each.fields for each in relations if each.kind == "order")
    total = next((fields[1] for fields in orders if len(fields) == 2 and fields[0] == progress), "")
    declared = states.declared if states else {}
    return _Fields(
        state=states.fields[0] if states else "",
        terminal=tuple(declared.get("terminal", ())),
        order=tuple(dict.fromkeys([*declared.get("initial", ()), *declared.get("transitions", ())])),
        progress=progress,
        total=total,
    )


def _lane(step: str, url: str, promise: str, life: list[Exchange], fields: _Fields, violations: _Violations) -> Lane:
    life = sorted(life, key=lambda each: each.received)
    start, seconds = life[0].sent, max(life[-1].received - life[0].sent, 0.001)
    highest = max((value for each in life if (value := _number(_body(each), fields.progress)) is not None), default=0)
    polls = tuple(
        _poll(each, each.received - start, seconds, fields, highest, violations.get(each.id, ())) for each in life
    )
    rows = tuple(_rows(polls))
    changes = {id(each) for row in rows for each in (row.first, row.last)}
    return Lane(
        step=step,
        resource=url,
        promise=promise,
        seconds=seconds,
        polls=polls,
        dots=polls if len(polls) <= _MOST_DOTS else tuple(each for each in polls if id(each) in changes),
        spans=tuple(_spans(polls, fields)),
        rows=rows,
        ticks=tuple(_ticks(seconds)),
        measured=fields.progress,
    )


def _poll(
    exchange: Exchange, at: float, seconds: float, fields: _Fields, highest: float, violations: tuple[Violation, ...]
) -> Poll:
    body = _body(exchange)
    done, total = _number(body, fields.progress), _number(body, fields.total)
    of = total if total and total > 0 else highest
    state = pointer.at(body, fields.state) if fields.state else pointer.MISSING
    return Poll(
        exchange=exchange.id,
        at=at,
        x=round(100 * at / seconds, 2),
        status=str(exchange.reply.status) if exchange.reply else "no answer",
        state="" if state is pointer.MISSING else cut(visible(str(state)), _LONGEST),
        progress="" if done is None else f"{done:g}" + ("" if total is None else f" of {total:g}"),
        height=None if done is None or not of else min(max(done / of, 0.0), 1.0),
        violations=violations,
    )


def _body(exchange: Exchange) -> Any:
    try:
        return strict_json.parse(exchange.reply.body) if exchange.reply else None
    except strict_json.NotJsonError:
        return None


def _number(body: Any, at: str) -> float | None:
    value = pointer.at(body, at) if at else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _rows(polls: Iterable[Poll]) -> Iterator[Row]:
    said = groupby(polls, key=lambda each: (each.status, each.state, each.progress, each.violations))
    for group in (tuple(same) for _, same in said):
        yield Row(group[0], group[-1], len(group))


def _spans(polls: tuple[Poll, ...], fields: _Fields) -> Iterator[Span]:
    """From the first answer in a state to the first in another: what was between two answers nobody saw."""
    groups = [tuple(same) for _, same in groupby(polls, key=lambda each: each.state)]
    names = [*fields.order, *fields.terminal, *(each.state for each in polls)]
    tones = {name: tone for tone, name in enumerate(dict.fromkeys(names))}
    for index, group in enumerate(groups):
        x = group[0].x if index else 0.0
        end = groups[index + 1][0].x if index + 1 < len(groups) else 100.0
        state = group[0].state
        yield Span(state or group[0].status, x, round(end - x, 2), tones[state] % 6, state in fields.terminal)


def _ticks(seconds: float) -> Iterator[tuple[float, str]]:
    """Some six round numbers of seconds: percent and label."""
    rough = seconds / 6
    step = next((unit for unit in _UNITS if unit >= rough), rough)
    for index in range(int(seconds / step) + 1):
        x = 100 * index * step / seconds
        if x <= _LATEST_LABEL:
            yield round(x, 2), f"{index * step:g} s"


_UNITS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600)
