"""The proof that the suite catches what it claims to, and accuses nobody who is right: `nox -s proof`.

    python conformance/selftests/proof/prove.py [--quick | --seeds N] [--only PATTERN]

Every claim is broken in recordings of servers that are right, and the suite is run against every defect and cheat of
the reference provider. Ends 1 if anything is missed, if a claim has no mutant, or if a provider that is right is
accused.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from fnmatch import fnmatchcase

import cases
import matrix
import trials
from assay import judge
from assay.recording import Recording
from cases import Outcome
from matrix import Claimwise
from trials import JOBS, LIBRARY, Api, Kills

SEEDS, QUICK_SEEDS = 50, 10
_DEALT = 16
"""Claims that are broken in one go by one process."""
_WORKERS = 2 * (os.cpu_count() or 1)
"""A trial waits for longer than it computes."""


def main(arguments: Sequence[str]) -> int:
    given = _parsed(arguments)
    started = time.monotonic()
    chosen = [each for each in cases.cases(given.seeds) if fnmatchcase(each.name, given.only)]
    named = {api: [name for name in api.ledger.claims if fnmatchcase(name, given.only)] for api in (JOBS, LIBRARY)}
    if not chosen and not any(named.values()):
        _say(f"--only {given.only!r} matches no claim and no server")
        return 2
    _say(f"{len(chosen)} servers to try, {_WORKERS} at a time; claims to break: {sum(map(len, named.values()))}")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(_WORKERS, mp_context=context, initializer=trials.quiet) as pool:
        recordings = {api: pool.submit(trials.recorded, api, api.correct) for api, names in named.items() if names}
        tried = [pool.submit(cases.outcome, case) for case in chosen]
        parts = [_Part(pool, api, recording.result(), named[api]) for api, recording in recordings.items()]
        outcomes = [_shown(each, number, len(tried)) for number, each in enumerate(tried, 1)]
        claimwise = [part.collected() for part in parts]
    return _concluded(claimwise, outcomes, time.monotonic() - started)


class _Part:
    """Claims of one document, dealt out to be broken."""

    def __init__(self, pool: ProcessPoolExecutor, api: Api, recording: Recording, names: Sequence[str]) -> None:
        self._title = f"claims: {api.title}"
        verdicts = judge.judge(api.ledger, recording)
        exercised = {each.claim.id for each in verdicts.claims if each.verdict != "not-exercised"}
        self._required = frozenset(names if api.every else exercised)
        self._accused = tuple(each.claim.id for each in verdicts.claims if each.verdict == "violated")
        self._kills: list[Future[list[Kills]]] = [
            pool.submit(trials.killed, api, recording, names[start : start + _DEALT])
            for start in range(0, len(names), _DEALT)
        ]

    def collected(self) -> Claimwise:
        kills = tuple(each for future in self._kills for each in future.result())
        return Claimwise(self._title, kills, self._required, self._accused)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="prove", description="Prove that the suite catches what it claims to.")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="of the providers that must not be accused")
    parser.add_argument("--quick", dest="seeds", action="store_const", const=QUICK_SEEDS, help="with few of these")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="claims and servers of these names")
    return parser.parse_args(arguments)


def _shown(future: Future[Outcome], number: int, count: int) -> Outcome:
    outcome = future.result()
    _say(f"{number:>4}/{count}  {matrix.outcome_line(outcome)}")
    return outcome


def _concluded(claimwise: list[Claimwise], outcomes: list[Outcome], seconds: float) -> int:
    for part in claimwise:
        _say("", *matrix.claims_table(part))
    _say(*matrix.behaviour_table(outcomes), "", *matrix.alarms_table(outcomes, JOBS.ledger.claims), "")
    found = matrix.problems(claimwise, outcomes)
    _say(*found, f"{'PROVED' if not found else f'NOT PROVED: {len(found)} problems'} in {seconds:.0f} s")
    return 1 if found else 0


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
