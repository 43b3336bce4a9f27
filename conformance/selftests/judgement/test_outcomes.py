"""What a response means for the state that it was due in: the table at the top of `judge`, cell by cell."""

from collections.abc import Callable

import pytest
from attrs import evolve

from assay.claims import Ledger
from assay.judge import judge
from assay.judge.verdicts import ClaimVerdict, Verdicts
from assay.recording import PlannedStep, Recording, Unplanned
from assay.recording.exchange import Exchange

Made = Callable[..., Exchange]
Step = Callable[..., PlannedStep]
Judged = Callable[..., Verdicts]

DECLARED = ("fixture", "setup", "command")
DRIVERS = (*DECLARED, "derived", "hint", "burst")

TABLE: dict[tuple[str, int], tuple[str, str, str, str]] = {
    # answer: declared, derived, hint, burst
    ("the due status", 404): ("held", "held", "held", "held"),
    ("another documented 4xx", 409): ("violated", "not-exercised", "not-exercised", "not-exercised"),
    ("an undocumented 4xx", 418): ("violated", "violated", "not-exercised", "not-exercised"),
    ("a 2xx that is not due", 200): ("violated", "violated", "not-exercised", "not-exercised"),
    ("a redirect", 302): ("violated", "violated", "not-exercised", "not-exercised"),
    ("a documented 5xx that is not due", 500): ("violated", "violated", "violated", "violated"),
    ("an undocumented 5xx", 502): ("violated", "violated", "violated", "violated"),
    ("a 503 without Retry-After", 503): ("violated", "violated", "violated", "violated"),
    ("a throttled answer", 429): ("inconclusive", "inconclusive", "inconclusive", "inconclusive"),
}
CELLS = [
    pytest.param(driver, status, verdicts[max(0, DRIVERS.index(driver) - 2)], id=f"{driver}, {name}")
    for (name, status), verdicts in TABLE.items()
    for driver in DRIVERS
]


@pytest.fixture(scope="session")
def outcome(judged: Judged) -> Callable[..., ClaimVerdict]:
    """What is said of `getThing 404` being given, after these exchanges of one step."""

    def make(step: PlannedStep, *exchanges: Exchange, due: str = "404") -> ClaimVerdict:
        return judged(*exchanges, steps=(step,)).of(f"getThing/{due}/status")

    return make


Outcome = Callable[..., ClaimVerdict]


class TestTable:
    @pytest.mark.parametrize(("driver", "status", "verdict"), CELLS)
    def test_each_cell(self, driver: str, status: int, verdict: str, made: Made, step: Step, outcome: Outcome) -> None:
        assert outcome(step("404", driver), made(status, {"code": "e"}, due="404")).verdict == verdict

    @pytest.mark.parametrize("driver", DRIVERS)
    def test_503_with_retry_after_is_throttled(self, driver: str, made: Made, step: Step, outcome: Outcome) -> None:
        answer = made(503, due="404", headers=(("Retry-After", "1"),))
        assert outcome(step("404", driver), answer).verdict == "inconclusive"

    @pytest.mark.parametrize("driver", DRIVERS)
    def test_a_fault_is_inconclusive(self, driver: str, made: Made, step: Step, outcome: Outcome) -> None:
        verdict = outcome(step("404", driver), made(None, due="404", fault="no answer within 30 s"))
        assert (verdict.verdict, verdict.reason) == ("inconclusive", "no answer within 30 s")

    @pytest.mark.parametrize("driver", DRIVERS)
    def test_a_step_that_was_never_sent(self, driver: str, step: Step, outcome: Outcome) -> None:
        verdict = outcome(step("404", driver))
        assert verdict.verdict == "not-exercised"
        assert verdict.reason == "the run ended before its request was sent"

    def test_a_violation_says_what_came(self, made: Made, step: Step, outcome: Outcome) -> None:
        failure = outcome(step("404"), made(409, b"no", due="404")).failures[0]
        assert (failure.expected, failure.got) == ("404 in its state", "409 application/json: no")

    def test_what_is_not_exercised_says_what_came(self, made: Made, step: Step, outcome: Outcome) -> None:
        verdict = outcome(step("404", "derived"), made(409, b"", due="404", media_type=None))
        assert verdict.reason == "the answer was 409 without a body: no state of the target gives 404"


class TestAttempts:
    @pytest.mark.parametrize("driver", DRIVERS)
    def test_a_throttled_answer_or_a_fault_may_come_first(
        self, driver: str, made: Made, step: Step, outcome: Outcome
    ) -> None:
        attempts = (made(429, due="404"), made(None, due="404"), made(404, due="404"))
        assert outcome(step("404", driver), *attempts).verdict == "held"

    def test_the_last_one_counts(self, made: Made, step: Step, outcome: Outcome) -> None:
        assert outcome(step("404"), made(429, due="404"), made(409, due="404")).verdict == "violated"

    @pytest.mark.parametrize("due", ["429", "500"])
    def test_what_is_due_is_neither_throttled_nor_a_fault(
        self, due: str, made: Made, step: Step, outcome: Outcome
    ) -> None:
        answer = made(int(due), due=due, headers=(("Retry-After", "1"),))
        assert outcome(step(due), answer, due=due).verdict == "held"

    def test_a_state_that_could_not_be_left_is_inconclusive(self, made: Made, step: Step, outcome: Outcome) -> None:
        answers = (made(404, due="404"), made(None, due="404", fault="teardown of 'x' answered 500"))
        verdict = outcome(step("404", "setup"), *answers)
        assert (verdict.verdict, verdict.reason) == ("inconclusive", "teardown of 'x' answered 500")

    @pytest.mark.parametrize("driver", DECLARED)
    def test_polls_that_get_it_too_or_no_answer_change_nothing(
        self, driver: str, made: Made, step: Step, outcome: Outcome
    ) -> None:
        polls = (made(role="poll"), made(429, {"code": "e"}, role="poll"), made(None, role="poll"))
        assert outcome(step("200", driver), made(), *polls, due="200").verdict == "held"

    @pytest.mark.parametrize("driver", DECLARED)
    @pytest.mark.parametrize("status", [404, 409, 418, 302, 500])
    def test_a_poll_that_gets_another_breaks_it(
        self, status: int, driver: str, made: Made, step: Step, outcome: Outcome
    ) -> None:
        polls = (made(role="poll"), made(status, {"code": "e"}, role="poll", id=7), made(role="poll"))
        verdict = outcome(step("200", driver), made(), *polls, due="200")
        assert (verdict.verdict, verdict.failures[0].exchange.id) == ("violated", 7)
        assert verdict.failures[0].got.endswith("where other reads got 200")


class TestReadsOfAnExploration:
    def _reads(self, made: Made, *statuses: int | None, **changes: object) -> tuple[Exchange, ...]:
        return tuple(
            made(status, {"code": "e"}, role="explore", step="getThing explore", due="", sent=2.0 + at, **changes)
            for at, status in enumerate(statuses)
        )

    @pytest.mark.parametrize("lost", [404, 409, 418])
    def test_a_resource_that_is_lost_between_breaks_it(
        self, lost: int, made: Made, step: Step, outcome: Outcome
    ) -> None:
        verdict = outcome(step("200"), made(), *self._reads(made, 200, lost, 200), due="200")
        assert (verdict.verdict, verdict.failures[0].exchange.reply.status) == ("violated", lost)  # type: ignore[union-attr]

    @pytest.mark.parametrize(
        "statuses",
        [(200, 200), (200, 404, 404), (200, 429, 200), (200, 401, 200), (200, 403, 200), (200, None, 200)],
        ids=["never lost", "lost for good", "throttled", "a token ran out", "a quota", "a fault"],
    )
    def test_what_may_have_another_reason_accuses_nobody(
        self, statuses: tuple[int | None, ...], made: Made, step: Step, outcome: Outcome
    ) -> None:
        assert outcome(step("200"), made(), *self._reads(made, *statuses), due="200").verdict == "held"

    def test_another_resource_or_another_asker_shows_nothing(self, made: Made, step: Step, outcome: Outcome) -> None:
        elsewhere = self._reads(made, 404, 200, url="https://things.example/things/2")
        other = self._reads(made, 404, 200, asked=(("Authorization", "Bearer «credential:other»"),))
        assert outcome(step("200"), made(), *elsewhere, *other, due="200").verdict == "held"

    def test_what_was_written_meanwhile_may_have_removed_it(self, made: Made, step: Step, outcome: Outcome) -> None:
        reads = self._reads(made, 200, 404, 200)
        assert (
            outcome(
                step("200"), made(), *reads, evolve(reads[0], request=evolve(reads[0].request, method="PUT")), due="200"
            ).verdict
            == "held"
        )

    @pytest.mark.parametrize("driver", ["setup", "command", "derived", "hint", "burst"])
    def test_only_of_what_is_there_without_a_state(self, driver: str, made: Made, step: Step, outcome: Outcome) -> None:
        assert outcome(step("200", driver), made(), *self._reads(made, 404, 200), due="200").verdict == "held"


class TestBurst:
    @pytest.mark.parametrize("place", [0, 1, 2])
    @pytest.mark.parametrize("other", [200, None])
    def test_one_answer_is_enough(
        self, place: int, other: int | None, made: Made, step: Step, outcome: Outcome
    ) -> None:
        answers = [made(other, due="429") for _ in range(3)]
        answers[place] = made(429, due="429")
        assert outcome(step("429", "burst"), *answers, due="429").verdict == "held"

    @pytest.mark.parametrize("driver", ["setup", "command"])
    def test_it_is_so_in_a_state_that_was_set_up_too(
        self, driver: str, made: Made, step: Step, outcome: Outcome
    ) -> None:
        answers = (made(429, due="429"), made(429, due="429"), made(200, due="429"))
        assert outcome(step("429", driver), *answers, due="429").verdict == "held"

    def test_none_that_gives_it_is_not_exercised(self, made: Made, step: Step, outcome: Outcome) -> None:
        answers = [made(200, due="429") for _ in range(3)]
        assert outcome(step("429", "burst"), *answers, due="429").verdict == "not-exercised"


class TestControl:
    def _step(self, step: Step, **changes: object) -> PlannedStep:
        return step("404", "setup", controlled=True, **changes)

    def test_another_status_without_the_state_shows_that_it_is_the_state(
        self, made: Made, step: Step, outcome: Outcome
    ) -> None:
        verdict = outcome(self._step(step), made(200, role="control", step="getThing 404"), made(404, due="404"))
        assert verdict.verdict == "held"

    @pytest.mark.parametrize(
        ("control", "why"),
        [
            (404, "the control, the same request without the state, gives 404 too"),
            (None, "the control, the same request without the state, failed: connection reset"),
            (429, 'the control is asked to come again later: 429 application/json: {"code": "e"}'),
        ],
    )
    def test_a_control_that_shows_nothing(
        self, control: int | None, why: str, made: Made, step: Step, outcome: Outcome
    ) -> None:
        before = made(control, {"code": "e"}, role="control", step="getThing 404")
        verdict = outcome(self._step(step), before, made(404, due="404"))
        assert (verdict.verdict, verdict.reason) == ("inconclusive", why)

    def test_a_control_that_was_not_sent(self, made: Made, step: Step, outcome: Outcome) -> None:
        verdict = outcome(self._step(step), made(404, due="404"))
        assert verdict.verdict == "inconclusive"
        assert verdict.reason.endswith("failed: it was not sent")

    def test_where_there_can_be_none(self, made: Made, step: Step, outcome: Outcome) -> None:
        verdict = outcome(self._step(step, uncontrolled="no other resource"), made(404, due="404"))
        assert (verdict.verdict, verdict.reason) == ("inconclusive", "there is no control: no other resource")

    def test_attempts_of_a_control_count_as_one(self, made: Made, step: Step, outcome: Outcome) -> None:
        controls = [made(status, role="control", step="getThing 404") for status in (None, 429, 200)]
        assert outcome(self._step(step), *controls, made(404, due="404")).verdict == "held"

    def test_a_control_of_429_that_is_throttled_gives_it_too(self, made: Made, step: Step, outcome: Outcome) -> None:
        planned = step("429", "burst", controlled=True)
        control = made(429, role="control", step="getThing 429")
        assert outcome(planned, control, made(429, due="429"), due="429").reason.endswith("gives 429 too")

    def test_a_violation_needs_no_control(self, made: Made, step: Step, outcome: Outcome) -> None:
        assert outcome(self._step(step), made(409, due="404")).verdict == "violated"


class TestSeveralStates:
    def _two(self, first: Exchange, second: Exchange, step: Step, judged: Judged) -> ClaimVerdict:
        steps = (step("404"), step("404", id="getThing 404 another's"))
        second = evolve(second, step="getThing 404 another's", id=2)
        return judged(first, second, steps=steps).of("getThing/404/status")

    def test_both_give_it(self, made: Made, step: Step, judged: Judged) -> None:
        verdict = self._two(made(404, due="404"), made(404, due="404"), step, judged)
        assert (verdict.verdict, verdict.exercised, verdict.evidence) == ("held", 2, (1, 2))

    @pytest.mark.parametrize("order", [(404, 409), (409, 404)])
    def test_one_that_does_not_violates(self, order: tuple[int, int], made: Made, step: Step, judged: Judged) -> None:
        first, second = (made(status, due="404") for status in order)
        assert self._two(first, second, step, judged).verdict == "violated"

    def test_a_violation_is_worse_than_a_fault(self, made: Made, step: Step, judged: Judged) -> None:
        assert self._two(made(409, due="404"), made(None, due="404"), step, judged).verdict == "violated"

    def test_one_that_is_inconclusive_names_itself(self, made: Made, step: Step, judged: Judged) -> None:
        verdict = self._two(made(404, due="404"), made(None, due="404"), step, judged)
        assert (verdict.verdict, verdict.reason) == ("inconclusive", "getThing 404 another's: connection reset")

    def test_a_derived_one_may_fail_beside_a_declared_one(self, made: Made, step: Step, judged: Judged) -> None:
        steps = (step("404"), step("404", "derived", id="getThing 404 derived"))
        answers = (made(404, due="404"), made(409, due="404", step="getThing 404 derived"))
        assert judged(*answers, steps=steps).of("getThing/404/status").verdict == "held"


class TestUnplanned:
    def test_the_reason_is_passed_on(self, judged: Judged) -> None:
        verdict = judged(unplanned=(Unplanned("getThing", "404", "no state", "declare it"),)).of("getThing/404/status")
        assert (verdict.verdict, verdict.reason) == ("not-exercised", "no state")

    def test_what_the_contract_does_not_know_is_left_out(self, made: Made, step: Step, judged: Judged) -> None:
        steps = (step("410"), PlannedStep("other 200", "other", "200", "fixture", controlled=False))
        verdicts = judged(made(operation="other"), steps=steps, unplanned=(Unplanned("other", "404", "", ""),))
        assert verdicts.exit_status == 3


RANGES = """\
openapi: 3.1.0
info: {title: Ranges, version: 1.0.0}
paths:
  /x:
    get:
      operationId: getX
      responses: {"404": {description: none}, "4XX": {description: bad}, default: {description: other}}
"""


@pytest.mark.parametrize(("status", "given"), [(404, "404"), (410, "4XX"), (500, "default"), (200, "default")])
def test_a_status_is_given_where_nothing_nearer_is_documented(
    status: int, given: str, ledger_of: Callable[[str], Ledger], made: Made, recorded: Callable[..., Recording]
) -> None:
    every = ("404", "4XX", "default")
    steps = tuple(PlannedStep(f"getX {due}", "getX", due, "fixture", controlled=False) for due in every)
    answers = [made(status, b"", due=due, operation="getX", media_type=None) for due in every]
    verdicts = judge(ledger_of(RANGES), recorded(*answers, steps=steps))
    assert [due for due in every if verdicts.of(f"getX/{due}/status").verdict == "held"] == [given]
