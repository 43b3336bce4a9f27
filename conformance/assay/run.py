"""Plan → recording: who is sent when. The only module that brings planning, sending, drivers and recording together.

Steps that do not disturb one another are in flight together, and so are polls. Steps that change the server for
everybody come after everything else, one at a time: what is in flight drains first, and polls pause. Nothing is
judged here; an answer is looked at only to know whether to wait, to repeat or to stop polling.
"""

import asyncio
import contextlib
import datetime as dt
import email.utils
import importlib.metadata
import math
import platform
import signal
import socket
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from assay import pointer, strict_json
from assay.calls import Call, wire
from assay.claims import Ledger
from assay.contract import Operation
from assay.drivers import StateError, entered, served
from assay.errors import UserError
from assay.exchange import SHORTEST_SECRET, Exchange, Grade, Redactor, Reply, Request, Role, throttled
from assay.explore import explore
from assay.plan import Exploration, Plan, Step
from assay.probing import ProbeStep
from assay.recording import PlannedStep, Recorder, Recording, RunHeader, Watch
from assay.send import Sender, Sent
from assay.target import Target

REPEATS_WHEN_THROTTLED = 3
REPEATS_AFTER_FAULT = 2
READS_AFTER_END = 4
"""Reads of a polled resource in a terminal state: the one that shows it, and some that show that it stays."""
LONGEST_WAIT = 60.0
"""Seconds that a Retry-After is obeyed for; a longer one is cut to this."""

_VERSIONS = ("assay-conformance", "schemathesis", "hypothesis", "httpx", "jsonschema-rs")


def record(ledger: Ledger, target: Target, plan: Plan, folder: Path, *, seed: int, strict: bool = False) -> Recording:
    """Run the plan; `recording.jsonl` (and `target.log`, where assay starts the target) go into `folder`.

    Ctrl-C and SIGTERM end the run early: what was recorded until then is given back, marked as interrupted. Raises
    UserError: nothing listens at the target, or it answered nothing at all.
    """
    with served(target, folder / "target.log"):
        _check_listening(target)
        header = _header(ledger, target, plan, seed=seed, strict=strict)
        with Recorder(folder / "recording.jsonl", header) as recorder:
            try:
                asyncio.run(_interruptible(_Run(ledger, target, plan, recorder)))
            except (KeyboardInterrupt, asyncio.CancelledError):
                recorder.interrupted = True
            return recorder.finish(_now())


def _header(ledger: Ledger, target: Target, plan: Plan, *, seed: int, strict: bool) -> RunHeader:
    contract = ledger.contract
    described = {"name": target.name, "base_url": target.base_url, "build": target.build, "digest": target.digest}
    versions = {name: importlib.metadata.version(name) for name in _VERSIONS}
    return RunHeader(
        contract={"title": contract.title, "version": contract.version, "digest": contract.digest},
        target=described | ({"served": "true"} if target.serve else {}),
        seed=seed,
        started=_now(),
        versions=versions | {"python": platform.python_version()},
        mock=target.hint is not None,
        strict=strict,
        partial=plan.partial,
        steps=tuple(
            PlannedStep(
                each.id, each.operation.id, each.due, each.driver,
                controlled=each.control is not None or bool(each.uncontrolled), uncontrolled=each.uncontrolled,
            )
            for each in plan.steps
        ),
        unplanned=plan.unplanned,
        waivers=target.waivers,
        excluded=target.excluded,
        watches=tuple(
            Watch(each.id, each.state.poll.within, each.state.poll.promised)
            for each in plan.steps if each.state and each.state.poll
        ),
        levels=dict(target.levels),
        short_secrets=tuple(name for name, secret in target.secrets.items() if len(secret) < SHORTEST_SECRET),
    )  # fmt: skip


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _check_listening(target: Target) -> None:
    parts = urlsplit(target.base_url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), timeout=target.timeout).close()
    except (OSError, ValueError) as error:
        raise UserError(
            f"nothing listens at {target.base_url}: {getattr(error, 'strerror', None) or error}",
            where=target.where("base_url") if target.path else "--url",
            todo="start the server, or mend the URL",
        ) from None


async def _interruptible(run: "_Run") -> None:
    """SIGTERM, as a CI job's end sends it, ends the run in the same good order as Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError, RuntimeError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await run.all()


class _Gate:
    """Many may pass together, or one alone; who is alone waits until the others have left, and holds up new ones."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._inside = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @contextlib.asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        async with self._turn:
            self._inside += 1
            self._empty.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        async with self._turn:
            await self._empty.wait()
            yield


class _Run:
    def __init__(self, ledger: Ledger, target: Target, plan: Plan, recorder: Recorder) -> None:
        self._ledger = ledger
        self._target = target
        self._plan = plan
        self._recorder = recorder
        self._redactor = Redactor({**plan.secrets, **target.secrets})
        self._sender = Sender(
            timeout=target.timeout, in_flight=target.in_flight, rate=target.rate, run_id=str(uuid.uuid4())
        )
        self._gate = _Gate()
        self._answering = asyncio.Event()
        """Set once the server is known to answer."""
        self._start = time.monotonic()

    async def all(self) -> None:
        steps = self._plan.steps
        async with self._sender:
            try:
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
                    probes = (self._probe(probe) for probe in self._plan.probes)
                    await asyncio.gather(*(self._together(step) for step in quick), *probes)
                    self._check_answering()
                    self._answering.set()
                    await asyncio.gather(*exploring)
                    for step in (each for each in steps if each.exclusive):
                        async with self._gate.alone():
                            await self._in_state(step)
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

    async def _together(self, step: Step) -> None:
        async with self._gate.together():
            await self._in_state(step)

    async def _explore(self, exploration: Exploration) -> None:
        async def send(call: Call, role: Role, step: str) -> Exchange:
            await self._answering.wait()
            async with self._gate.together():
                return await self._ask(call, role, step)

        await explore(
            self._ledger, exploration.operation, exploration.known, exploration.base,
            seed=self._recorder.header.seed, examples=self._plan.examples, send=send,
        )  # fmt: skip

    async def _probe(self, probe: ProbeStep) -> None:
        async with self._gate.together():
            await self._ask(probe.call, "probe", probe.id)

    async def _in_state(self, step: Step) -> None:
        """The control, then the state, then the request that is due there, then out of the state."""
        if step.control is not None:
            await self._ask(step.control, "control", step.id, tolerated=step.due)
        with self._state_faults(step):
            if step.state is None or step.driver not in ("setup", "command"):
                await self._due(step, {})
                return
            async with entered(step.state) as values:
                await self._due(step, values)

    async def _due(self, step: Step, values: dict[str, Any]) -> None:
        call = _filled(step, values)
        if step.times == 1:
            await self._ask(call, "state", step.id, step.due, step.grade)
            return
        request = wire(call, self._target.base_url)
        for sent in await self._sender.burst(request, step.times):
            self._record(_Asked(step.id, "state", call.operation, step.due, step.grade), request, sent)

    async def _watched(self, step: Step, seen: asyncio.Event) -> None:
        """Poll one resource until it is in a terminal state, and a little longer, or its time is over.

        `seen` is set after its first read, or where there can be none.
        """
        assert step.state is not None
        try:
            with self._state_faults(step):
                async with entered(step.state, self._gate.together) as values:
                    await self._poll(step, _filled(step, values), seen)
        finally:
            seen.set()

    async def _poll(self, step: Step, call: Call, seen: asyncio.Event) -> None:
        assert step.state is not None
        assert step.state.poll is not None
        role: Role = "state"
        first, left_after_end = math.inf, READS_AFTER_END
        while left_after_end:
            async with self._gate.together():
                exchange = await self._ask(call, role, step.id, step.due, step.grade)
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

    async def _ask(
        self, call: Call, role: Role, step: str, due: str = "", grade: Grade = "natural", *, tolerated: str = ""
    ) -> Exchange:
        """Send and record, waiting out a throttled answer and repeating after a fault; the last attempt.

        An answer that is `due` (or `tolerated`: a control may get it) is never waited out.
        """
        request = wire(call, self._target.base_url)
        asked = _Asked(step, role, call.operation, due, grade)
        throttles = faults = 0
        while True:
            sent = await self._sender.send(request)
            exchange = self._record(asked, request, sent)
            if sent.reply is None:
                faults += 1
                if faults > REPEATS_AFTER_FAULT:
                    return exchange
                await asyncio.sleep(0.1 * faults)
            elif throttled(sent.reply, _is(call.operation, sent.reply, due or tolerated)):
                throttles += 1
                if throttles > REPEATS_WHEN_THROTTLED:
                    return exchange
                await asyncio.sleep(_wait(sent.reply, throttles))
            else:
                return exchange

    def _record(self, asked: "_Asked", request: Request, sent: Sent) -> Exchange:
        exchange = Exchange(
            id=len(self._recorder.exchanges) + 1,
            step=asked.step,
            role=asked.role,
            operation=asked.operation.id,
            due=asked.due,
            grade=asked.grade,
            sent=round(sent.sent - self._start, 6),
            received=round(sent.received - self._start, 6),
            request=request,
            reply=sent.reply,
            fault=sent.fault,
        )
        redacted = self._redactor.exchange(exchange)
        self._recorder.add(redacted)
        if sent.reply is not None and self._target.build_header and not self._recorder.build:
            self._recorder.build = sent.reply.header(self._target.build_header) or ""
        return redacted

    @contextlib.contextmanager
    def _state_faults(self, step: Step) -> Iterator[None]:
        """A state that could not be entered or left is recorded as the step's fault; the other steps go on."""
        try:
            yield
        except StateError as error:
            now = time.monotonic()
            unsent = Request(step.operation.method, self._target.base_url + step.operation.path, ())
            asked = _Asked(step.id, "state", step.operation, step.due, step.grade)
            self._record(asked, unsent, Sent(now, now, None, str(error)))


@frozen
class _Asked:
    """What an exchange is recorded as."""

    step: str
    role: Role
    operation: Operation
    due: str
    grade: Grade


def _is(operation: Operation, reply: Reply, due: str) -> bool:
    response = operation.response_for(reply.status)
    return response is not None and response.status == due


def _filled(step: Step, values: dict[str, Any]) -> Call:
    try:
        return step.call.filled(values)
    except KeyError as error:
        told = ", ".join(values) or "nothing"
        raise StateError(f"setup of {step.id!r} answered {told}, but the request needs {error}") from None


def _wait(reply: Reply, attempt: int) -> float:
    """Seconds until the next attempt: Retry-After (RFC 9110, 10.2.3) in seconds or as a date, else 1, 2, 4."""
    told = (reply.header("retry-after") or "").strip()
    seconds = float(2 ** (attempt - 1))
    if told.isdecimal():
        seconds = float(told)
    elif told:
        with contextlib.suppress(ValueError, TypeError):
            seconds = (email.utils.parsedate_to_datetime(told) - dt.datetime.now(dt.UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT)
