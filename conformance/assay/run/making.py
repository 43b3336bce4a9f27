"""What a step needs → made when the first asks for it, and the step with its values in it.

Who shares and who gets a copy, the plan says (`copies`). What is shared is the answer to a step of the plan where that
is one, so that nothing is made twice for its own sake.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from attrs import evolve

from assay.judge.outcomes import status_line
from assay.plan.calls import Call
from assay.plan.expressions import Made, Need, filled
from assay.plan.steps import SHARED, Plan, Step
from assay.recording.exchange import Exchange
from assay.run.asking import Purpose
from assay.run.drivers import StateError

Ask = Callable[[Call, Purpose], Awaitable[Exchange]]


class Making:
    """`ask` sends a call and records it; it waits for its turn by itself."""

    def __init__(self, plan: Plan, ask: Ask) -> None:
        self._makers = plan.makers
        self._copies = plan.copies
        self._planned = frozenset(each.id for each in plan.steps)
        self._ask = ask
        self._locks: dict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._made: dict[tuple[str, str], Made | StateError] = {}

    def is_maker(self, step: Step) -> bool:
        return step.id in self._makers

    async def make(self, step: Step) -> None:
        """The step itself, as one of the plan that others need. Raises StateError: what it needs is not there."""
        await self._of(step.id, SHARED)

    async def ready(self, step: Step) -> Step:
        """The step with the values that it needs. Raises StateError: they are not there."""
        made = await self._sources(step.needs, step.owner)
        if not made:
            return step
        state = step.state
        if state is not None and state.setup is not None:
            state = evolve(state, setup=evolve(state.setup, params=_taking(made, state.setup.params)))
        control = step.control and await self.call(step.control, step.needs, step.control_owner)
        return evolve(step, call=_taken(step.call, made), control=control, state=state)

    async def call(self, call: Call, needs: Sequence[Need], owner: str) -> Call:
        """The call with the values that it needs. Raises StateError: they are not there."""
        return _taken(call, await self._sources(needs, owner))

    async def _sources(self, needs: Sequence[Need], owner: str) -> dict[str, Made]:
        """By name."""
        return {
            need.name: self._given(need.step, await self._of(need.step, self._copies.owner(need.step, owner)))
            for need in needs
        }

    def _given(self, step: str, made: Made) -> Made:
        maker, reply = self._makers[step], made.exchange.reply
        if reply is None:
            raise StateError(f"it needs {step!r}, which came to nothing: {made.exchange.fault}")
        response = maker.operation.response_for(reply.status)
        if response is None or response.status != maker.due:
            raise StateError(f"it needs {step!r}, which was answered {status_line(reply)}")
        return made

    async def _of(self, step: str, owner: str) -> Made:
        key = step, owner
        async with self._locks[key]:
            if key not in self._made:
                try:
                    self._made[key] = await self._sent(self._makers[step], owner)
                except StateError as error:
                    self._made[key] = error
        found = self._made[key]
        if isinstance(found, StateError):
            raise StateError(str(found))
        return found

    async def _sent(self, maker: Step, owner: str) -> Made:
        if owner and maker.id in self._planned:
            # where the server takes the same only once, it is the step of the plan that gets it
            with contextlib.suppress(StateError):
                await self._of(maker.id, SHARED)
        # what it needs itself is shared only if it is so
        call = await self.call(maker.call, maker.needs, owner or maker.owner)
        call = evolve(call, body=self._copies.bodies.get((maker.id, owner), call.body))
        purpose = Purpose(owner or maker.id, "make")
        if not owner and maker.id in self._planned:
            purpose = Purpose(maker.id, "state", maker.due, maker.grade)
        return Made(await self._ask(call, purpose), call.path, call.body)


def _taken(call: Call, made: dict[str, Made]) -> Call:
    try:
        return call.taking(made)
    except LookupError as error:
        raise StateError(str(error.args[0])) from None


def _taking(made: dict[str, Made], params: dict[str, object]) -> dict[str, object]:
    try:
        found: dict[str, object] = filled(params, made)
    except LookupError as error:
        raise StateError(str(error.args[0])) from None
    return found
