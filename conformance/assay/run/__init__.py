"""Plan → recording: who is sent when. The only module that brings planning, sending, drivers and recording together.

Steps that do not disturb one another are in flight together, and so are polls. Steps that change the server for
everybody come after everything else, one at a time: what is in flight drains first, and polls pause. Nothing is
judged here; an answer is looked at only to know whether to wait, to repeat or to stop polling.
"""

import asyncio
import contextlib
import json
import math
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from assay import pointer, strict_json
from assay.claims import Ledger
from assay.errors import UserError
from assay.plan.calls import Call
from assay.plan.probing import ProbeStep
from assay.plan.steps import Exploration, Plan, Step, explorer, prober
from assay.recording import Recorder, Recording
from assay.recording.exchange import Exchange, Reply, Role
from assay.recording.redacting import secrets_of
from assay.run import connection, explore
from assay.run.asking import Asker, Purpose
from assay.run.drivers import StateError, entered, served
from assay.run.heading import heading, now
from assay.run.making import Making
from assay.run.removing import Removing
from assay.run.turns import Gate
from assay.target import Target, secrets_in

READS_AFTER_END = 4
"""Reads of a polled resource in a terminal state: the one that shows it, and some that show that it stays."""


def record(
    ledger: Ledger, target: Target, plan: Plan, folder: Path, *,
    seed: int, strict: bool = False, heard: Callable[[Exchange], None] | None = None,
    drawn: Callable[[], None] = explore.unheard,
) -> Recording:  # fmt: skip
    """Run the plan; `recording.jsonl` (and `target.log`, where assay starts the target) go into `folder`.
    `heard` is told of each exchange, once it is written; `drawn` is called, in another thread, as each request of an
    exploration is made up.

    Ctrl-C and SIGTERM end the run early: what was recorded until then is given back, marked as interrupted. Raises
    UserError: nothing listens at the target, or it answered nothing at all.
    """
    with served(target, folder / "target.log"):
        _check_listening(target)
        header = heading(ledger, target, plan, seed=seed, strict=strict)
        with Recorder(folder / "recording.jsonl", header, heard) as recorder:
            try:
                asyncio.run(_interruptible(_Run(ledger, target, plan, recorder, drawn)))
            except (KeyboardInterrupt, asyncio.CancelledError):
                recorder.interrupted = True
            return recorder.finish(now())


def _check_listening(target: Target) -> None:
    """At its own address, or at that of the proxy: only that one may know where the server is."""
    parts = urlsplit(target.http.proxy or target.base_url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), timeout=target.http.connect).close()
    except (OSError, ValueError) as error:
        where = ("http", "proxy") if target.http.proxy else ("base_url",)
        raise UserError(
            f"nothing listens at {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}: "
            f"{getattr(error, 'strerror', None) or error}",
            where=target.where(*where) if target.path else "--url",
            todo=f"start the {'proxy' if target.http.proxy else 'server'}, or mend the URL",
        ) from None


async def _interruptible(run: "_Run") -> None:
    """SIGTERM, as a CI job's end sends it, ends the run in the same good order as Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError, RuntimeError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await run.all()


class _Run:
    def __init__(
        self, ledger: Ledger, target: Target, plan: Plan, recorder: Recorder, drawn: Callable[[], None]
    ) -> None:
        self._ledger = ledger
        self._target = target
        self._plan = plan
        self._recorder = recorder
        self._drawn = drawn
        self._redactor = target.redactor(plan.secrets)
        self._removing = Removing(plan)
        self._asker = Asker(target, recorder, self._redactor, recorder.header.run_id, self._removing.heard)
        self._making = Making(plan, self._passing)
        self._options = connection.options(target.http, recorder.header.run_id)
        self._gate = Gate()
        self._answering = asyncio.Event()
        """Set once the server is known to answer."""

    async def all(self) -> None:
        async with self._asker:
            stopped = False
            try:
                await self._everything()
            except asyncio.CancelledError:
                stopped = True
                raise
            finally:
                try:
                    await self._remove(stopped=stopped)
                finally:
                    self._recorder.left = tuple(self._removing.left())
                    self._recorder.removed = tuple(self._removing.removed())

    async def _remove(self, *, stopped: bool) -> None:
        """Also after a failure. It goes on after the first Ctrl-C, whenever that comes; a second one ends it."""
        removal = asyncio.create_task(self._removing.remove(self._passing))
        try:
            await (removal if stopped else asyncio.shield(removal))
        except asyncio.CancelledError:
            if not stopped:
                await removal
            raise

    async def _everything(self) -> None:
        steps = self._plan.steps
        try:
            calls = [*(each.call for each in steps), *(each.base for each in self._plan.explorations)]
            calls += [each.call for each in self._plan.makers.values()]
            await self._asker.ready({each.credential.name: each.credential for each in calls if each.credential})
            async with asyncio.TaskGroup() as group:
                watched = [each for each in steps if each.state and each.state.poll]
                seen = [asyncio.Event() for _ in watched]
                for step, first_seen in zip(watched, seen, strict=True):
                    group.create_task(self._watched(step, first_seen))
                # a life is watched from its beginning: nothing that follows may hold up its first read
                await asyncio.gather(*(each.wait() for each in seen))
                # requests are generated while the first steps are on their way
                exploring = [group.create_task(self._explore(each)) for each in self._plan.explorations]
                quick = [each for each in steps if not each.exclusive and not (each.state and each.state.poll)]
                asking = [*(self._together(step) for step in quick), *(self._probe(each) for each in self._plan.probes)]
                # of the group: nothing is removed before the last of them has ended
                await asyncio.gather(*(group.create_task(each) for each in asking))
                self._check_answering()
                self._answering.set()
                await asyncio.gather(*exploring)
                for step in (each for each in steps if each.exclusive):
                    await self._alone(step)
        except ExceptionGroup as errors:
            mistakes, rest = errors.split(UserError)
            raise (mistakes.exceptions[0] if mistakes and not rest else errors) from None

    def _check_answering(self) -> None:
        """A server that answers nothing at all is a mistake in the target, not a row of 13 separate findings."""
        exchanges = self._recorder.exchanges
        if exchanges and all(each.reply is None for each in exchanges):
            raise UserError(
                f"{self._target.base_url} answered none of {len(exchanges)} requests: {exchanges[-1].fault}",
                where=self._target.where("base_url") if self._target.path else "--url",
                todo="see that the server is up and that nothing stands between",
            )

    async def _passing(self, call: Call, purpose: Purpose) -> Exchange:
        async with self._gate.together():
            return await self._asker.ask(call, purpose)

    async def _together(self, step: Step) -> None:
        with self._state_faults(step):
            if self._making.is_maker(step):
                await self._making.make(step)
                return
            ready = await self._making.ready(step)
            async with self._gate.together():
                await self._in_state(ready)

    async def _alone(self, step: Step) -> None:
        with self._state_faults(step):
            # what it needs is made before: nobody else passes while it is alone
            ready = await self._making.ready(step)
            async with self._gate.alone():
                await self._in_state(ready)

    async def _explore(self, exploration: Exploration) -> None:
        async def send(call: Call, role: Role, step: str) -> Exchange:
            await self._answering.wait()
            return await self._passing(call, Purpose(step, role))

        known = [*exploration.known, *[each async for each in self._made_for(exploration)]]
        await explore.explore(
            self._ledger, exploration.operation, known, exploration.base,
            seed=self._recorder.header.seed, examples=self._plan.examples, send=send,
            drawn=self._drawn,
        )  # fmt: skip

    async def _made_for(self, exploration: Exploration) -> AsyncIterator[Call]:
        """Requests for what was made, as far as it could be. Nothing is lent to what would remove it."""
        for step in exploration.made if exploration.operation.method != "DELETE" else ():
            with contextlib.suppress(StateError):
                yield await self._making.call(step.call, step.needs, explorer(step.operation))

    async def _probe(self, probe: ProbeStep) -> None:
        call = probe.otherwise or probe.call
        with contextlib.suppress(StateError):
            call = await self._making.call(probe.call, probe.needs, prober(probe.call.operation))
        await self._passing(call, Purpose(probe.id, "probe"))

    async def _in_state(self, step: Step) -> None:
        """The control, then the state, then the request that is due there, then out of the state. Raises StateError."""
        await self._control(step)
        if step.state is None or step.driver not in ("setup", "command"):
            await self._due(step, {})
            return
        async with entered(step.state, self._options) as values:
            await self._due(step, values)

    async def _control(self, step: Step) -> None:
        if step.control is not None:
            await self._asker.ask(step.control, Purpose(step.id, "control"))

    async def _due(self, step: Step, values: dict[str, Any]) -> None:
        call = self._filled(step, values)
        purpose = Purpose(step.id, "state", step.due, step.grade)
        if step.times == 1:
            await self._asker.ask(call, purpose)
        else:
            await self._asker.burst(call, purpose, step.times)

    def _filled(self, step: Step, values: dict[str, Any]) -> Call:
        """The call with the setup's values in it. Raises StateError: the setup did not answer one of them."""
        try:
            call = step.call.filled(values)
        except KeyError as error:
            told = ", ".join(values) or "nothing"
            raise StateError(f"setup of {step.id!r} answered {told}, but the request needs {error}") from None
        # a credential that the setup made was not known before
        new = {name: value for name, value in call.headers.items() if value != step.call.headers.get(name)}
        for secret in secrets_in(new):
            self._redactor.add(step.id, secret)
        for secret in secrets_of(json.dumps(call.body)) if call.body != step.call.body else ():
            self._redactor.hide(secret)
        return call

    async def _watched(self, step: Step, seen: asyncio.Event) -> None:
        """The control; then poll a resource until it is in a terminal state, and a little longer, or its time is over.

        `seen` is set after its first read, or where there can be none.
        """
        try:
            with self._state_faults(step):
                step = await self._making.ready(step)
                assert step.state is not None
                async with self._gate.together():
                    await self._control(step)
                async with entered(step.state, self._options, self._gate.together) as values:
                    await self._poll(step, self._filled(step, values), seen)
        finally:
            seen.set()

    async def _poll(self, step: Step, call: Call, seen: asyncio.Event) -> None:
        assert step.state is not None
        assert step.state.poll is not None
        role: Role = "state"
        first, left_after_end = math.inf, READS_AFTER_END
        while left_after_end:
            async with self._gate.together():
                exchange = await self._asker.ask(call, Purpose(step.id, role, step.due, step.grade))
            seen.set()
            if exchange.reply is None:
                return
            left_after_end -= self._is_terminal(step, exchange.reply)
            role, first = "poll", min(first, exchange.sent)
            # only an answer that was asked for when the time was over shows that it was not kept
            left = first + step.state.poll.within - exchange.received
            if left <= 0:
                return
            await asyncio.sleep(min(step.state.poll.every, left))

    def _is_terminal(self, step: Step, reply: Reply) -> bool:
        for relation in self._ledger.operations[step.operation.id].relations:
            if relation.kind == "states":
                try:
                    body = strict_json.parse(reply.body)
                except strict_json.NotJsonError:
                    return False
                return pointer.at(body, relation.fields[0]) in relation.declared["terminal"]
        return False

    @contextlib.contextmanager
    def _state_faults(self, step: Step) -> Iterator[None]:
        """A state that could not be entered or left is recorded as the step's fault; the other steps go on."""
        try:
            yield
        except StateError as error:
            self._asker.unsent(step.operation, Purpose(step.id, "state", step.due, step.grade), str(error))
