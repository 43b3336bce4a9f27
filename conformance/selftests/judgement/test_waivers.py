"""What a waiver covers, and when it needs attention itself."""

from collections.abc import Callable

import pytest

from assay.judge.summary import covers
from assay.judge.verdicts import Verdicts
from assay.recording import Waiver
from assay.recording.exchange import Exchange

Made = Callable[..., Exchange]
Run = Callable[..., Verdicts]

ID = "a1000000-0000-4000-8000-0000000000cc"
TOTAL = (("X-Total", "7"),)
MINIMUM = "getThing/200/body/properties/size/minimum"


def _waiver(claim: str, until: str = "2026-12-31") -> Waiver:
    return Waiver(claim, "known", "team a", until)


@pytest.fixture(scope="session")
def small(made: Made) -> dict[str, Exchange]:
    """A 200 that violates one keyword."""
    return {"200": made(body={"id": ID, "size": 0}, headers=TOTAL)}


class TestCover:
    @pytest.mark.parametrize("pattern", ["a/b/c", "a/b/*", "a/*", "*/b/*", "*/b/c"])
    def test_a_claim_is_covered_by_its_id_or_a_subtree(self, pattern: str) -> None:
        assert covers(pattern, "a/b/c")

    @pytest.mark.parametrize(
        "pattern", ["a/b", "a/b/", "a/b/c/*", "a/b*", "*", "b/*", "a/?/c", "A/*", "", "*/*", "*/c", "a/*/c"]
    )
    def test_by_nothing_else(self, pattern: str) -> None:
        assert not covers(pattern, "a/b/c")


class TestInForce:
    @pytest.mark.parametrize("pattern", [MINIMUM, "getThing/200/*", "getThing/*"])
    def test_a_violation_is_waived(self, pattern: str, run: Run, small: dict[str, Exchange]) -> None:
        verdicts = run(small, waivers=(_waiver(pattern),))
        assert (verdicts.of(MINIMUM).verdict, verdicts.exit_status) == ("waived", 0)

    def test_it_says_who_why_and_what(self, run: Run, small: dict[str, Exchange]) -> None:
        reason = run(small, waivers=(_waiver(MINIMUM),)).of(MINIMUM).reason
        assert reason.startswith("waived by team a until 2026-12-31: known (violated: ")

    def test_its_failures_are_none_of_the_run(self, run: Run, small: dict[str, Exchange]) -> None:
        verdicts = run(small, waivers=(_waiver(MINIMUM),))
        assert verdicts.failures == ()
        assert len(verdicts.of(MINIMUM).failures) == 1

    def test_the_response_is_waived_too(self, run: Run, small: dict[str, Exchange]) -> None:
        rows = run(small, waivers=(_waiver(MINIMUM),)).responses
        assert {each.status: each.verdict for each in rows}["200"] == "waived"

    def test_another_violation_is_not(self, run: Run, made: Made) -> None:
        broken = {"200": made(body={"id": "x", "size": 0}, headers=TOTAL)}
        assert run(broken, waivers=(_waiver(MINIMUM),)).exit_status == 1

    def test_a_response_that_was_not_seen_is_waived(self, run: Run) -> None:
        verdicts = run({"404": None}, waivers=(_waiver("getThing/404/*"),))
        assert (verdicts.of("getThing/404/status").verdict, verdicts.exit_status) == ("waived", 0)

    def test_one_that_is_inconclusive_is_waived(self, run: Run, made: Made) -> None:
        verdicts = run({"404": made(None, due="404")}, waivers=(_waiver("getThing/404/*"),))
        assert verdicts.exit_status == 0

    def test_its_last_day_counts(self, run: Run, small: dict[str, Exchange]) -> None:
        assert run(small, waivers=(_waiver(MINIMUM, "2026-03-01"),)).exit_status == 0

    def test_the_first_of_two_is_the_one_that_is_named(self, run: Run, small: dict[str, Exchange]) -> None:
        both = (_waiver(MINIMUM), Waiver("getThing/*", "other", "team b", "2026-12-31"))
        assert "team a" in run(small, waivers=both).of(MINIMUM).reason


class TestAttention:
    def _problems(self, verdicts: Verdicts) -> list[str]:
        return [each.problem for each in verdicts.waiver_notes]

    def test_one_that_expired_waives_nothing(self, run: Run, small: dict[str, Exchange]) -> None:
        verdicts = run(small, waivers=(_waiver(MINIMUM, "2026-02-28"),))
        assert (verdicts.exit_status, self._problems(verdicts)) == (1, ["expired"])

    def test_one_that_expired_is_an_error_of_its_own(self, run: Run) -> None:
        verdicts = run(waivers=(_waiver(MINIMUM, "2026-02-28"),))
        assert verdicts.exit_status == 4
        assert verdicts.waiver_notes[0].text == f"the waiver {MINIMUM!r} expired on 2026-02-28: ask team a"

    @pytest.mark.parametrize("pattern", [MINIMUM, "getThing/200/*"])
    def test_one_whose_claims_held_is_to_be_deleted(self, pattern: str, run: Run) -> None:
        verdicts = run(waivers=(_waiver(pattern),))
        assert (verdicts.exit_status, self._problems(verdicts)) == (4, ["held"])

    def test_an_optional_field_that_was_not_seen_does_not_keep_it(self, run: Run, made: Made) -> None:
        verdicts = run({"200": made(body={"id": ID}, headers=TOTAL)}, waivers=(_waiver("getThing/200/*"),))
        assert self._problems(verdicts) == ["held"]

    def test_under_strict_it_does(self, run: Run, made: Made) -> None:
        unseen = {"200": made(body={"id": ID}, headers=TOTAL)}
        verdicts = run(unseen, waivers=(_waiver("getThing/200/*"),), strict=True)
        assert self._problems(verdicts) == []

    def test_one_whose_claims_were_not_exercised_has_not_held(self, run: Run, made: Made) -> None:
        unseen = {"200": made(body={"id": ID}, headers=TOTAL)}
        assert self._problems(run(unseen, waivers=(_waiver(MINIMUM),))) == []

    def test_one_for_a_should_that_is_violated_is_of_use(self, run: Run, made: Made) -> None:
        large = {"200": made(body={"id": ID, "size": 5_000}, headers=TOTAL)}
        waiver = _waiver("getThing/200/body/properties/size/maximum")
        assert self._problems(run(large, waivers=(waiver,))) == []

    @pytest.mark.parametrize("pattern", ["getThing/418/*", "getThings/*", "getThing/200/body/properties/size"])
    def test_one_that_names_no_claim_is_wrong(self, pattern: str, run: Run) -> None:
        verdicts = run(waivers=(_waiver(pattern),))
        assert (verdicts.exit_status, self._problems(verdicts)) == (4, ["unknown"])

    @pytest.mark.parametrize(
        ("pattern", "advice"),
        [
            ("getThing/200/body/properties/size/minimun", "did you mean 'getThing/200/body/properties/size/minimum'?"),
            ("getThng/*", "did you mean 'getThing/*'?"),
            ("getThing/20/*", "did you mean 'getThing/200/*'?"),
        ],
    )
    def test_the_nearest_name_is_told(self, pattern: str, advice: str, run: Run) -> None:
        text = run(waivers=(_waiver(pattern),)).waiver_notes[0].text
        assert text == f"the waiver {pattern!r} names no claim: {advice}"

    @pytest.mark.parametrize(
        "claim", ["getThing/200/client/decodes", "getThing/client/*", "getThing/client/undocumented"]
    )
    def test_one_of_a_client_is_known_where_none_is_judged(self, claim: str, run: Run) -> None:
        verdicts = run(waivers=(_waiver(claim),))
        assert (verdicts.exit_status, self._problems(verdicts)) == (0, [])

    @pytest.mark.parametrize(("until", "problems"), [("2026-03-15", ["expiring"]), ("2026-03-16", [])])
    def test_two_weeks_ahead_of_its_end_it_is_told_and_no_fault(
        self, until: str, problems: list[str], run: Run, small: dict[str, Exchange]
    ) -> None:
        verdicts = run(small, waivers=(_waiver(MINIMUM, until),))
        assert (verdicts.exit_status, self._problems(verdicts)) == (0, problems)

    def test_it_says_when_it_ends_and_whom_to_ask(self, run: Run, small: dict[str, Exchange]) -> None:
        note = run(small, waivers=(_waiver(MINIMUM, "2026-03-10"),)).waiver_notes[0]
        assert note.text == f"the waiver {MINIMUM!r} expires on 2026-03-10: ask team a"

    def test_it_comes_before_an_incomplete_run(self, run: Run) -> None:
        assert run({"404": None}, waivers=(_waiver(MINIMUM, "2026-02-28"),)).exit_status == 4

    def test_each_is_told(self, run: Run) -> None:
        verdicts = run(waivers=(_waiver("none/*"), _waiver(MINIMUM), _waiver(MINIMUM, "2026-01-01")))
        assert self._problems(verdicts) == ["unknown", "held", "expired"]
