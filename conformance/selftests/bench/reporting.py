"""A judged recording → the seconds that all its reports take, beside those of judging it, and how large they are.

The large one is the library's recording, many times over as its document is: each copy has operations of its own, and
one copy in ten answers nothing but `{}`, so that there is something to report.
"""

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from attrs import evolve

from assay import claims, contract, judge, plan, report, run
from assay.claims import Ledger
from assay.contract import METHODS
from assay.recording import Recording
from assay.recording.exchange import Exchange
from assay.target import target_file
from regenerating import large
from table import Compared
from whole import ROOT, in_turn

_LIBRARY = ROOT / "conformance/selftests/documents"
_TARGET = ROOT / "conformance/selftests/proof/library.toml"
_MEGABYTE = 1_000_000
_BROKEN_EVERY = 10
"""Copies of which one is broken."""


def compared(ledger: Ledger, recording: Recording, *, what: str, runs: int) -> Compared:
    verdicts = judge.judge(ledger, recording)
    sizes = {each: len(report.made(each, verdicts, recording)) / _MEGABYTE for each in report.FILES}

    def all_of_them() -> None:
        for each in report.FILES:
            report.made(each, verdicts, recording)

    ours, others = in_turn([_seconds(all_of_them), _seconds(lambda: judge.judge(ledger, recording))], runs)
    operations, megabytes = len(ledger.contract.operations), sum(sizes.values())
    named = (
        f"all reports of {what}, {operations} operations, {megabytes:.1f} MB ({_largest(sizes)}), against judging it"
    )
    return Compared(named, None, ours, others, "s", None, at_most=True)


def _largest(sizes: dict[str, float]) -> str:
    name = max(sizes, key=lambda each: sizes[each])
    return f"{name} {sizes[name]:.1f}"


def _seconds(work: Callable[[], Any]) -> Callable[[], float]:
    def seconds() -> float:
        started = time.process_time()
        work()
        return time.process_time() - started

    return seconds


def many(copies: int) -> tuple[Ledger, Recording]:
    """The library so many times, recorded as if each copy had been there."""
    one = claims.ledger(contract.load(_LIBRARY / "library.yaml", [_LIBRARY / "library.overlay.yaml"]))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording = _recorded(one, folder)
        (folder / "large.json").write_text(json.dumps(large(copies)), encoding="utf-8")
        ledger = claims.ledger(contract.load(folder / "large.json"))
    header = recording.header
    names = [_names(one, number) for number in range(copies)]
    steps = tuple(
        evolve(each, operation=renamed[each.operation], id=_step(each.id, renamed))
        for renamed in names
        for each in header.steps
    )
    watches = tuple(evolve(each, step=_step(each.step, renamed)) for renamed in names for each in header.watches)
    exchanges = tuple(each for number, renamed in enumerate(names) for each in _copied(recording, renamed, number))
    numbered = tuple(evolve(each, id=number) for number, each in enumerate(exchanges, 1))
    contract_of = {**header.contract, "digest": ledger.contract.digest}
    made = evolve(header, contract=contract_of, steps=steps, watches=watches, unplanned=())
    return ledger, evolve(recording, header=made, exchanges=numbered)


def _recorded(ledger: Ledger, folder: Path) -> Recording:
    aimed = target_file.load(_TARGET)
    planned = plan.plan(ledger, aimed, seed=1, writes=True, examples=0)
    # where its application lies
    with contextlib.chdir(_TARGET.parent):
        return run.record(ledger, aimed, planned, folder, seed=1)


def _names(ledger: Ledger, number: int) -> dict[str, str]:
    """Operation → what it is called in that copy."""
    named = {}
    for each in ledger.contract.operations:
        own = ledger.contract.data["paths"][each.path][each.method.lower()].get("operationId")
        assert each.method.lower() in METHODS
        named[each.id] = f"{own}{number}" if own else f"{each.method} /area{number}{each.path}"
    return named


def _step(step: str, renamed: dict[str, str]) -> str:
    """A step's id begins with its operation's."""
    found = max((each for each in renamed if step.startswith(each)), key=len, default="")
    return renamed.get(found, "") + step[len(found) :]


def _copied(recording: Recording, renamed: dict[str, str], number: int) -> Iterator[Exchange]:
    broken = number % _BROKEN_EVERY == _BROKEN_EVERY - 1
    for each in recording.exchanges:
        reply = evolve(each.reply, body=b"{}") if broken and each.reply and each.reply.body else each.reply
        yield evolve(each, operation=renamed[each.operation], step=_step(each.step, renamed), reply=reply)
