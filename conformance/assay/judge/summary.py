"""Verdicts of claims → waived ones, one row a documented response, what is incomplete, the exit status.

The rules of the gate: a `must` claim violated is 1. A waiver that expired, or whose claims held after all, and an
excluded response that was seen, are 4. A documented response (its status, media type, JSON), a relation or a security
claim that was not exercised or is inconclusive is 3, and so is a run that was cut short or exercised nothing. Under
`strict` a `should` counts as a `must`, and every claim has to be exercised.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from attrs import evolve

from assay import shapes
from assay.claims import Claim, Ledger, client_claims, name_of
from assay.contract.overlay import Level
from assay.judge import refusals
from assay.judge.alike import alike
from assay.judge.gone import gone
from assay.judge.verdicts import (
    NOT_SENT,
    ONLY_OBSERVED,
    UNTOUCHED,
    ClaimVerdict,
    ClientVerdicts,
    Gone,
    ResponseVerdict,
    Verdict,
    Verdicts,
    WaiverNote,
)
from assay.recording import Recording, RunHeader, Waiver
from assay.recording.exchange import Exchange

_GATING = frozenset({"status", "media-type", "json", "any-status", "server-error", "relation", "security"})
"""Kinds of claims that have to be exercised; a keyword below an optional property gates only under `strict`."""
WARNED_AHEAD = 14
"""Days ahead of its end in which a waiver is told of."""
_OPEN: tuple[Verdict, ...] = ("not-exercised", "inconclusive")


def summed_up(
    ledger: Ledger, recording: Recording, verdicts: tuple[ClaimVerdict, ...], client: ClientVerdicts | None = None
) -> Verdicts:
    """The whole from its claims. Those on a client that does not gate pass through, and change nothing."""
    header = recording.header
    lost = gone(recording)
    own = tuple(_leveled(_with_gone(each, lost), header.levels) for each in verdicts)
    client = client and evolve(client, claims=tuple(_with_gone(each, lost) for each in client.claims))
    leveled = own + (client.claims if client and client.gates else ())
    excluded = {each.response for each in header.excluded}
    applied = tuple(_excluded(each, excluded) for each in leveled)
    waived = tuple(_waived(each, header.waivers, header.started[:10]) for each in applied)
    notes = tuple(_waiver_notes(ledger, header, applied))
    came = _came(ledger, recording.exchanges)
    seen_after_all = [
        each.claim.id
        for each, was in zip(applied, leveled, strict=True)
        if each is not was and was.claim.kind == "status" and _response_seen(was, leveled, came)
    ]
    incomplete = tuple(_incomplete(recording, waived, strict=header.strict))
    return Verdicts(
        ledger=ledger,
        header=evolve(header, notes=(*ledger.contract.notes, *header.notes, *recording.left)),
        finished=recording.finished,
        build=recording.build,
        claims=waived[: len(own)],
        responses=tuple(_responses(ledger, recording, waived[: len(own)], came)),
        waiver_notes=notes,
        excluded_but_seen=tuple(seen_after_all),
        incomplete=incomplete,
        interrupted=recording.interrupted or not recording.complete,
        exit_status=_exit_status(waived, notes, seen_after_all, incomplete, strict=header.strict),
        client=evolve(client, claims=waived[len(own) :]) if client and client.gates else client,
        alike=alike(ledger.contract, recording),
    )


def covers(pattern: str, claim: str) -> bool:
    """Whether a waiver speaks of a claim: by its id, or as part of a subtree (`getJob/451/*`), of one operation or of
    each (`*/security/*`).
    """
    if pattern.startswith("*/") and pattern != "*/*":
        claim = "*/" + claim.partition("/")[2]
    return claim == pattern or (pattern.endswith("/*") and claim.startswith(pattern[:-1]))


def gates(claim: Claim, *, strict: bool) -> bool:
    """Whether a violation of the claim fails the run. A claim on a client is a `must` only where the client gates."""
    return claim.level == "must" or (strict and claim.source != "client")


def must_be_exercised(claim: Claim, *, strict: bool) -> bool:
    """Whether the run is incomplete without the claim."""
    return claim.source != "client" and (strict or (claim.kind in _GATING and claim.level == "must"))


def _with_gone(verdict: ClaimVerdict, lost: Mapping[int, Gone]) -> ClaimVerdict:
    if not verdict.failures or not lost:
        return verdict
    return evolve(verdict, failures=tuple(evolve(each, gone=lost.get(each.exchange.id)) for each in verdict.failures))


def _leveled(verdict: ClaimVerdict, levels: dict[str, Level]) -> ClaimVerdict:
    """A target may set the level of the rules that its document does not state, by claim id or by source."""
    claim = verdict.claim
    if claim.source not in ("http", "security"):
        return verdict
    for pattern, level in levels.items():
        if pattern == claim.source or fnmatchcase(claim.id, pattern):
            claim = evolve(claim, level=level)
    return verdict if claim is verdict.claim else evolve(verdict, claim=claim)


def _excluded(verdict: ClaimVerdict, excluded: set[str]) -> ClaimVerdict:
    if name_of(verdict.claim.operation, verdict.claim.response) not in excluded:
        return verdict
    return evolve(verdict, verdict="not-applicable", reason="excluded by the target")


def _came(ledger: Ledger, exchanges: Iterable[Exchange]) -> Counter[tuple[str, str]]:
    """(operation, documented status) → how often it came. Answers to probes may be those of an intermediary."""
    found = Counter[tuple[str, str]]()
    for exchange in exchanges:
        operation = ledger.contract.operation(exchange.operation)
        if exchange.reply is not None and operation is not None and exchange.role not in ("shrink", "probe"):
            response = operation.response_for(exchange.reply.status)
            found[exchange.operation, response.status if response else ""] += 1
    return found


def _response_seen(given: ClaimVerdict, verdicts: Sequence[ClaimVerdict], came: Counter[tuple[str, str]]) -> bool:
    """Whether a response came that the target says cannot come. One without a body exercises none of its claims."""
    claim = given.claim
    return bool(came[claim.operation, claim.response]) or any(
        each.exercised for each in verdicts
        if (each.claim.operation, each.claim.response) == (claim.operation, claim.response)
    )  # fmt: skip


def _waived(verdict: ClaimVerdict, waivers: Sequence[Waiver], today: str) -> ClaimVerdict:
    for waiver in waivers:
        if verdict.verdict in ("violated", *_OPEN) and waiver.until >= today and covers(waiver.claim, verdict.claim.id):
            why = f"waived by {waiver.owner} until {waiver.until}: {waiver.reason}"
            return evolve(verdict, verdict="waived", reason=f"{why} ({verdict.verdict}: {verdict.reason})")
    return verdict


def _needs_waiver(verdict: ClaimVerdict, *, strict: bool) -> bool:
    """A violation of a `should` needs none, but has some use of one; what need not be exercised has none."""
    if verdict.verdict in _OPEN:
        return must_be_exercised(verdict.claim, strict=strict)
    return verdict.verdict == "violated"


def _waiver_notes(ledger: Ledger, header: RunHeader, verdicts: Sequence[ClaimVerdict]) -> Iterator[WaiverNote]:
    """`verdicts`: those that count. A waiver may speak of a client that was not judged."""
    if not header.waivers:
        return
    today = header.started[:10]
    soon = (dt.date.fromisoformat(today) + dt.timedelta(days=WARNED_AHEAD)).isoformat()
    unknown = {each.waiver: each for each in unknown_waivers(ledger, header.waivers, verdicts)}
    for waiver in header.waivers:
        own = [each for each in verdicts if covers(waiver.claim, each.claim.id)]
        what = f"the waiver {waiver.claim!r}"
        if waiver in unknown:
            yield unknown[waiver]
        elif waiver.until < today:
            yield WaiverNote(waiver, "expired", f"{what} expired on {waiver.until}: ask {waiver.owner}")
        elif any(each.exercised for each in own) and not any(_needs_waiver(each, strict=header.strict) for each in own):
            yield WaiverNote(waiver, "held", f"everything under {what} held: delete it")
        elif waiver.until <= soon:
            yield WaiverNote(waiver, "expiring", f"{what} expires on {waiver.until}: ask {waiver.owner}")


def unknown_waivers(
    ledger: Ledger, waivers: Iterable[Waiver], verdicts: Iterable[ClaimVerdict] = ()
) -> Iterator[WaiverNote]:
    """Those that name no claim: none of the ledger, none that was judged, and none of a client's, judged or not."""
    judged = [*ledger.claims, *(each.claim.id for each in verdicts)]
    names = list(dict.fromkeys([*judged, *(each.id for each in client_claims.of(ledger, "must"))]))
    for waiver in waivers:
        if not any(covers(waiver.claim, each) for each in names):
            what = f"the waiver {waiver.claim!r} names no claim: {_nearest(waiver.claim, names)}"
            yield WaiverNote(waiver, "unknown", what)


def _nearest(pattern: str, names: Sequence[str]) -> str:
    """What was meant, among the claims or among their subtrees."""
    if not pattern.endswith("/*"):
        return shapes.suggest(pattern, list(names))
    depth = pattern.count("/")
    subtrees = {"/".join(name.split("/")[:depth]) + "/*" for name in names if name.count("/") >= depth}
    return shapes.suggest(pattern, sorted(subtrees))


def _responses(
    ledger: Ledger, recording: Recording, verdicts: Sequence[ClaimVerdict], came: Counter[tuple[str, str]]
) -> Iterator[ResponseVerdict]:
    todo = {(each.operation, each.status): each.todo for each in recording.header.unplanned}
    observed = _came(ledger, (each for each in recording.exchanges if each.role == "traffic"))
    refused = _lacking_credential(recording)
    settled = frozenset({ONLY_OBSERVED, NOT_SENT, *([UNTOUCHED] if recording.header.partial else ())})
    own: dict[tuple[str, str], list[ClaimVerdict]] = {key: [] for key in ledger.responses}
    for each in verdicts:
        if (key := (each.claim.operation, each.claim.response)) in own:
            own[key].append(each)
    for key, mine in own.items():
        given = next(each for each in mine if each.claim.kind == "status")
        verdict, worst = _row(mine, strict=recording.header.strict)
        seen = [each for each in mine if each.claim.kind in ("json", "media-type", "status")]
        lacked = _lacked(ledger, key[0]) if key in refused else ""
        advice = todo.get(key, "") or _todo(worst, *key, refused=lacked, settled=settled)
        yield ResponseVerdict(
            *key,
            verdict=verdict,
            grade=given.grade or ("observed" if key in observed else None),
            exchanges=max(came[key], *(each.exercised for each in seen)),
            reason=worst.reason if worst else "",
            todo=advice if verdict in _OPEN else "",
        )


def _row(mine: Sequence[ClaimVerdict], *, strict: bool) -> tuple[Verdict, ClaimVerdict | None]:
    """The verdict on a response: the worst of its claims that gate."""
    for word in ("violated", "waived", "inconclusive", "not-exercised", "not-applicable"):
        for each in mine:
            counts = gates if word in ("violated", "waived") else must_be_exercised
            if each.verdict == word and counts(each.claim, strict=strict):
                return each.verdict, each
    return "held", None


def _lacking_credential(recording: Recording) -> set[tuple[str, str]]:
    """(operation, status that was due) of requests that got a 401, and had no credential to show."""
    return {
        (each.operation, each.due)
        for each in recording.exchanges
        if each.role == "state" and each.due != "401" and each.reply is not None and each.reply.status == 401
        and not refusals.carries_credential(each)
    }  # fmt: skip


def _lacked(ledger: Ledger, operation: str) -> str:
    """What to supply for an operation that was asked without a credential."""
    known = ledger.contract.operation(operation)
    schemes = [one for each in (known.security if known else ()) for one in each]
    names = dict.fromkeys(repr(each.name) for each in schemes if not each.defined)
    first = f"define {' and '.join(names)} under components/securitySchemes, then " if names else ""
    return f"{first}give [credentials.default] in the target file"


def _todo(worst: ClaimVerdict | None, operation: str, status: str, *, refused: str, settled: frozenset[str]) -> str:
    """`settled`: reasons that nothing in a target file would mend."""
    if worst is None or worst.verdict != "not-exercised" or worst.reason in settled:
        return ""
    if refused:
        return f"{refused}: it was asked without a credential, and answered 401"
    return f'declare [states."{name_of(operation, status)}"] in the target file, a state under which it is due'


def _incomplete(recording: Recording, verdicts: Sequence[ClaimVerdict], *, strict: bool) -> Iterator[str]:
    if recording.interrupted:
        yield "the run was interrupted"
    elif not recording.complete:
        yield "the recording ends without its footer: the run crashed, or the file was cut"
    if len(recording.builds) > 1:
        yield f"more than one build answered: {recording.build}; check again once all instances are of one build"
    if recording.header.partial:
        yield f"the run was partial: {recording.header.partial}"
    if not any(each.exercised for each in verdicts):
        yield "nothing at all was exercised"
    for each in verdicts:
        if each.verdict in _OPEN and must_be_exercised(each.claim, strict=strict):
            yield f"{each.claim.id} is {each.verdict}: {each.reason}"


def _exit_status(
    verdicts: Sequence[ClaimVerdict], notes: Sequence[WaiverNote], seen_after_all: Sequence[str],
    incomplete: Sequence[str], *, strict: bool,
) -> Literal[0, 1, 3, 4]:  # fmt: skip
    if any(each.verdict == "violated" and gates(each.claim, strict=strict) for each in verdicts):
        return 1
    if seen_after_all or any(each.problem != "expiring" for each in notes):
        return 4
    return 3 if incomplete else 0
