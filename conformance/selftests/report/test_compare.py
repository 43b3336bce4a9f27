"""Two results compared: what became of each claim, what of it counts, and how it is told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from markdown_it import MarkdownIt

from assay.claims import Ledger
from assay.compare import Comparison, compare
from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdict, Verdicts
from assay.recording import Recording, Waiver
from assay.recording.exchange import Exchange
from assay.report import comparison as told
from assay.report import wording
from assay.report.results import results
from assay.result_file import Result

Judged = Callable[..., Verdicts]
Compared = Callable[..., Comparison]
Made = Callable[..., Result]

MUST = "getThing/200/body/properties/id/format"
SHOULD = "getThing/200/body/properties/size/maximum"
STATUS = "getThing/502/status"


@pytest.fixture
def made(judged: Judged, recorded: Recording, ledger: Ledger) -> Made:
    """Results in which all is held, but for these claims; `changes` are those of `judged`."""

    def make(verdicts: dict[str, Verdict] | None = None, *rows: ResponseVerdict, **changes: Any) -> Result:
        claims = [
            ClaimVerdict(ledger.claims[key], verdict, 2, "natural", reason=f"why it is {verdict}")
            for key, verdict in (verdicts or {}).items()
        ]
        return Result(Path("results.json"), results(judged(*claims, *rows, **changes), recorded))

    return make


@pytest.mark.parametrize("claim", [MUST, SHOULD, STATUS])
@pytest.mark.parametrize(
    ("was", "now", "became"),
    [
        ("held", "violated", "newly violated"),
        ("waived", "violated", "newly violated"),
        ("not-applicable", "violated", "newly violated"),
        ("held", "waived", "newly waived"),
        ("violated", "waived", "newly waived"),
        ("not-exercised", "held", "newly held"),
        ("violated", "held", "newly held"),
        ("waived", "held", "newly held"),
        ("held", "not-exercised", "no longer exercised"),
        ("violated", "inconclusive", "no longer exercised"),
        ("held", "not-applicable", "no longer exercised"),
        ("not-exercised", "inconclusive", None),
        ("violated", "violated", None),
        ("held", "held", None),
    ],
)
def test_what_becomes_of_a_claim(claim: str, was: Verdict, now: Verdict, became: str | None, made: Made) -> None:
    found = compare(made({claim: was}), made({claim: now}))
    assert [(each.claim.id, each.became, each.was, each.now) for each in found.claims] == (
        [(claim, became, was, now)] if became else []
    )


class TestAWaiverThatIsGone:
    """What was waived may have been exercised, or not: only then is something lost."""

    @pytest.mark.parametrize(
        ("exercised", "grade", "became", "status"),
        [(2, "natural", "no longer exercised", 3), (0, None, "no longer waived", 0)],
    )
    def test_only_what_was_exercised_is_no_longer(
        self, exercised: int, grade: Any, became: str, status: int, made: Made, judged: Judged, ledger: Ledger,
        recorded: Recording,
    ) -> None:  # fmt: skip
        waived = ClaimVerdict(ledger.claims[STATUS], "waived", exercised, grade)
        row = ResponseVerdict("getThing", "502", "waived", grade, exercised)
        old = Result(Path("results.json"), results(judged(waived, row), recorded))
        new = made({STATUS: "not-exercised"}, ResponseVerdict("getThing", "502", "not-exercised", None, 0))
        found = compare(old, new)
        assert [each.became for each in found.claims] == [each.became for each in found.responses] == [became]
        assert found.exit_status == status
        assert f"{became} (1 response, 1 claim):\n" in told.plain(found)


class TestTheExitStatus:
    @pytest.mark.parametrize(
        ("claim", "now", "status"),
        [
            (MUST, "violated", 1),
            (SHOULD, "violated", 0),
            (MUST, "waived", 4),
            (SHOULD, "waived", 0),
            (STATUS, "not-exercised", 3),
            (STATUS, "inconclusive", 3),
            (STATUS, "not-applicable", 3),
            (MUST, "not-exercised", 0),
            (MUST, "held", 0),
        ],
    )
    def test_only_what_a_run_is_judged_by_counts(self, claim: str, now: Verdict, status: int, made: Made) -> None:
        assert compare(made(), made({claim: now})).exit_status == status

    @pytest.mark.parametrize(("claim", "now", "status"), [(SHOULD, "violated", 1), (MUST, "not-exercised", 3)])
    def test_under_strict_all_of_it_does(self, claim: str, now: Verdict, status: int, made: Made) -> None:
        assert compare(made(), made({claim: now}, header={"strict": True})).exit_status == status

    def test_the_weightiest_is_taken(self, made: Made) -> None:
        assert compare(made(), made({STATUS: "not-exercised", MUST: "waived"})).exit_status == 4
        assert compare(made(), made({STATUS: "violated", MUST: "waived"})).exit_status == 1

    def test_what_was_violated_before_is_nothing_worse(self, made: Made) -> None:
        assert compare(made({MUST: "violated"}), made({MUST: "violated"})).exit_status == 0


class TestAnotherContract:
    @staticmethod
    def without(result: Result, claim: str, digest: str = "other") -> Result:
        kept = [each for each in result.data["claims"] if each["id"] != claim]
        return evolve(result, data={**result.data, "claims": kept, "spec": {**result.data["spec"], "digest": digest}})

    def test_it_is_said_and_claims_are_told_apart_by_their_ids(self, made: Made) -> None:
        found = compare(self.without(made(), MUST), self.without(made(), STATUS, "this"))
        assert not found.same_contract
        assert [(each.claim.id, each.became) for each in found.claims] == [(STATUS, "gone"), (MUST, "new")]
        assert found.exit_status == 0
        assert "not the same contract" in told.plain(found)
        assert "not the same contract" not in told.plain(compare(made(), made()))

    def test_a_new_claim_that_is_violated_is_newly_violated(self, made: Made) -> None:
        found = compare(self.without(made(), MUST), made({MUST: "violated"}))
        assert [(each.became, each.was, each.counts) for each in found.claims] == [("newly violated", None, True)]


class TestAMock:
    MOCK = {"header": {"mock": True}}  # noqa: RUF012 - changed by nobody

    def test_what_it_is_not_asked_about_is_not_lost(self, made: Made) -> None:
        found = compare(made(), made({"getThing/relations/echo/id": "not-applicable"}, **self.MOCK))
        assert (found.exit_status, found.claims, found.left_out) == (0, (), 1)
        assert "left out: 1 claim that the new run did not ask about\n" in told.plain(found)

    def test_what_the_real_server_breaks_beside_it_counts(self, made: Made) -> None:
        found = compare(made({STATUS: "held"}, **self.MOCK), made({STATUS: "violated"}))
        assert found.exit_status == 1
        assert "old: staging, a mock, asked for its answers only: conformant" in told.plain(found)

    def test_an_exclusion_is_no_question_that_was_not_asked(self, made: Made) -> None:
        found = compare(made(), made({STATUS: "not-applicable"}))
        assert (found.exit_status, found.left_out) == (3, 0)


class TestTheWords:
    def test_nothing_changed(self, made: Made) -> None:
        text = told.plain(compare(made(), made()))
        claims = len(made().data["claims"])
        side = f"staging: conformant: 4/4 responses, {claims}/{claims} claims, build abc123, document 1.2.3, "
        assert text.splitlines() == [
            f"  old: {side}2026-03-01T10:05:00Z",
            f"  new: {side}2026-03-01T10:05:00Z",
            "",
            "nothing is worse",
        ]

    def test_what_is_worse_comes_first_with_what_came(
        self, made: Made, judged: Judged, broken: Callable[..., ClaimVerdict], recorded: Recording
    ) -> None:
        new = Result(Path("results.json"), results(judged(broken(MUST), exit_status=1), recorded))
        text = told.plain(compare(made({SHOULD: "violated"}), new))
        assert text.partition("\n\n")[2].splitlines() == [
            "newly violated (1 claim):",
            "  `/id` is in the format uuid",
            f"    {MUST} (held → violated)",
            '    expected a uuid, got "x"',
            "",
            "newly held (1 claim):",
            "  A size stays below a thousand.",
            f"    {SHOULD} (violated → held)",
            "",
            "something is newly violated: 1 claim",
        ]

    def test_a_sentence_is_said_once(self, made: Made, ledger: Ledger) -> None:
        shared: dict[str, Verdict] = {
            "getThing/404/body/required/code": "violated",
            "getThing/502/body/required/code": "violated",
        }
        text = told.plain(compare(made(), made(shared)))
        sentence = ledger.claims["getThing/404/body/required/code"].sentence
        assert text.count(f"\n  {sentence}\n") == 1
        assert "    getThing/404/body/required/code, getThing/502/body/required/code (held → violated)\n" in text

    def test_a_response_stands_for_its_claims(self, made: Made, ledger: Ledger) -> None:
        unseen: dict[str, Verdict] = {
            each.id: "not-exercised" for each in ledger.claims.values() if each.id.startswith("getThing/502/")
        }
        row = ResponseVerdict("getThing", "502", "not-exercised", None, 0)
        text = told.plain(compare(made(), made(unseen, row)))
        assert f"no longer exercised (1 response, {len(unseen)} claims, of which 3 count):\n  getThing 502\n\n" in text

    def test_what_does_not_count_says_so(self, made: Made) -> None:
        assert f"{SHOULD} (held → violated, which does not count)\n" in told.plain(
            compare(made(), made({SHOULD: "violated"}))
        )

    def test_the_totals_are_those_of_the_lists(self, made: Made) -> None:
        changed: dict[str, Verdict] = {MUST: "violated", SHOULD: "violated", STATUS: "not-exercised"}
        text = told.plain(compare(made(), made(changed)))
        assert "newly violated (2 claims, of which 1 counts):\n" in text
        assert "no longer exercised (1 claim):\n" in text
        assert text.endswith("\nsomething is newly violated: 1 claim; no longer exercised: 1 claim\n")

    def test_a_waiver_without_which_it_would_not_be_conformant_is_said(
        self, made: Made, judged: Judged, recorded: Recording, ledger: Ledger
    ) -> None:
        header = {"waivers": (Waiver(MUST, "known", "team", "2026-12-31"),)}
        verdicts = judged(ClaimVerdict(ledger.claims[MUST], "waived", 2, "natural"), header=header)
        new = Result(Path("results.json"), results(verdicts, recorded))
        assert f"  new: {wording.ticket(verdicts)}, " in told.plain(compare(made(), new))
        assert "staging: conformant with 1 waiver: " in told.plain(compare(made(), new))

    def test_markdown_says_the_same(self, made: Made) -> None:
        found = compare(made(), made({MUST: "violated", STATUS: "waived"}))
        text = told.markdown(found)
        assert text.startswith("## Something is newly violated\n\n- old: staging: conformant: ")
        assert "### newly violated (1 claim)\n\n- `/id` is in the format uuid<br>" in text
        assert "### newly waived (1 claim)\n" in text

    def test_hostile_words_stay_words(
        self, made: Made, judged: Judged, broken: Callable[..., ClaimVerdict], exchange: Callable[..., Exchange],
        recorded: Recording,
    ) -> None:  # fmt: skip
        hostile = "<script>x</script> [a](http://evil.example) | `b`\n# h\x1b[2J"
        failing = broken(MUST, exchange(), expected=hostile, got=hostile)
        verdicts = judged(failing, header={"target": {"name": hostile}}, build=hostile, exit_status=1)
        found = compare(made(), Result(Path("results.json"), results(verdicts, recorded)))
        parsed = MarkdownIt("commonmark").enable("table").parse(told.markdown(found))
        kinds = {child.type for token in parsed for child in token.children or []}
        html = {child.content for token in parsed for child in token.children or [] if child.type == "html_inline"}
        assert html == {"<br>"}
        assert not {"link_open", "em_open", "strong_open"} & kinds
        assert [token.tag for token in parsed if token.type == "heading_open"] == ["h2", "h3"]
        assert "\x1b" not in told.plain(found)
