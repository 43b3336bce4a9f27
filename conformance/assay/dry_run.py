"""A plan → what a run of it would do, in lines for people: requests, setups, writes, costs, the longest wait.

Nothing is sent, no target is started, no command is run; no credential is shown. What follows from answers is named and
not counted: repeated requests, minimal requests, the rest of a poll.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from attrs import evolve

from assay.claims import name_of
from assay.contract import Operation
from assay.judge.summary import unknown_waivers
from assay.loading import Job
from assay.plan.calls import Call
from assay.plan.steps import SHARED, Step, explorer, prober
from assay.recording.exchange import marker
from assay.recording.redacting import without_userinfo
from assay.run.asking import as_sent
from assay.target import State

_LONGEST_BODY = 200
_PLACEHOLDER = re.compile(r"%7B[\w-]+\.(?:(?!%7[BD]).)+%7D")
"""As it stands in a URL."""


def told(job: Job) -> Iterator[str]:
    """Every line, in the order of the run."""
    plan, target = job.plan, job.target
    starts = ", which assay would start" if target.serve else ""
    yield f"{target.name} at {target.base_url}{starts}: nothing is sent now"
    if plan.partial:
        yield f"a part only: {plan.partial}"
    show = _Show(job)
    for step in sorted(plan.steps, key=lambda each: each.exclusive):
        yield ""
        yield from show.step(step)
    yield from _section("made besides", show.others())
    yield from _section("probes", show.probes())
    gaps = (f"{name_of(each.operation, each.status)}: {each.reason}" for each in plan.unplanned)
    yield from _section("not planned", gaps)
    yield from _section("to be mended in the document", job.ledger.contract.notes)
    wrong = unknown_waivers(job.ledger, target.waivers)
    yield from _section("to be mended in the target file", (each.text for each in wrong))
    yield from _section("in all", _summary(job))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield f"{title}:"
        yield from (f"  {line}" for line in found)


class _Show:
    """What one request looks like."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._redactor = job.target.redactor(job.plan.secrets)

    def step(self, step: Step) -> Iterator[str]:
        yield f"{step.id}  ({step.driver}{', alone' if step.exclusive else ''})"
        yield from (f"  {line}" for line in self._about(step))

    def _about(self, step: Step) -> Iterator[str]:
        for need in step.needs:
            owner = self._job.plan.copies.owner(need.step, step.owner)
            yield f"needs {need.step} as {need.name!r}" + ("" if owner == SHARED else ", one of its own")
        if step.control is not None:
            same = "the same" if step.control == step.call else self.request(step.control)
            yield f"control, before: {same}"
        state = step.state
        if state is not None and state.setup is not None:
            told = f"POST {without_userinfo(state.setup.url.partition('?')[0])}: {state.setup.state}"
            yield f"setup, and teardown after it: {self._redactor.text(told)}"
        if state is not None and state.command:
            yield f"setup, and teardown after it: {self._redactor.text(' '.join(self._as_written(state)))}"
        times = f", {step.times} at once" if step.times > 1 else ""
        yield self.request(step.call) + times
        yield from self.details(step.call)
        if state is not None and state.poll is not None:
            yield f"again every {state.poll.every:g} s, for {state.poll.within:g} s at most"
        if state is not None and state.cost:
            yield f"costs {state.cost}"

    def _as_written(self, state: State) -> Iterator[str]:
        """The words of its command, those from the environment as the variables that they are."""
        for word in tomllib.loads(self._job.target.text)["states"][state.name]["command"]:
            yield word if isinstance(word, str) else f"${word['env']}"

    def request(self, call: Call) -> str:
        request = self._redactor.request(as_sent(_without_token(call), self._job.target))
        url = _PLACEHOLDER.sub(lambda match: unquote(match[0]), request.url)
        return f"{request.method} {url}"

    def details(self, call: Call) -> Iterator[str]:
        """Headers and body."""
        request = self._redactor.request(as_sent(_without_token(call), self._job.target))
        yield from (f"{name}: {value}" for name, value in request.headers)
        if request.body:
            text = request.body.decode("utf-8", "backslashreplace")
            yield text if len(text) <= _LONGEST_BODY else f"{text[:_LONGEST_BODY]}…"

    def probes(self) -> Iterator[str]:
        yield from (f"{each.id}: {self.request(each.call)}" for each in self._job.plan.probes)

    def others(self) -> Iterator[str]:
        """What steps, probes and exploration have of their own; and what is made by a step that was not chosen."""
        plan = self._job.plan
        steps = {each.id for each in plan.steps}
        for maker, step in plan.makers.items():
            owners = [each for each in plan.copies.owners.get(maker, ()) if _asks(self._job, each)]
            if owners:
                yield f"{maker}, {len(owners)} more: {self.request(step.call)}"
                yield f"  for {', '.join(owners)}"
            if maker not in steps and _shared(self._job, maker):
                yield f"{maker}: {self.request(step.call)}"


def _asks(job: Job, owner: str) -> bool:
    """Whether it is in this part of the plan."""
    return owner in {
        *(each.id for each in (*job.plan.steps, *job.plan.makers.values())),
        *(each.control_owner for each in job.plan.steps),
        *(explorer(each.operation) for each in job.plan.explorations),
        *(prober(each.call.operation) for each in job.plan.probes),
    }


def _shared(job: Job, maker: str) -> bool:
    plan, asked = job.plan, [*job.plan.steps, *job.plan.makers.values()]
    needed = ((each.owner, need) for each in asked for need in each.needs)
    return any(need.step == maker and plan.copies.owner(maker, owner) == SHARED for owner, need in needed)


def _without_token(call: Call) -> Call:
    """A token that a command would give is not asked for."""
    if call.credential is None or not call.credential.command:
        return call
    return evolve(call, credential=evolve(call.credential, bearer=marker(call.credential.name)))


# Together ------------------------------------------------------------------------------------------------------------


def _summary(job: Job) -> Iterator[str]:
    plan = job.plan
    planned = sum(each.times + (each.control is not None) for each in plan.steps)
    yield f"{_count(planned, 'request')} for {len({(each.operation.id, each.due) for each in plan.steps})} responses"
    made = sum(len([each for each in owners if _asks(job, each)]) for owners in plan.copies.owners.values())
    if made:
        yield f"{_count(made, 'request')} to make what they need"
    if plan.probes:
        yield f"{_count(len(plan.probes), 'probe')} of {_named(each.call.operation for each in plan.probes)}"
    if plan.explorations:
        explored = _named(each.operation for each in plan.explorations)
        yield f"at most {plan.examples} generated requests each of {explored}, and minimal ones of what they find"
    yield from _writes(job)
    costs = Counter(f"{each.state.cost} ({each.id})" for each in plan.steps if each.state and each.state.cost)
    yield f"costs: {', '.join(costs) or 'none are declared'}"
    waits = [(each.state.poll.within, each.id) for each in plan.steps if each.state and each.state.poll]
    longest = max(waits, default=(0.0, ""))
    yield f"the longest wait: {longest[0]:g} s, {longest[1]}" if waits else "nothing is waited for"


def _writes(job: Job) -> Iterator[str]:
    """By method; a probe's is its own."""
    plan = job.plan
    methods = Counter[str]()
    for step in plan.steps:
        methods[step.operation.method] += 0 if step.operation.safe else step.times + (step.control is not None)
    for maker, owners in plan.copies.owners.items():
        operation = plan.makers[maker].operation
        methods[operation.method] += 0 if operation.safe else len([each for each in owners if _asks(job, each)])
    for probe in plan.probes:
        method = probe.call.method or probe.call.operation.method
        methods[method] += method not in ("GET", "HEAD", "OPTIONS", "TRACE")
    for each in plan.explorations:
        methods[each.operation.method] += 0 if each.operation.safe else plan.examples
    counted = ", ".join(f"{number} {method}" for method, number in sorted(methods.items()) if number)
    yield f"requests that may change things: {counted or 'none'}"
    for made, call in plan.removals.items():
        read = plan.rereads.get(made)
        looked = f", and {read.operation.id} is asked once whether it is gone" if read else ""
        yield f"what {made} makes is removed by {call.operation.id}{looked}"


def _named(operations: Iterable[Operation]) -> str:
    names = list(dict.fromkeys(each.id for each in operations))
    return ", ".join(names) if len(names) <= 10 else f"{len(names)} operations"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
