"""Verdicts → SARIF 2.1.0, the face for tools that mark lines: each result stands where its claim comes from.

A violated claim is a result, as is one that should have been exercised and was not (`open`, which no tool takes for a
pass); a waived one is suppressed with its reason. What held is no result.

Plain data: the libraries for the format are unkept or know a part of it. The tests hold it against its schema.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from assay.judge.summary import gates, must_be_exercised
from assay.judge.verdicts import ClaimVerdict, Failure, Verdicts
from assay.report import wording
from assay.report.curl import curl_to_show
from assay.report.places import place
from assay.report.visible import cut, visible

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LONGEST_GOT = 500


def sarif(verdicts: Verdicts) -> bytes:
    told = [each for each in verdicts.all_claims if _is_result(each, verdicts)]
    numbers = {each.claim.id: number for number, each in enumerate(told)}
    run = {
        "tool": {"driver": {
            "name": "assay",
            "version": verdicts.header.versions.get("assay-conformance", "0"),
            "rules": [_rule(each) for each in told],
        }},
        # one analysis a target: what another target of the same checkout violates does not replace it
        "automationDetails": {"id": f"assay/{visible(verdicts.header.target.get('name', ''))}/"},
        "invocations": [{
            "executionSuccessful": not verdicts.interrupted,
            "exitCode": verdicts.exit_status,
            "exitCodeDescription": wording.MEANINGS[verdicts.exit_status],
        }],
        "columnKind": "unicodeCodePoints",
        "properties": {"verdict": visible(wording.ticket(verdicts))},
        "results": [_result(each, numbers[each.claim.id], verdicts) for each in told],
    }  # fmt: skip
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1).encode()


def _is_result(verdict: ClaimVerdict, verdicts: Verdicts) -> bool:
    if verdict.verdict in ("violated", "waived"):
        return True
    must = must_be_exercised(verdict.claim, strict=verdicts.header.strict)
    return must and verdict.verdict in ("not-exercised", "inconclusive")


def _rule(verdict: ClaimVerdict) -> dict[str, Any]:
    claim = verdict.claim
    return {
        "id": claim.id,
        "shortDescription": {"text": visible(claim.sentence)},
        "fullDescription": {"text": visible(f"{claim.sentence} ({claim.level}, {claim.basis}: {claim.pointer})")},
        "properties": {"tags": [claim.level, claim.basis, claim.source]},
    }


def _result(verdict: ClaimVerdict, number: int, verdicts: Verdicts) -> dict[str, Any]:
    claim = verdict.claim
    stands = place(claim, verdicts.ledger.contract)
    failed = verdict.verdict in ("violated", "waived")
    result: dict[str, Any] = {
        "ruleId": claim.id,
        "ruleIndex": number,
        "kind": "fail" if failed else "open",
        "level": _level(verdict, verdicts) if failed else "none",
        "message": {"text": "\n".join(_message(verdict))},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": stands.uri},
                "region": {"startLine": stands.line} | ({"startColumn": stands.column} if stands.column else {}),
            },
            "logicalLocations": [{"fullyQualifiedName": claim.id, "kind": "member"}],
        }],
        # the same claim is the same finding, wherever its line has moved to
        "partialFingerprints": {"claim/v1": hashlib.sha256(claim.id.encode()).hexdigest()},
    }  # fmt: skip
    if verdict.verdict == "waived":
        reason = visible(verdict.reason)
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _level(verdict: ClaimVerdict, verdicts: Verdicts) -> str:
    return "error" if gates(verdict.claim, strict=verdicts.header.strict) else "warning"


def _message(verdict: ClaimVerdict) -> Iterator[str]:
    yield visible(verdict.claim.sentence)
    failure = wording.shown_failure([verdict])
    if failure is None:
        yield f"{verdict.verdict}: {visible(verdict.reason)}"
    else:
        yield from _failure(failure)


def _failure(failure: Failure) -> Iterator[str]:
    at = f" at {visible(failure.at)}" if failure.at else ""
    expected = wording.expected(failure)
    got = f"{at}: {cut(visible(failure.got), _LONGEST_GOT)}"
    yield f"Expected {visible(expected)}, got{got}" if expected else f"Got{got}"
    if request_id := failure.exchange.request_id:
        yield f"Request id: {visible(request_id)}"
    yield curl_to_show(failure.exchange)
    if note := wording.not_there(failure):
        yield visible(note)
