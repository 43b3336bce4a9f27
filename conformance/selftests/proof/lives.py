"""A relation + the lives that were recorded → lives in which it is broken.

One small function a kind of relation, in one table: a value of a later exchange is changed to what the relation rules
out after an earlier one. What is broken beside it does not matter. Not how relations are judged.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve

from assay import pointer
from assay.claims import Relation
from assay.recording import Watch
from assay.recording.exchange import Exchange
from recorded import Original, with_value

Broken = Iterator[tuple[str, list[Exchange]]]
"""Name of the mutant, and the exchanges that it changes."""

_Life = list[tuple[Exchange, Any]]


def broken(original: Original, relation: Relation) -> Broken:
    """Nothing for a kind that the table does not have."""
    if relation.kind not in LIVES:
        return
    named: dict[str, list[Exchange]] = {}
    for life in original.lives(relation.claim.operation, relation.responses):
        for name, exchanges in LIVES[relation.kind](relation, life, original.recording.header.watches):
            named.setdefault(name, exchanges)
    yield from named.items()


def _value(body: Any, at: str) -> Any:
    found = pointer.at(body, at)
    return None if found is pointer.MISSING else found


def _later(life: _Life, at: str) -> Iterator[tuple[Any, Exchange, Any]]:
    """Each value, with each exchange that was sent after it had come, and the value there."""
    for before, body in life:
        for after, other in life:
            if before.received < after.sent and _value(body, at) is not None:
                yield _value(body, at), after, _value(other, at)


def other(value: Any) -> Any:
    """Another value of the same kind; of a date-time, a second later."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return _moment(value, 1) or value[:-1] + ("0" if value[-1:] != "0" else "1")
    return {"another": value}


def _less(value: Any) -> Any:
    return value - 1 if isinstance(value, int | float) else _moment(value, -1)


def _moment(text: str, seconds: int) -> str:
    """A date-time that many seconds later; empty for any other text."""
    try:
        moved = dt.datetime.fromisoformat(text) + dt.timedelta(seconds=seconds)
    except ValueError:
        return ""
    return moved.isoformat().replace("+00:00", "Z") if moved.tzinfo else ""


def _echo(relation: Relation, life: _Life, _watches: tuple[Watch, ...]) -> Broken:
    at = relation.fields[0]
    for exchange, body in life:
        if _value(body, at) is not None:
            yield "another one's", [with_value(exchange, at, other(_value(body, at)))]


def _order(relation: Relation, life: _Life, _watches: tuple[Watch, ...]) -> Broken:
    for exchange, body in life:
        there = [at for at in relation.fields if _value(body, at) is not None]
        for low, high in itertools.pairwise(there):
            yield f"{low} after {high}", [with_value(exchange, low, other(_value(body, high)))]


def _constant(relation: Relation, life: _Life, _watches: tuple[Watch, ...]) -> Broken:
    at = relation.fields[0]
    for before, after, _ in _later(life, at):
        yield "changes", [with_value(after, at, other(before))]


def _once_set(relation: Relation, life: _Life, watches: tuple[Watch, ...]) -> Broken:
    yield from _constant(relation, life, watches)
    for _, after, _ in _later(life, relation.fields[0]):
        yield "vanishes", [with_value(after, relation.fields[0], pointer.MISSING)]


def _kept(relation: Relation, life: _Life, _watches: tuple[Watch, ...]) -> Broken:
    at = relation.fields[0]
    for _, after, _ in _later(life, at):
        yield "vanishes", [with_value(after, at, pointer.MISSING)]
        yield "becomes null", [with_value(after, at, None)]


def _nondecreasing(relation: Relation, life: _Life, _watches: tuple[Watch, ...]) -> Broken:
    at = relation.fields[0]
    for before, after, _ in _later(life, at):
        yield "goes back", [with_value(after, at, _less(before))]


def _states(relation: Relation, life: _Life, _watches: tuple[Watch, ...]) -> Broken:
    at, ways = relation.fields[0], relation.declared["transitions"]
    for before, after, _ in _later(life, at):
        for state in sorted({*ways, *relation.declared["terminal"]} - _onwards(ways, before)):
            yield f"{before}, then {state}", [with_value(after, at, state)]


def _onwards(ways: dict[str, list[str]], state: str) -> set[str]:
    """The state and all that may come after it."""
    found, waiting = {state}, [state]
    while waiting:
        new = set(ways.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def _ends(relation: Relation, life: _Life, watches: tuple[Watch, ...]) -> Broken:
    at, terminal = relation.fields[0], relation.declared["terminal"]
    unfinished = next(state for state in relation.declared["transitions"] if state not in terminal)
    for watch in watches:
        polls = [(exchange, body) for exchange, body in life if exchange.step == watch.step]
        if not polls or not watch.promised:
            continue
        changed = [
            with_value(exchange, at, unfinished) if _value(body, at) in terminal else exchange
            for exchange, body in polls
        ]
        changed[-1] = evolve(changed[-1], received=changed[0].sent + watch.within)
        yield "never ends", changed


LIVES: dict[str, Callable[[Relation, _Life, tuple[Watch, ...]], Broken]] = {
    "echo": _echo,
    "order": _order,
    "constant": _constant,
    "once-set": _once_set,
    "kept": _kept,
    "nondecreasing": _nondecreasing,
    "states": _states,
    "ends": _ends,
}
"""Kind of relation → how to break it."""
