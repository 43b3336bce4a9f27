"""The plugin in somebody else's test suite: the example of docs/pytest.md as it stands, and what can go wrong there."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from selftests.command.conftest import BOUND, surroundings
from selftests.running import miniatures

STATES = '[states."getThing 200"]\npath = { id = "one" }\n'
QUICK = ("--assay-examples", "0")


def path(file: object) -> str:
    return f"__import__('pathlib').Path({str(file)!r})"


@pytest.fixture
def suite(root: Path, things: Path, tmp_path: Path) -> Callable[..., str]:
    """Run the documented suite, its `live_server` being the given Python expression; gives what pytest printed."""
    blocks = dict(
        re.findall(r"```\w+\n# (\S+)\n(.*?)```", (root / "docs/pytest.md").read_text(encoding="utf-8"), re.DOTALL)
    )

    def run(server: str, *options: str, **changed: str) -> str:
        for name, text in (blocks | changed).items():
            (tmp_path / name).write_text(text.replace("openapi.yaml", things.name))
        with (tmp_path / "conftest.py").open("a") as file:
            file.write(f"\n@pytest.fixture(scope='session')\ndef live_server():\n    return {server}\n")
        # the session's memory is theirs again after the run
        own = "import gc\n\ndef test_own():\n    assert gc.isenabled() and not gc.get_freeze_count()\n"
        (tmp_path / "test_own.py").write_text(own)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "-rA", *options]
        done = subprocess.run(
            command, cwd=tmp_path, env=surroundings(), timeout=BOUND, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    return run


def test_the_documented_example_passes_on_a_right_server_but_for_what_no_state_gives(
    suite: Any, start: Any, target: Callable[..., Path], tmp_path: Path
) -> None:
    server = start(miniatures.things)
    said = suite(path(target(server.url, STATES)), *QUICK)
    assert "PASSED test_conformance.py::test_response[getThing 200]" in said
    assert "PASSED test_conformance.py::test_claim[getThing/security/missing]" in said
    assert "PASSED test_own.py::test_own" in said
    assert re.findall(r"FAILED .*\[(.*?)\]", said) == ["getThing 409", "getThing 429", "getThing 503"], said
    assert (tmp_path / "report/results.json").is_file()


def test_the_documented_example_passes_for_what_is_waived(suite: Any, start: Any, target: Callable[..., Path]) -> None:
    waiver = '[waivers."getThing/409/*"]\nreason = "known"\nowner = "team"\nuntil = 2999-12-31\n'
    said = suite(path(target(start(miniatures.things).url, STATES + waiver)), *QUICK)
    assert "PASSED test_conformance.py::test_response[getThing 409]" in said
    assert "FAILED test_conformance.py::test_response[getThing 429]" in said


def test_it_finds_what_a_wrong_server_does(suite: Any, start: Any, target: Callable[..., Path]) -> None:
    def wrong(asked: miniatures.Asked) -> Any:
        answer = miniatures.things(asked)
        return miniatures.Answer(200, {"id": 7}) if answer.status == 200 else answer

    said = suite(path(target(start(wrong).url, STATES)), *QUICK)
    assert "FAILED test_conformance.py::test_claim[getThing/200/body/properties/id/type]" in said
    assert "FAILED test_conformance.py::test_response[getThing 200]" in said
    assert "PASSED test_conformance.py::test_response[getThing 404]" in said


def test_a_url_alone_shows_what_follows_from_the_document(suite: Any, start: Any) -> None:
    said = suite(repr(start(miniatures.things).url), *QUICK)
    assert "PASSED test_conformance.py::test_response[getThing 401]" in said
    assert "FAILED test_conformance.py::test_response[getThing 200]" in said


def test_the_marker_leaves_it_out(suite: Any) -> None:
    said = suite("'http://127.0.0.1:9'", "-m", "not assay")
    assert "PASSED test_own.py::test_own" in said
    assert "1 passed" in said
    assert "FAILED" not in said


def test_without_its_option_it_says_that_it_is_dormant(suite: Any) -> None:
    said = suite("'http://127.0.0.1:9'", **{"pytest.ini": "[pytest]\naddopts = --strict-markers\n"})
    assert "ERROR test_conformance.py::test_response[dormant]" in said
    assert "assay is dormant: give --assay-spec FILE" in said
    assert "PASSED test_own.py::test_own" in said


def test_a_pattern_that_names_nothing_is_an_error_with_the_nearest_name(suite: Any) -> None:
    wrong = "import pytest\n@pytest.mark.assay('getThing/204/status')\ndef test_claim(assay_claim):\n    pass\n"
    said = suite("'http://127.0.0.1:9'", **{"test_conformance.py": wrong})
    assert "test_conformance.py::test_claim: the marker assay('getThing/204/status') names nothing" in said
    assert "  did you mean 'getThing/404/status'?" in said
    for word in ("Traceback", "warning", "pluggy", "plugin.py"):
        assert word not in said


def test_what_is_no_pattern_is_an_error_that_says_what_to_give(suite: Any) -> None:
    wrong = {"3": "assay(3)", "None, 'getThing/*'": "assay(None)", "claims='x'": "assay(claims='x')"}
    tests = [f"@pytest.mark.assay({each})\ndef test_it(assay_claim):\n    pass\n" for each in wrong]
    inside = "class TestIt:\n    @pytest.mark.assay([])\n    def test_it(self, assay_response):\n        pass\n"
    files = {f"test_{number}.py": f"import pytest\n{text}" for number, text in enumerate([*tests, inside])}
    said = suite("'http://127.0.0.1:9'", **files)
    for number, told in enumerate(wrong.values()):
        assert f"assay: test_{number}.py::test_it: the marker {told} " in said
    assert "assay: test_3.py::TestIt::test_it: the marker assay([]) is no pattern\n  give patterns in quotes: " in said
    assert "4 errors" in said
    for word in ("Traceback", "warning", "plugin.py"):
        assert word not in said


def test_the_options_overrule_the_fixture(suite: Any, start: Any) -> None:
    server = start(miniatures.things)
    said = suite("'http://127.0.0.1:9'", *QUICK, "--assay-url", server.url)
    assert "PASSED test_conformance.py::test_response[getThing 401]" in said


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ("'http://127.0.0.1:9'", "nothing listens at http://127.0.0.1:9"),
        (path("missing.toml"), "there is no such target file"),
    ],
)
def test_a_server_that_is_not_there_is_told_without_a_traceback(suite: Any, server: str, told: str) -> None:
    said = suite(server, *QUICK)
    assert told in said
    assert "Traceback" not in said
    assert "PASSED test_own.py::test_own" in said


def test_a_suite_without_the_fixture_is_told_what_to_give(suite: Any) -> None:
    said = suite("''", **{"conftest.py": "import pytest\n"})
    assert "assay: no server is given\n  give --assay-url URL or --assay-target FILE, or override the fixture" in said


ASKS = {"test_conformance.py": "def test_it(assay_target):\n    assert str(assay_target) == 'http://127.0.0.1:9'\n"}


def test_the_server_that_the_options_name_is_there_for_tests_too(suite: Any) -> None:
    said = suite("''", "--assay-url", "http://127.0.0.1:9", **ASKS, **{"conftest.py": "import pytest\n"})
    assert "PASSED test_conformance.py::test_it" in said


def test_a_test_that_asks_for_the_server_only_is_told_that_the_document_is_missing(suite: Any) -> None:
    said = suite("''", **ASKS, **{"pytest.ini": "[pytest]\n", "conftest.py": "import pytest\n"})
    assert "assay is dormant: give --assay-spec FILE" in said
    assert "no server is given" not in said


def test_a_fixture_that_gives_no_server_is_told(suite: Any) -> None:
    said = suite("None")
    assert "assay: no server is given\n" in said
    assert "Traceback" not in said
