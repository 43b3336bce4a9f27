"""badge.json: the endpoint format of shields.io."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts
from assay.recording import Waiver
from assay.report.badge import badge

Judged = Callable[..., Verdicts]

ID = "getThing/200/body/properties/id/format"


def made(verdicts: Verdicts) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(badge(verdicts))
    return found


def test_it_is_what_shields_reads(judged: Judged) -> None:
    assert made(judged()) == {
        "schemaVersion": 1,
        "label": "API conformance of staging",
        "message": "conformant, 4/4 responses",
        "color": "brightgreen",
    }


@pytest.mark.parametrize(
    ("status", "words", "colour"),
    [
        (1, "NOT conformant", "red"),
        (3, "incomplete", "yellow"),
        (4, "waivers or exclusions are out of date", "orange"),
    ],
)
def test_only_what_is_conformant_is_green(status: int, words: str, colour: str, judged: Judged) -> None:
    unseen = ResponseVerdict("getThing", "502", "not-exercised", None, 0)
    told = made(judged(unseen, exit_status=status))
    assert (told["message"], told["color"]) == (f"{words}, 3/4 responses", colour)


def test_it_names_waivers(judged: Judged, broken: Callable[..., ClaimVerdict]) -> None:
    waived = ClaimVerdict(broken(ID).claim, "waived")
    told = made(judged(waived, header={"waivers": (Waiver(ID, "known", "team", "2026-12-31"),)}))
    assert told["message"] == "conformant, 4/4 responses, 1 waiver"


def test_a_mock_is_named_as_one(judged: Judged) -> None:
    assert (
        made(judged(header={"mock": True}))["label"] == "API conformance of staging, a mock, asked for its answers only"
    )


def test_odd_names_are_visible(judged: Judged) -> None:
    assert made(judged(header={"target": {"name": "a\u202eb\n"}}))["label"] == "API conformance of a\\u202eb\\n"
