"""assay's judge and Schemathesis' `case.validate_response` on the same exchanges → exchanges a second of each.

Neither waits for anything, so it is the processor's time that is measured, whatever else the machine does.
"""

import contextlib
import datetime as dt
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import schemathesis
from attrs import evolve
from schemathesis.core.failures import FailureGroup

from assay import judge
from assay.claims import Ledger
from assay.recording import Recording
from assay.recording.exchange import Exchange, Reply
from exploring import recorded, the_ledger
from slowed import Served
from table import Compared
from whole import bearer, in_turn


def compared(provider: Served, *, examples: int, runs: int, goal: float) -> Compared:
    ledger = the_ledger()
    provider.counted(0)
    recording = recorded(provider, ledger, examples)
    generated = tuple(each for each in recording.exchanges if each.role == "explore" and each.reply)
    ours, others = in_turn(
        [_judged(ledger, evolve(recording, exchanges=generated)), _validated(ledger, generated)], runs
    )
    what = f"judging against validate_response, {len(generated)} exchanges"
    return Compared(what, 0, ours, others, "exchanges/s", goal)


def _judged(ledger: Ledger, recording: Recording) -> Callable[[], float]:
    def rate() -> float:
        started = time.process_time()
        judge.judge(ledger, recording)
        return len(recording.exchanges) / (time.process_time() - started)

    return rate


def _validated(ledger: Ledger, exchanges: tuple[Exchange, ...]) -> Callable[[], float]:
    schema = schemathesis.openapi.from_dict(ledger.contract.data, config=schemathesis.Config())
    # this one sends further requests: it is compared how fast each judges what it has
    schema.config.checks.update(excluded_check_names=["ignored_auth"])
    headers = {"Authorization": f"Bearer {bearer()}"}
    cases = [_case(schema, ledger, each, headers) for each in exchanges]

    def rate() -> float:
        started = time.process_time()
        for case, response in cases:
            with contextlib.suppress(FailureGroup):
                case.validate_response(response, headers=headers)
        return len(cases) / (time.process_time() - started)

    return rate


def _case(schema: Any, ledger: Ledger, exchange: Exchange, headers: dict[str, str]) -> tuple[Any, httpx.Response]:
    operation = ledger.contract.operation(exchange.operation)
    assert operation is not None
    path = urlsplit(exchange.request.url).path.split("/")
    values = {
        template[1:-1]: unquote(segment)
        for template, segment in zip(operation.path.split("/"), path, strict=True) if template.startswith("{")
    }  # fmt: skip
    case = schema[operation.path][operation.method].Case(path_parameters=values, headers=headers)
    return case, _response(exchange, exchange.reply, headers)


def _response(exchange: Exchange, reply: Reply | None, headers: dict[str, str]) -> httpx.Response:
    assert reply is not None
    request = httpx.Request(exchange.request.method, exchange.request.url, headers=headers)
    response = httpx.Response(reply.status, headers=list(reply.headers), content=reply.body, request=request)
    response.elapsed = dt.timedelta(seconds=exchange.received - exchange.sent)
    return response
