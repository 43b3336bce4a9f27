"""Exploration and a bare httpx loop against the same running provider → requests a second of each.

The same requests, as many in flight. What exploration does beside sending: it generates them, keeps the limits, takes
the secrets out, records each and looks for violations.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
from attrs import evolve

from assay import claims, contract, plan, run
from assay.claims import Ledger
from assay.plan.calls import wire
from assay.plan.steps import Plan
from assay.recording import Recording
from assay.recording.exchange import Request
from assay.run import generating
from assay.target import Target, target_file
from slowed import Served
from table import Compared
from whole import OVERLAY, SPEC, in_turn, target_text

_SEED = 1


def compared(provider: Served, *, examples: int, delay: float, runs: int, goal: float) -> Compared:
    ledger = the_ledger()
    aimed = _target(provider)
    planned = plan.plan(ledger, aimed, seed=_SEED, examples=examples)
    requests = [
        wire(call, provider.base_url)
        for each in planned.explorations
        for call in generating.generate(
            ledger.contract, each.operation, each.known, each.base, seed=_SEED, examples=examples
        )
    ]
    provider.counted(delay)
    ours, others = in_turn(
        [_exploring(ledger, aimed, evolve(planned, steps=(), probes=())), _looping(requests, aimed.in_flight)], runs
    )
    what = f"exploration against a bare loop, {len(requests)} requests, {aimed.in_flight} in flight"
    return Compared(what, delay, ours, others, "requests/s", goal)


def the_ledger() -> Ledger:
    return claims.ledger(contract.load(SPEC, [OVERLAY]))


def recorded(provider: Served, ledger: Ledger, examples: int) -> Recording:
    """A run with fixture states and exploration."""
    aimed = _target(provider)
    return _run(ledger, aimed, plan.plan(ledger, aimed, seed=_SEED, examples=examples))


def _target(provider: Served) -> Target:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "target.toml"
        file.write_text(target_text(provider, bare=True), encoding="utf-8")
        return target_file.load(file)


def _run(ledger: Ledger, aimed: Target, planned: Plan) -> Recording:
    with tempfile.TemporaryDirectory() as folder:
        return run.record(ledger, aimed, planned, Path(folder), seed=_SEED)


def _exploring(ledger: Ledger, aimed: Target, planned: Plan) -> Callable[[], float]:
    def rate() -> float:
        started = time.perf_counter()
        exchanges = _run(ledger, aimed, planned).exchanges
        return len(exchanges) / (time.perf_counter() - started)

    return rate


def _looping(requests: Sequence[Request], in_flight: int) -> Callable[[], float]:
    def rate() -> float:
        started = time.perf_counter()
        asyncio.run(_bare(requests, in_flight))
        return len(requests) / (time.perf_counter() - started)

    return rate


async def _bare(requests: Sequence[Request], in_flight: int) -> None:
    waiting = iter(requests)

    async def work(client: httpx.AsyncClient) -> None:
        for each in waiting:
            headers = [(name.encode(), value.encode()) for name, value in each.headers]
            await client.request(each.method, each.url, headers=headers, content=each.body or None)

    async with httpx.AsyncClient(trust_env=False, timeout=30) as client, asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(work(client))
