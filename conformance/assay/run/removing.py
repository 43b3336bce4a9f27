"""What was made in a run → removed again, what was made last first; and in words what could not be.

All answers are heard of, whoever asked: steps, what they needed, exploration. What is gone already is fine.
"""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator

from attrs import define, evolve, field

from assay.claims import name_of
from assay.judge.outcomes import status_line
from assay.plan.calls import Call
from assay.plan.expressions import Made
from assay.plan.links import SOURCE
from assay.plan.steps import Plan
from assay.recording.exchange import Exchange
from assay.run.asking import Purpose
from assay.run.making import Ask

_GONE = (404, 410)
_MOST_TOLD = 20

_Resource = tuple[str, ...]
"""A path as documented, and the values in it."""


@define
class Removing:
    """Of one run. What was made by one operation is removed together, before what the operations before it made."""

    plan: Plan
    _made: dict[str, dict[_Resource, tuple[str, Call]]] = field(factory=lambda: defaultdict(dict), init=False)
    """Operation → resource → the response that made it, and the call that removes it."""
    _removed: set[_Resource] = field(factory=set, init=False)
    _why: dict[_Resource, str] = field(factory=dict, init=False)
    _stays: Counter[str] = field(factory=Counter, init=False)
    """What there is no way to remove, and why → how many."""

    def heard(self, call: Call, exchange: Exchange) -> None:
        """An answer: it may have made something, or removed it."""
        reply, operation = exchange.reply, call.operation
        if call.method not in ("", operation.method) or operation.safe:
            return
        if reply is None:
            self._may_be_lost(call, exchange.fault)
            return
        if reply.status // 100 != 2:
            return
        response = operation.response_for(reply.status)
        if operation.method == "DELETE":
            self._removed.add(_resource(call))
        elif response is not None:
            self._may_be_made(call, exchange, name_of(operation.id, response.status))

    def _may_be_lost(self, call: Call, fault: str) -> None:
        makes = any(
            each.status == "201" or name_of(call.operation.id, each.status) in self.plan.removals
            for each in call.operation.responses
        )
        if makes:
            self._stays[f"{call.operation.id} may have made something that nobody was told of: {fault}"] += 1

    def _may_be_made(self, call: Call, exchange: Exchange, response: str) -> None:
        delete = self.plan.removals.get(response)
        if delete is None:
            if exchange.reply and exchange.reply.status == 201:
                self._stays[f"{response} made it, and the document has no clear way to remove it"] += 1
            return
        try:
            found = delete.taking({SOURCE: Made(exchange, call.path)})
        except LookupError as error:
            self._stays[f"{response} made it: {error.args[0]}"] += 1
            return
        headers = {**_as_sent(found, Made(exchange, call.path)), **found.headers}
        found = evolve(found, headers=headers, credential=call.credential or found.credential)
        self._removed.discard(_resource(found))
        self._made[call.operation.id][_resource(found)] = response, found

    async def remove(self, ask: Ask) -> None:
        """Everything that is still there."""
        for found in reversed(self._made.values()):
            left = [(resource, call) for resource, (_, call) in found.items() if resource not in self._removed]
            await asyncio.gather(*(self._remove(ask, resource, call) for resource, call in left))

    async def _remove(self, ask: Ask, resource: _Resource, call: Call) -> None:
        exchange = await ask(call, Purpose(f"{call.operation.id} after the run", "remove"))
        if exchange.reply is None:
            self._why[resource] = exchange.fault
        elif exchange.reply.status // 100 == 2 or exchange.reply.status in _GONE:
            self._removed.add(resource)
        else:
            self._why[resource] = f"the answer was {status_line(exchange.reply)}"

    def left(self) -> Iterator[str]:
        """What is still there, a sentence each."""
        for what, often in self._stays.items():
            yield f"left at the server: {what}" + (f" ({often} times)" if often > 1 else "")
        left = [
            f"{response} made it, {call.operation.method} {_shown(resource)}: {self._why.get(resource, 'not sent')}"
            for found in self._made.values()
            for resource, (response, call) in found.items() if resource not in self._removed
        ]  # fmt: skip
        yield from (f"left at the server: {each}" for each in left[:_MOST_TOLD])
        if len(left) > _MOST_TOLD:
            yield f"left at the server: {len(left) - _MOST_TOLD} more"


def _as_sent(call: Call, made: Made) -> dict[str, str]:
    """The headers that the request takes, and that also the one which made the resource was sent with."""
    found: dict[str, str] = {}
    for each in call.operation.parameters:
        if each.place == "header":
            with contextlib.suppress(LookupError):
                found[each.name] = made.value(f"$request.header.{each.name}")
    return found


def _resource(call: Call) -> _Resource:
    return (call.operation.path, *(str(value) for _, value in sorted(call.path.items())))


def _shown(resource: _Resource) -> str:
    path, *values = resource
    return f"{path} ({', '.join(values)})" if values else path
