"""assay, the client, and what others make of the same → a table of ratios: `nox -s bench`.

    python conformance/selftests/bench/bench.py [--quick]

Seconds say something about a machine, ratios about the programs: all that a ratio compares took turns in one run. Not
a test: nothing fails where a goal is missed.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain

import calling
import exploring
import growing
import holding
import importing
import judging
import regenerating
import reporting
import slowed
import table
import whole
from slowed import Served
from table import Compared

_AT_ONCE, _SLOW = 0.0, 0.05
"""Seconds that each request waits before the provider gets it."""
_GOALS = {_AT_ONCE: 0.5, _SLOW: 0.15}
_EXPLORING_GOALS = {_AT_ONCE: 0.35, _SLOW: 0.5}
_JUDGING_GOAL = 3.0
_CALLING_GOAL, _IMPORTING_GOAL = 1.05, 1.15
_JOBS = 10_000
_COPIES, _MANY = 30, 143
"""Of the library's document in a large one, which then has 210 operations, or 1,001."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Compare assay's speed with that of others.")
    parser.add_argument("--quick", action="store_true", help="each once, and no long runs")
    quick: bool = parser.parse_args(arguments).quick
    started = time.monotonic()
    rows = list[Compared]()
    with slowed.served() as provider:
        for each in chain(_client(provider, quick=quick), _measured(provider, quick=quick), _growing(quick=quick)):
            rows.append(each)
            sys.stderr.write("  ".join(each.row()) + "\n")
    sys.stdout.write(f"{table.markdown(rows)}\n\n{table.machine()}; {time.monotonic() - started:.0f} s\n")
    return 0


def _client(provider: Served, *, quick: bool) -> Iterator[Compared]:
    provider.counted(0)
    yield from calling.compared(provider, turns=50 if quick else 200, goal=_CALLING_GOAL)
    yield importing.compared(runs=5 if quick else 15, goal=_IMPORTING_GOAL)
    yield holding.compared(provider, count=_JOBS)
    yield regenerating.compared(regenerating.flagship(), what="the flagship", runs=1 if quick else 3)
    if not quick:
        yield regenerating.compared(regenerating.large(_COPIES), what="a large document", runs=2)


def _measured(provider: Served, *, quick: bool) -> Iterator[Compared]:
    runs = 1 if quick else 3
    whole.compiled(provider)
    yield judging.compared(provider, examples=100 if quick else 400, runs=runs, goal=_JUDGING_GOAL)
    yield from _reports(provider, quick=quick)
    for delay, goal in _EXPLORING_GOALS.items():
        yield exploring.compared(provider, examples=200 if quick else 300, delay=delay, runs=runs, goal=goal)
    for delay, goal in _GOALS.items():
        # the slower, the less it varies: most of it is waiting
        times = min(runs, 2) if delay else runs
        for bare in (False, True):
            yield from whole.compared(provider, bare=bare, examples=100, delay=delay, runs=times, goal=goal)
        if not quick:
            yield from whole.compared(provider, bare=True, examples=1000, delay=delay, runs=times - 1, goal=goal)


def _growing(*, quick: bool) -> Iterator[Compared]:
    yield from growing.compared((100, 400) if quick else (250, 500, 1000, 2000))


def _reports(provider: Served, *, quick: bool) -> Iterator[Compared]:
    runs = 1 if quick else 3
    ledger = exploring.the_ledger()
    provider.counted(0)
    yield reporting.compared(ledger, exploring.recorded(provider, ledger, 100), what="the flagship", runs=runs)
    if not quick:
        yield reporting.compared(*reporting.many(_MANY), what="a large document", runs=runs)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
