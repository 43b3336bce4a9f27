"""The exit status of a run: 1 before 4 before 3, and 0 only where nothing is left open."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from assay.claims import Ledger
from assay.judge import judge
from assay.judge.summary import summed_up
from assay.judge.verdicts import ClaimVerdict, ClientVerdicts, Verdicts
from assay.recording import Exclusion, Recording, Waiver
from assay.recording.exchange import Exchange

Made = Callable[..., Exchange]
Run = Callable[..., Verdicts]

ID = "a1000000-0000-4000-8000-0000000000cc"
TOTAL = (("X-Total", "7"),)
SIZE = "getThing/200/body/properties/size"
FORMAT = "getThing/200/body/properties/id/format"
OLD = Waiver("getThing/404/*", "known", "team a", "2026-02-28")


def _excluded(status: str) -> tuple[Exclusion, ...]:
    return (Exclusion(f"getThing {status}", "cannot come", "team a"),)


class TestConformant:
    def test_a_whole_run_in_which_all_is_held(self, run: Run) -> None:
        verdicts = run()
        assert (verdicts.exit_status, verdicts.incomplete, verdicts.failures) == (0, (), ())

    def test_each_response_has_a_row(self, run: Run) -> None:
        rows = {each.status: (each.verdict, each.grade, each.exchanges) for each in run().responses}
        assert rows == dict.fromkeys(("200", "404", "409", "429", "500"), ("held", "natural", 1))

    def test_a_keyword_below_an_optional_property_may_be_left_unseen(self, run: Run, made: Made) -> None:
        verdicts = run({"200": made(body={"id": ID}, headers=TOTAL)})
        assert verdicts.of(f"{SIZE}/minimum").verdict == "not-exercised"
        assert verdicts.exit_status == 0

    def test_a_violated_should_is_told_and_passes(self, run: Run, made: Made) -> None:
        verdicts = run({"200": made(body={"id": ID, "size": 5_000}, headers=TOTAL)})
        assert verdicts.of(f"{SIZE}/maximum").verdict == "violated"
        assert verdicts.exit_status == 0
        assert next(each.verdict for each in verdicts.responses if each.status == "200") == "held"


class TestViolated:
    def test_a_must(self, run: Run, made: Made) -> None:
        verdicts = run({"200": made(body={"id": ID, "size": 0}, headers=TOTAL)})
        assert verdicts.exit_status == 1
        assert next(each.verdict for each in verdicts.responses if each.status == "200") == "violated"

    def test_a_should_under_strict(self, run: Run, made: Made) -> None:
        assert run({"200": made(body={"id": ID, "size": 5_000}, headers=TOTAL)}, strict=True).exit_status == 1

    @pytest.mark.parametrize(
        "also",
        [
            {"waivers": (OLD,)},
            {"excluded": _excluded("409")},
            {"partial": "--select x"},
            {"interrupted": True},
            {"complete": False},
        ],
    )
    def test_it_comes_before_all_else(self, also: dict[str, Any], run: Run, made: Made) -> None:
        assert run({"200": made(body={"id": 5}, headers=TOTAL)}, **also).exit_status == 1


class TestIncomplete:
    @pytest.mark.parametrize("status", ["200", "404", "409"])
    def test_a_response_that_was_never_seen(self, status: str, run: Run) -> None:
        verdicts = run({status: None})
        assert verdicts.exit_status == 3
        assert any(each.startswith(f"getThing/{status}/status is not-exercised: ") for each in verdicts.incomplete)
        assert next(each.verdict for each in verdicts.responses if each.status == status) == "not-exercised"

    def test_one_that_is_inconclusive(self, run: Run, made: Made) -> None:
        verdicts = run({"404": made(None, due="404")})
        assert verdicts.exit_status == 3
        assert "getThing/404/status is inconclusive: connection reset" in verdicts.incomplete

    @pytest.mark.parametrize(
        ("also", "reason"),
        [
            ({"interrupted": True}, "the run was interrupted"),
            (
                {"builds": ("b1", "b2")},
                "more than one build answered: b1 and b2; check again once all instances are of one build",
            ),
            ({"complete": False}, "the recording ends without its footer: the run crashed, or the file was cut"),
            ({"partial": "--select 'getThing 4*'"}, "the run was partial: --select 'getThing 4*'"),
        ],
    )
    def test_a_run_that_is_not_whole(self, also: dict[str, Any], reason: str, run: Run) -> None:
        verdicts = run(**also)
        assert (verdicts.exit_status, verdicts.incomplete) == (3, (reason,))

    @pytest.mark.parametrize("also", [{"interrupted": True}, {"complete": False}])
    def test_one_that_did_not_end_in_order_says_so(self, also: dict[str, Any], run: Run) -> None:
        assert run(**also).interrupted
        assert not run().interrupted

    def test_everything_has_to_be_exercised_under_strict(self, run: Run, made: Made) -> None:
        verdicts = run({"200": made(body={"id": ID}, headers=TOTAL)}, strict=True)
        assert verdicts.exit_status == 3
        assert any(each.startswith(f"{SIZE}/minimum is not-exercised") for each in verdicts.incomplete)

    def test_a_relation_has_to_be_exercised(self, lives: Ledger, recorded: Callable[..., Recording]) -> None:
        assert any("relations/kept/result is" in each for each in judge(lives, recorded()).incomplete)

    def test_nothing_is_to_be_supplied_for_what_was_not_sent(self, run: Run) -> None:
        row = next(each for each in run({"404": None}).responses if each.status == "404")
        assert (row.reason, row.todo) == ("the run ended before its request was sent", "")

    def test_it_says_no_more_where_the_target_has_a_word_for_it(self, run: Run, made: Made) -> None:
        rows = run({"404": made(None, due="404")}).responses
        assert next(each.todo for each in rows if each.status == "404") == ""


class TestNothingExercised:
    def test_an_empty_recording_is_never_conformant(self, run: Run) -> None:
        verdicts = run(dict.fromkeys(("200", "404", "409", "429", "500")))
        assert verdicts.exit_status == 3
        assert "nothing at all was exercised" in verdicts.incomplete

    def test_nor_is_one_in_which_all_is_excluded(self, run: Run) -> None:
        every = ("200", "404", "409", "429", "500")
        verdicts = run(dict.fromkeys(every), excluded=tuple(each for status in every for each in _excluded(status)))
        assert verdicts.exit_status == 3

    def test_nor_is_a_mock_without_an_answer(self, run: Run) -> None:
        assert run(dict.fromkeys(("200", "404", "409", "429", "500")), mock=True).exit_status == 3

    def test_nor_is_a_document_without_operations(
        self, ledger_of: Callable[[str], Ledger], recorded: Callable[..., Recording]
    ) -> None:
        empty = ledger_of("openapi: 3.1.0\ninfo: {title: None, version: 1.0.0}\npaths: {}\n")
        assert judge(empty, recorded()).exit_status == 3


class TestExcluded:
    def test_one_that_is_not_seen_is_not_applicable(self, run: Run) -> None:
        verdicts = run({"404": None}, excluded=_excluded("404"))
        assert verdicts.exit_status == 0
        assert {each.verdict for each in verdicts.claims if each.claim.response == "404"} == {"not-applicable"}
        assert next(each.verdict for each in verdicts.responses if each.status == "404") == "not-applicable"

    @pytest.mark.parametrize("status", [404, 409])
    @pytest.mark.parametrize("role", ["state", "poll", "control", "explore"])
    def test_one_that_is_seen_after_all(self, status: int, role: str, run: Run, made: Made) -> None:
        came = made(status, {"code": "e"}, due="", role=role, step="x")
        verdicts = run({str(status): None}, (came,), excluded=_excluded(str(status)))
        assert verdicts.exit_status == 4
        assert verdicts.excluded_but_seen == (f"getThing/{status}/status",)

    def test_while_shrinking_nothing_is_seen(self, run: Run, made: Made) -> None:
        came = made(404, {"code": "e"}, due="", role="shrink", step="x")
        assert run({"404": None}, (came,), excluded=_excluded("404")).exit_status == 0

    def test_what_is_wrong_with_it_does_not_count(self, run: Run, made: Made) -> None:
        came = made(404, {}, due="", role="explore", step="x")
        assert run({"404": None}, (came,), excluded=_excluded("404")).exit_status == 4

    def test_it_comes_before_an_incomplete_run(self, run: Run, made: Made) -> None:
        assert run({"404": None}, (made(409, role="explore", step="x"),), excluded=_excluded("409")).exit_status == 4


class TestLevels:
    SERVER_ERROR = "getThing/any/server-error"

    @pytest.mark.parametrize("pattern", ["http", "getThing/any/server-error", "*/server-error"])
    def test_a_target_may_soften_a_rule_that_the_document_does_not_state(
        self, pattern: str, run: Run, made: Made
    ) -> None:
        more = (made(500, {"code": "e"}, due="", role="explore", step="x"),)
        assert run(more=more).exit_status == 1
        verdicts = run(more=more, levels={pattern: "should"})
        assert verdicts.of(self.SERVER_ERROR).claim.level == "should"
        assert verdicts.exit_status == 0

    @pytest.mark.parametrize("pattern", ["schema", "overlay", "*", f"{SIZE}/*", f"{SIZE}/minimum"])
    def test_it_may_not_soften_what_the_document_promises(self, pattern: str, run: Run, made: Made) -> None:
        broken = made(body={"id": ID, "size": 0}, headers=TOTAL)
        assert run({"200": broken}, levels={pattern: "should"}).exit_status == 1

    def test_another_rule_keeps_its_level(self, run: Run) -> None:
        assert run(levels={"security": "should"}).of(self.SERVER_ERROR).claim.level == "must"


class TestMocks:
    def test_they_are_complete_without_behaviour(self, run: Run) -> None:
        assert run(mock=True).exit_status == 0


class TestClient:
    def _summed(
        self, gates: bool, verdict: str, things: Ledger, whole: Callable[..., dict[str, Any]],
        recorded: Callable[..., Recording], **header: Any,
    ) -> Verdicts:  # fmt: skip
        made = whole()
        recording = recorded(*made["exchanges"].values(), steps=made["steps"], **header)
        claim = evolve(things.claims[FORMAT], id="client/getThing/200", source="client", kind="client")
        found: Any = verdict
        client = ClientVerdicts("things_client", gates, (ClaimVerdict(claim, found, exercised=1),))
        return summed_up(things, recording, judge(things, recording).claims, client)

    @pytest.mark.parametrize(("gates", "status"), [(True, 1), (False, 0)])
    def test_one_that_fails_counts_where_it_gates(
        self,
        gates: bool,
        status: int,
        things: Ledger,
        whole: Callable[..., dict[str, Any]],
        recorded: Callable[..., Recording],
    ) -> None:
        assert self._summed(gates, "violated", things, whole, recorded).exit_status == status

    def test_one_that_was_not_asked_leaves_nothing_open(
        self, things: Ledger, whole: Callable[..., dict[str, Any]], recorded: Callable[..., Recording]
    ) -> None:
        assert self._summed(True, "not-exercised", things, whole, recorded).exit_status == 0

    def test_a_waiver_covers_it(
        self, things: Ledger, whole: Callable[..., dict[str, Any]], recorded: Callable[..., Recording]
    ) -> None:
        waiver = Waiver("client/*", "known", "team a", "2026-12-31")
        verdicts = self._summed(True, "violated", things, whole, recorded, waivers=(waiver,))
        assert verdicts.exit_status == 0
        assert verdicts.client is not None
        assert verdicts.client.claims[0].verdict == "waived"


def test_the_judgement_is_the_same_each_time(run: Run) -> None:
    assert run() == run()
