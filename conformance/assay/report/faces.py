"""Which function makes which format. What a face shows, and how, is that function's part alone."""

from collections.abc import Callable

from assay.judge.verdicts import Verdicts
from assay.recording import Recording
from assay.report.annotations import annotations
from assay.report.badge import badge
from assay.report.html import html
from assay.report.junit import junit
from assay.report.markdown import markdown
from assay.report.results import results_json
from assay.report.sarif import sarif

Face = Callable[[Verdicts, Recording], bytes]
"""A pure function. Where it needs exchanges other than those of the failures, the recording has them."""

FACES: dict[str, Face] = {
    "annotations": lambda verdicts, _: annotations(verdicts),
    "badge": lambda verdicts, _: badge(verdicts),
    "html": html,
    "junit": lambda verdicts, _: junit(verdicts),
    "markdown": lambda verdicts, _: markdown(verdicts),
    "sarif": lambda verdicts, _: sarif(verdicts),
    "json": results_json,
}
"""Format, as in `report.FILES` → the face."""
