"""Ledger + recording → Verdicts. A pure function: no network, no clock, no file.

Every response that was recorded is judged, however it came about. What one means for the state that it was due in,
`outcomes` says.
"""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from attrs import define, field

from assay import claims, strict_json
from assay.claims import Claim, HeaderClaims, Ledger, ResponseClaims, checks
from assay.claims.probes import Rule
from assay.contract import Operation, Response, media_types
from assay.judge import refusals, relations
from assay.judge.outcomes import LONGEST_SHOWN, Outcome, outcomes, shown, status_line
from assay.judge.refusals import GENERIC_RULES_ONLY, Answer
from assay.judge.relations import Observation
from assay.judge.summary import summed_up
from assay.judge.verdicts import (
    GRADES,
    ONLY_OBSERVED,
    UNTOUCHED,
    ClaimVerdict,
    ClientVerdicts,
    Failure,
    Verdict,
    Verdicts,
)
from assay.recording import PlannedStep, Recording, hidden
from assay.recording.exchange import Exchange, Grade, Reply, throttled

_MOST_EVIDENCE = 5
"""Exchanges that a verdict names, and failures that it keeps."""
NOT_PROBED = "the target file says `probes = false`"

_INTEGER = re.compile(r"-?[0-9]{1,300}")
_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")


@define
class _Tally:
    """What was seen of one claim so far."""

    exercised: int = 0
    violated: int = 0
    grade: Grade | None = None
    evidence: list[int] = field(factory=list)
    failures: list[Failure] = field(factory=list)
    repeated: int = 0
    """Times that the minimal request was sent, and how often it violated the claim."""
    reproduced: int = 0
    inconclusive: str = ""
    missing: str = ""


def judge(ledger: Ledger, recording: Recording, client: ClientVerdicts | None = None) -> Verdicts:
    """Every claim of the ledger gets a verdict from what was recorded, and the whole an exit status.

    What was found of a client (`subject`) is taken as it is.
    """
    return _Judge(ledger, recording).run(client)


class _Judge:
    def __init__(self, ledger: Ledger, recording: Recording) -> None:
        self._ledger = ledger
        self._recording = recording
        self._tallies: dict[str, _Tally] = defaultdict(_Tally)
        self._lives: dict[str, dict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
        # a resource that is read again and again mostly answers the same bytes: they are read and walked once
        self._parsed = functools.cache(strict_json.parse)
        self._found = functools.cache(self._walked)

    def run(self, client: ClientVerdicts | None) -> Verdicts:
        known = {operation.id: operation for operation in self._ledger.contract.operations}
        for exchange in self._recording.exchanges:
            if exchange.role != "shrink" and exchange.reply is not None and exchange.operation in known:
                self._exchange(known[exchange.operation], exchange, exchange.reply)
        self._unanswered()
        self._steps()
        if not self._recording.header.mock:
            for operation in known.values():
                self._relations(operation)
        verdicts = tuple(self._verdict(claim) for claim in self._ledger.claims.values())
        return summed_up(self._ledger, self._recording, verdicts, client)

    # One exchange ---------------------------------------------------------------------------------------------------

    def _exchange(self, operation: Operation, exchange: Exchange, reply: Reply) -> None:
        whole = self._ledger.operations[operation.id]
        response = operation.response_for(reply.status)
        if operation.protected:
            self._echo(operation, exchange)
        waits = throttled(reply, due=response is not None and response.status == exchange.due)
        if exchange.role == "probe" and not waits:
            rule = self._probe(operation, response, exchange, reply)
            if rule in GENERIC_RULES_ONLY:
                return
        if not waits:
            if whole.any_status is not None and response is not None:
                self._see(whole.any_status, exchange, True)
            elif whole.any_status is not None:
                documented = ", ".join(each.status for each in operation.responses)
                self._see(whole.any_status, exchange, False, f"one of {documented}", status_line(reply))
            due = exchange.due.startswith("5") or (exchange.due == "default" and response is not None)
            fine = reply.status < 500 or due
            # of traffic nobody can say in which state the server was: a documented outage may well have been one
            if fine or exchange.role != "traffic" or response is None:
                got = "" if fine else status_line(reply)
                self._see(whole.server_error, exchange, fine, "no server error, since none was due", got)
        if response is not None:
            self._response(operation, response, exchange, reply)

    def _response(self, operation: Operation, response: Response, exchange: Exchange, reply: Reply) -> None:
        known = self._ledger.responses[operation.id, response.status]
        if exchange.role == "traffic":
            self._tallies[known.given.id].missing = ONLY_OBSERVED
        for header in known.headers if "headers" not in reply.unseen else ():
            self._header(header, exchange, reply)
        if operation.method == "HEAD" or reply.status in (204, 304) or not response.media:
            return
        media_type = media_types.nearest(reply.header("content-type") or "", response.types)
        if known.media_type is not None and (reply.media_type or "headers" not in reply.unseen):
            expected = " or ".join(response.types)
            self._see(known.media_type, exchange, bool(media_type), expected, reply.media_type or "no Content-Type")
        # a body of another media type is still held against the schema where it is the only one, and JSON
        only = response.types[0] if len(response.types) == 1 else ""
        if "body" not in reply.unseen:
            self._body(known, media_type or only, exchange, reply)

    def _body(self, known: ResponseClaims, media_type: str, exchange: Exchange, reply: Reply) -> None:
        if not media_types.as_json(media_type, reply.media_type):
            if media_types.is_text(media_type) and media_type in known.bodies:
                text = media_types.text(reply.body, reply.header("content-type") or "")
                self._see_shown(checks.walk(known.bodies[media_type], text), text, exchange, reply)
            return
        try:
            body = self._parsed(reply.body)
        except strict_json.NotJsonError as error:
            if known.json is not None:
                self._see(known.json, exchange, False, "JSON (RFC 8259)", f"{error}: {shown(reply.body)}")
            return
        if known.json is not None:
            self._see(known.json, exchange, True)
        if media_type in known.bodies:
            found = self._found(known.bodies[media_type], reply.body)
            self._see_shown(found, body, exchange, reply)
        self._lives[exchange.operation][known.status].append(Observation(exchange, body))

    def _walked(self, tree: checks.Node, body: bytes) -> list[checks.Finding]:
        return list(checks.walk(tree, self._parsed(body)))

    def _see_shown(self, findings: Iterable[checks.Finding], body: Any, exchange: Exchange, reply: Reply) -> None:
        """Without those that are of what was taken out, and not of what came."""
        self._see_all(hidden.still_shown(findings, body) if hidden.holds_bytes(reply.body) else findings, exchange)

    def _see_all(self, findings: Iterable[checks.Finding], exchange: Exchange) -> None:
        for found in findings:
            claim = self._ledger.of_check[found.check]
            self._see(claim, exchange, found.fault is None, claim.sentence, found.fault or "", found.at)

    def _header(self, known: HeaderClaims, exchange: Exchange, reply: Reply) -> None:
        value = reply.header(known.name)
        if known.required is not None:
            self._see(known.required, exchange, value is not None, f"the header {known.name}", "no such header")
        if known.tree is not None and value is not None and not hidden.holds(value):
            if known.type == "object":
                # OpenAPI writes an object's members in two ways, and the text does not tell which
                return
            self._see_all(checks.walk(known.tree, _read_as(known.type, value, known.items)), exchange)

    def _see(
        self, claim: Claim, exchange: Exchange, held: bool, expected: str = "", got: str = "", at: str = ""
    ) -> None:
        tally = self._tallies[claim.id]
        tally.exercised += 1
        if exchange.role == "minimal" and exchange.step.endswith(f" minimal {claim.id}"):
            tally.repeated += 1
            tally.reproduced += not held
        if tally.grade is None or (
            exchange.grade != tally.grade and GRADES.index(exchange.grade) < GRADES.index(tally.grade)
        ):
            tally.grade = exchange.grade
        if held:
            if len(tally.evidence) < _MOST_EVIDENCE:
                tally.evidence.append(exchange.id)
            return
        tally.violated += 1
        failure = Failure(claim, expected, got[:LONGEST_SHOWN], at, exchange)
        if exchange.role == "minimal":
            # what a person will try first is the smallest request that shows it
            tally.failures.insert(0, failure)
        elif len(tally.failures) < _MOST_EVIDENCE:
            tally.failures.append(failure)

    # Probes ---------------------------------------------------------------------------------------------------------

    def _probe(self, operation: Operation, response: Response | None, exchange: Exchange, reply: Reply) -> Rule | None:
        """Judge a probe by the rule behind its claim, and by that for its status where there is one."""
        claim_id = exchange.step.partition("#")[0]
        answer = Answer(reply, response, self._is_resource(operation, response, reply))
        for each in (claim_id, f"{claim_id}/status"):
            if each in self._ledger.rules:
                rule = self._ledger.rules[each]
                claim, fine = self._ledger.claims[each], refusals.keeps(rule, answer)
                self._see(claim, exchange, fine, refusals.expected(rule), status_line(reply))
        return self._ledger.rules.get(claim_id)

    def _unanswered(self) -> None:
        """A probe without an answer leaves its claim open, whatever became of the others of that claim."""
        probes = [each for each in self._recording.exchanges if each.role == "probe"]
        answered = {each.step for each in probes if each.reply is not None and not throttled(each.reply, due=False)}
        for each in probes:
            if each.step in answered:
                continue
            claim, _, tried = each.step.partition("#")
            fault = each.fault or "the server asks to come again later"
            for known in {claim, f"{claim}/status"} & self._ledger.rules.keys():
                self._tallies[known].inconclusive = f"{tried}: {fault}" if tried else fault

    def _is_resource(self, operation: Operation, response: Response | None, reply: Reply) -> bool:
        """Whether the body is what the operation's good response would have, and not that of another route."""
        known = response and self._ledger.responses[operation.id, response.status]
        tree = known and known.bodies.get(media_types.nearest(reply.header("content-type") or "", tuple(known.bodies)))
        if not tree:
            return False
        try:
            found = self._found(tree, reply.body)
        except strict_json.NotJsonError:
            return False
        return bool(found) and all(each.fault is None for each in found)

    def _echo(self, operation: Operation, exchange: Exchange) -> None:
        cookie = any(scheme.place == "cookie" for alternative in operation.security for scheme in alternative)
        where = refusals.echoed(exchange, cookie=cookie)
        whole = exchange.reply is not None and not exchange.reply.unseen
        if where or (whole and refusals.carries_credential(exchange)):
            claim = self._ledger.operations[operation.id].probes["security", "echo"]
            self._see(claim, exchange, where is None, "no credential in the response", f"one in {where}")
            short = self._recording.header.short_secrets
            if short:
                reason = f"the credential {short[0]!r} is too short to be told from other text"
                self._tallies[claim.id].inconclusive = reason

    # The steps and what they were due -------------------------------------------------------------------------------

    def _steps(self) -> None:
        for step, outcome in outcomes(self._ledger.contract, self._recording):
            known = self._ledger.responses.get((step.operation, step.due))
            if known is not None:
                self._given(known.given, step, outcome)
        for none in self._recording.header.unplanned:
            known = self._ledger.responses.get((none.operation, none.status))
            if known is not None:
                self._tallies[known.given.id].missing = none.reason

    def _given(self, claim: Claim, step: PlannedStep, outcome: Outcome) -> None:
        tally = self._tallies[claim.id]
        if outcome.verdict == "inconclusive":
            tally.inconclusive = _of_step(step, outcome.reason)
        elif outcome.exchange is None or outcome.verdict == "not-exercised":
            tally.missing = tally.missing or _of_step(step, outcome.reason)
        else:
            self._see(claim, outcome.exchange, outcome.verdict == "held", f"{step.due} in its state", outcome.reason)

    # Relations ------------------------------------------------------------------------------------------------------

    def _relations(self, operation: Operation) -> None:
        for relation in self._ledger.operations[operation.id].relations:
            lives: dict[tuple[int, str], list[Observation]] = defaultdict(list)
            for status in relation.responses:
                for each in self._lives[operation.id][status]:
                    if each.exchange.role != "traffic" or not any(map(hidden.holds_anywhere, each.values(relation))):
                        lives[each.exchange.source, each.resource].append(each)
            for (source, _), life in lives.items():
                watches = {each.step: each for each in self._recording.header.watches if each.source == source}
                for seen in relations.judge(relation, operation, life, watches):
                    expected, got = seen.fault or ("", "")
                    self._see(relation.claim, seen.observation.exchange, seen.fault is None, expected, got, seen.at)

    # The verdict ----------------------------------------------------------------------------------------------------

    def _verdict(self, claim: Claim) -> ClaimVerdict:
        tally = self._tallies[claim.id]
        evidence = ([failure.exchange.id for failure in tally.failures] + tally.evidence)[:_MOST_EVIDENCE]
        verdict, reason = self._word(claim, tally)
        return ClaimVerdict(
            claim, verdict, tally.exercised, tally.grade, tuple(evidence), reason, tuple(tally.failures)
        )

    def _word(self, claim: Claim, tally: _Tally) -> tuple[Verdict, str]:
        if claim.kind in ("relation", "security", "hygiene") and self._recording.header.mock:
            return "not-applicable", "a mock is asked for answers, not for behaviour"
        if tally.violated:
            return "violated", _violation(tally)
        if tally.inconclusive:
            return "inconclusive", tally.inconclusive
        if tally.exercised:
            return "held", ""
        if claim.id in self._ledger.rules and not self._recording.header.probes:
            return "not-exercised", NOT_PROBED
        return "not-exercised", tally.missing or UNTOUCHED


def _of_step(step: PlannedStep, reason: str) -> str:
    """Which of several steps for one response is meant, where its name tells."""
    return reason if step.id == claims.name_of(step.operation, step.due) else f"{step.id}: {reason}"


def _violation(tally: _Tally) -> str:
    first = tally.failures[0]
    often = f"{tally.violated} of {tally.exercised} times"
    if tally.repeated:
        steady = tally.reproduced == tally.repeated
        often += f"; {'reproduces' if steady else 'intermittent'}: {tally.reproduced} of {tally.repeated} times"
    return f"{first.got} (expected: {first.expected}; {often})"


def _read_as(kind: str, text: str, items: str = "string") -> Any:
    """A header's text as the type that its schema has (OpenAPI's simple style); as it is where it is not that."""
    if kind == "array":
        return [_read_as(items, item.strip()) for item in text.split(",")]
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text)
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text
