"""results.json: its shape, its schema, and that it is there whole or not at all."""

import copy
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from assay import report, shapes
from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts, WaiverNote
from assay.recording import Exclusion, Recording, Waiver
from assay.recording.exchange import Exchange, Reply
from assay.report.faces import FACES
from assay.report.results import results

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
        header={
            "excluded": (Exclusion("getThing 404", "never", "team"),),
            "waivers": (waiver,),
            "levels": {"http": "should"},
        },
        waiver_notes=(WaiverNote(waiver, "expired", "it ended on 2026-01-31"),),
        excluded_but_seen=("getThing/404/status",),
        incomplete=("getThing 502 was not seen",),
        exit_status=1,
    )


def test_it_is_of_its_schema(eventful: Verdicts, recorded: Recording) -> None:
    shapes.validator("results").validate(results(eventful, recorded))


def test_a_run_without_events_is_of_its_schema(judged: Judged, recorded: Recording) -> None:
    shapes.validator("results").validate(results(judged(), recorded))


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


def test_no_object_may_hold_more(eventful: Verdicts, recorded: Recording) -> None:
    made = results(eventful, recorded)
    for at in objects(made):
        changed = copy.deepcopy(made)
        found(changed, at)["more"] = None
        assert not shapes.validator("results").is_valid(changed), at


def test_no_object_may_hold_less(eventful: Verdicts, recorded: Recording) -> None:
    made = results(eventful, recorded)
    for at in objects(made):
        for key in found(made, at) if at not in [("versions",), ("levels",)] else ():
            changed = copy.deepcopy(made)
            del found(changed, at)[key]
            assert not shapes.validator("results").is_valid(changed), (at, key)


def test_no_member_may_be_of_another_type(eventful: Verdicts, recorded: Recording) -> None:
    made = results(eventful, recorded)
    for at in objects(made):
        for key in found(made, at):
            changed = copy.deepcopy(made)
            found(changed, at)[key] = 1.5
            assert not shapes.validator("results").is_valid(changed), (at, key)


def test_the_summary_counts_the_claims(eventful: Verdicts, recorded: Recording) -> None:
    made = results(eventful, recorded)
    assert made["summary"]["claims"] == len(made["claims"])
    assert (made["summary"]["violated"], made["summary"]["not_exercised"]) == (1, 1)
    assert sum(made["summary"].values()) == 2 * len(made["claims"])


def test_there_is_a_row_for_each_documented_response(eventful: Verdicts, recorded: Recording) -> None:
    rows = [(row["operation"], row["status"]) for row in results(eventful, recorded)["responses"]]
    assert rows == [("getThing", "200"), ("getThing", "404"), ("getThing", "502"), ("createThing", "201")]


def test_what_to_supply_is_said_line_by_line(eventful: Verdicts, recorded: Recording) -> None:
    assert results(eventful, recorded)["responses"][2]["todo"] == '[states."getThing 502"]\nburst = 3'


def test_a_failure_says_what_came_and_how_to_see_it_again(eventful: Verdicts, recorded: Recording) -> None:
    assert results(eventful, recorded)["failures"] == [
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


def test_a_claim_says_where_it_stands(eventful: Verdicts, recorded: Recording) -> None:
    [claim] = [each for each in results(eventful, recorded)["claims"] if each["id"] == ID]
    assert claim["where"].partition("openapi.yaml:")[2].isdecimal()
    assert claim["pointer"] == "/components/schemas/Thing/properties/id/format"


def test_the_build_is_the_one_that_the_judge_gives(judged: Judged, recorded: Recording) -> None:
    assert results(judged(build="from-a-header"), recorded)["target"]["build"] == "from-a-header"


def test_the_recording_is_named_by_its_digest(judged: Judged, recorded: Recording) -> None:
    verdicts = judged(header={"contract": {"digest": "d1"}})
    assert results(verdicts, recorded)["recording"] == {"digest": "d3", "spec": "d1"}


def test_the_contract_is_the_one_that_was_judged_by(judged: Judged, recorded: Recording, ledger: Ledger) -> None:
    spec = results(judged(), recorded)["spec"]
    read = [ledger.contract.source.path, *(each.path for each in ledger.contract.overlays)]
    assert (spec["title"], spec["digest"]) == ("Things", ledger.contract.digest)
    assert [each["file"] for each in spec["files"]] == [str(path) for path in read]
    assert [each["digest"] for each in spec["files"]] == [sha256(path.read_bytes()).hexdigest() for path in read]


def test_a_waiver_says_whether_it_was_needed(judged: Judged, recorded: Recording, ledger: Ledger) -> None:
    one, other = Waiver(ID, "known", "team", "2026-12-31"), Waiver("getThing/404/*", "past", "team", "2026-12-31")
    waived = ClaimVerdict(ledger.claims[ID], "waived", 3, "natural")
    told = results(judged(waived, header={"waivers": (one, other)}), recorded)["waivers"]
    assert [(each["claim"], each["used"]) for each in told] == [(ID, True), ("getThing/404/*", False)]


def test_every_build_that_was_met_is_named(judged: Judged, recorded: Recording) -> None:
    met = evolve(recorded, builds=("old", "new"))
    told = results(judged(build=met.build), met)["target"]
    assert (told["build"], told["builds"]) == ("old and new", ["old", "new"])


def test_a_target_that_assay_started_says_so(judged: Judged, recorded: Recording) -> None:
    assert results(judged(header={"target": {"name": "x", "served": "true"}}), recorded)["target"]["served"] is True


class TestWrite:
    def test_the_files_come_into_a_new_folder(self, eventful: Verdicts, recorded: Recording, tmp_path: Path) -> None:
        report.write(eventful, recorded, tmp_path / "a" / "b")
        written = sorted(each.name for each in (tmp_path / "a" / "b").iterdir())
        assert written == sorted(report.FILES[each] for each in report.BY_DEFAULT)

    def test_each_format_can_be_asked_for(self, eventful: Verdicts, recorded: Recording, tmp_path: Path) -> None:
        assert report.write(eventful, recorded, tmp_path, ["junit"]) == {"junit": tmp_path / "junit.xml"}
        assert [each.name for each in tmp_path.iterdir()] == ["junit.xml"]

    def test_each_format_has_a_file_of_its_own_and_a_face(self) -> None:
        assert report.FILES.keys() == FACES.keys()
        assert len(set(report.FILES.values())) == len(report.FILES)

    def test_the_file_is_what_results_gives(self, eventful: Verdicts, recorded: Recording, tmp_path: Path) -> None:
        report.write(eventful, recorded, tmp_path)
        assert json.loads((tmp_path / "results.json").read_bytes()) == results(eventful, recorded)

    def test_an_earlier_report_is_replaced(
        self, eventful: Verdicts, judged: Judged, recorded: Recording, tmp_path: Path
    ) -> None:
        report.write(eventful, recorded, tmp_path)
        report.write(judged(), recorded, tmp_path)
        assert json.loads((tmp_path / "results.json").read_bytes())["exit_status"] == 0

    def test_a_write_that_fails_leaves_the_earlier_file_and_nothing_else(
        self, eventful: Verdicts, recorded: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report.write(eventful, recorded, tmp_path)
        before = (tmp_path / "results.json").read_bytes()

        def full(path: Path, content: bytes) -> int:
            path.touch()
            raise OSError(28, f"No space left on device for {len(content)} bytes")

        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space left"):
            report.write(eventful, recorded, tmp_path)
        assert (tmp_path / "results.json").read_bytes() == before
        assert len(list(tmp_path.iterdir())) == len(report.BY_DEFAULT)

    def test_text_that_is_no_unicode_is_written_all_the_same(
        self, judged: Judged, broken: Broken, exchange: Callable[..., Exchange], recorded: Recording, tmp_path: Path
    ) -> None:
        odd = exchange(url="https://things.example/\udcff", reply=Reply(200, (("X-Request-Id", "\udcff"),), b""))
        report.write(judged(broken(ID, odd, got="\ud800"), exit_status=1), recorded, tmp_path)
        [failure] = json.loads((tmp_path / "results.json").read_bytes())["failures"]
        assert (failure["got"], failure["request_id"]) == ("\\ud800", "\\udcff")
