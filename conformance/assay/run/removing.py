"""What was made in a run → removed again, what was made last first; and in words what could not be.

A DELETE that says that it was done is not believed blindly: of what each operation made, one is read again.

All answers are heard of, whoever asked: steps, what they needed, exploration. What is gone already is fine.
"""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator

from attrs import define, evolve, field, frozen

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


@frozen
class _Found:
    """Something that was made: by which response, and the calls that remove it and read it."""

    response: str
    maker: int
    """Id of that exchange."""
    delete: Call
    read: Call | None


@define
class Removing:
    """Of one run. What was made by one operation is removed together, before what the operations before it made."""

    plan: Plan
    _made: dict[str, dict[_Resource, _Found]] = field(factory=lambda: defaultdict(dict), init=False)
    """Operation → what it made."""
    _removed: dict[_Resource, Exchange] = field(factory=dict, init=False)
    """What was removed, and the answer that said so."""
    _kept: list[str] = field(factory=list, init=False)
    """What is still there although it was removed, a sentence each."""
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
            self._removed[_resource(call)] = exchange
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
        made = Made(exchange, call.path)
        try:
            found = _by_whom(delete, call, made)
        except LookupError as error:
            self._stays[f"{response} made it: {error.args[0]}"] += 1
            return
        read: Call | None = None
        with contextlib.suppress(LookupError):
            read = _by_whom(self.plan.rereads[response], call, made)
        self._removed.pop(_resource(found), None)
        self._made[call.operation.id][_resource(found)] = _Found(response, exchange.id, found, read)

    async def remove(self, ask: Ask) -> None:
        """Everything that is still there."""
        for found in reversed(self._made.values()):
            left = [(resource, each.delete) for resource, each in found.items() if resource not in self._removed]
            await asyncio.gather(*(self._remove(ask, resource, call) for resource, call in left))
            # before that is removed which it belongs to, and goes with
            await self._look(ask, found)

    async def _remove(self, ask: Ask, resource: _Resource, call: Call) -> None:
        exchange = await ask(call, _after(call))
        if exchange.reply is None:
            self._why[resource] = exchange.fault
        elif exchange.reply.status // 100 == 2 or exchange.reply.status in _GONE:
            self._removed[resource] = exchange
        else:
            self._why[resource] = f"the answer was {status_line(exchange.reply)}"

    async def _look(self, ask: Ask, made: dict[_Resource, "_Found"]) -> None:
        """Whether the last that was removed is gone. A document may let it be read still, so nobody is accused."""
        said = [
            (resource, each, each.read) for resource, each in made.items() if each.read and self._status(resource) < 300
        ]
        if not said:
            return
        resource, found, read = said[-1]
        exchange = await ask(read, _after(read))
        if exchange.reply is not None and exchange.reply.status // 100 == 2:
            others = f"; so may be {len(said) - 1} more, which nobody looked for" if len(said) > 1 else ""
            self._kept.append(
                f"left at the server, unless what is removed may still be read: {found.response} made it, "
                f"{_named(found, resource)} was answered {self._status(resource)}, "
                f"and {read.operation.id} gives it still ({exchange.reply.status}){others}"
            )

    def _status(self, resource: _Resource) -> int:
        """Of the answer that said that it was removed; of one that nobody gave, none that is good."""
        exchange = self._removed.get(resource)
        return exchange.reply.status if exchange is not None and exchange.reply is not None else 404

    def removed(self) -> Iterator[tuple[int, int]]:
        """What was made and is not there any more: the ids of the exchanges that made and that removed it."""
        for found in self._made.values():
            yield from (
                (each.maker, self._removed[resource].id) for resource, each in found.items()
                if resource in self._removed
            )  # fmt: skip

    def left(self) -> Iterator[str]:
        """What is still there, a sentence each."""
        for what, often in self._stays.items():
            yield f"left at the server: {what}" + (f" ({often} times)" if often > 1 else "")
        yield from self._kept
        left = [
            f"{each.response} made it, {_named(each, resource)}: {self._why.get(resource, 'not sent')}"
            for found in self._made.values()
            for resource, each in found.items() if resource not in self._removed
        ]  # fmt: skip
        yield from (f"left at the server: {each}" for each in left[:_MOST_TOLD])
        if len(left) > _MOST_TOLD:
            yield f"left at the server: {len(left) - _MOST_TOLD} more"


def _by_whom(planned: Call, maker: Call, made: Made) -> Call:
    """Asked by who made it, with the values of what was answered. Raises LookupError: one of them is not there."""
    found = planned.taking({SOURCE: made})
    headers = {**_as_sent(found, made), **found.headers}
    return evolve(found, headers=headers, credential=maker.credential or found.credential)


def _after(call: Call) -> Purpose:
    return Purpose(f"{call.operation.id} after the run", "remove")


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


def _named(found: _Found, resource: _Resource) -> str:
    path, *values = resource
    return f"{found.delete.operation.method} {path}" + (f" ({', '.join(values)})" if values else "")
