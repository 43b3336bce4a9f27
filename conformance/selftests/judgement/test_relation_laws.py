"""Lives that a model makes up, read at random moments: legal ones never violate, one step back always does."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from assay.claims import Ledger
from assay.judge import judge
from assay.recording import Recording
from assay.recording.exchange import Exchange

Made = Callable[..., Exchange]
Recorded = Callable[..., Recording]

URL = "https://lives.example/v1/areas/x/lives/1"
NEXT = {"new": ["open", "lost"], "open": ["paused", "done"], "paused": ["open"], "done": [], "lost": []}
MOMENTS = ["2026-03-01T12:00:00Z", "2026-03-01t12:00:00.000z", "2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00-00:00"]
UUIDS = ["a1000000-0000-4000-8000-0000000000cc", "A1000000-0000-4000-8000-0000000000CC"]
END = {"born": MOMENTS[0], "name": UUIDS[0], "status": "done", "began": MOMENTS[0], "result": {"n": 0}, "count": 9}

REGRESSIONS: dict[str, dict[str, Any]] = {
    "constant/born": {"born": "2026-03-01T12:00:01Z"},
    "constant/name": {"name": "a1000000-0000-4000-8000-0000000000cd"},
    "states/status": {"status": "open"},
    "once-set/began": {"began": "2026-03-01T12:00:00.000001Z"},
    "kept/result": {"result": None},
    "nondecreasing/count": {"count": 8},
}


@frozen
class Reading:
    """A request from `sent` to `received` that was answered with what was true at `moment`, in between."""

    sent: int
    moment: int
    received: int


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    sent, until, more = draw(st.integers(0, 20)), draw(st.integers(0, 6)), draw(st.integers(0, 6))
    return Reading(sent, sent + until, sent + until + more)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What is true of a resource at each moment: a walk along the transitions, with all that comes on the way."""
    state: dict[str, Any] = {"born": 0, "name": 0, "status": "new", "began": None, "result": None, "count": 0}
    history = [state]
    for _ in range(32):
        state = dict(state)
        moves, starts, ends = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
        if NEXT[state["status"]] and moves:
            state["status"] = draw(st.sampled_from(NEXT[state["status"]]))
        state["count"] += draw(st.integers(0, 2))
        state["began"] = 0 if state["began"] == 0 or starts else None
        if state["result"] is not None or ends:
            state["result"] = {"n": draw(st.integers(0, 3))}
        history.append(state)
    return history


def _written(state: dict[str, Any], draw: Callable[[list[str]], str]) -> dict[str, Any]:
    """One of the ways to write it: null or nothing, a moment in any zone, a UUID in any case."""
    body = {**state, "born": draw(MOMENTS), "name": draw(UUIDS)}
    body["began"] = draw(MOMENTS) if state["began"] is not None else None
    keep = draw(["nulls", "none"]) == "nulls"
    return {name: value for name, value in body.items() if keep or value is not None}


def _violated(ledger: Ledger, recording: Recording) -> set[str]:
    verdicts = judge(ledger, recording).claims
    return {each.claim.id.removeprefix("getLife/relations/") for each in verdicts if each.verdict == "violated"}


def _exchanges(made: Made, times: list[Reading], bodies: list[dict[str, Any]]) -> Iterator[Exchange]:
    for number, (time, body) in enumerate(zip(times, bodies, strict=True), 1):
        yield made(body=body, id=number, operation="getLife", url=URL, sent=time.sent, received=time.received)


@given(data=st.data(), history=histories(), times=st.lists(readings(), max_size=8))
def test_no_legal_life_violates_anything(
    data: st.DataObject,
    history: list[dict[str, Any]],
    times: list[Reading],
    lives: Ledger,
    made: Made,
    recorded: Recorded,
) -> None:
    """Whatever a resource legally does, and however its readings overlap, each answered with what was true at some
    moment between its sending and its receipt: no relation is violated.
    """
    bodies = [_written(history[time.moment], lambda ways: data.draw(st.sampled_from(ways))) for time in times]
    assert _violated(lives, recorded(*_exchanges(made, times, bodies))) == set()


@given(
    relation=st.sampled_from(sorted(REGRESSIONS)),
    history=histories(),
    times=st.lists(readings(), max_size=4),
    gap=st.integers(1, 5),
    others=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4),
)
def test_a_step_back_is_seen_among_any_other_readings(
    relation: str,
    history: list[dict[str, Any]],
    times: list[Reading],
    gap: int,
    others: list[tuple[int, int]],
    lives: Ledger,
    made: Made,
    recorded: Recorded,
) -> None:
    """Where one reading shows the end of a life, and a later one that does not overlap it a step back from there, the
    claim about that is violated, whatever else is read before, after and meanwhile.
    """
    legal = list(_exchanges(made, times, [_written(history[time.moment], lambda ways: ways[0]) for time in times]))
    end = made(body=END, id=50, operation="getLife", url=URL, sent=40, received=41)
    back = made(body={**END, **REGRESSIONS[relation]}, id=51, operation="getLife", url=URL, sent=41 + gap, received=60)
    noise = [
        evolve(end, id=60 + n, sent=41 + start, received=41 + start + more) for n, (start, more) in enumerate(others)
    ]
    assert relation in _violated(lives, recorded(*legal, back, end, *noise))


@given(relation=st.sampled_from(sorted(REGRESSIONS)), late=st.integers(0, 5))
def test_a_step_back_in_an_overlapping_reading_is_none(
    relation: str, late: int, lives: Ledger, made: Made, recorded: Recorded
) -> None:
    """Of two readings of which neither was received before the other was sent, neither shows a step back."""
    end = made(body=END, id=1, operation="getLife", url=URL, sent=0, received=5)
    back = made(body={**END, **REGRESSIONS[relation]}, id=2, operation="getLife", url=URL, sent=5 - late, received=9)
    assert _violated(lives, recorded(end, back)) == set()
