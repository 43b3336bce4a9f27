"""Planned steps + the exchanges that they led to → what became of the status that each was due to give.

Not what the answers promise beside their status: that is `judge`'s.

| step | gets the due status | another documented 4xx | undocumented, or 2xx/5xx not due |
|---|---|---|---|
| declared state | held | violated | violated |
| derived 400, 404, … | held | not-exercised | violated |
| tried on a suggestion only | held | not-exercised | not-exercised |
| hint, burst that never gives it | held | not-exercised | unexpected 5xx: violated |

A throttled answer that did not end, a fault, and a status that comes without its state too are inconclusive. Of a step
that several recordings have, what came of it once counts, and what came to nothing another time does not.

A status that is due is due each time: a poll that gets another one breaks it, and so does an exploration's read of a
declared 2xx that gets a 4xx between others that get it, where nothing but reads was sent meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from attrs import frozen

from assay.contract import Contract, Operation
from assay.judge.verdicts import NOT_SENT, Verdict
from assay.recording import PlannedStep, Recording
from assay.recording.exchange import Exchange, Reply, Request, throttled

OF_THE_ASKER = (401, 403)
"""Answers that may say nothing of the resource: the token had run out; a quota, as some servers tell it."""
_READS = ("GET", "HEAD", "OPTIONS", "TRACE")
LONGEST_SHOWN = 200
"""Characters of a value that a message quotes."""


@frozen
class Outcome:
    """What one step came to, of the status that was due. `exchange` shows it, where one does."""

    verdict: Verdict
    reason: str = ""
    exchange: Exchange | None = None


def outcomes(contract: Contract, recording: Recording) -> Iterator[tuple[PlannedStep, Outcome]]:
    """Every step whose operation the contract knows, with what it came to; each of the recordings that were joined."""
    exchanges: dict[tuple[int, str], list[Exchange]] = defaultdict(list)
    reads: dict[tuple[int, Request], list[Exchange]] = defaultdict(list)
    written = False
    for exchange in recording.exchanges:
        exchanges[exchange.source, exchange.step].append(exchange)
        if exchange.role == "explore":
            reads[exchange.source, exchange.request].append(exchange)
            written |= exchange.request.method not in _READS
    told: dict[str, list[tuple[PlannedStep, Outcome]]] = defaultdict(list)
    for step in recording.header.steps:
        operation = contract.operation(step.operation)
        if operation is not None:
            own = exchanges[step.source, step.id]
            outcome = _outcome(operation, step, own)
            if outcome.verdict == "held" and outcome.exchange is not None:
                later = () if written else reads.get((step.source, outcome.exchange.request), ())
                outcome = _each_time(operation, step, own, later) or outcome
            told[step.id].append((step, outcome))
    for attempts in told.values():
        telling = [each for each in attempts if each[1].verdict in ("held", "violated")]
        yield from telling or attempts


def status_line(reply: Reply) -> str:
    """Status, media type and the beginning of the body, for messages."""
    body = f": {shown(reply.body)}" if reply.body else " without a body"
    return f"{reply.status} {reply.media_type or ''}".rstrip() + body


def shown(body: bytes) -> str:
    text = body.decode("utf-8", "backslashreplace")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _outcome(operation: Operation, step: PlannedStep, exchanges: Sequence[Exchange]) -> Outcome:
    """By the table at the top."""
    asked = [each for each in exchanges if each.role == "state"]
    if not asked:
        return Outcome("not-exercised", NOT_SENT)
    given = next((each for each in asked if _gives(operation, each, step.due)), None)
    # a fault comes last where the state could not be left again
    if given is not None and (step.driver == "burst" or asked[-1].reply is not None):
        return _controlled(operation, step, given, [each for each in exchanges if each.role == "control"])
    last = asked[-1]
    if step.driver == "burst":  # which of its answers comes last is chance
        last = next((each for each in asked if each.reply is not None and _breaks(each.reply)), last)
    if last.reply is None:
        return Outcome("not-exercised" if step.driver == "tried" else "inconclusive", last.fault)
    if throttled(last.reply, due=False):
        return Outcome("inconclusive", f"the server asks to come again later: {status_line(last.reply)}")
    got = status_line(last.reply)
    if step.driver in ("hint", "burst") and last.reply.status < 500:
        return Outcome("not-exercised", f"the answer was {got}")
    if step.driver == "tried":
        return Outcome(
            "not-exercised", f"the answer was {got}: it was only tried, no state of the target gives {step.due}"
        )
    documented = operation.response_for(last.reply.status) is not None and 400 <= last.reply.status < 500
    if step.driver == "derived" and documented:
        return Outcome("not-exercised", f"the answer was {got}: no state of the target gives {step.due}")
    return Outcome("violated", got, last)


def _each_time(
    operation: Operation, step: PlannedStep, own: Sequence[Exchange], reads: Sequence[Exchange]
) -> Outcome | None:
    """What a later answer made of it; None where it stayed so. `reads` are the same request's, of the exploration."""
    polls = (each for each in own if each.role == "poll")
    other = next((each for each in polls if _another(operation, each, step.due)), None)
    if other is None and step.driver == "fixture" and step.due[0] == "2" and operation.safe:
        again = max((each.sent for each in reads if _gives(operation, each, step.due)), default=0.0)
        lost = (each for each in reads if each.reply is not None and 400 <= each.reply.status < 500)
        other = next((each for each in lost if each.received < again and _another(operation, each, step.due)), None)
    if other is None or other.reply is None:
        return None
    return Outcome("violated", f"{status_line(other.reply)}, where other reads got {step.due}", other)


def _another(operation: Operation, exchange: Exchange, due: str) -> bool:
    """Whether an answer came, and it is neither the one that is due nor one that asks to come again later."""
    return (
        exchange.reply is not None
        and not throttled(exchange.reply, due=False)
        and exchange.reply.status not in OF_THE_ASKER
        and not _gives(operation, exchange, due)
    )


def _controlled(operation: Operation, step: PlannedStep, given: Exchange, controls: Sequence[Exchange]) -> Outcome:
    """A status that the server gives without the state too says nothing of the state."""
    if not step.controlled:
        return Outcome("held", "", given)
    if step.uncontrolled:
        return Outcome("inconclusive", f"there is no control: {step.uncontrolled}")
    if not controls or controls[-1].reply is None:
        fault = controls[-1].fault if controls else "it was not sent"
        return Outcome("inconclusive", f"the control, the same request without the state, failed: {fault}")
    # one that was throttled was asked again: what counts is the last
    if _gives(operation, controls[-1], step.due):
        return Outcome("inconclusive", f"the control, the same request without the state, gives {step.due} too")
    if throttled(controls[-1].reply, due=False):
        return Outcome("inconclusive", f"the control is asked to come again later: {status_line(controls[-1].reply)}")
    return Outcome("held", "", given)


def _breaks(reply: Reply) -> bool:
    return reply.status >= 500 and not throttled(reply, due=False)


def _gives(operation: Operation, exchange: Exchange, due: str) -> bool:
    response = operation.response_for(exchange.reply.status) if exchange.reply else None
    return response is not None and response.status == due
