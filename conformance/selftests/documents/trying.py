"""A published document → what becomes of it: ledger, plan, client; and what that has to be, by figures."""

import importlib
import io
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from attrs import frozen

from assay import claims, contract, plan
from assay.target import target_file

_SCRIPTS = str(Path(__file__).resolve().parents[3] / "scripts")
_LACKING = re.compile(r"    ([A-Z]+ \S+(?:, response \S+)?)")


@frozen
class Figures:
    """`planned`: documented responses that a step is for, with a URL alone and writes allowed.

    `lacking`: the operations and responses for which a client is refused; empty where it is written whole.
    """

    file: str
    openapi: str
    operations: int
    responses: int
    claims: int
    planned: int
    lacking: tuple[str, ...] = ()


def figures(path: Path, lacking: tuple[str, ...] = ()) -> Figures:
    """What is made of the document, with what its client is said to lack.

    Asserts that each documented response has a step, or says why it has none and what to supply.
    """
    ledger = claims.ledger(contract.load(path))
    made = plan.plan(ledger, target_file.from_url("http://localhost"), seed=1, writes=True)
    planned = {(step.operation.id, step.due) for step in made.steps}
    explained = {(each.operation, each.status) for each in made.unplanned if each.reason and each.todo}
    assert planned | explained == ledger.responses.keys()
    assert not planned & explained
    return Figures(
        path.name, ledger.contract.openapi, len(ledger.contract.operations), len(ledger.responses),
        len(ledger.claims), len(planned), lacking,
    )  # fmt: skip


def lacking(path: Path, folder: Path) -> tuple[str, ...]:
    """What a client for the document would lack, as `regenerate` says it; empty where it writes one, whole."""
    if _SCRIPTS not in sys.path:
        sys.path.insert(0, _SCRIPTS)  # as running a script from there does
    regenerate = importlib.import_module("regenerate")
    said, out = io.StringIO(), folder / "client"
    with redirect_stdout(io.StringIO()), redirect_stderr(said), pytest.raises(SystemExit) as ended:
        regenerate.main(["--spec", str(path), "--out", str(out), "--package", "published_client"])
    assert (ended.value.code == 0) == out.exists(), said.getvalue()
    found = (_LACKING.fullmatch(line) for line in said.getvalue().splitlines())
    names = tuple(each[1] for each in found if each)
    # what is refused for any other reason than for what is lacking is a fault of ours
    assert bool(names) != out.exists(), said.getvalue()
    return names
