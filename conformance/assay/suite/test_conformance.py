"""Verdicts → pytest items. The items assert what the judge found; they find nothing themselves.

A response that was not exercised fails its item, with the reason: a skip reads as green.
"""

import pytest

from assay.verdicts import ClaimVerdict, Verdicts


def test_documented_response(assay_verdicts: Verdicts, assay_response: tuple[str, str]) -> None:
    """Every documented response was really seen, and all that it promises held."""
    row = next(each for each in assay_verdicts.responses if (each.operation, each.status) == assay_response)
    if row.verdict == "not-applicable":
        pytest.skip(row.reason)
    assert row.verdict in ("held", "waived"), "\n".join((f"{row.verdict}: {row.reason}", row.todo))


def test_contract_level_claim(assay_verdicts: Verdicts, assay_claim: str) -> None:
    """What is promised of an operation as a whole, or over time, was exercised and held."""
    verdict = assay_verdicts.of(assay_claim)
    if verdict.verdict == "not-applicable":
        pytest.skip(verdict.reason)
    assert verdict.verdict in ("held", "waived") or not _gates(assay_verdicts, verdict), (
        f"{verdict.claim.sentence}\n{verdict.verdict}: {verdict.reason}"
    )


def _gates(verdicts: Verdicts, verdict: ClaimVerdict) -> bool:
    return verdicts.header.strict or verdict.claim.level == "must"
