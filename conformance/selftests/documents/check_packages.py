"""Large published documents, from the packages that `published/package.json` names, and the clients of all others.

Needs the folder of the installed packages in ASSAY_DOCUMENTS, so it is no part of the self-tests: `nox -s documents`
runs it.
"""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # as it is for scripts

from test_published import DOCUMENTS, FOLDER
from trying import Figures, figures, lacking

PACKAGES = {
    "@octokit/openapi/generated": (Figures("api.github.com.json", "3.0.3", 1223, 3437, 151_436, 1063),),
    "@readme/oas-examples/3.0/yaml": (
        Figures("star-trek.yaml", "3.0.1", 120, 200, 9711, 120),
        Figures("parameters-style.yaml", "3.0.3", 25, 25, 102, 18),
        Figures("schema-types.yaml", "3.0.3", 21, 21, 63, 21, ("POST /anything/booleans", "POST /anything/arrays")),
    ),
    "@readme/oas-examples/3.1/yaml": (
        Figures("readme.yaml", "3.1.0", 54, 54, 3724, 4),
        Figures("train-travel.yaml", "3.1.0", 7, 45, 569, 14),
    ),
}
INSTALLED = [(folder, each) for folder, documents in PACKAGES.items() for each in documents]
WITH_CLIENT = ("star-trek.yaml", "train-travel.yaml", "schema-types.yaml")


def _path(folder: str, expected: Figures) -> Path:
    return Path(os.environ["ASSAY_DOCUMENTS"]) / folder / expected.file


@pytest.mark.parametrize(("folder", "expected"), INSTALLED, ids=lambda each: getattr(each, "file", ""))
def test_each_response_is_planned_or_says_why_not(folder: str, expected: Figures) -> None:
    assert figures(_path(folder, expected), expected.lacking) == expected


@pytest.mark.parametrize(
    ("folder", "expected"), [each for each in INSTALLED if each[1].file in WITH_CLIENT],
    ids=lambda each: getattr(each, "file", ""),
)  # fmt: skip
def test_a_large_client_lacks_nothing_that_is_not_named(folder: str, expected: Figures, tmp_path: Path) -> None:
    assert lacking(_path(folder, expected), tmp_path) == expected.lacking


@pytest.mark.parametrize("expected", DOCUMENTS, ids=lambda each: each.file)
def test_a_client_lacks_nothing_that_is_not_named(expected: Figures, tmp_path: Path) -> None:
    assert lacking(FOLDER / expected.file, tmp_path) == expected.lacking
