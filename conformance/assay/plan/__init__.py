"""Contract + Target → the steps that bring about every documented response; where there is none, why.

For each documented response, the first that there is: the states that the target declares, a hint to a mock, a request
that follows from the document (a 401 without credential, a 404 for an identifier that names nothing, a 400 for a
malformed value, a 2xx that needs nothing). Nothing is sent here.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from attrs import evolve

from assay import shapes
from assay.claims import Ledger, name_of
from assay.contract import Contract, Operation, Response
from assay.errors import UserError
from assay.plan import fitting, gaps, needs
from assay.plan import removals as removing
from assay.plan.calls import Call
from assay.plan.chained import Chains
from assay.plan.copies import copies
from assay.plan.derived import Requests
from assay.plan.links import Link
from assay.plan.probing import ProbeStep, Wrong, probe_steps
from assay.plan.samples import Samples
from assay.plan.steps import Driver, Exploration, Plan, Step
from assay.recording import Unplanned
from assay.target import State, Target

_THERE: tuple[Driver, ...] = ("fixture", "derived", "tried")
"""Drivers of steps whose resource is there without a state that is set up and left again."""


def plan(
    ledger: Ledger, target: Target, *, seed: int, select: str = "", writes: bool = False, examples: int = 0
) -> Plan:
    """The steps of a run. `select` is a pattern over `<operation> <status>` (`getJob 4*`); `writes`: not only reads.

    A selected run, and one of a mock, which is asked for answers and not for behaviour, probes and explores nothing.

    Raises UserError: the target speaks of an operation, status, parameter or credential that there is not.
    """
    contract = ledger.contract
    fitting.check(ledger, target)
    needs.check(contract, target)
    samples = Samples(contract, seed)
    planner = _Planner(contract, target, samples, writes)
    steps, unplanned = list[Step](), list[Unplanned]()
    excluded = {each.response for each in target.excluded}
    for operation in contract.operations:
        for response in operation.responses:
            name = name_of(operation.id, response.status)
            if name in excluded or (select and not fnmatchcase(name, select)):
                continue
            found = list(planner.steps(operation, response))
            steps += found
            if not found:
                unplanned.append(planner.unplanned(operation, response))
    if select and not steps and not unplanned:
        raise _unmatched(contract, select)
    whole = not select and target.hint is None
    probes = tuple(planner.probes(ledger, steps, seed)) if whole and target.http.probes else ()
    explorations = tuple(planner.explorations(steps)) if whole and examples else ()
    removals, rereads = planner.removals()
    return Plan(
        steps=_controlled(steps),
        unplanned=tuple(unplanned),
        partial=f"--select {select}" if select else "",
        probes=probes,
        explorations=explorations,
        examples=examples,
        secrets=Wrong.from_seed(seed).secrets,
        makers=planner.chains.makers,
        copies=copies(steps, probes, explorations, planner.chains.makers, samples),
        removals=removals if writes else {},
        rereads=rereads if writes else {},
    )


def _unmatched(contract: Contract, select: str) -> UserError:
    names = [name_of(operation.id, each.status) for operation in contract.operations for each in operation.responses]
    return UserError(f"--select {select!r} matches no documented response", todo=shapes.suggest(select, names))


class _Planner:
    def __init__(self, contract: Contract, target: Target, samples: Samples, writes: bool) -> None:
        self._contract = contract
        self._target = target
        self._requests = Requests(target, samples)
        self._writes = writes
        self.chains = Chains(contract, target, self._requests, writes)

    def steps(self, operation: Operation, response: Response) -> Iterator[Step]:
        if not self._sent(operation):
            return
        name = name_of(operation.id, response.status)
        states = self._states(operation, response)
        for state in states:
            if not self.chains.lacks(operation, state):
                yield self.chains.declared(operation, state)
        # one that is to be filled in still stands in nobody's way
        states = [state for state in states if not state.todo]
        if any(state.name == name for state in states):
            return
        if not states and self._target.hint and response.status.isdecimal():
            yield self._hinted(operation, response)
        elif derived := self._requests.derived(operation, response, beside=bool(states)):
            beside = f"{name} derived"
            while any(state.name == beside for state in states):
                beside += "*"
            yield Step(beside if states else name, response.status, "derived", "natural", derived)
        elif not states and not self._target.hint and (tried := self.chains.tried(operation, response)):
            yield tried

    def probes(self, ledger: Ledger, steps: Sequence[Step], seed: int) -> Iterator[ProbeStep]:
        """The probes of every operation that may be sent: on a resource that is there, where one is known."""
        for each in self.explorations(steps):
            nothing = self._requests.of_no_resource(each.operation)
            plain = probe_steps(ledger, each.operation, each.known or (each.base,), nothing, seed)
            if each.known or not each.made:
                yield from plain
                continue
            otherwise = {probe.id: probe.call for probe in plain}
            for probe in probe_steps(ledger, each.operation, (each.made[0].call,), nothing, seed):
                yield evolve(probe, needs=each.made[0].needs, otherwise=otherwise.get(probe.id))

    def explorations(self, steps: Sequence[Step]) -> Iterator[Exploration]:
        """Every operation that may be sent, with the resources that states name, but for those that are polled."""
        good: dict[str, list[Step]] = defaultdict(list)
        for each in steps:
            if each.due[0] == "2":
                good[each.operation.id].append(each)
        for operation in self._contract.operations:
            if self._sent(operation):
                own = good[operation.id]
                there = [each for each in own if each.driver in _THERE and not each.call.injects]
                polled = {str(each.call.path) for each in own if each.state and each.state.poll}
                known = tuple(each.call for each in there if not each.needs and str(each.call.path) not in polled)
                made = tuple(each for each in there if each.needs and not (each.state and each.state.poll))
                yield Exploration(operation, known, self._requests.ordinary(operation), made)

    def removals(self) -> tuple[dict[str, Call], dict[str, Call]]:
        """What was made is removed by these, and read again by those."""
        found = removing.removals(self._contract, self._target, self.chains.links)
        return self._linked(found), self._linked(removing.rereads(self._contract, found))

    def _linked(self, links: dict[str, Link]) -> dict[str, Call]:
        return {response: self._requests.linked(link.operation, link) for response, link in links.items()}

    def unplanned(self, operation: Operation, response: Response) -> Unplanned:
        if not self._sent(operation):
            return gaps.withheld(operation, response)
        states, good = self._states(operation, response), response.status[0] == "2"
        lacking = ((state.name, self.chains.lacks(operation, state)) for state in states)
        declared, lacks = next((each for each in lacking if each[1]), ("", ""))
        unserved = self._requests.unserved(operation) if not states and good else ""
        would = self.chains.would_make(operation) if good else ""
        return gaps.unreached(operation, response, self._target, lacks, unserved, would, declared)

    def _sent(self, operation: Operation) -> bool:
        """Whether anything of it may be sent in this run."""
        return not operation.server.elsewhere and (operation.safe or self._writes)

    def _states(self, operation: Operation, response: Response) -> list[State]:
        wanted = (operation.id, response.status)
        return [each for each in self._target.states if (each.operation, each.status) == wanted]

    def _hinted(self, operation: Operation, response: Response) -> Step:
        plain = self._requests.ordinary(operation)
        name, value = self._target.hint or ("", "")
        hinted = evolve(plain, headers={**plain.headers, name: value.replace("{status}", response.status)})
        control = plain if response.status[0] != "2" else None
        return Step(name_of(operation.id, response.status), response.status, "hint", "hinted", hinted, control=control)


def _controlled(steps: Sequence[Step]) -> tuple[Step, ...]:
    """A control whose request waits for the setup's values borrows those of a resource that is known to be there."""
    return tuple(_with_control(step, steps) if step.control and step.control.injects else step for step in steps)


def _with_control(step: Step, steps: Sequence[Step]) -> Step:
    beside = (
        each.call for each in steps
        if each.operation is step.operation and each.due[0] == "2" and not each.needs
    )  # fmt: skip
    good = next((call for call in beside if not call.injects), None)
    missing = (
        f"it needs a state {name_of(step.operation.id, '200')!r} with fixed values, to see that not all answers are so"
    )
    return evolve(step, control=good, uncontrolled="" if good else missing)
