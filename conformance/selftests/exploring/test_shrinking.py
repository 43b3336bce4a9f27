"""A request that violates, and what is left of it; the servers are functions of the call."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from attrs import evolve

from assay.claims import Ledger
from assay.plan.calls import Call, wire
from assay.recording.exchange import Exchange, Reply, Role
from assay.run.shrinking import MOST_SENDS, smallest

CLAIM = "addItem/any/server-error"


class Shrunk:
    """The smallest request for which a server, a function of the call, gives a 500; and how many it took."""

    def __init__(self, library: Ledger) -> None:
        self._library = library
        self.sent = 0

    def __call__(self, call: Call, status: Callable[[Call], int | None], known: Sequence[Call] = ()) -> Call:
        async def send(tried: Call, role: Role, step: str) -> Exchange:
            self.sent += 1
            given = status(tried)
            reply = None if given is None else Reply(given, (("Content-Type", "application/json"),), b"{}")
            return Exchange(1, step, role, call.operation.id, "", "natural", 0, 0, wire(tried, ""), reply)

        first = asyncio.run(send(call, "explore", ""))
        self.sent = 0
        claim = f"{call.operation.id}/any/server-error"
        return asyncio.run(smallest(self._library, [claim], call, first, known, send))


@pytest.fixture
def shrunk(library: Ledger) -> Shrunk:
    return Shrunk(library)


BODY = {"title": "A long title, with €", "kind": "book", "topics": ["a", "b", "c"], "more": {"deep": [1, 2, 700]}}


@pytest.mark.parametrize(
    ("fails", "left"),
    [
        (lambda body: "€" in body["title"], {"title": "€"}),
        (lambda body: len(body["title"]) > 4, {"title": "00000"}),
        (lambda body: body["kind"] == "book" and len(body["topics"]) > 1, {"kind": "book", "topics": ["", ""]}),
        (lambda body: max(body["more"]["deep"]) > 100, {"more": {"deep": [175]}}),
    ],
)
def test_a_body_keeps_what_it_needs(
    fails: Callable[[Any], bool], left: Any, shrunk: Shrunk, library: Ledger, call_of: Callable[..., Call]
) -> None:
    def status(call: Call) -> int:
        try:
            return 500 if fails(call.body) else 201
        except (KeyError, TypeError, ValueError):
            return 422

    assert shrunk(evolve(call_of(library, "addItem"), body=BODY), status).body == left
    assert shrunk.sent <= MOST_SENDS


def test_query_and_headers_go_where_they_are_not_needed(
    shrunk: Shrunk, library: Ledger, call_of: Callable[..., Call]
) -> None:
    call = evolve(
        call_of(library, "listItems"), query={"limit": -40, "topic": ["a", "b"]}, headers={"X-A": "1", "X-B": "2"}
    )
    found = shrunk(call, lambda tried: 500 if tried.query.get("limit", 0) < 0 and "X-B" in tried.headers else 200)
    assert (found.query, found.headers) == ({"limit": -1}, {"X-B": ""})


def test_a_body_of_bytes(shrunk: Shrunk, library: Ledger, call_of: Callable[..., Call]) -> None:
    call = evolve(call_of(library, "addItem"), body=b'\xff\xfe{"title"', headers={"Content-Type": "application/json"})
    found = shrunk(call, lambda tried: 500 if isinstance(tried.body, bytes) and b"\xff" in tried.body else 422)
    assert found.body == b"\xff"


def test_a_body_that_is_not_needed_takes_its_content_type_along(
    shrunk: Shrunk, library: Ledger, call_of: Callable[..., Call]
) -> None:
    call = evolve(call_of(library, "addItem"), body={"a": 1}, headers={"Content-Type": "application/json"})
    found = shrunk(call, lambda _tried: 500)
    assert (found.body, found.headers) == (None, {})


def test_the_path_of_a_known_resource_stays(shrunk: Shrunk, library: Ledger, call_of: Callable[..., Call]) -> None:
    known = call_of(library, "getItem", number=4711)
    assert shrunk(known, lambda _tried: 500, [known]) is known
    assert shrunk.sent == 0
    assert shrunk(known, lambda _tried: 500).path == {"number": 0}


def test_another_status_is_another_fault(shrunk: Shrunk, library: Ledger, call_of: Callable[..., Call]) -> None:
    def status(call: Call) -> int:
        return 502 if call.body == {"title": "long"} else 500

    call = evolve(call_of(library, "addItem"), body={"title": "long"})
    assert shrunk(call, status) is call


def test_it_ends_with_its_budget(shrunk: Shrunk, library: Ledger, call_of: Callable[..., Call]) -> None:
    call = evolve(call_of(library, "addItem"), body={"title": "x" * 5000})
    needed = json.dumps(call.body)
    assert shrunk(call, lambda tried: 500 if json.dumps(tried.body) == needed else 422) is call
    assert shrunk.sent == MOST_SENDS


def test_it_ends_where_there_is_no_answer(shrunk: Shrunk, library: Ledger, call_of: Callable[..., Call]) -> None:
    call = evolve(call_of(library, "addItem"), body={"title": "x"})
    assert shrunk(call, lambda tried: 500 if tried is call else None) is call
    assert shrunk.sent == 1
