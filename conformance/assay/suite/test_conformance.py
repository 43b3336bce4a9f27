"""Verdicts → pytest items. The items assert what the judge found; they find nothing themselves.

A response that was not exercised fails its item, with the reason: a skip reads as green.
"""

import pytest

from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts


def test_documented_response(assay_response: ResponseVerdict) -> None:
    """Every documented response was really seen, and all that it promises held."""
    if assay_response.verdict == "not-applicable":
        pytest.skip(assay_response.reason)
    told = "\n".join((f"{assay_response.verdict}: {assay_response.reason}", assay_response.todo))
    assert assay_response.verdict in ("held", "waived"), told


def test_contract_level_claim(assay_verdicts: Verdicts, assay_claim: ClaimVerdict) -> None:
    """What is promised of an operation as a whole, or over time, was exercised and held."""
    if assay_claim.verdict == "not-applicable":
        pytest.skip(assay_claim.reason)
    assert assay_claim.verdict in ("held", "waived") or not _gates(assay_verdicts, assay_claim), (
        f"{assay_claim.claim.sentence}\n{assay_claim.verdict}: {assay_claim.reason}"
    )


def _gates(verdicts: Verdicts, verdict: ClaimVerdict) -> bool:
    return verdicts.header.strict or verdict.claim.level == "must"
