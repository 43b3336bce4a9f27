"""results.json: its shape, its schema, and that it is there whole or not at all."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import report, shapes
from assay.claims import Ledger
from assay.exchange import Exchange, Reply
from assay.recording import Exclusion, Waiver
from assay.report.results import results
from assay.verdicts import ClaimVerdict, ResponseVerdict, Verdicts, WaiverNote

Judged = Callable[..., Verdicts]
Broken = Callable[..., ClaimVerdict]

ID = "getThing/200/body/properties/id/format"


@pytest.fixture
def eventful(judged: Judged, broken: Broken, ledger: Ledger) -> Verdicts:
    """Verdicts with at least one of everything."""
    waiver = Waiver("getThing/404/*", "known", "team", "2026-01-31")
    return judged(
        broken(ID),
        ClaimVerdict(ledger.claims["getThing/502/status"], "not-exercised", reason="nobody declared its state"),
        ResponseVerdict("getThing", "200", "violated", "natural", 3, reason="a claim is violated"),
        ResponseVerdict("getThing", "502", "not-exercised", None, 0, "no state", '[states."getThing 502"]\nburst = 3'),
        header={"excluded": (Exclusion("getThing 404", "never", "team"),), "waivers": (waiver,)},
        waiver_notes=(WaiverNote(waiver, "expired", "it ended on 2026-01-31"),),
        excluded_but_seen=("getThing/404/status",),
        incomplete=("getThing 502 was not seen",),
        exit_status=1,
    )


def test_it_is_of_its_schema(eventful: Verdicts) -> None:
    shapes.validator("results").validate(results(eventful))


def test_a_run_without_events_is_of_its_schema(judged: Judged) -> None:
    shapes.validator("results").validate(results(judged()))


def objects(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The place of every object in a JSON value."""
    if isinstance(value, dict):
        return [at, *(place for key, member in value.items() for place in objects(member, (*at, key)))]
    if isinstance(value, list):
        return [place for index, item in enumerate(value) for place in objects(item, (*at, index))]
    return []


def found(value: Any, at: tuple[str | int, ...]) -> Any:
    for token in at:
        value = value[token]
    return value


def test_no_object_may_hold_more(eventful: Verdicts) -> None:
    made = results(eventful)
    for at in objects(made):
        changed = copy.deepcopy(made)
        found(changed, at)["more"] = None
        assert not shapes.validator("results").is_valid(changed), at


def test_no_object_may_hold_less(eventful: Verdicts) -> None:
    made = results(eventful)
    for at in objects(made):
        for key in found(made, at) if at != ("versions",) else ():
            changed = copy.deepcopy(made)
            del found(changed, at)[key]
            assert not shapes.validator("results").is_valid(changed), (at, key)


def test_no_member_may_be_of_another_type(eventful: Verdicts) -> None:
    made = results(eventful)
    for at in objects(made):
        for key in found(made, at):
            changed = copy.deepcopy(made)
            found(changed, at)[key] = 1.5
            assert not shapes.validator("results").is_valid(changed), (at, key)


def test_the_summary_counts_the_claims(eventful: Verdicts) -> None:
    made = results(eventful)
    assert made["summary"]["claims"] == len(made["claims"])
    assert (made["summary"]["violated"], made["summary"]["not_exercised"]) == (1, 1)
    assert sum(made["summary"].values()) == 2 * len(made["claims"])


def test_there_is_a_row_for_each_documented_response(eventful: Verdicts) -> None:
    rows = [(row["operation"], row["status"]) for row in results(eventful)["responses"]]
    assert rows == [("getThing", "200"), ("getThing", "404"), ("getThing", "502"), ("createThing", "201")]


def test_what_to_supply_is_said_line_by_line(eventful: Verdicts) -> None:
    assert results(eventful)["responses"][2]["todo"] == '[states."getThing 502"]\nburst = 3'


def test_a_failure_says_what_came_and_how_to_see_it_again(eventful: Verdicts) -> None:
    assert results(eventful)["failures"] == [
        {
            "claim": ID,
            "message": 'expected a uuid, got "x"',
            "expected": "a uuid",
            "got": '"x"',
            "at": "/id",
            "exchange": 7,
            "request_id": "req-42",
            "curl": "curl -sS -i --url 'https://things.example/things/1'",
        }
    ]


def test_a_claim_says_where_it_stands(eventful: Verdicts) -> None:
    [claim] = [each for each in results(eventful)["claims"] if each["id"] == ID]
    assert claim["where"].partition("openapi.yaml:")[2].isdecimal()
    assert claim["pointer"] == "/components/schemas/Thing/properties/id/format"


def test_the_build_is_the_one_that_the_judge_gives(judged: Judged) -> None:
    assert results(judged(build="from-a-header"))["target"]["build"] == "from-a-header"


def test_a_target_that_assay_started_says_so(judged: Judged) -> None:
    assert results(judged(header={"target": {"name": "x", "served": "true"}}))["target"]["served"] is True


class TestWrite:
    def test_both_files_come_into_a_new_folder(self, eventful: Verdicts, tmp_path: Path) -> None:
        report.write(eventful, tmp_path / "a" / "b")
        assert sorted(each.name for each in (tmp_path / "a" / "b").iterdir()) == ["junit.xml", "results.json"]

    def test_the_file_is_what_results_gives(self, eventful: Verdicts, tmp_path: Path) -> None:
        report.write(eventful, tmp_path)
        assert json.loads((tmp_path / "results.json").read_bytes()) == results(eventful)

    def test_an_earlier_report_is_replaced(self, eventful: Verdicts, judged: Judged, tmp_path: Path) -> None:
        report.write(eventful, tmp_path)
        report.write(judged(), tmp_path)
        assert json.loads((tmp_path / "results.json").read_bytes())["exit_status"] == 0

    def test_a_write_that_fails_leaves_the_earlier_file_and_nothing_else(
        self, eventful: Verdicts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report.write(eventful, tmp_path)
        before = (tmp_path / "results.json").read_bytes()

        def full(path: Path, content: bytes) -> int:
            path.touch()
            raise OSError(28, f"No space left on device for {len(content)} bytes")

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space left"):
            report.write(eventful, tmp_path)
        assert (tmp_path / "results.json").read_bytes() == before
        assert len(list(tmp_path.iterdir())) == 2

    def test_text_that_is_no_unicode_is_written_all_the_same(
        self, judged: Judged, broken: Broken, exchange: Callable[..., Exchange], tmp_path: Path
    ) -> None:
        odd = exchange(url="https://things.example/\udcff", reply=Reply(200, (("X-Request-Id", "\udcff"),), b""))
        report.write(judged(broken(ID, odd, got="\ud800"), exit_status=1), tmp_path)
        [failure] = json.loads((tmp_path / "results.json").read_bytes())["failures"]
        assert (failure["got"], failure["request_id"]) == ("\\ud800", "\\udcff")
