"""What takes long to import is imported by those who need it, and not before: everybody waits for it."""

import subprocess
import sys
from pathlib import Path

HEAVY = ("httpx", "hypothesis", "jinja2", "jsonschema_rs", "openapi_spec_validator", "pytest", "rich", "schemathesis")
PLANNED = """
from assay import loading, run, settings
from pathlib import Path
loading.load(settings.Settings(spec=Path({spec!r}), url="http://127.0.0.1:9"))
"""


def imported(code: str) -> set[str]:
    told = f"{code}\nimport sys\nprint(*(each for each in {HEAVY} if each in sys.modules))"
    command = [sys.executable, "-P", "-c", told]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_the_command_line_reads_its_arguments_and_no_more() -> None:
    assert imported("import assay.cli") == set()


def test_the_plugin_costs_nothing_in_a_suite_that_does_not_ask_for_it() -> None:
    assert imported("import assay.plugin") == {"pytest"}


def test_a_plan_whose_values_follow_from_the_document_has_none_drawn(root: Path) -> None:
    found = imported(PLANNED.format(spec=str(root / "spec/openapi.yaml")))
    assert "openapi_spec_validator" in found
    assert not found & {"schemathesis", "hypothesis"}
