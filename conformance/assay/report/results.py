"""Verdicts → results.json (`assay-results/1`), the face for programs. Its JSON Schema is schemas/results.schema.json.

Nothing is counted here but what there is, and nothing is judged.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, get_args

import attrs

from assay.contract import Contract
from assay.judge.verdicts import Alike, ClaimVerdict, ClientVerdicts, Failure, ResponseVerdict, Verdict, Verdicts
from assay.recording import Recording
from assay.report.curl import curl
from assay.report.visible import lines, told, visible
from assay.report.wording import not_there, ticket, waivers_used

FORMAT = "assay-results/1"

_LONGEST_MESSAGE = 500
"""Characters of what came that `message` quotes; `got` has all of it."""


def results_json(verdicts: Verdicts, recording: Recording) -> bytes:
    """The file."""
    return json.dumps(results(verdicts, recording), indent=2).encode("ascii") + b"\n"


def results(verdicts: Verdicts, recording: Recording) -> dict[str, Any]:
    """The same as data."""
    header, used = verdicts.header, waivers_used(verdicts)
    return {
        "format": FORMAT,
        "spec": _spec(verdicts.ledger.contract),
        "target": _target(verdicts, recording),
        "recording": {"digest": recording.digest, "spec": header.contract.get("digest", "")},
        "versions": dict(header.versions),
        "run_id": header.run_id,
        "seed": header.seed,
        "started": header.started,
        "finished": verdicts.finished,
        "exit_status": verdicts.exit_status,
        "ticket": visible(ticket(verdicts)),
        "strict": header.strict,
        "partial": header.partial,
        "interrupted": verdicts.interrupted,
        "notes": [_prose(note) for note in header.notes],
        "left": [_prose(each) for each in recording.left],
        **({"alike": _alike(verdicts.alike)} if verdicts.alike else {}),
        "incomplete": [_prose(reason) for reason in verdicts.incomplete],
        "summary": _counted(verdicts.claims),
        "client": _client(verdicts.client) if verdicts.client else None,
        "responses": [_response(each) for each in verdicts.responses],
        "claims": [_claim(each, verdicts.ledger.contract) for each in verdicts.all_claims],
        "failures": [_failure(each) for each in verdicts.failures],
        "waivers": [{**attrs.asdict(each), "used": each in used} for each in header.waivers],
        "waiver_notes": [
            {"claim": each.waiver.claim, "problem": each.problem, "text": _prose(each.text)}
            for each in verdicts.waiver_notes
        ],
        "excluded_but_seen": list(verdicts.excluded_but_seen),
        "excluded": [attrs.asdict(each) for each in header.excluded],
        "levels": dict(header.levels),
    }


def _target(verdicts: Verdicts, recording: Recording) -> dict[str, Any]:
    header = verdicts.header
    return {
        **{key: header.target.get(key, "") for key in ("name", "base_url")},
        "build": verdicts.build,
        "builds": list(recording.builds),
        "digest": header.target.get("digest", ""),
        "served": header.target.get("served") == "true",
        "mock": header.mock,
        "probes": header.probes,
    }


def _spec(contract: Contract) -> dict[str, Any]:
    """The contract that was judged by, which need not be the one that was recorded for."""
    read = (*contract.source.files, *contract.overlays)
    return {
        "title": contract.title,
        "version": contract.version,
        "digest": contract.digest,
        "files": [{"file": visible(each.shown), "digest": each.digest} for each in read],
    }


def _counted(claims: Sequence[ClaimVerdict]) -> dict[str, int]:
    found = Counter(each.verdict for each in claims)
    return {"claims": len(claims), **{word.replace("-", "_"): found[word] for word in get_args(Verdict)}}


def _client(client: ClientVerdicts) -> dict[str, Any]:
    return {"package": client.package, "gates": client.gates, **_counted(client.claims)}


def _response(response: ResponseVerdict) -> dict[str, Any]:
    return {
        "operation": response.operation,
        "status": response.status,
        "grade": response.grade,
        "verdict": response.verdict,
        "exchanges": response.exchanges,
        "reason": _prose(response.reason),
        "todo": _prose(response.todo),
    }


def _claim(verdict: ClaimVerdict, contract: Contract) -> dict[str, Any]:
    claim = verdict.claim
    return {
        **{
            key: getattr(claim, key)
            for key in ("id", "kind", "operation", "response", "level", "basis", "source", "pointer")
        },
        "where": contract.where(claim.pointer),
        "sentence": claim.sentence,
        "verdict": verdict.verdict,
        "reason": _prose(verdict.reason),
        "exercised": verdict.exercised,
        "grade": verdict.grade,
        "evidence": list(verdict.evidence),
    }


def _alike(alike: Alike) -> dict[str, Any]:
    return {**attrs.asdict(alike), "text": _prose(alike.text)}


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "claim": failure.claim.id,
        "message": told(failure, _LONGEST_MESSAGE),
        "expected": visible(failure.expected),
        "got": visible(failure.got),
        "at": visible(failure.at),
        "exchange": failure.exchange.id,
        "request_id": visible(failure.exchange.request_id),
        "curl": curl(failure.exchange),
        **({"note": visible(note)} if (note := not_there(failure)) else {}),
    }


def _prose(text: str) -> str:
    return "\n".join(lines(text))
