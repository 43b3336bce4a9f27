"""An operation → exchanges of generated requests, and for each claim that one violates, a minimal request.

Not which requests those are (`generating`), not the sending (that is the caller's) and no verdict: exchanges are judged
here only to know what to shrink.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from assay.claims import Ledger
from assay.contract import Operation
from assay.plan.calls import Call
from assay.recording.exchange import Exchange
from assay.run.shrinking import Send, answered, size, smallest, violated

REPEATS = 5
"""Times that a minimal request is sent, to tell a fault that is always there from one that comes now and then."""
MOST_CLAIMS = 10
"""Claims of one operation for which a minimal request is looked for; more are reported as they were met."""
GIVES_UP = 10
"""Requests in a row without an answer to judge, each repeated by `send`, after which no more are sent."""
_AT_ONCE = 32
"""Requests that wait in `send` together: more than are commonly in flight, and few enough to give up in time."""

_FIRST = threading.Lock()
"""Modules that import one another are imported by one thread."""


def unheard() -> None:
    """Where nobody listens."""


class Stopped(BaseException):
    """Generating was told to stop. No Exception, since Hypothesis would take that for what it looks for."""


async def explore(
    ledger: Ledger, operation: Operation, known: Sequence[Call], base: Call, *, seed: int, examples: int, send: Send,
    drawn: Callable[[], None] = unheard,
) -> None:  # fmt: skip
    """Send at most `examples` generated requests, then for each violated claim a minimal one, five times.

    `known`: requests for resources that exist, none of which is being polled; `base`: the operation's ordinary one.
    `drawn` is called, in another thread, as each request is made up.
    """
    stop = threading.Event()

    def going_on() -> None:
        if stop.is_set():
            raise Stopped
        drawn()

    try:
        # in a thread: what else is in flight goes on meanwhile
        calls = await asyncio.to_thread(
            _generated, ledger.contract, operation, known, base, seed=seed, examples=examples, drawn=going_on
        )
    finally:
        # a thread does not end with who waits for it, and the end of the loop waits for all of them
        stop.set()
    exchanges = await _sent(calls, f"{operation.id} explore", send)
    for claims, violators in _together(ledger, exchanges):
        first = min(violators, key=lambda each: size(calls[each]))
        minimal = await smallest(ledger, claims, calls[first], exchanges[first], known, send)
        for claim in claims:
            for _ in range(REPEATS):
                await send(minimal, "minimal", f"{operation.id} minimal {claim}")


def _generated(*about: Any, **how: Any) -> list[Call]:
    with _FIRST:
        from assay.run.generating import generate  # noqa: PLC0415 - takes a while, in which other requests are answered
    return generate(*about, **how)


def _together(ledger: Ledger, exchanges: dict[int, Exchange]) -> list[tuple[list[str], tuple[int, ...]]]:
    """Claims, and the indexes of the exchanges that violate them; those that the same ones violate are together."""
    if not violated(ledger, exchanges.values()):
        return []
    by_claim: dict[str, list[int]] = defaultdict(list)
    for index, exchange in exchanges.items():
        for claim in violated(ledger, [exchange]):
            by_claim[claim].append(index)
    # what a `must` promises comes first, then the ledger's order
    order = sorted((claim for claim in ledger.claims if claim in by_claim), key=lambda id_: ledger.claims[id_].level)
    groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for claim in order[:MOST_CLAIMS]:
        groups[tuple(by_claim[claim])].append(claim)
    return [(claims, violators) for violators, claims in groups.items()]


async def _sent(calls: Sequence[Call], step: str, send: Send) -> dict[int, Exchange]:
    """The exchange of each call by its index, as far as the server answers at all."""
    waiting, exchanges, unanswered = iter(enumerate(calls)), dict[int, Exchange](), 0

    async def work() -> None:
        nonlocal unanswered
        for index, call in waiting:
            exchange = exchanges[index] = await send(call, "explore", step)
            unanswered = 0 if answered(exchange) else unanswered + 1
            if unanswered >= GIVES_UP:
                return

    async with asyncio.TaskGroup() as group:
        for _ in range(min(_AT_ONCE, len(calls))):
            group.create_task(work())
    return dict(sorted(exchanges.items()))
