"""What JSON Schema cannot say: one response against its request, and the responses of one resource over time.

A closed vocabulary, the same for every API. Ordering: an exchange precedes another only if it was received before the
other was sent, on the one clock of a recording; of exchanges that overlap, neither comes first. An absent value and
null are the same. UUIDs compare case-insensitively, date-times as instants.

Exercised means that something could have been seen to break: `states` and `nondecreasing` are exercised only where a
change was seen, since a resource that never moved shows nothing of how it moves.
"""

import datetime as dt
import functools
import itertools
import json
import math
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from attrs import field, frozen

from assay import pointer, strict_json
from assay.claims import Relation
from assay.contract import Operation
from assay.recording import Watch, hidden
from assay.recording.exchange import Exchange


@frozen
class Observation:
    """A resource as one exchange showed it. `body` is the parsed JSON."""

    exchange: Exchange
    body: Any = field(repr=False)

    @functools.cached_property
    def resource(self) -> str:
        """What it is an observation of."""
        return resource(self.exchange)

    def value(self, at: str) -> Any:
        """The comparable value of a field; None where it is absent or null."""
        found = pointer.at(self.body, at)
        return None if found is pointer.MISSING else found

    def values(self, relation: Relation) -> list[Any]:
        """Those that the relation is about."""
        return [self.value(each) for each in relation.fields]


@frozen
class Seen:
    """A relation met an exchange: `fault` is (expected, got), or None where it held."""

    observation: Observation
    at: str
    fault: tuple[str, str] | None = None


def resource(exchange: Exchange) -> str:
    """What the exchange is about: the path and query it asked for, UUIDs in lower case, and who asked.

    `/me` is another resource for another user.
    """
    url = urlsplit(exchange.request.url)
    segments = (quote(str(comparable(unquote(segment))), safe="") for segment in url.path.split("/"))
    query = sorted(parse_qsl(url.query, keep_blank_values=True))
    marks = {mark for _, value in exchange.request.headers for mark in _MARKER.findall(value)}
    return " ".join(("/".join(segments), urlencode(query), exchange.asker, *sorted(marks)))


def judge(
    relation: Relation, operation: Operation, life: Sequence[Observation], watches: dict[str, Watch]
) -> Iterator[Seen]:
    """Judge one relation on the observations of one resource, in the order of their sending."""
    if relation.kind == "echo":
        yield from _echo(relation, operation, life)
    elif relation.kind == "order":
        yield from _order(relation, life)
    elif relation.kind == "ends":
        yield from _ends(relation, life, watches)
    else:
        yield from _OVER_TIME[relation.kind](relation, life)


def comparable(value: Any) -> Any:
    """UUIDs in lower case and date-times as instants; everything else as it is."""
    return _of_text(value) if isinstance(value, str) else value


@functools.lru_cache(maxsize=10_000)
def _of_text(value: str) -> str | dt.datetime:
    if _UUID.fullmatch(value):
        return str(uuid.UUID(value))
    moment = instant(value)
    return value if moment is None else moment


def instant(text: str) -> dt.datetime | None:
    """RFC 3339; a leap second counts as the last microsecond before it."""
    if not _DATE_TIME.fullmatch(text):
        return None
    upper = text.upper()
    if upper[17:19] == "60":
        upper = f"{upper[:17]}59.999999{upper[19:].lstrip('.0123456789')}"
    try:
        return dt.datetime.fromisoformat(upper).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


_MARKER = re.compile("«credential:.*?»")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")


# echo: a value of the request comes back ---------------------------------------------------------------------------


def _echo(relation: Relation, operation: Operation, life: Sequence[Observation]) -> Iterator[Seen]:
    at = relation.fields[0]
    for each in life:
        asked, got = _requested(relation.declared["request"], operation, each.exchange), each.value(at)
        if asked is None or got is None or hidden.holds_anywhere(asked):
            continue
        yield Seen(each, at, None if _same(asked, got) else (f"{asked!r}, as was asked for", repr(got)))


def _same(asked: Any, got: Any) -> bool:
    """What stands in a URL or a header is text, and what comes back may be of another type."""
    if _key(asked) == _key(got):
        return True
    if isinstance(got, list) and not isinstance(asked, dict):
        several = asked if isinstance(asked, list) else [asked]
        return len(several) == len(got) and all(map(_same, several, got))
    return isinstance(asked, str) and asked == (json.dumps(got) if isinstance(got, bool) else str(got))


def _requested(what: str, operation: Operation, exchange: Exchange) -> Any:
    place, _, name = what.partition(".")
    url = urlsplit(exchange.request.url)
    if place == "path":
        names, pattern = _template(operation.path)
        match = pattern.search(url.path)
        return unquote(match[names.index(name) + 1]) if match and name in names else None
    if place == "query":
        values = parse_qs(url.query, keep_blank_values=True).get(name, [])
        return values if len(values) > 1 else next(iter(values), None)
    if place == "header":
        return next((value for key, value in exchange.request.headers if key.lower() == name.lower()), None)
    try:
        found = pointer.at(strict_json.parse(exchange.request.body), "/" + name.replace(".", "/"))
    except strict_json.NotJsonError:
        return None
    return None if found is pointer.MISSING else found


@functools.lru_cache(maxsize=1000)
def _template(path: str) -> tuple[list[str], re.Pattern[str]]:
    """Names of a path's parameters, and what finds their values in one that was asked for."""
    parts = re.split(r"\{([^{}]+)\}", path)
    return parts[1::2], re.compile("([^/]+)".join(map(re.escape, parts[::2])) + "$")


# order: a ≤ b ≤ … within one body, absent ones left out -------------------------------------------------------------


def _order(relation: Relation, life: Sequence[Observation]) -> Iterator[Seen]:
    for each in life:
        there = [(at, _key(each.value(at))) for at in relation.fields]
        there = [(at, value) for at, value in there if isinstance(value, int | float | dt.datetime)]
        for (low_at, low), (high_at, high) in itertools.pairwise(there):
            if isinstance(low, dt.datetime) is not isinstance(high, dt.datetime):
                continue
            fault = (f"{low_at} ≤ {high_at}", f"{each.value(low_at)} > {each.value(high_at)}")
            yield Seen(each, high_at, None if low <= high else fault)


# Over time: each observation against all that precede it ------------------------------------------------------------


def _with_earlier(life: Sequence[Observation], at: str) -> Iterator[tuple[Observation, Any, Any, dict[Any, Any]]]:
    """Each observation, its value, the same comparable, and the distinct values that precede it: comparable → as it
    was.

    One sweep: observations are in the order of sending, and enter the past in the order of their receipt.
    """
    told = [(each, value := each.value(at), _key(value)) for each in sorted(life, key=lambda each: each.exchange.sent)]
    waiting = sorted(told, key=lambda each: each[0].exchange.received)
    past: dict[Any, Any] = {}
    entered = 0
    for each, value, key in told:
        while entered < len(waiting) and waiting[entered][0].exchange.received < each.exchange.sent:
            past.setdefault(waiting[entered][2], waiting[entered][1])
            entered += 1
        yield each, value, key, past


def _key(value: Any) -> Any:
    """The same for two values that are the same JSON, and no other. What is a number or a moment stays one."""
    if isinstance(value, dict):
        return ("object", frozenset((name, _key(member)) for name, member in value.items()))
    if isinstance(value, list):
        return ("array", *map(_key, value))
    # true and 1 are different JSON values, though Python holds them equal
    return ("boolean", value) if isinstance(value, bool) else comparable(value)


def _constant(relation: Relation, life: Sequence[Observation]) -> Iterator[Seen]:
    """Never changes over a resource's life. Whether it has to be there is for `required` and `kept` to say."""
    at = relation.fields[0]
    for each, value, now, past in _with_earlier(life, at):
        there = [(key, was) for key, was in past.items() if was is not None]
        if value is not None and there:
            other = next((was for key, was in there if key != now), None)
            yield Seen(each, at, None if other is None else (f"{_shown(other)} for ever", _shown(value)))


def _once_set(relation: Relation, life: Sequence[Observation]) -> Iterator[Seen]:
    """Absent, then a value, then that value for ever."""
    at = relation.fields[0]
    for each, value, now, past in _with_earlier(life, at):
        there = [(key, was) for key, was in past.items() if was is not None]
        if there:
            other = next((was for key, was in there if key != now), None)
            yield Seen(each, at, None if other is None else (f"{_shown(other)}, once it was set", _shown(value)))


def _kept(relation: Relation, life: Sequence[Observation]) -> Iterator[Seen]:
    """Once present, never absent again; its content may change."""
    at = relation.fields[0]
    values = [(each, each.value(at)) for each in sorted(life, key=lambda each: each.exchange.sent)]
    since = min((each.exchange.received for each, value in values if value is not None), default=math.inf)
    for each, value in values:
        if since < each.exchange.sent:
            yield Seen(each, at, None if value is not None else ("present, as it was before", "absent"))


def _nondecreasing(relation: Relation, life: Sequence[Observation]) -> Iterator[Seen]:
    """Never goes back."""
    at = relation.fields[0]
    for each, value, now, past in _with_earlier(life, at):
        numbers: list[Any] = [key for key in past if isinstance(key, int | float | dt.datetime)]
        alike = [was for was in numbers if isinstance(was, dt.datetime) is isinstance(now, dt.datetime)]
        if not isinstance(now, int | float | dt.datetime) or not alike or (len(alike) == 1 and alike[0] == now):
            continue
        most: Any = max(alike)
        yield Seen(each, at, None if now >= most else (f"at least {most}, as it was before", _shown(value)))


def _states(relation: Relation, life: Sequence[Observation]) -> Iterator[Seen]:
    """Moves only along transitions, judged by reachability: a poll may miss a state."""
    at = relation.fields[0]
    transitions: dict[str, list[str]] = relation.declared["transitions"]
    known = {*transitions, *relation.declared["terminal"]}
    for each, value, _, past in _with_earlier(life, at):
        before = [was for was in past.values() if isinstance(was, str) and was in known]
        if not isinstance(value, str) or not [was for was in before if was != value]:
            continue
        stuck = next((was for was in before if value != was and value not in _reachable(transitions, was)), None)
        fault = (
            None
            if stuck is None
            else (f"{stuck} or {' or '.join(_reachable(transitions, stuck)) or 'nothing else'}", value)
        )
        yield Seen(each, at, fault)


def _reachable(transitions: dict[str, list[str]], start: str) -> list[str]:
    found: list[str] = []
    waiting = list(transitions.get(start, ()))
    while waiting:
        state = waiting.pop(0)
        if state not in found:
            found.append(state)
            waiting += transitions.get(state, ())
    return found


def _ends(relation: Relation, life: Sequence[Observation], watches: dict[str, Watch]) -> Iterator[Seen]:
    """A resource that is polled is in a terminal state when its time is over."""
    at = relation.fields[0]
    for step in sorted({each.exchange.step for each in life} & watches.keys()):
        polls = [each for each in life if each.exchange.step == step and each.exchange.role in ("state", "poll")]
        if not polls:
            continue
        ended = next((each for each in polls if each.value(at) in relation.declared["terminal"]), None)
        span = polls[-1].exchange.received - polls[0].exchange.sent
        if ended is not None:
            yield Seen(ended, at)
        elif watches[step].promised and round(span, 6) >= watches[step].within:
            terminal = " or ".join(relation.declared["terminal"])
            late = f"still {_shown(polls[-1].value(at))} after {span:.1f} s"
            yield Seen(polls[-1], at, (f"{terminal} within {watches[step].within:g} s", late))


def _shown(value: Any) -> str:
    return "absent" if value is None else repr(value)


_OVER_TIME: dict[str, Callable[[Relation, Sequence[Observation]], Iterator[Seen]]] = {
    "constant": _constant,
    "once-set": _once_set,
    "kept": _kept,
    "nondecreasing": _nondecreasing,
    "states": _states,
}
