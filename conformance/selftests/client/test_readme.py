"""Each example of generated/README.md runs as it stands there, at the reference provider."""

import re
from pathlib import Path
from typing import Any

import pytest

from jobs_provider import seed

from .conftest import KEYS

README = Path(__file__).resolve().parents[3] / "generated/README.md"
EXAMPLES = re.findall(r"^## ([^\n]+)$|^```python\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _examples() -> list[Any]:
    title, found = "", list[Any]()
    for heading, code in EXAMPLES:
        title = heading or title
        if code:
            found.append(pytest.param(code, id=f"{title} {len(found)}"))
    return found


@pytest.fixture(autouse=True)
def _environment(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENERATION_JOBS_API_KEY", KEYS["default"])
    monkeypatch.setenv("GENERATION_JOBS_BASE_URL", provider)


@pytest.mark.parametrize("code", _examples())
def test_an_example_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    example, replaced = PLACEHOLDER.subn(str(seed.COMPLETED), code)
    assert replaced
    exec(compile(example, README, "exec"), {"__name__": "__main__"})  # noqa: S102 - it is ours
    assert capsys.readouterr().err == ""


def test_the_example_with_an_error_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    exec(EXAMPLES[1][1], {"__name__": "__main__"})  # noqa: S102 - it is ours; nobody has the job that it names
    assert capsys.readouterr().out.startswith("404 Not Found: There is no such job. (GET /v1/jobs/")


def test_the_example_of_waiting_tells_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    code = next(code for _, code in EXAMPLES if "WaitFailedError" in code)
    exec(PLACEHOLDER.sub(str(seed.FAILED), code), {"__name__": "__main__"})  # noqa: S102 - it is ours
    assert "it ended badly: Job(" in capsys.readouterr().out


def test_what_was_left_out_and_what_is_null_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code = next(code for _, code in EXAMPLES if "UNSET" in code)
    exec(PLACEHOLDER.sub(str(seed.PENDING), code), {"__name__": "__main__"})  # noqa: S102 - it is ours
    assert capsys.readouterr().out == "completed_at was left out\n"


def test_examples_name_what_the_readme_promises() -> None:
    text = " ".join(code for _, code in EXAMPLES)
    for promised in (
        "Client()",
        "AsyncClient",
        "wait_for_job",
        "with_raw_response",
        "with_options",
        "is None",
        "is UNSET",
    ):
        assert promised in text
