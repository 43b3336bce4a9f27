"""`assay gate` and `assay report` on a run that really was: what is let through or refused, what is made again."""

import json
import re
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from markdown_it import MarkdownIt

from assay import report
from selftests.report import schemas
from selftests.running import miniatures

CLIENT = ("--client", "generation_jobs_client")


@pytest.fixture
def contract(root: Path) -> list[str]:
    return ["--spec", str(root / "spec/openapi.yaml"), "--overlay", str(root / "spec/promises.overlay.yaml")]


@pytest.fixture
def found(checked: Any, tmp_path: Path) -> Path:
    """A copy of the run's report, to be changed."""
    return Path(shutil.copytree(checked.report, tmp_path / "found"))


def change(folder: Path, edit: Callable[[dict[str, Any]], None]) -> None:
    file = folder / "results.json"
    data = json.loads(file.read_text())
    edit(data)
    file.write_text(json.dumps(data))


def _without(member: str) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.__delitem__(member)


class TestGate:
    def test_a_conformant_run_is_let_through_in_words_for_the_ticket(
        self, checked: Any, assay: Any, contract: list[str]
    ) -> None:
        said = assay("gate", checked.report, *contract, *CLIENT, "--max-age", "24h")
        assert said.status == 0, said.all
        lines = said.out.splitlines()
        assert lines[0].startswith("reference provider, started by assay, not your server: conformant: 13/13 responses")
        assert lines[1:] == ["not asked: --build", "let through"]

    def test_the_client_need_not_be_there_where_it_does_not_gate(
        self, checked: Any, assay: Any, contract: list[str]
    ) -> None:
        assert assay("gate", checked.report / "results.json", *contract).status == 0

    def test_a_client_that_gates_has_to_be_named(self, found: Path, assay: Any, contract: list[str]) -> None:
        """What a file names is not imported."""
        change(found, lambda data: data["client"].update(gates=True))
        said = assay("gate", found, *contract)
        assert said.status == 2
        assert "install it, and give --client generation_jobs_client" in said.err

    def test_a_client_that_gates_is_judged_again(self, found: Path, assay: Any, contract: list[str]) -> None:
        recording = found / "recording.jsonl"
        gating = (*CLIENT, "--client-gates", "--report", found)
        assert assay("judge", recording, *contract, *gating).status == 0
        assert assay("gate", found, *contract, *CLIENT).status == 0

        def break_client(data: dict[str, Any]) -> None:
            next(each for each in data["claims"] if each["source"] == "client").update(verdict="violated")

        change(found, break_client)
        said = assay("gate", found, *contract, *CLIENT)
        assert said.status == 6
        assert "/client/decodes, verdict: the results say violated, the recording shows held" in said.out

    def test_a_weakened_overlay_is_refused(
        self, checked: Any, assay: Any, root: Path, tmp_path: Path, contract: list[str]
    ) -> None:
        weak = tmp_path / "weak.overlay.yaml"
        text = (root / "spec/promises.overlay.yaml").read_text()
        weak.write_text(text.replace("x-level: must", "x-level: should", 1))
        spec = ("--spec", root / "spec/openapi.yaml")
        # as when somebody ran, or judged, by a document that promises less than the one that is released by
        assert assay("judge", checked.report / "recording.jsonl", *spec, "--overlay", weak, "--report", "w").status == 0
        shutil.copy(checked.report / "recording.jsonl", tmp_path / "w")
        said = assay("gate", "w", *contract)
        assert said.status == 6
        assert "refused: the results are about another contract: " in said.out
        assert "weak.overlay.yaml" in said.out

    def test_a_comment_in_the_overlay_refuses_nothing(
        self, checked: Any, assay: Any, root: Path, tmp_path: Path
    ) -> None:
        commented = tmp_path / "promises.overlay.yaml"
        commented.write_text((root / "spec/promises.overlay.yaml").read_text() + "# a comment\n")
        said = assay("gate", checked.report, "--spec", root / "spec/openapi.yaml", "--overlay", commented)
        assert said.status == 0, said.all

    def test_results_that_are_not_of_their_format_were_not_made_by_this(
        self, found: Path, assay: Any, contract: list[str]
    ) -> None:
        change(found, lambda data: data.update(seed="x", more=1))
        for removed in ("more", "seed"):
            said = assay("gate", found, *contract)
            assert said.status == 2
            assert "it was made by hand, or by another version of assay: check again" in said.err
            change(found, _without(removed))

    def test_a_verdict_that_was_changed_is_refused(self, found: Path, assay: Any, contract: list[str]) -> None:
        change(found, lambda data: data["responses"][3].update(verdict="violated"))
        said = assay("gate", found, *contract)
        assert said.status == 6
        assert "responses, getJob 402, verdict: the results say violated, the recording shows held" in said.out
        assert said.out.endswith("refused\n")

    def test_another_recording_is_refused(self, found: Path, assay: Any, contract: list[str]) -> None:
        with (found / "recording.jsonl").open("a") as file:
            file.write("\n")
        said = assay("gate", found, *contract)
        assert said.status == 6
        assert "recording.jsonl is not the recording that the results are about" in said.out

    def test_a_recording_that_was_changed_with_its_digest_shows_what_it_shows(
        self, found: Path, assay: Any, contract: list[str]
    ) -> None:
        recording = found / "recording.jsonl"
        text = recording.read_text()
        recording.write_text(text.replace(r"scenes_total\":4", r"scenes_total\":-4", 1))
        digest = sha256(recording.read_bytes()).hexdigest()
        change(found, lambda data: data["recording"].update(digest=digest))
        said = assay("gate", found, *contract)
        assert said.status == 6
        assert "the results say 0, the recording shows 1" in said.out
        assert "refused: 3 claims violated: getJob/200/body/" in said.out

    def test_old_results_are_refused(self, checked: Any, assay: Any, contract: list[str]) -> None:
        said = assay("gate", checked.report, *contract, "--max-age", "0s")
        assert said.status == 6
        assert "\n  → check again\n" in said.out

    def test_results_of_another_build_are_refused(self, start: Any, things: Path, target: Any, assay: Any) -> None:
        url = start(miniatures.things).url
        # `build` stands before the first table
        file = target(url, name="t.toml")
        file.write_text('build = "b1"\n' + file.read_text())
        assert assay("check", "--spec", things, "--target", file, "--quiet", "--examples", 0).status in (0, 1, 3)
        said = assay("gate", "report", "--spec", things, "--build", "b2")
        assert said.status == 6
        assert "refused: the results are about build b1\n  → check build b2\n" in said.out
        assert "about build" not in assay("gate", "report", "--spec", things, "--build", "b1").out

    def test_a_partial_run_is_refused(self, assay: Any, installed: Any, root: Path, tmp_path: Path) -> None:
        part = ("--select", "getJob 40*", "--examples", 0, "--quiet", "--report", tmp_path / "part")
        assert installed("check", *part, cwd=root).status == 3
        said = assay("gate", tmp_path / "part", cwd=root)
        assert said.status == 3
        assert "refused: incomplete: the run was partial: --select getJob 40*; " in said.out

    @pytest.mark.parametrize("words", ["24", "h", "1.5h", "-1h", "24 h", ""])
    def test_what_is_no_duration_is_a_mistake(self, words: str, checked: Any, assay: Any, contract: list[str]) -> None:
        said = assay("gate", checked.report, *contract, "--max-age", words)
        assert said.status == 2
        assert "is no duration" in said.err


class TestReport:
    def test_every_file_comes_out_as_it_was(
        self, checked: Any, assay: Any, root: Path, tmp_path: Path, contract: list[str]
    ) -> None:
        every = ",".join(report.BY_DEFAULT)
        said = assay("report", checked.report, *contract, *CLIENT, "--format", every, "-o", tmp_path / "b", cwd=root)
        assert said.status == 0, said.all
        names = [report.FILES[each] for each in report.BY_DEFAULT]
        assert sorted(said.out.splitlines()) == sorted(str(tmp_path / "b" / each) for each in names)
        for name in names:
            assert (tmp_path / "b" / name).read_bytes() == (checked.report / name).read_bytes(), name

    def test_every_format_is_made(self, found: Path, assay: Any, contract: list[str]) -> None:
        said = assay("report", found, *contract, "--format", ",".join(report.FILES))
        assert said.status == 0, said.all
        assert {each.name for each in found.iterdir()} >= set(report.FILES.values())

    def test_several_results_get_their_own(self, found: Path, assay: Any, tmp_path: Path, contract: list[str]) -> None:
        other = Path(shutil.copytree(found, tmp_path / "other"))
        assert assay("report", found, other, *contract, "--format", "badge").status == 0
        assert (found / "badge.json").read_bytes() == (other / "badge.json").read_bytes()

    def test_one_format_can_be_printed(self, checked: Any, assay: Any, contract: list[str]) -> None:
        said = assay("report", checked.report, *contract, "--format", "badge", "-o", "-")
        assert (said.status, json.loads(said.out)["color"]) == (0, "brightgreen")

    def test_results_that_differ_from_their_recording_are_told(
        self, found: Path, assay: Any, contract: list[str]
    ) -> None:
        change(found, lambda data: data["responses"][3].update(verdict="violated"))
        said = assay("report", found, *contract, "--format", "markdown")
        assert said.status == 6
        assert "responses, getJob 402, verdict: the results say violated, the recording shows held" in said.err
        assert "violated" not in (found / "summary.md").read_text()

    def test_of_many_differences_some_are_told_and_where_the_rest_is(
        self, found: Path, assay: Any, tmp_path: Path, contract: list[str]
    ) -> None:
        def edit(data: dict[str, Any]) -> None:
            for each in data["claims"][:50]:
                each.update(exercised=each["exercised"] + 1)

        change(found, edit)
        said = assay("report", found, *contract, "--format", "json", "-o", tmp_path / "again")
        assert said.status == 6
        lines = said.err.splitlines()
        assert len(lines) == 11
        assert ": and 40 more differences: `--format json -o FOLDER` writes what the recording shows" in lines[-1]
        told = assay("report", tmp_path / "again", *contract, "--recording", found / "recording.jsonl", "-o", tmp_path)
        assert told.status == 0, told.all

    def test_another_contract_is_a_mistake(self, checked: Any, assay: Any, root: Path) -> None:
        said = assay("report", checked.report, "--spec", root / "spec/openapi.yaml", "-o", "-", "--format", "badge")
        assert said.status == 2
        assert "these results are about another contract\n  give --spec and --overlay" in said.err

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["found", "--format", "pdf"], "'pdf' is none of annotations, badge, html"),
            (["found", "--format", "html,junit", "-o", "-"], "only one format can be printed, not html, junit"),
            (["found", "found", "-o", "x"], "results have a folder and a recording each"),
            (["nowhere"], "nowhere: there are no such results"),
            (["found/junit.xml"], "junit.xml: this is not JSON"),
            (["found/badge.json"], "badge.json: these are no results of assay"),
            (["other.json"], "other.json: this is of the format assay-results/0"),
            (["short.json"], "short.json#: the file: "),
            (["alone"], "the recording that the results are about is not there"),
        ],
    )
    def test_a_mistake_says_what_and_what_to_do(
        self, arguments: list[str], words: str, found: Path, assay: Any, tmp_path: Path, contract: list[str]
    ) -> None:
        (found / "badge.json").write_text("{}")
        (tmp_path / "other.json").write_text('{"format": "assay-results/0"}')
        (tmp_path / "short.json").write_text('{"format": "assay-results/1"}')
        (tmp_path / "alone").mkdir()
        shutil.copy(found / "results.json", tmp_path / "alone")
        said = assay("report", *arguments, *contract)
        assert said.status == 2
        assert words.replace("#:", ":") in said.err.replace("#:", ":")
        assert "Traceback" not in said.err


class TestCompare:
    def test_a_run_is_nothing_worse_than_itself(self, checked: Any, assay: Any) -> None:
        said = assay("compare", checked.report, checked.report / "results.json")
        assert (said.status, said.out.splitlines()[-1]) == (0, "nothing is worse")

    def test_what_is_newly_violated_is_named_and_ends_1(self, checked: Any, found: Path, assay: Any) -> None:
        def violate(data: dict[str, Any]) -> None:
            next(each for each in data["claims"] if each["id"] == "getJob/402/status").update(verdict="violated")
            data["responses"][3].update(verdict="violated")

        change(found, violate)
        said = assay("compare", checked.report, found, "--format", "markdown")
        assert said.status == 1
        assert "### newly violated (1 response, 1 claim)\n\n- getJob 402\n" in said.out
        assert "`getJob/402/status` (held → violated)" in said.out
        assert assay("compare", found, checked.report).status == 0

    def test_what_is_no_longer_exercised_ends_3(self, checked: Any, found: Path, assay: Any) -> None:
        change(found, lambda data: data["claims"][0].update(verdict="not-exercised"))
        assert assay("compare", checked.report, found).status == 3

    def test_another_format_is_a_mistake(self, checked: Any, assay: Any, tmp_path: Path) -> None:
        (tmp_path / "old.json").write_text('{"format": "assay-results/0"}')
        said = assay("compare", "old.json", checked.report)
        assert said.status == 2
        assert "old.json: this is of the format assay-results/0" in said.err


def test_each_format_of_a_run_is_valid_for_whoever_reads_it(
    found: Path, assay: Any, contract: list[str], root: Path
) -> None:
    """The page is read by a browser in the session `pages`."""
    said = assay("report", found, *contract, *CLIENT, "--format", ",".join(report.FILES))
    assert said.status == 0, said.all
    made = {name: (found / file).read_text(encoding="utf-8") for name, file in report.FILES.items()}
    schemas.junit().validate(made["junit"])
    schemas.sarif().validate(json.loads(made["sarif"]))
    results = json.loads((root / "conformance/assay/schemas/results.schema.json").read_text(encoding="utf-8"))
    jsonschema_rs.validator_for(results).validate(json.loads(made["json"]))
    assert json.loads(made["badge"]).keys() >= {"schemaVersion", "label", "message"}
    assert "<table>" in MarkdownIt("gfm-like", {"linkify": False}).render(made["markdown"])
    assert all(re.match(r"::(error|warning|notice) [^:]+::.", line) for line in made["annotations"].splitlines())
