"""Plan + what its reads came to → which documented responses the target can be brought to give, and what to supply.

Sends reads only, and nothing that sets up a state or bursts: it is safe to run against production.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, frozen

from assay import judge, run
from assay.claims import name_of
from assay.judge.outcomes import status_line
from assay.judge.verdicts import ResponseVerdict
from assay.loading import Job
from assay.plan.steps import Step
from assay.recording import Recording


@frozen
class Finding:
    """One documented response: `ok` if it came, or is set up in the run itself; what was found; what to supply.

    `tried`: each request that was sent for it, with its answer.
    """

    response: str
    ok: bool
    found: str
    todo: str = ""
    tried: tuple[str, ...] = ()


def examine(job: Job) -> tuple[list[Finding], str]:
    """One finding a documented response, in the document's order; and what is to be asked where all answers were alike.

    Raises UserError: the target does not answer. Raises KeyboardInterrupt: it was stopped before all was asked.
    """
    reads = tuple(_once(step) for step in job.plan.steps if _is_plain_read(step))
    with tempfile.TemporaryDirectory() as folder:
        plan = evolve(job.plan, steps=reads, probes=(), explorations=())
        recording = run.record(job.ledger, job.target, plan, Path(folder), seed=job.seed)
    if recording.interrupted:
        raise KeyboardInterrupt
    verdicts = judge.judge(job.ledger, recording)
    findings = []
    for operation, status in job.ledger.responses:
        steps = [step for step in job.plan.steps if (step.operation.id, step.due) == (operation, status)]
        seen = next(each for each in verdicts.responses if (each.operation, each.status) == (operation, status))
        found = _finding(job, steps, seen)
        findings.append(evolve(found, tried=tuple(_tried(recording, {each.id for each in steps}))))
    return findings, verdicts.alike.text if verdicts.alike else ""


def _tried(recording: Recording, steps: set[str]) -> Iterator[str]:
    for exchange in recording.exchanges:
        if exchange.step in steps:
            request, reply = exchange.request, exchange.reply
            asked = f"{request.method} {request.url}" + ("" if exchange.role == "state" else f" ({exchange.role})")
            yield f"{asked} → {status_line(reply) if reply else exchange.fault}"


def _finding(job: Job, steps: list[Step], seen: ResponseVerdict) -> Finding:
    operation, status, verdict, reason = seen.operation, seen.status, seen.verdict, seen.reason
    name = name_of(operation, status)
    if any(each.response == name for each in job.target.excluded):
        return Finding(name, True, "excluded by the target")
    for none in job.plan.unplanned:
        if (none.operation, none.status) == (operation, status):
            return Finding(name, False, none.reason, none.todo)
    if not steps:
        return Finding(name, True, "left out of this run")
    drivers = ", ".join(sorted({each.driver for each in steps}))
    if not any(_is_plain_read(each) for each in steps):
        return Finding(name, True, f"{drivers}: is set up in a run (not tried now: doctor only reads)")
    if verdict in ("held", "waived"):
        return Finding(name, True, f"{drivers}: it came and held")
    todo = seen.todo or f'declare [states."{name}"] in {job.target.shown}, a state under which it is due'
    todo = todo.replace(" in the target file", f" in {job.target.shown}")
    if verdict == "violated":
        todo = "it came otherwise than documented: see what `assay check` says, or mend the state"
    return Finding(name, False, f"{drivers}: {verdict}: {reason}", todo)


def _once(step: Step) -> Step:
    """One read instead of a poll, which may last for the better part of an hour."""
    return evolve(step, state=evolve(step.state, poll=None)) if step.state else step


def _is_plain_read(step: Step) -> bool:
    return step.operation.safe and not step.needs and step.driver in ("fixture", "hint", "derived")
