"""`client` and `client_gates`, in [tool.assay] and as options, up to the exit status."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.claims import Ledger
from assay.cli import cli
from assay.errors import UserError
from assay.recording import PlannedStep, Recorder, RunHeader
from assay.recording.exchange import Exchange
from assay.settings import Settings, to_arguments

ROOT = Path(__file__).resolve().parents[3]
SPEC = ["--spec", str(ROOT / "spec/openapi.yaml"), "--overlay", str(ROOT / "spec/promises.overlay.yaml")]


@pytest.fixture
def recording(tmp_path: Path, ledger: Ledger, exchange: Callable[..., Exchange]) -> Path:
    """A file with one answer, which the document foresees and which keeps its promises, but is no JSON."""
    header = RunHeader(
        contract={"title": "Generation Jobs", "version": "1.0.0", "digest": ledger.contract.digest},
        target={"name": "staging", "base_url": "https://jobs.example", "build": "", "digest": ""},
        seed=1,
        started="2026-03-01T10:00:00Z",
        versions={},
        steps=(PlannedStep("getJob 404", "getJob", "404", "derived", controlled=False),),
    )
    with Recorder(tmp_path / "recording.jsonl", header) as recorder:
        recorder.add(exchange(404, {"error": "x", "message": "y"}, step="getJob 404", due="404"))
        recorder.finish("2026-03-01T10:05:00Z")
    return tmp_path / "recording.jsonl"


class TestSettings:
    @pytest.fixture
    def read(self, tmp_path: Path) -> Callable[[str], Settings]:
        def read(table: str) -> Settings:
            (tmp_path / "pyproject.toml").write_text(f"[tool.assay]\n{table}\n")
            return Settings.read(tmp_path)

        return read

    def test_by_default_there_is_none(self, read: Callable[[str], Settings]) -> None:
        assert (read("").client, read("").client_gates) == ("", False)
        assert not [each for each in to_arguments(read("")) if "client" in each]

    def test_they_reach_the_run(self, read: Callable[[str], Settings]) -> None:
        arguments = to_arguments(read('client = "a_client"\nclient_gates = true'))
        assert {"--assay-client=a_client", "--assay-client-gates"} <= set(arguments)

    def test_an_option_counts_more(self, read: Callable[[str], Settings]) -> None:
        assert read('client = "a_client"').overridden(client="another").client == "another"

    def test_another_document_has_another_client(self, read: Callable[[str], Settings]) -> None:
        default = read('client = "a_client"\nspec = "openapi.yaml"')
        assert default.overridden(spec=Path("other.yaml")).client == ""
        assert default.overridden(url="https://x.example").client == "a_client"

    def test_this_checkout_has_its_own(self) -> None:
        assert Settings.read(ROOT).client == "generation_jobs_client"

    @pytest.mark.parametrize("table", ["client = 1", 'client_gates = "yes"'])
    def test_another_type_is_told(self, table: str, read: Callable[[str], Settings]) -> None:
        with pytest.raises(UserError, match="client"):
            read(table)


class TestJudge:
    def test_without_the_option_nothing_is_said_of_a_client(self, recording: Path, tmp_path: Path) -> None:
        judged(recording, tmp_path)
        assert json.loads((tmp_path / "results.json").read_bytes())["client"] is None

    @pytest.mark.parametrize("option", [[], ["--client-gates"]])
    def test_it_judges_the_client_too(self, option: list[str], recording: Path, tmp_path: Path) -> None:
        status = judged(recording, tmp_path, "--client", "generation_jobs_client", *option)
        made = json.loads((tmp_path / "results.json").read_bytes())
        assert (made["client"]["held"], made["client"]["gates"]) == (2, bool(option))
        assert status == made["exit_status"]

    def test_a_package_that_is_not_there_is_a_mistake(self, recording: Path, tmp_path: Path) -> None:
        with pytest.raises(UserError, match="not installed"):
            judged(recording, tmp_path, "--client", "no_such_client")


def test_check_finds_a_mistake_before_anything_is_started(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text('{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}')
    command = [sys.executable, "-c", "from assay.cli import main; main()", "check", "--spec", "openapi.json"]
    command += ["--url", "http://127.0.0.1:9", "--report", str(tmp_path), "--client", "no_such_client"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("assay: the client 'no_such_client' is not installed\n  install it")


def judged(recording: Path, folder: Path, *options: str) -> int:
    arguments = ["judge", str(recording), *SPEC, "--report", str(folder), *options]
    status = cli.main(arguments, standalone_mode=False)
    assert isinstance(status, int)
    return status
