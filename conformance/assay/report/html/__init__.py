"""Verdicts + recording → report.html, the face for people: one file that opens from disk and asks no network.

Nothing is computed here that the verdicts do not say; what a server said stands in it as text and nothing else.
"""

from assay.judge.verdicts import Verdicts
from assay.recording import Recording
from assay.report.html.rendering import page


def html(verdicts: Verdicts, recording: Recording) -> bytes:
    """The whole page, UTF-8."""
    return page(verdicts, recording)
