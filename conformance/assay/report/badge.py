"""Verdicts → badge.json, the endpoint format of shields.io: a label, a message and a colour.

A mock, or a server that assay itself started, is named as such: a badge travels far from its report.
"""

import json

from assay.judge.verdicts import Verdicts
from assay.report import wording
from assay.report.visible import visible

_COLOURS = {0: "brightgreen", 1: "red", 3: "yellow", 4: "orange"}


def badge(verdicts: Verdicts) -> bytes:
    held = sum(each.verdict == "held" for each in verdicts.responses)
    message = f"{wording.HEADLINES[verdicts.exit_status]}, {held}/{len(verdicts.responses)} responses"
    if waivers := len(wording.waivers_used(verdicts)):
        message += f", {wording.count(waivers, 'waiver')}"
    made = {
        "schemaVersion": 1,
        "label": visible(f"API conformance of {wording.who(verdicts)}"),
        "message": message,
        "color": _COLOURS[verdicts.exit_status],
    }
    return json.dumps(made, indent=2).encode("ascii") + b"\n"
