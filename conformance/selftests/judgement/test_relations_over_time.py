"""What the responses of one resource say together: states, ends, constant, once-set, kept, nondecreasing."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from assay.judge.verdicts import ClaimVerdict
from assay.recording import Watch
from assay.recording.exchange import Exchange

Life = Callable[..., list[Exchange]]
Told = Callable[..., ClaimVerdict]

EARLY, LATE = "2026-03-01T12:00:00Z", "2026-03-01T12:00:01Z"
GOOD = {
    "constant/born": (EARLY, EARLY),
    "once-set/began": (EARLY, EARLY),
    "kept/result": ({"url": "a"}, {"url": "b"}),
    "nondecreasing/count": (1, 2),
    "states/status": ("new", "open"),
}
BAD = {
    "constant/born": (EARLY, LATE),
    "once-set/began": (EARLY, LATE),
    "kept/result": ({"url": "a"}, None),
    "nondecreasing/count": (2, 1),
    "states/status": ("open", "new"),
}


def _bodies(relation: str, *values: Any) -> list[dict[str, Any]]:
    return [{relation.partition("/")[2]: value} for value in values]


@pytest.mark.parametrize("relation", GOOD)
class TestEachKind:
    def test_it_holds(self, relation: str, life: Life, told: Told) -> None:
        verdict = told(relation, life(*_bodies(relation, *GOOD[relation])))
        assert (verdict.verdict, verdict.exercised) == ("held", 1)

    def test_it_is_violated(self, relation: str, life: Life, told: Told) -> None:
        verdict = told(relation, life(*_bodies(relation, *BAD[relation])))
        assert verdict.verdict == "violated"
        assert [each.exchange.id for each in verdict.failures] == [2]

    def test_one_reading_does_not_exercise_it(self, relation: str, life: Life, told: Told) -> None:
        assert told(relation, life(*_bodies(relation, GOOD[relation][0]))).verdict == "not-exercised"

    def test_a_field_that_is_never_there_does_not_either(self, relation: str, life: Life, told: Told) -> None:
        assert told(relation, life({}, *_bodies(relation, None), {})).verdict == "not-exercised"

    def test_readings_that_overlap_come_in_no_order(self, relation: str, life: Life, told: Told) -> None:
        first, second = life(*_bodies(relation, *BAD[relation]))
        assert told(relation, [first, evolve(second, sent=first.received)]).verdict == "not-exercised"
        assert told(relation, [evolve(second, sent=1.2), first]).verdict == "not-exercised"

    def test_the_order_of_the_recording_says_nothing(self, relation: str, life: Life, told: Told) -> None:
        assert told(relation, life(*_bodies(relation, *BAD[relation]))[::-1]).verdict == "violated"

    def test_another_resource_is_another_life(self, relation: str, life: Life, told: Told) -> None:
        first, second = life(*_bodies(relation, *BAD[relation]))
        elsewhere = evolve(second, request=evolve(second.request, url="https://lives.example/v1/areas/x/lives/2"))
        assert told(relation, [first, elsewhere]).verdict == "not-exercised"

    def test_an_error_in_between_is_no_part_of_it(self, relation: str, life: Life, told: Told) -> None:
        first, second = life(*_bodies(relation, *GOOD[relation]))
        error = life(*_bodies(relation, *reversed(BAD[relation])), status=404)[0]
        assert told(relation, [first, evolve(error, id=9, sent=1.6, received=1.7), second]).verdict == "held"


class TestConstant:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (EARLY, "2026-03-01T13:00:00.000+01:00"),
            ("A1000000-0000-4000-8000-0000000000CC", "a1000000-0000-4000-8000-0000000000cc"),
            (1, 1.0),
            ({"a": 1, "b": [True]}, {"b": [True], "a": 1}),
        ],
    )
    def test_the_same_may_be_written_differently(self, one: Any, other: Any, life: Life, told: Told) -> None:
        assert told("constant/born", life({"born": one}, {"born": other})).verdict == "held"

    @pytest.mark.parametrize(
        ("one", "other"),
        [(1, True), (0, False), ("1", 1), ([], "[]"), ([], {}), ({"a": 1}, {"a": True}), (EARLY, EARLY + "x")],
    )
    def test_another_value_is_another_one(self, one: Any, other: Any, life: Life, told: Told) -> None:
        assert told("constant/born", life({"born": one}, {"born": other})).verdict == "violated"

    @pytest.mark.parametrize("bodies", [({"born": 1}, {}), ({}, {"born": 1}), ({"born": None}, {"born": 1})])
    def test_an_answer_without_it_says_nothing_of_it(self, bodies: tuple[Any, Any], life: Life, told: Told) -> None:
        assert told("constant/born", life(*bodies)).verdict == "not-exercised"

    def test_it_comes_and_goes_as_the_same(self, life: Life, told: Told) -> None:
        verdict = told("constant/born", life({}, {"born": 0}, {"born": None}, {"born": 0}))
        assert (verdict.verdict, verdict.exercised) == ("held", 1)

    def test_it_comes_back_as_another(self, life: Life, told: Told) -> None:
        failure = told("constant/born", life({"born": "a"}, {}, {"born": "b"})).failures[0]
        assert (failure.expected, failure.got, failure.at) == ("'a' for ever", "'b'", "/born")

    def test_each_field_has_a_claim_of_its_own(self, life: Life, told: Told) -> None:
        exchanges = life({"born": 1, "name": "a"}, {"born": 2, "name": "a"})
        assert told("constant/name", exchanges).verdict == "held"


class TestOnceSet:
    def test_it_may_be_set_late(self, life: Life, told: Told) -> None:
        verdict = told("once-set/began", life({}, {"began": None}, {"began": EARLY}, {"began": EARLY}))
        assert (verdict.verdict, verdict.exercised) == ("held", 1)

    def test_it_may_not_go_again(self, life: Life, told: Told) -> None:
        failure = told("once-set/began", life({"began": EARLY}, {"began": None})).failures[0]
        assert (failure.expected, failure.got) == (f"{EARLY!r}, once it was set", "absent")


class TestKept:
    def test_it_may_come_late(self, life: Life, told: Told) -> None:
        assert told("kept/result", life({}, {"result": 0}, {"result": ""})).verdict == "held"

    def test_false_and_empty_values_are_there(self, life: Life, told: Told) -> None:
        assert told("kept/result", life({"result": 1}, {"result": False}, {"result": []})).verdict == "held"

    def test_null_is_absent(self, life: Life, told: Told) -> None:
        failure = told("kept/result", life({"result": 1}, {"result": None})).failures[0]
        assert (failure.expected, failure.got) == ("present, as it was before", "absent")


class TestNondecreasing:
    def test_staying_shows_nothing(self, life: Life, told: Told) -> None:
        assert told("nondecreasing/count", life({"count": 1}, {"count": 1.0})).verdict == "not-exercised"

    def test_staying_after_a_rise_does(self, life: Life, told: Told) -> None:
        verdict = told("nondecreasing/count", life({"count": 1}, {"count": 2}, {"count": 2}))
        assert (verdict.verdict, verdict.exercised) == ("held", 2)

    def test_it_is_held_against_the_most_there_was(self, life: Life, told: Told) -> None:
        failures = told("nondecreasing/count", life({"count": 5}, {"count": 1}, {"count": 4})).failures
        assert [each.got for each in failures] == ["1", "4"]

    def test_a_gap_is_passed_over(self, life: Life, told: Told) -> None:
        assert told("nondecreasing/count", life({"count": 5}, {}, {"count": 4})).verdict == "violated"

    def test_moments_may_rise_too(self, life: Life, told: Told) -> None:
        assert told("nondecreasing/count", life({"count": LATE}, {"count": EARLY})).verdict == "violated"
        assert told("nondecreasing/count", life({"count": EARLY}, {"count": LATE})).verdict == "held"

    @pytest.mark.parametrize("other", [True, "4", [4], LATE, None])
    def test_what_is_no_number_is_not_compared_with_one(self, other: Any, life: Life, told: Told) -> None:
        assert told("nondecreasing/count", life({"count": 5}, {"count": other})).verdict == "not-exercised"


class TestStates:
    @pytest.mark.parametrize(
        "path", [("new", "done"), ("new", "paused"), ("paused", "done"), ("open", "paused", "open")]
    )
    def test_a_reading_may_miss_a_state(self, path: tuple[str, ...], life: Life, told: Told) -> None:
        assert told("states/status", life(*({"status": each} for each in path))).verdict == "held"

    @pytest.mark.parametrize("path", [("done", "open"), ("lost", "done"), ("paused", "lost"), ("paused", "new")])
    def test_none_is_reached_that_leads_nowhere_there(self, path: tuple[str, str], life: Life, told: Told) -> None:
        assert told("states/status", life(*({"status": each} for each in path))).verdict == "violated"

    def test_the_failure_says_where_it_could_have_gone(self, life: Life, told: Told) -> None:
        failure = told("states/status", life({"status": "paused"}, {"status": "new"})).failures[0]
        assert (failure.expected, failure.got) == ("paused or open or paused or done", "new")

    def test_nothing_comes_after_a_terminal_state(self, life: Life, told: Told) -> None:
        failure = told("states/status", life({"status": "done"}, {"status": "lost"})).failures[0]
        assert failure.expected == "done or nothing else"

    def test_staying_shows_nothing(self, life: Life, told: Told) -> None:
        assert told("states/status", life({"status": "done"}, {"status": "done"})).verdict == "not-exercised"

    @pytest.mark.parametrize("value", [None, 1, ["open"]])
    def test_what_is_no_state_is_passed_over(self, value: Any, life: Life, told: Told) -> None:
        assert told("states/status", life({"status": value}, {"status": "new"})).verdict == "not-exercised"
        assert told("states/status", life({"status": "new"}, {"status": value})).verdict == "not-exercised"

    def test_a_state_that_nobody_knows_is_reached_from_none(self, life: Life, told: Told) -> None:
        assert told("states/status", life({"status": "new"}, {"status": "odd"})).verdict == "violated"
        assert told("states/status", life({"status": "odd"}, {"status": "new"})).verdict == "not-exercised"


class TestEnds:
    STEP = "getLife 200 live"

    def _after(self, *path: str, life: Life, told: Told, within: float, promised: bool = True) -> ClaimVerdict:
        first, *polls = life(*({"status": each} for each in path), step=self.STEP)
        exchanges = [first, *(evolve(each, role="poll") for each in polls)]
        return told("ends/status", exchanges, watches=(Watch(self.STEP, within, promised),))

    def test_it_holds_where_a_terminal_state_was_seen(self, life: Life, told: Told) -> None:
        assert self._after("new", "done", "done", life=life, told=told, within=60).verdict == "held"

    def test_it_is_violated_where_the_time_is_over(self, life: Life, told: Told) -> None:
        verdict = self._after("new", "open", "open", life=life, told=told, within=2.5)
        assert verdict.verdict == "violated"
        assert verdict.failures[0].expected == "done or lost within 2.5 s"
        assert verdict.failures[0].got == "still 'open' after 2.5 s"

    def test_before_that_nothing_is_said(self, life: Life, told: Told) -> None:
        assert self._after("new", "open", "open", life=life, told=told, within=2.51).verdict == "not-exercised"

    def test_a_watch_promises_nothing(self, life: Life, told: Told) -> None:
        assert self._after("new", "open", life=life, told=told, within=1, promised=False).verdict == "not-exercised"

    def test_a_watch_may_see_it_nevertheless(self, life: Life, told: Told) -> None:
        assert self._after("new", "lost", life=life, told=told, within=1, promised=False).verdict == "held"

    def test_other_requests_for_the_resource_do_not_count(self, life: Life, told: Told) -> None:
        exchanges = [
            evolve(each, role="explore") for each in life({"status": "new"}, {"status": "done"}, step=self.STEP)
        ]
        assert told("ends/status", exchanges, watches=(Watch(self.STEP, 1, promised=True),)).verdict == "not-exercised"

    def test_other_steps_do_not_count(self, life: Life, told: Told) -> None:
        exchanges = life({"status": "done"}, step="getLife 200")
        assert told("ends/status", exchanges, watches=(Watch(self.STEP, 1, promised=True),)).verdict == "not-exercised"


def test_a_mock_has_no_life(life: Life, told: Told) -> None:
    verdict = told("constant/born", life({"born": 1}, {"born": 2}), mock=True)
    assert (verdict.verdict, verdict.exercised) == ("not-applicable", 0)
