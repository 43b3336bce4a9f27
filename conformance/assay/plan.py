"""Contract + Target → the steps that bring about every documented response; where there is none, why.

For each documented response, the first that there is: the states that the target declares, a hint to a mock, a request
that follows from the document (a 401 without credential, a 404 for an identifier that names nothing, a 400 for a
malformed value, a 2xx that needs nothing). Nothing is sent here.
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal

from attrs import evolve, field, frozen

from assay import shapes
from assay.calls import Call
from assay.claims import Ledger, name_of
from assay.contract import Contract, Operation, Parameter, Response
from assay.errors import UserError
from assay.exchange import Grade
from assay.probing import ProbeStep, Wrong, probe_steps
from assay.recording import Unplanned
from assay.samples import Samples
from assay.target import State, Target

Driver = Literal["fixture", "setup", "command", "burst", "hint", "derived"]

_MALFORMED_BODY = b'{"'


@frozen
class Step:
    """One planned request (`times` of them at once) with the documented status that it must give.

    `exclusive`: it changes the server for everybody, so it runs alone, after everything else. `control`: the request
    that must *not* give the status, None where none is needed; where one is needed but cannot be had,
    `uncontrolled` says why.
    """

    id: str
    due: str
    driver: Driver
    grade: Grade
    call: Call
    state: State | None = field(default=None, repr=False)
    times: int = 1
    exclusive: bool = False
    control: Call | None = field(default=None, repr=False)
    uncontrolled: str = ""

    @property
    def operation(self) -> Operation:
        return self.call.operation


@frozen
class Exploration:
    """An operation to be explored. `known`: requests for resources that are there; `base`: its ordinary request."""

    operation: Operation
    known: tuple[Call, ...]
    base: Call


@frozen
class Plan:
    """`partial` says what was left out by choice; empty for a whole plan."""

    steps: tuple[Step, ...]
    unplanned: tuple[Unplanned, ...]
    partial: str = ""
    probes: tuple[ProbeStep, ...] = ()
    explorations: tuple[Exploration, ...] = ()
    examples: int = 0
    """Generated requests an operation."""
    secrets: dict[str, str] = field(factory=dict, repr=False)
    """Name → credential that the probes send, none of them valid."""


def plan(
    ledger: Ledger, target: Target, *, seed: int, select: str = "", writes: bool = False, examples: int = 0
) -> Plan:
    """The steps of a run. `select` is a pattern over `<operation> <status>` (`getJob 4*`); `writes`: not only reads.

    A selected run, and one of a mock, which is asked for answers and not for behaviour, probes and explores nothing.

    Raises UserError: the target speaks of an operation, status, parameter or credential that there is not.
    """
    contract = ledger.contract
    _check(contract, target)
    planner = _Planner(contract, target, Samples(contract, seed), writes)
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
        names = [
            name_of(operation.id, each.status) for operation in contract.operations for each in operation.responses
        ]
        raise UserError(f"--select {select!r} matches no documented response", todo=shapes.suggest(select, names))
    whole = not select and target.hint is None
    return Plan(
        steps=_controlled(steps),
        unplanned=tuple(unplanned),
        partial=f"--select {select}" if select else "",
        probes=tuple(planner.probes(ledger, steps, seed)) if whole else (),
        explorations=tuple(planner.explorations(steps)) if whole and examples else (),
        examples=examples,
        secrets=Wrong.from_seed(seed).secrets,
    )


def _check(contract: Contract, target: Target) -> None:
    """Everything that the target names is there, or the nearest name is told."""
    operations = {operation.id: operation for operation in contract.operations}
    named = [("states", state.name, state.operation, state.status) for state in target.states]
    named += [("excluded", each.response, *each.response.rpartition(" ")[::2]) for each in target.excluded]
    for table, name, operation_id, status in named:
        where = target.where(table, name)
        if operation_id not in operations:
            todo = shapes.suggest(operation_id, list(operations))
            raise UserError(f"{name!r}: the document has no operation {operation_id!r}", where=where, todo=todo)
        documented = [each.status for each in operations[operation_id].responses]
        if status not in documented:
            raise UserError(
                f"{name!r}: {operation_id} documents no {status}",
                where=where,
                todo=f"it documents {', '.join(documented)}",
            )
    for state in target.states:
        _check_state(operations[state.operation], state, target)


def _check_state(operation: Operation, state: State, target: Target) -> None:
    where = target.where("states", state.name)
    if state.credentials and state.credentials not in target.credentials:
        raise UserError(
            f"there are no [credentials.{state.credentials}]",
            where=where,
            todo=shapes.suggest(state.credentials, list(target.credentials)),
        )
    for place, values in (("path", state.path), ("query", state.query)):
        known = [each.name for each in operation.parameters if each.place == place]
        for name in values:
            if name not in known:
                raise UserError(
                    f"{operation.id} has no {place} parameter {name!r}", where=where, todo=shapes.suggest(name, known)
                )


class _Planner:
    def __init__(self, contract: Contract, target: Target, samples: Samples, writes: bool) -> None:
        self._contract = contract
        self._target = target
        self._samples = samples
        self._writes = writes

    def steps(self, operation: Operation, response: Response) -> Iterator[Step]:
        if not (operation.safe or self._writes):
            return
        name = name_of(operation.id, response.status)
        states = [
            each for each in self._target.states if (each.operation, each.status) == (operation.id, response.status)
        ]
        for state in states:
            if self._lacks(operation, state) is None:
                yield self._declared(operation, state)
        if any(state.name == name for state in states):
            return
        if not states and self._target.hint and response.status.isdecimal():
            yield self._hinted(operation, response)
        elif derived := self._derived(operation, response, beside=bool(states)):
            beside = f"{name} derived"
            while any(state.name == beside for state in states):
                beside += "*"
            yield Step(beside if states else name, response.status, "derived", "natural", derived)

    def probes(self, ledger: Ledger, steps: Sequence[Step], seed: int) -> Iterator[ProbeStep]:
        """The probes of every operation that may be sent: on a resource that is there, where a state names one."""
        for each in self.explorations(steps):
            good = each.known[0] if each.known else each.base
            yield from probe_steps(ledger, each.operation, good, self._of_nothing(each.operation), seed)

    def explorations(self, steps: Sequence[Step]) -> Iterator[Exploration]:
        """Every operation that may be sent, with the resources that states name, but for those that are polled."""
        for operation in self._contract.operations:
            if operation.safe or self._writes:
                own = [each for each in steps if each.operation is operation and each.due[0] == "2"]
                fixed = [each.call for each in own if each.driver in ("fixture", "derived") and not each.call.injects]
                polled = {str(each.call.path) for each in own if each.state and each.state.poll}
                known = tuple(each for each in fixed if str(each.path) not in polled)
                yield Exploration(operation, known, self._base(operation, {}, {}, {}, None, ""))

    def unplanned(self, operation: Operation, response: Response) -> Unplanned:
        name = name_of(operation.id, response.status)
        if not (operation.safe or self._writes):
            reason, todo = (
                f"{operation.method} changes things",
                "run with --allow-writes against a server that may change",
            )
        else:
            states = [
                each for each in self._target.states if (each.operation, each.status) == (operation.id, response.status)
            ]
            lacks = next((lack for state in states if (lack := self._lacks(operation, state))), None)
            reason = lacks or "no state of the target gives it, and no request follows from the document that would"
            todo = f'declare [states."{name}"] in {self._target.shown}: {_advice(response.status)}'
        return Unplanned(operation.id, response.status, reason, todo)

    def _lacks(self, operation: Operation, state: State) -> str | None:
        """The required parameter for which a state gives no value and the document knows none."""
        if state.setup is not None or state.status[0] != "2":
            return None
        for parameter in operation.parameters:
            if _needed(parameter) and not _gives(state, parameter) and self._samples.known(parameter) is None:
                return f"the state gives no {parameter.place} value for {parameter.name!r}"
        return None

    def _declared(self, operation: Operation, state: State) -> Step:
        call = self._base(operation, state.path, state.query, state.headers, state.body, state.credentials)
        driver: Driver = "fixture"
        if state.burst:
            driver = "burst"
        if state.command:
            driver = "command"
        if state.setup:
            driver = "setup"
        entered = driver in ("setup", "command")
        return Step(
            id=state.name,
            due=state.status,
            driver=driver,
            grade="provoked" if entered else "natural",
            call=call,
            state=state,
            times=state.burst or 1,
            exclusive=(entered and state.poll is None) or bool(state.burst),
            control=call if driver != "fixture" and state.status[0] != "2" else None,
        )

    def _hinted(self, operation: Operation, response: Response) -> Step:
        plain = self._base(operation, {}, {}, {}, None, "")
        name, value = self._target.hint or ("", "")
        hinted = evolve(plain, headers={**plain.headers, name: value.replace("{status}", response.status)})
        control = plain if response.status[0] != "2" else None
        return Step(name_of(operation.id, response.status), response.status, "hint", "hinted", hinted, control=control)

    def _derived(self, operation: Operation, response: Response, *, beside: bool) -> Call | None:
        """The request from which this status follows; None where none does. `beside`: declared states exist too."""
        documented = {each.status for each in operation.responses}
        match response.status:
            case "401" if operation.protected:
                return evolve(self._base(operation, {}, {}, {}, None, ""), credential=None)
            case "404":
                return self._of_nothing(operation)
            case "400":
                return self._malformed(operation)
            case "422" if "400" not in documented and not beside:
                return self._malformed(operation)
            case "4XX" | "default" if not beside:
                return self._of_nothing(operation) if "404" not in documented else None
            case status if status[0] == "2" and operation.safe and not beside:
                needed = [each for each in operation.parameters if each.required]
                known = all(self._samples.known(each) is not None for each in needed)
                first = next(each for each in operation.responses if each.status[0] == "2")
                return self._base(operation, {}, {}, {}, None, "") if known and first is response else None
        return None

    def _of_nothing(self, operation: Operation) -> Call | None:
        path = [each for each in operation.parameters if each.place == "path"]
        if not path:
            return None
        call = self._base(operation, {}, {}, {}, None, "")
        return evolve(call, path={each.name: self._samples.random(operation, each) for each in path})

    def _malformed(self, operation: Operation) -> Call | None:
        call = self._base(operation, {}, {}, {}, None, "")
        for parameter in sorted(
            operation.parameters,
            key=lambda each: ("path", "query").index(each.place) if each.place in ("path", "query") else 2,
        ):
            text = self._samples.malformed(parameter)
            if text is not None and parameter.place == "path":
                return evolve(call, path={**call.path, parameter.name: text})
            if text is not None and parameter.place == "query":
                return evolve(call, query={**call.query, parameter.name: text})
        return evolve(call, body=_MALFORMED_BODY) if operation.body is not None else None

    def _base(
        self, operation: Operation, path: dict[str, Any], query: dict[str, Any], headers: dict[str, str],
        body: Any, credentials: str,
    ) -> Call:  # fmt: skip
        """The operation's request with the given values; what it needs beside them is known or drawn."""
        values: dict[str, dict[str, Any]] = {
            "path": dict(path),
            "query": dict(query),
            "header": dict(headers),
            "cookie": _cookies(headers),
        }
        for parameter in operation.parameters:
            if _needed(parameter) and not _has(values[parameter.place], parameter):
                values[parameter.place][parameter.name] = self._value(operation, parameter)
        if body is None and (operation.body or {}).get("required"):
            body = self._samples.body(operation)
        named = {name: str(value) for name, value in values["header"].items() if name.lower() != "cookie"}
        if values["cookie"]:
            named["Cookie"] = "; ".join(f"{name}={value}" for name, value in values["cookie"].items())
        return Call(
            operation,
            values["path"],
            values["query"],
            named,
            body,
            self._target.credentials.get(credentials or "default"),
        )

    def _value(self, operation: Operation, parameter: Parameter) -> Any:
        known = self._samples.known(parameter)
        return self._samples.random(operation, parameter) if known is None else known


def _needed(parameter: Parameter) -> bool:
    """OpenAPI 3.1, 4.8.12: definitions of these headers are ignored; media types and security say what they are."""
    ignored = parameter.place == "header" and parameter.name.lower() in ("accept", "content-type", "authorization")
    return parameter.required and not ignored


def _has(values: dict[str, Any], parameter: Parameter) -> bool:
    """The names of headers have no case."""
    if parameter.place == "header":
        return parameter.name.lower() in {name.lower() for name in values}
    return parameter.name in values


def _gives(state: State, parameter: Parameter) -> bool:
    values = {"path": state.path, "query": state.query, "cookie": _cookies(state.headers)}
    return _has(values.get(parameter.place, state.headers), parameter)


def _cookies(headers: dict[str, str]) -> dict[str, str]:
    sent = "; ".join(value for name, value in headers.items() if name.lower() == "cookie")
    return {name.strip(): value for name, _, value in (pair.partition("=") for pair in sent.split(";")) if name.strip()}


def _controlled(steps: Sequence[Step]) -> tuple[Step, ...]:
    """A control whose request waits for the setup's values borrows those of a resource that is known to be there."""
    return tuple(_with_control(step, steps) if step.control and step.control.injects else step for step in steps)


def _with_control(step: Step, steps: Sequence[Step]) -> Step:
    beside = (each.call for each in steps if each.operation is step.operation and each.due[0] == "2")
    good = next((call for call in beside if not call.injects), None)
    missing = (
        f"it needs a state {name_of(step.operation.id, '200')!r} with fixed values, to see that not all answers are so"
    )
    return evolve(step, control=good, uncontrolled="" if good else missing)


_ADVICE = {
    "400": "a malformed value",
    "401": "a credential that is refused",
    "402": "credentials of an account without credit",
    "403": "credentials that may not do this",
    "404": "a resource that does not exist",
    "409": "a resource in conflict",
    "422": "a request that is well-formed but cannot be processed",
    "429": "burst = N, more requests at once than are allowed",
}


def _advice(status: str) -> str:
    if status[0] == "2":
        return "the path and query values of a resource that is there"
    if status[0] == "5":
        return "a setup URL or a command that makes the server fail so"
    return _ADVICE.get(status, "the values, credentials, setup URL or command under which it is due")
