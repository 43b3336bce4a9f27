"""The gate: what it refuses, with which exit status, and that nothing but the recording is believed."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from assay import claims, contract, gate, shapes
from assay.claims import Ledger
from assay.gate import Demands, Refusal
from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts, WaiverNote
from assay.recording import Recording, Waiver
from assay.rejudging import Rejudged, rejudged
from assay.report.results import results
from assay.result_file import Result

Judged = Callable[..., Verdicts]

ID = "getThing/200/body/properties/id/format"
FINISHED = dt.datetime(2026, 3, 1, 10, 5, tzinfo=dt.UTC)
LATER = FINISHED + dt.timedelta(hours=1)


@pytest.fixture
def about(recorded: Recording, ledger: Ledger) -> Recording:
    """The recording of a run for this contract."""
    return evolve(recorded, header=evolve(recorded.header, contract={"digest": ledger.contract.digest}))


@pytest.fixture
def refused(about: Recording, judged: Judged) -> Callable[..., list[tuple[int, str]]]:
    """(exit status, why) of each refusal of these verdicts; `recording` changes the recording."""

    def make(
        *differing: Any, demands: Demands | None = None, now: dt.datetime = LATER,
        told: tuple[str, ...] = (), recording: dict[str, Any] | None = None, **changes: Any,
    ) -> list[tuple[int, str]]:  # fmt: skip
        again = Rejudged(judged(*differing, **changes), evolve(about, **(recording or {})), told)
        return [(each.status, each.what) for each in gate.refusals(again, demands or Demands(), now)]

    return make


def test_what_is_conformant_is_let_through(refused: Any) -> None:
    demands = Demands("abc123", dt.timedelta(hours=24), "provoked")
    assert refused(demands=demands) == []
    assert gate.exit_status(()) == 0


class TestTheVerdict:
    def test_a_violation(self, refused: Any, broken: Callable[..., ClaimVerdict]) -> None:
        assert refused(broken(ID), exit_status=1) == [(1, f"1 claim violated: {ID}")]

    def test_what_is_incomplete_interrupted_or_partial(self, refused: Any) -> None:
        reasons = ("the run was interrupted", "the run was partial: --select x")
        assert refused(incomplete=reasons, exit_status=3) == [(3, f"incomplete: {'; '.join(reasons)}")]

    def test_a_waiver_or_an_exclusion_that_is_wrong(self, refused: Any) -> None:
        waiver = Waiver("getThing/404/*", "known", "team", "2026-01-31")
        notes = (WaiverNote(waiver, "expired", "it expired"), WaiverNote(waiver, "expiring", "it expires"))
        found = refused(waiver_notes=notes, excluded_but_seen=("getThing/404/status",), exit_status=4)
        assert found == [(4, "it expired; getThing/404/status is excluded, but the response came")]

    def test_a_waiver_that_expired_since(self, refused: Any, ledger: Ledger) -> None:
        waived = ClaimVerdict(ledger.claims[ID], "waived", 3)
        header = {"waivers": (Waiver(ID, "known", "team", "2026-03-01"),)}
        assert refused(waived, header=header, now=FINISHED) == []
        told = refused(waived, header=header, now=FINISHED + dt.timedelta(hours=14))
        assert told == [(4, f"the waiver {ID!r} expired on 2026-03-01")]

    def test_many_are_counted(self, refused: Any, broken: Callable[..., ClaimVerdict], ledger: Ledger) -> None:
        musts = [each.id for each in ledger.claims.values() if each.level == "must"]
        [(_, what)] = refused(*map(broken, musts[:12]))
        assert what.startswith("12 claims violated: ")
        assert what.endswith(" and 2 more")

    def test_what_needs_writes_is_told_how(self, judged: Judged, about: Recording) -> None:
        todo = "run with --allow-writes against a server that may change"
        missing = ResponseVerdict("createThing", "201", "not-exercised", None, 0, "POST changes things", todo)
        again = Rejudged(judged(missing, incomplete=("x",), exit_status=3), about, ())
        told = [each.todo for each in gate.refusals(again, Demands(), LATER)]
        assert told == ["check again, all of it with --allow-writes, at a server that may change"]
        whole = Rejudged(judged(incomplete=("x",), exit_status=3), about, ())
        assert [each.todo for each in gate.refusals(whole, Demands(), LATER)] == ["check again, all of it"]

    def test_differences_are_told_one_by_one_and_not_all(self, judged: Judged, about: Recording) -> None:
        again = Rejudged(judged(), about, tuple(f"place {number}" for number in range(12)))
        [found] = gate.refusals(again, Demands(), LATER)
        assert found.what == "the recording does not bear the results out in 12 places"
        assert found.particulars == ("place 0", "place 1", "place 2", "place 3", "place 4", "and 7 more")


class TestTheBuild:
    def test_another_one(self, refused: Any) -> None:
        assert refused(demands=Demands("b2")) == [(6, "the results are about build abc123")]

    def test_none(self, refused: Any) -> None:
        assert refused(demands=Demands("b2"), recording={"builds": ()}) == [(6, "the results name no build")]
        assert refused(recording={"builds": ()}) == []

    def test_a_part_of_its_name_is_not_enough(self, refused: Any) -> None:
        assert refused(demands=Demands("abc12")) == [(6, "the results are about build abc123")]

    def test_one_of_several_is_up_to_the_verdict(self, refused: Any) -> None:
        """Which is incomplete then."""
        assert refused(demands=Demands("new"), recording={"builds": ("old", "new")}) == []


class TestTheAge:
    DAY = Demands(max_age=dt.timedelta(hours=24))

    @pytest.mark.parametrize(
        ("since", "told"),
        [
            (dt.timedelta(hours=24), ""),
            (dt.timedelta(hours=24, seconds=1), "the results are from 2026-03-01T10:05:00Z, 24 hours ago"),
            (dt.timedelta(days=9), "the results are from 2026-03-01T10:05:00Z, 9 days ago"),
            (dt.timedelta(minutes=-5), ""),
            (dt.timedelta(minutes=-6), "the results are from 2026-03-01T10:05:00Z, which is still to come"),
        ],
    )
    def test_it_counts_from_the_end_of_the_run(self, since: dt.timedelta, told: str, refused: Any) -> None:
        assert refused(demands=self.DAY, now=FINISHED + since) == ([(6, told)] if told else [])

    def test_a_clock_of_another_zone_shows_the_same_time(self, refused: Any) -> None:
        now = LATER.astimezone(dt.timezone(dt.timedelta(hours=-11)))
        assert refused(demands=Demands(max_age=dt.timedelta(minutes=60)), now=now) == []

    @pytest.mark.parametrize("finished", ["", "soon", "2026-03-01T10:05:00"])
    def test_no_time_is_never_young(self, finished: str, refused: Any) -> None:
        told = refused(demands=Demands(max_age=dt.timedelta(days=1)), finished=finished, now=LATER + dt.timedelta(3))
        assert [status for status, _ in told] == [6]


class TestTheGrade:
    @pytest.mark.parametrize(
        ("least", "refused_ones"),
        [
            ("natural", ["getThing 404 (hinted)", "getThing 502 (provoked)"]),
            ("provoked", ["getThing 404 (hinted)"]),
            ("observed", ["getThing 404 (hinted)"]),
            ("hinted", []),
        ],
    )
    def test_one_that_is_too_weak(self, least: Any, refused_ones: list[str], refused: Any) -> None:
        hinted = ResponseVerdict("getThing", "404", "held", "hinted", 1)
        found = refused(hinted, demands=Demands(min_grade=least))
        assert found == ([(3, f"weaker than {least}: {', '.join(refused_ones)}")] if refused_ones else [])

    def test_a_mock_is_not_let_through_unless_that_is_asked_for(self, refused: Any) -> None:
        hinted = [ResponseVerdict("getThing", status, "held", "hinted", 1) for status in ("200", "404", "502")]
        assert [status for status, _ in refused(*hinted, header={"mock": True})] == [3]


class TestTheWeightiest:
    @pytest.mark.parametrize(("asked", "status"), [([3], 3), ([3, 4], 4), ([4, 1, 3], 1), ([3, 6, 1, 4], 6), ([], 0)])
    def test_it_is_the_exit_status(self, asked: list[Any], status: int) -> None:
        assert gate.exit_status(tuple(Refusal(each, "", "") for each in asked)) == status


class TestWhetherItIsAboutThis:
    @pytest.fixture
    def of(self, about: Recording, judged: Judged) -> Callable[..., Result]:
        return lambda **changes: Result(Path("results.json"), {**results(judged(), about), **changes})

    def test_it_is(self, of: Any, ledger: Ledger, about: Recording) -> None:
        assert gate.foreign(of(), ledger, about) == ()

    def test_another_recording(self, of: Any, ledger: Ledger, about: Recording) -> None:
        [found] = gate.foreign(of(), ledger, evolve(about, digest="other"))
        assert (found.status, found.what) == (6, "recording.jsonl is not the recording that the results are about")

    def test_a_weakened_overlay(self, of: Any, ledger: Ledger, about: Recording, tmp_path: Path) -> None:
        source, [overlay] = ledger.contract.source, ledger.contract.overlays
        weak = tmp_path / "weak.yaml"
        weak.write_text(overlay.text.replace("maximum: 999", "maximum: 9999"))
        other = claims.ledger(contract.load(source.path, [weak]))
        [found] = gate.foreign(of(), other, about)
        assert found.status == 6
        assert found.what == f"the results are about another contract: {', '.join(sorted([overlay.shown, str(weak)]))}"

    def test_a_comment_makes_no_other_contract(self, of: Any, ledger: Ledger, about: Recording, tmp_path: Path) -> None:
        source, [overlay] = ledger.contract.source, ledger.contract.overlays
        (tmp_path / "same.yaml").write_text(f"# the same\n{overlay.text}")
        assert gate.foreign(of(), claims.ledger(contract.load(source.path, [tmp_path / "same.yaml"])), about) == ()

    def test_requests_that_were_planned_for_another_contract(
        self, of: Any, ledger: Ledger, recorded: Recording
    ) -> None:
        [found] = gate.foreign(of(), ledger, recorded)
        assert (found.status, found.what) == (6, "its requests were planned for another contract")


class TestJudgedAgain:
    """Whatever of the results the recording does not bear out is noticed, but for words and paths."""

    @pytest.fixture
    def honest(self, ledger: Ledger, about: Recording) -> Result:
        first = rejudged(Result(Path("results.json"), {"strict": False, "client": None, **EMPTY}), ledger, about)
        return Result(Path("results.json"), results(first.verdicts, about))

    def test_honest_results_are_borne_out(self, honest: Result, ledger: Ledger, about: Recording) -> None:
        shapes.validator("results").validate(honest.data)
        assert rejudged(honest, ledger, about).differing == ()

    def test_any_other_member_is_noticed(self, honest: Result, ledger: Ledger, about: Recording) -> None:
        changed = 0
        for at in leaves(honest.data):
            if at[0] in ("versions", "client") or {"where", "file", "sentence", "reason", "todo"} & set(at):
                continue
            # bytes of files, beside the contract's own digest
            if at[:2] == ("spec", "files"):
                continue
            if at[0] in ("incomplete", "notes") or (at[0] == "failures" and at[-1] not in ("claim", "exchange")):
                continue
            told = rejudged(evolve(honest, data=replaced(honest.data, at)), ledger, about).differing
            assert told, at
            changed += 1
        assert changed > 100

    def test_a_claim_that_is_left_out_or_made_up_is_noticed(
        self, honest: Result, ledger: Ledger, about: Recording
    ) -> None:
        kept = [each for each in honest.data["claims"] if each["id"] != ID]
        fewer = evolve(honest, data={**honest.data, "claims": kept})
        assert rejudged(fewer, ledger, about).differing[0].startswith(f"claims, {ID}: the results say nothing")
        more = evolve(honest, data={**honest.data, "claims": [*honest.data["claims"], {**kept[0], "id": "x"}]})
        [told] = rejudged(more, ledger, about).differing
        assert told.startswith("claims, x: the results say {")
        assert told.endswith("the recording shows nothing")

    def test_a_comment_in_an_overlay_since_is_no_difference(
        self, honest: Result, ledger: Ledger, about: Recording, tmp_path: Path
    ) -> None:
        source, [overlay] = ledger.contract.source, ledger.contract.overlays
        (tmp_path / "same.yaml").write_text(f"# the same\n{overlay.text}")
        commented = claims.ledger(contract.load(source.path, [tmp_path / "same.yaml"]))
        assert rejudged(honest, commented, about).differing == ()

    def test_what_is_long_is_cut_and_says_so(self, honest: Result, ledger: Ledger, about: Recording) -> None:
        long = evolve(honest, data={**honest.data, "left": ["a thing that is left"] * 20})
        [told] = rejudged(long, ledger, about).differing
        assert told.startswith('left: the results say ["a thing that is left", ')
        assert "…, the recording shows []" in told

    def test_stricter_results_stay_strict(self, honest: Result, ledger: Ledger, about: Recording) -> None:
        strict = evolve(honest, data={**honest.data, "strict": True})
        assert rejudged(strict, ledger, about).verdicts.header.strict

    def test_results_cannot_be_laxer_than_the_run(self, honest: Result, ledger: Ledger, about: Recording) -> None:
        strict = evolve(about, header=evolve(about.header, strict=True))
        told = rejudged(honest, ledger, strict).differing
        assert "strict: the results say false, the recording shows true" in told


EMPTY: dict[str, Any] = {"claims": [], "responses": [], "failures": []}


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*at, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*at, index))
    else:
        yield at


def replaced(value: Any, at: tuple[Any, ...]) -> Any:
    """The same with another value at that place."""
    if not at:
        return not value if isinstance(value, bool) else f"not {value}"
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = replaced(value[at[0]], at[1:])
    return copy
