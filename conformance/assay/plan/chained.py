"""Contract + target → the steps that need what another operation made, with the values that they take from it.

What a state needs the target says (`needs`); what else is needed, the links of the contract. A step that nobody
declared, and that only a link, a made-up body or the like suggests, is *tried*: what comes of it may show that a
response is given, and never that it is not.
"""

from collections import defaultdict
from collections.abc import Iterator

from attrs import evolve

from assay.claims import name_of
from assay.contract import Contract, Operation, Response
from assay.plan.calls import Call
from assay.plan.derived import Requests
from assay.plan.expressions import Need
from assay.plan.links import SOURCE, Link, links
from assay.plan.steps import Driver, Step
from assay.target import State, Target, makes

_Try = tuple[Call, tuple[Need, ...]]
_Trail = frozenset[str]
"""Ids of the steps that one is looked for: it cannot need any of them."""


class Chains:
    """The chains of one plan. `makers`: id → step, of all that others need, in the order in which they were found."""

    def __init__(self, contract: Contract, target: Target, requests: Requests, writes: bool) -> None:
        self._target = target
        self._requests = requests
        self._writes = writes
        self._links: dict[str, list[Link]] = defaultdict(list)
        self.links = links(contract)
        for link in self.links:
            self._links[link.operation.id].append(link)
        self._named = {
            name_of(operation.id, response.status): (operation, response)
            for operation in contract.operations for response in operation.responses
        }  # fmt: skip
        self._named |= {each.name: self._named[name_of(each.operation, each.status)] for each in target.states}
        self._states = {each.name: each for each in target.states}
        self.makers: dict[str, Step] = {}

    def lacks(self, operation: Operation, state: State, trail: _Trail = frozenset()) -> str:
        """Why there can be no step for a state; empty where there can."""
        for step in state.needs.values():
            if self._maker(step, trail | {state.name}) is None:
                method = self._named[step][0].method
                allowed = self._may(self._named[step][0])
                why = "for which there is no request" if allowed else f"and {method} changes things: --allow-writes"
                return f"it needs {step!r}, {why}"
        return self._requests.lacks(operation, self._completed(operation, state)) or ""

    def declared(self, operation: Operation, state: State) -> Step:
        call = self._requests.of_state(operation, self._completed(operation, state))
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
            needs=tuple(Need(name, step) for name, step in state.needs.items()),
        )

    def tried(self, operation: Operation, response: Response, trail: _Trail = frozenset()) -> Step | None:
        """A step for a response that no state declares and that does not follow from the document, if there is one."""
        name = name_of(operation.id, response.status)
        if name in trail or not self._may(operation) or self._requests.unserved(operation):
            return None
        found: _Try | None = None
        if response is _good(operation):
            found = self._on_made(operation, trail | {name})
        elif response.status == "409" and operation.method == "POST":
            found = self._again(operation, trail | {name})
        elif response.status in ("400", "422"):
            found = self._wrong(operation, response, trail | {name})
        elif response.status in ("404", "4XX", "default"):
            found = self._refused(operation, response, trail | {name})
        return found and Step(name, response.status, "tried", "natural", found[0], needs=found[1])

    def would_make(self, operation: Operation) -> str:
        """The step that would make what an operation asks for, if writes were allowed; empty where none is known."""
        found = (link for link in self._links[operation.id] if not self._may(link.source))
        return next((name_of(link.source.id, link.status) for link in found), "")

    def _may(self, operation: Operation) -> bool:
        return not operation.server.elsewhere and (operation.safe or self._writes)

    def _maker(self, step: str, trail: _Trail) -> Step | None:
        """The step of that id, as one that others need; None where there is none in this run."""
        if step not in self.makers and step not in trail:
            operation, response = self._named[step]
            found: Step | None = None
            if not self._may(operation):
                return None
            if step not in self._states:
                found = self._derived(operation, response) or self.tried(operation, response, trail)
            elif not self.lacks(operation, self._states[step], trail):
                found = self.declared(operation, self._states[step])
            if found is not None:
                self.makers[step] = found
        return None if step in trail else self.makers.get(step)

    def _makers(self, operation: Operation, status: str) -> Iterator[str]:
        """The steps that make something by one response: what is declared, else what is tried."""
        name = name_of(operation.id, status)
        wanted = self._named[name]
        yield from (
            each.name
            for each in self._target.states
            if makes(each) and not each.todo and self._named[each.name] is wanted
        )
        if not any(each.response == name for each in self._target.excluded):
            yield name

    def _derived(self, operation: Operation, response: Response) -> Step | None:
        call = self._requests.derived(operation, response, beside=False) if response.status[0] == "2" else None
        if call is None:
            return None
        return Step(name_of(operation.id, response.status), response.status, "derived", "natural", call)

    def _completed(self, operation: Operation, state: State) -> State:
        """The state with what a link gives from the answer that it needs, where it gives no value itself."""
        for name, step in state.needs.items():
            source, response = self._named[step]
            for link in self._links[operation.id]:
                if (link.source.id, link.status) == (source.id, response.status):
                    given = link.under(name)
                    state = evolve(
                        state,
                        path=given.path | state.path,
                        query=given.query | state.query,
                        headers=given.headers | state.headers,
                        body=given.body if state.body is None else state.body,
                    )
                    break
        return state

    # What is tried ---------------------------------------------------------------------------------------------------

    def _on_made(self, operation: Operation, trail: _Trail) -> _Try | None:
        """On what another operation made; with a made-up body alone, where nothing else has to be known."""
        unknown = self._requests.unknown(operation)
        if not unknown:
            return self._requests.ordinary(operation), ()
        for link in self._links[operation.id]:
            # nothing that was there before is changed on a suggestion
            if unknown <= link.gives and (operation.safe or link.made):
                found = (self._maker(each, trail) for each in self._makers(link.source, link.status))
                maker = next(filter(None, found), None)
                if maker is not None:
                    return self._requests.linked(operation, link), (Need(SOURCE, maker.id),)
        return None

    def _again(self, operation: Operation, trail: _Trail) -> _Try | None:
        """What was made already, made once more."""
        good = _good(operation)
        found = (self._maker(each, trail) for each in self._makers(operation, good.status)) if good else ()
        maker = next(filter(None, found), None)
        if maker is None or maker.call.body is None or isinstance(maker.call.body, bytes):
            return None
        path = {name: f"{{{SOURCE}.$request.path.{name}}}" for name in maker.call.path}
        call = evolve(maker.call, path=path, body=f"{{{SOURCE}.$request.body}}")
        return call, (Need(SOURCE, maker.id),)

    def _wrong(self, operation: Operation, response: Response, trail: _Trail) -> _Try | None:
        """A body that is no JSON, or, where that is due a 400, one that lacks something; to what is there."""
        body = self._requests.wrong_body(operation, response)
        if body is None:
            return None
        call, needs = self._on_made(operation, trail) or (self._requests.ordinary(operation), ())
        return evolve(call, body=body), needs

    def _refused(self, operation: Operation, response: Response, trail: _Trail) -> _Try | None:
        """What may be refused: a read of what there may be or not; for any refusal, what is malformed."""
        documented = {each.status for each in operation.responses}
        if response.status != "404" and not {"400", "422"} & documented:
            malformed = self._requests.malformed(operation)
            return (malformed, ()) if malformed else self._wrong(operation, response, trail)
        chance = self._requests.of_chance(operation) if operation.safe and response.status in ("404", "4XX") else None
        return (chance, ()) if chance is not None and not (response.status == "4XX" and "404" in documented) else None


def _good(operation: Operation) -> Response | None:
    return next((each for each in operation.responses if each.status[0] == "2"), None)
