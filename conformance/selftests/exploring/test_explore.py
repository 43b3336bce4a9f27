"""Servers that are wrong in one way, and what an exploration makes of each."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from assay.claims import Ledger
from assay.judge.verdicts import Verdicts
from assay.plan.calls import Call
from assay.recording.exchange import Exchange
from assay.run.explore import MOST_CLAIMS, REPEATS
from assay.run.shrinking import MOST_SENDS

Judged = Callable[[Ledger, list[Exchange]], Verdicts]


def _roles(exchanges: list[Exchange]) -> Counter[str]:
    return Counter(each.role for each in exchanges)


def _minimal(exchanges: list[Exchange], claim: str) -> list[Exchange]:
    return [each for each in exchanges if each.role == "minimal" and each.step.endswith(f" minimal {claim}")]


def _name(exchange: Exchange) -> str:
    return unquote(exchange.request.url.rpartition("/")[2])


def test_a_correct_server_is_asked_once_each_and_not_accused(
    things: Ledger, correct: Any, call_of: Callable[..., Call], good: str, explored: Any, judged: Judged
) -> None:
    base = call_of(things, "getThing", id=good)
    seen = explored(things, correct, base, [base])
    assert _roles(seen) == {"explore": 100}
    assert {each.step for each in seen} == {"getThing explore"}
    assert all(each.reply is not None for each in seen)
    assert not judged(things, seen).failures


@pytest.mark.parametrize("letter", ["e", "n", "0"])
def test_a_500_for_ids_with_a_certain_character_shrinks_to_that_character(
    letter: str, things: Ledger, correct: Any, call_of: Callable[..., Call], good: str, explored: Any, judged: Judged
) -> None:
    def wrong(method: str, name: str) -> tuple[int, Any]:
        return (500, {}) if letter in name and name != good else correct(method, name)

    base = call_of(things, "getThing", id=good)
    seen = explored(things, wrong, base, [base])
    minimal = _minimal(seen, "getThing/any/server-error")
    assert [_name(each) for each in minimal] == [letter] * REPEATS
    assert f"reproduces: {REPEATS} of {REPEATS}" in judged(things, seen).of("getThing/any/server-error").reason


@pytest.mark.parametrize("seed", range(20))
def test_a_wrong_type_in_every_ninth_good_read_is_found_with_every_seed(
    seed: int, things: Ledger, correct: Any, call_of: Callable[..., Call], good: str, explored: Any, judged: Judged
) -> None:
    reads = 0

    def wrong(method: str, name: str) -> tuple[int, Any]:
        nonlocal reads
        reads += name == good
        return (200, {"id": good, "size": "3"}) if name == good and reads % 9 == 0 else correct(method, name)

    base = call_of(things, "getThing", id=good)
    seen = explored(things, wrong, base, [base], seed=seed)
    claim = "getThing/200/body/properties/size/type"
    assert [_name(each) for each in _minimal(seen, claim)] == [good] * REPEATS
    verdict = judged(things, seen).of(claim)
    assert verdict.verdict == "violated"
    assert "intermittent" in verdict.reason
    assert not _roles(seen)["shrink"], "the path of a known resource is as small as it can be"


def test_a_500_that_comes_now_and_then_for_anything_ends_and_is_told(
    things: Ledger, correct: Any, call_of: Callable[..., Call], good: str, explored: Any, judged: Judged
) -> None:
    asked = 0

    def wrong(method: str, name: str) -> tuple[int, Any]:
        nonlocal asked
        asked += 1
        return (500, {}) if asked % 7 == 0 else correct(method, name)

    base = call_of(things, "getThing", id=good)
    seen = explored(things, wrong, base, [base])
    assert "intermittent" in judged(things, seen).of("getThing/any/server-error").reason


def test_claims_that_the_same_exchanges_violate_share_one_search(
    things: Ledger, correct: Any, call_of: Callable[..., Call], good: str, explored: Any
) -> None:
    """An undocumented 500 violates that the status is documented, and that there is no server error."""

    def wrong(method: str, name: str) -> tuple[int, Any]:
        return correct(method, name) if name == good else (500, {})

    seen = explored(things, wrong, call_of(things, "getThing", id=good), [])
    claims = ("getThing/any/status", "getThing/any/server-error")
    assert [len(_minimal(seen, claim)) for claim in claims] == [REPEATS, REPEATS]
    assert len({each.request.url for each in seen if each.role == "minimal"}) == 1
    assert _roles(seen)["shrink"] <= MOST_SENDS


def test_requests_are_bounded_however_much_is_wrong(
    made: Callable[[str], Ledger], call_of: Callable[..., Call], explored: Any
) -> None:
    names = [f"field{index}" for index in range(MOST_CLAIMS + 5)]
    document = f"""\
openapi: 3.1.0
info: {{title: Wide, version: 1.0.0}}
paths:
  /wide:
    get:
      operationId: wide
      parameters: [{{name: q, in: query, schema: {{type: string, minLength: 60}}}}]
      responses:
        "200":
          description: OK
          content: {{application/json: {{schema: {{type: object, required: [{", ".join(names)}]}}}}}}
"""
    known, turn = made(document), 0

    def wrong(_method: str, _name: str) -> tuple[int, Any]:
        """Each answer lacks another field, so that each claim is violated by exchanges of its own."""
        nonlocal turn
        turn += 1
        return 200, {name: 1 for index, name in enumerate(names) if (turn + index) % 7}

    seen = explored(known, wrong, call_of(known, "wide"))
    roles = _roles(seen)
    assert roles["explore"] <= 100
    assert roles["minimal"] == MOST_CLAIMS * REPEATS
    assert roles["shrink"] <= MOST_CLAIMS * MOST_SENDS


def test_what_is_throttled_violates_nothing(
    things: Ledger, correct: Any, call_of: Callable[..., Call], good: str, explored: Any, judged: Judged
) -> None:
    asked = 0

    def busy(method: str, name: str) -> tuple[int, Any]:
        nonlocal asked
        asked += 1
        return (429, {}) if asked % 3 == 0 else correct(method, name)

    base = call_of(things, "getThing", id=good)
    seen = explored(things, busy, base, [base])
    assert _roles(seen) == {"explore": 100}
    assert not judged(things, seen).failures


def test_a_server_that_only_throttles_is_left_alone(
    things: Ledger, call_of: Callable[..., Call], good: str, explored: Any
) -> None:
    base = call_of(things, "getThing", id=good)
    seen = explored(things, lambda _method, _name: (429, {}), base, [base])
    assert _roles(seen).keys() == {"explore"}
    assert len(seen) < 60


def test_a_server_that_dies_midway_ends_the_exploration(
    things: Ledger, correct: Any, call_of: Callable[..., Call], good: str, explored: Any
) -> None:
    asked = 0

    def dying(method: str, name: str) -> tuple[int, Any] | None:
        nonlocal asked
        asked += 1
        return correct(method, name) if asked < 30 else None

    base = call_of(things, "getThing", id=good)
    seen = explored(things, dying, base, [base])
    assert 30 <= len(seen) < 100
    assert _roles(seen).keys() == {"explore"}


def test_a_server_that_dies_during_the_search_is_not_asked_on(
    things: Ledger, correct: Any, call_of: Callable[..., Call], good: str, explored: Any
) -> None:
    failed = 0

    def dying(method: str, name: str) -> tuple[int, Any] | None:
        nonlocal failed
        if failed > 100:
            return None
        failed += 1
        return correct(method, name) if name == good else (500, {})

    seen = explored(things, dying, call_of(things, "getThing", id=good))
    assert _roles(seen)["shrink"] <= 100


@pytest.mark.parametrize(
    "operation", ["listItems", "addItem", "getItem", "removeItem", "GET /topics", "borrow", "getLoan"]
)
def test_every_generated_request_of_another_document_can_be_sent(
    operation: str, library: Ledger, call_of: Callable[..., Call], explored: Any
) -> None:
    base = call_of(library, operation, number=1, id="7b141066-b175-4d95-86a1-1877fb5f6960")
    seen = explored(library, lambda _method, _name: (404, {"title": "no"}), base)
    assert [each.fault for each in seen if each.reply is None] == []
