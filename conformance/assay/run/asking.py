"""A planned call → its exchanges, each recorded: sent, and sent again where what came is no answer.

Who is asked when is `run`'s part. Nothing is judged here: an answer is looked at only to know whether to repeat.
"""

import asyncio
import contextlib
import datetime as dt
import email.utils
import time
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

from attrs import evolve, frozen

from assay.contract import Operation
from assay.errors import UserError
from assay.plan.authorisation import spoiled
from assay.plan.calls import Call, wire
from assay.recording import Recorder
from assay.recording.exchange import Exchange, Grade, Headers, Redactor, Reply, Request, Role, throttled
from assay.run.send import Sender, Sent, StoppedError
from assay.run.tokens import TokenError, Tokens
from assay.target import Credential, Target

REPEATS_WHEN_THROTTLED = 3
REPEATS_AFTER_FAULT = 2
LONGEST_WAIT = 60.0
"""Seconds that a Retry-After is obeyed for; a longer one is cut to this."""

_Send = Callable[[Request], Awaitable[Sent]]


@frozen
class Purpose:
    """What an exchange is recorded as: of which step, in which role, and the status that is due, if one is."""

    step: str
    role: Role
    due: str = ""
    grade: Grade = "natural"


class Asker:
    """Asks one target within its limits. An async context manager; its clock starts when it is made.

    `heard` is told what each call came to.
    """

    def __init__(
        self, target: Target, recorder: Recorder, redactor: Redactor, run_id: str,
        heard: Callable[[Call, Exchange], None],
    ) -> None:  # fmt: skip
        self._heard = heard
        self._target = target
        self._recorder = recorder
        self._redactor = redactor
        self._sender = Sender(http=target.http, in_flight=target.in_flight, rate=target.rate, run_id=run_id)
        self._tokens = Tokens(redactor.add)
        self._start = time.monotonic()

    async def __aenter__(self) -> Self:
        await self._sender.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sender.__aexit__(kind, error, trace)

    async def ask(self, call: Call, purpose: Purpose) -> Exchange:
        """Send and record, waiting out a throttled answer, repeating after a fault, and with another token after a 401;
        the last attempt.

        An answer that is due is never waited out.
        """
        try:
            call = await self._filled(call)
            exchange = await self._attempts(call, purpose)
            another = await self._after_refusal(call, purpose, exchange)
            return await self._attempts(another, purpose) if another else exchange
        except TokenError as error:
            return self.unsent(call.operation, purpose, str(error))

    async def ready(self, credentials: Mapping[str, Credential]) -> None:
        """Have the tokens that are needed. Raises UserError: there is none for one of them."""
        for each in credentials.values():
            try:
                if each.command:
                    await self._tokens.filled(each)
            except TokenError as error:
                raise UserError(
                    str(error),
                    where=self._target.where("credentials", each.name, "bearer"),
                    todo="run it by hand: what it prints is not shown here, since it may hold a secret",
                ) from None

    async def _filled(self, call: Call) -> Call:
        """With a token, where a command gives it; spoiled, where it is to be. Raises TokenError."""
        if call.credential is None:
            return call
        credential = await self._tokens.filled(call.credential) if call.credential.command else call.credential
        if call.spoiled:
            credential = spoiled(credential, call.spoiled)
            # a secret still: the right one is easily guessed from it
            for secret in (credential.bearer, credential.api_key, *credential.api_keys.values()):
                self._redactor.add(f"probe.{call.spoiled}", secret)
        return evolve(call, credential=credential)

    async def _after_refusal(self, call: Call, purpose: Purpose, exchange: Exchange) -> Call | None:
        """The call with another token, where the one that a command gave was refused. Raises TokenError."""
        if call.credential is None or not call.credential.command or exchange.reply is None:
            return None
        if exchange.reply.status != 401 or _is(call.operation, exchange.reply, purpose.due):
            return None
        another = await self._tokens.after_refusal(call.credential)
        return evolve(call, credential=another) if another else None

    async def _attempts(self, call: Call, purpose: Purpose) -> Exchange:
        request = as_sent(call, self._target)
        throttles = faults = 0
        while True:
            exchange = await self._sent(call, purpose, request, self._sender.send)
            if call.credential is not None and exchange.reply is not None and exchange.reply.status != 401:
                self._tokens.worked(call.credential)
            if exchange.reply is None:
                faults += 1
                if faults > REPEATS_AFTER_FAULT:
                    return exchange
                await asyncio.sleep(0.1 * faults)
            elif throttled(exchange.reply, _is(call.operation, exchange.reply, purpose.due)):
                throttles += 1
                if throttles > REPEATS_WHEN_THROTTLED:
                    return exchange
                await asyncio.sleep(_wait(exchange.reply, throttles))
            else:
                return exchange

    async def burst(self, call: Call, purpose: Purpose, times: int) -> None:
        """Send that many at once, none of them again, and record each."""
        try:
            call = await self._filled(call)
        except TokenError as error:
            self.unsent(call.operation, purpose, str(error))
            return
        request = as_sent(call, self._target)
        async with asyncio.TaskGroup() as group:
            for _ in range(times):
                group.create_task(self._sent(call, purpose, request, self._sender.at_once))

    async def _sent(self, call: Call, purpose: Purpose, request: Request, send: _Send) -> Exchange:
        """Recorded as soon as it is answered, also where the run is stopped meanwhile."""
        try:
            return self._record(call, purpose, request, await send(request))
        except StoppedError as stopped:
            if stopped.sent.reply is not None:
                self._record(call, purpose, request, stopped.sent)
            else:
                self._heard(call, self._exchange(call.operation, purpose, request, stopped.sent))
            raise asyncio.CancelledError from None

    def unsent(self, operation: Operation, purpose: Purpose, fault: str) -> Exchange:
        """Record why a request was not sent."""
        now = time.monotonic()
        request = Request(operation.method, self._target.base_url + operation.path, ())
        return self._recorded(operation, purpose, request, Sent(now, now, None, fault))

    def _record(self, call: Call, purpose: Purpose, request: Request, sent: Sent) -> Exchange:
        redacted = self._recorded(call.operation, purpose, request, sent)
        self._heard(call, redacted)
        return redacted

    def _recorded(self, operation: Operation, purpose: Purpose, request: Request, sent: Sent) -> Exchange:
        redacted = self._redactor.exchange(self._exchange(operation, purpose, request, sent))
        self._recorder.add(redacted)
        if redacted.reply is not None and self._target.build_header:
            self._recorder.saw_build(redacted.reply.header(self._target.build_header) or "")
        return redacted

    def _exchange(self, operation: Operation, purpose: Purpose, request: Request, sent: Sent) -> Exchange:
        return Exchange(
            id=len(self._recorder.exchanges) + 1,
            step=purpose.step,
            role=purpose.role,
            operation=operation.id,
            due=purpose.due,
            grade=purpose.grade,
            sent=round(sent.sent - self._start, 6),
            received=round(sent.received - self._start, 6),
            request=request,
            reply=sent.reply,
            fault=sent.fault,
        )


def as_sent(call: Call, target: Target) -> Request:
    """The request of a call, with the headers that the target file gives to all."""
    request = wire(call, target.base_url)
    return evolve(request, headers=_with(request.headers, target.http.headers))


def _with(headers: Headers, extra: Mapping[str, str]) -> Headers:
    """The extra headers beside those of the request, which come first; cookies are sent in one (RFC 6265, 5.4)."""
    found = {name.lower(): name for name, _ in headers}
    added = tuple((name, value) for name, value in extra.items() if name.lower() not in found)
    cookie = next((value for name, value in extra.items() if name.lower() == "cookie"), "")
    if cookie and "cookie" in found:
        headers = tuple((name, f"{cookie}; {value}" if name.lower() == "cookie" else value) for name, value in headers)
    return headers + added


def _is(operation: Operation, reply: Reply, due: str) -> bool:
    response = operation.response_for(reply.status)
    return response is not None and response.status == due


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
