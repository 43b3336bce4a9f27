"""The client's claims stand beside the server's, and change the exit status only where they gate."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from rich.console import Console

from assay import judge, report, shapes
from assay.claims import Ledger
from assay.client import Client, subject
from assay.judge.verdicts import ClientVerdicts, Verdicts
from assay.recording import Exclusion, PlannedStep, Recording, RunHeader, Waiver
from assay.recording.exchange import Exchange
from assay.report import terminal
from assay.report.results import results

Made = Callable[..., Exchange]
Judged = Callable[..., Verdicts]

ERROR = {"error": "no_luck", "message": "Not today."}
UNDOCUMENTED = "getJob/client/undocumented"
STATUSES = ("200", "400", "401", "402", "403", "404", "409", "422", "429", "451", "500", "502", "503")

NOWHERE = Recording(RunHeader({}, {}, 0, "", {}), (), "", complete=True, interrupted=False)
"""What these reports show of a recording: nothing."""


@pytest.fixture(scope="module")
def judged(ledger: Ledger, jobs: Client, exchange: Made, recorded: Callable[..., Recording]) -> Judged:
    """The verdicts on a run that brought about one good error, and one status that is foreseen by nobody."""

    def make(gates: bool | None, header: RunHeader | None = None, **changes: Any) -> Verdicts:
        made = recorded(
            exchange(404, ERROR, id=1), exchange(418, ERROR, id=2), **({"header": header} if header else {})
        )
        made = evolve(made, header=evolve(made.header, **changes))
        return judge.judge(ledger, made, played(gates, jobs, ledger, made))

    return make


@pytest.fixture(scope="module")
def conformant(exchange: Made, recorded: Callable[..., Recording]) -> Recording:
    """All is well on the side of the server, which is a mock with one response."""
    steps = (PlannedStep("getJob 404", "getJob", "404", "derived", controlled=False),)
    excluded = tuple(Exclusion(f"getJob {status}", "not here", "us") for status in STATUSES if status != "404")
    made = recorded(exchange(404, ERROR, step="getJob 404", due="404"))
    return evolve(made, header=evolve(made.header, steps=steps, excluded=excluded, mock=True))


class TestTheClaims:
    def test_two_a_response_and_one_an_operation(self, judged: Judged) -> None:
        client = judged(gates=False).client
        assert client is not None
        assert [each.claim.id for each in client.claims] == [
            *(f"getJob/{status}/client/{what}" for status in STATUSES for what in ("decodes", "round-trip")),
            UNDOCUMENTED,
        ]

    def test_they_are_not_in_the_ledger(self, judged: Judged, ledger: Ledger) -> None:
        assert not [each for each in ledger.claims.values() if each.source == "client"]
        assert len(judged(gates=True).claims) == len(ledger.claims)

    def test_they_say_where_they_stand(self, judged: Judged, ledger: Ledger) -> None:
        client = judged(gates=False).client
        assert client is not None
        for each in client.claims:
            assert (each.claim.kind, each.claim.source) == ("client", "client")
            assert "openapi.yaml:" in ledger.contract.where(each.claim.pointer)

    def test_without_a_client_there_are_none(self, judged: Judged) -> None:
        assert judged(gates=None).client is None


class TestGating:
    def test_off_nothing_changes(self, judged: Judged) -> None:
        without, beside = judged(gates=None), judged(gates=False)
        assert evolve(beside, client=None) == without

    def test_off_not_even_under_strict(self, judged: Judged) -> None:
        without, beside = judged(gates=None, strict=True), judged(gates=False, strict=True)
        assert evolve(beside, client=None) == without

    @pytest.mark.parametrize(("gates", "status"), [(None, 0), (False, 0), (True, 1)])
    def test_on_it_alone_can_fail_a_run(
        self, gates: bool | None, status: int, conformant: Recording, ledger: Ledger, jobs: Client, exchange: Made
    ) -> None:
        assert judge.judge(ledger, conformant, played(gates, jobs, ledger, conformant)).exit_status == 0
        elsewhere = evolve(conformant, exchanges=(*conformant.exchanges, exchange(502, b"", id=2, role="explore")))
        found = played(gates, jobs, ledger, elsewhere)
        assert judge.judge(ledger, conformant, found).exit_status == status

    def test_on_what_is_violated_counts(self, judged: Judged) -> None:
        client = judged(gates=True).client
        assert client is not None
        assert [each.claim.id for each in client.claims if each.verdict == "violated"] == [UNDOCUMENTED]

    def test_on_what_was_not_exercised_does_not(self, judged: Judged) -> None:
        assert not [reason for reason in judged(gates=True, strict=True).incomplete if "/client/" in reason]

    def test_no_row_of_the_servers_changes(self, judged: Judged) -> None:
        assert judged(gates=True).responses == judged(gates=None).responses

    def test_a_waiver_covers_it_where_it_gates(self, judged: Judged) -> None:
        waivers = (Waiver(UNDOCUMENTED, "known", "us", "2999-01-01"),)
        on = judged(gates=True, waivers=waivers)
        assert on.client is not None
        assert on.client.counts["waived"] == 1
        assert not on.waiver_notes

    def test_levels_of_a_target_are_about_the_server(self, judged: Judged) -> None:
        changed = judged(gates=False, levels={"client": "must", "getJob/*": "must"})
        assert changed.client is not None
        assert {each.claim.level for each in changed.client.claims} == {"should"}


class TestReports:
    @pytest.mark.parametrize("gates", [True, False, None])
    def test_results_are_of_their_schema(self, gates: bool | None, judged: Judged) -> None:
        shapes.validator("results").validate(results(judged(gates), NOWHERE))

    def test_the_client_has_a_row_of_its_own(self, judged: Judged, ledger: Ledger) -> None:
        made = results(judged(gates=False), NOWHERE)
        assert made["client"] == {
            "package": "jobs_as_subject", "gates": False, "claims": 27, "held": 2, "violated": 1,
            "not_exercised": 24, "inconclusive": 0, "waived": 0, "not_applicable": 0,
        }  # fmt: skip
        assert made["summary"]["claims"] == len(ledger.claims)
        assert len(made["claims"]) == len(ledger.claims) + 27

    def test_what_it_gets_wrong_is_among_the_failures(self, judged: Judged) -> None:
        told = [each for each in results(judged(gates=False), NOWHERE)["failures"] if each["claim"] == UNDOCUMENTED]
        assert [(each["got"], each["exchange"]) for each in told] == [("418 application/json gave None", 2)]

    def test_the_terminal_has_the_row(self, judged: Judged) -> None:
        text = shown(judged(gates=False))
        assert "client jobs_as_subject: 2 held, 1 violated, 24 not-exercised; it does not gate\n" in text
        assert "the client, not gating without --client-gates:\n  418 application/json gave None" in text

    def test_the_terminal_shows_it_with_the_rest_where_it_gates(self, judged: Judged) -> None:
        text = shown(judged(gates=True))
        assert "client jobs_as_subject: 2 held, 1 violated, 24 not-exercised\n" in text
        assert "not gating without --client-gates" not in text
        assert f"claims: {UNDOCUMENTED}" in text

    def test_the_terminal_is_silent_without_a_client(self, judged: Judged) -> None:
        assert "client" not in shown(judged(gates=None))

    @pytest.mark.parametrize(("gates", "element"), [(True, "<failure"), (False, "<skipped")])
    def test_junit_is_red_only_where_it_gates(self, gates: bool, element: str, judged: Judged, tmp_path: Path) -> None:
        report.write(judged(gates), NOWHERE, tmp_path)
        case = (tmp_path / "junit.xml").read_text().partition(f'name="{UNDOCUMENTED}"')[2].partition("</testcase>")[0]
        assert element in case
        assert json.loads((tmp_path / "results.json").read_bytes())["client"]["gates"] is gates


def played(gates: bool | None, shipped: Client, ledger: Ledger, recording: Recording) -> ClientVerdicts | None:
    return None if gates is None else subject.verdicts(shipped, ledger, recording, gates=gates)


def shown(verdicts: Verdicts) -> str:
    file = io.StringIO()
    terminal.show(verdicts, Console(file=file, width=120), Path("report"))
    return file.getvalue()
