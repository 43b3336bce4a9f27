"""Documents that nobody here wrote: a ledger, a plan for each documented response, a client that lacks nothing unsaid.

Larger ones, from their packages, are `check_packages.py`'s; the clients of most of these too, which take seconds each.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # as it is for scripts

from trying import Figures, figures, lacking

FOLDER = Path(__file__).with_name("published")
UNREADABLE_400 = tuple(
    f"{request}, response 400"
    for request in (
        "POST /multiple-types-multiple-examples", "POST /multiple-types-single-example",
        "GET /single-type-multiple-examples", "GET /single-type-single-example",
    )
)  # fmt: skip
"""XML, which the generator does not read."""

DOCUMENTS = (
    Figures("circular-paths.yaml", "3.0.0", 3, 4, 38, 3, ("GET /anything, response 200", "PUT /anything")),
    Figures(
        "complex-nesting.yaml", "3.0.3", 5, 5, 105, 5,
        ("PUT /anything/top-level-array", "POST /top-level-object/of-everything"),
    ),
    Figures("discriminators.yaml", "3.0.3", 10, 10, 30, 10, ("PATCH /oneof-allof-top-level-disc",)),
    Figures("galaxy.yaml", "3.1.1", 9, 22, 297, 13),
    Figures("link-example.yaml", "3.0.0", 6, 6, 100, 0),
    Figures("petstore-expanded.yaml", "3.0.0", 4, 8, 75, 8),
    Figures("petstore.yaml", "3.0.0", 20, 37, 286, 18),
    Figures("response-multiple-mediatypes.yaml", "3.0.3", 4, 8, 28, 6, UNREADABLE_400),
    Figures("security.yaml", "3.1.0", 15, 15, 162, 3),
    Figures("server-path-level.yaml", "3.0.3", 7, 7, 21, 1),
    Figures("uspto.yaml", "3.0.1", 3, 5, 43, 5),
    Figures("webhooks.yaml", "3.1.0", 0, 0, 0, 0),
)  # fmt: skip
"""Operations, responses, claims, and responses that are planned with a URL alone."""
QUICK = ("petstore.yaml", "response-multiple-mediatypes.yaml")


@pytest.mark.parametrize("expected", DOCUMENTS, ids=lambda each: each.file)
def test_each_response_is_planned_or_says_why_not(expected: Figures) -> None:
    assert figures(FOLDER / expected.file, expected.lacking) == expected


@pytest.mark.parametrize("expected", [each for each in DOCUMENTS if each.file in QUICK], ids=lambda each: each.file)
def test_its_client_lacks_nothing_that_is_not_named(expected: Figures, tmp_path: Path) -> None:
    assert lacking(FOLDER / expected.file, tmp_path) == expected.lacking
