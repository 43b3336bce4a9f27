"""Runs against the shelf, in this process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from assay import claims, contract, judge, plan, run
from assay.claims import Ledger
from assay.judge.verdicts import Verdicts
from assay.plan.steps import Plan
from assay.recording import Recording
from assay.recording.exchange import Exchange
from assay.target import Target, target_file
from selftests.chains import shelf
from selftests.chains.shelf import Shelf
from selftests.running import miniatures
from selftests.running.miniatures import Behaviour, Miniature


@frozen
class Ran:
    """A run of the shelf, and what it left there."""

    recording: Recording
    verdicts: Verdicts
    shelf: Shelf

    def verdict(self, response: str) -> str:
        rows = {f"{each.operation} {each.status}": each.verdict for each in self.verdicts.responses}
        return rows[response]

    def reason(self, response: str) -> str:
        return next(each.reason for each in self.verdicts.responses if f"{each.operation} {each.status}" == response)

    def of(self, step: str, role: str = "state") -> list[Exchange]:
        return [each for each in self.recording.exchanges if (each.step, each.role) == (step, role)]

    @property
    def violated(self) -> set[str]:
        return {each.claim.id for each in self.verdicts.claims if each.verdict == "violated"}

    def sent(self, *roles: str) -> list[str]:
        """Method and path of every request, in the order in which they were answered."""
        found = [each for each in self.recording.exchanges if not roles or each.role in roles]
        return [f"{each.request.method} {each.request.url.partition('/books')[2]}" for each in found]


@pytest.fixture(scope="session")
def of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ledger]:
    """The ledger of a document."""

    def make(text: str) -> Ledger:
        path = tmp_path_factory.mktemp("shelf") / "shelf.yaml"
        path.write_text(text)
        return claims.ledger(contract.load(path))

    return make


@pytest.fixture(scope="session")
def document(of: Callable[[str], Ledger]) -> Ledger:
    return of(shelf.document())


@pytest.fixture
def target(tmp_path: Path) -> Callable[..., Target]:
    def load(states: str = "", url: str = "http://shelf.example") -> Target:
        file = tmp_path / "target.toml"
        file.write_text(f'name = "shelf"\nbase_url = "{url}"\n[credentials.default]\nbearer = "{shelf.KEY}"\n{states}')
        return target_file.load(file)

    return load


@pytest.fixture
def planned(target: Callable[..., Target]) -> Callable[..., Plan]:
    def make(ledger: Ledger, states: str = "", *, writes: bool = True) -> Plan:
        return plan.plan(ledger, target(states), seed=1, writes=writes)

    return make


@pytest.fixture
def ran(document: Ledger, target: Callable[..., Target], tmp_path: Path) -> Iterator[Callable[..., Ran]]:
    """Run and judge. No probes and no exploration unless a test asks for them."""
    with ExitStack() as open_ones:

        def ran(
            states: str = "", *, wrong: str = "", ledger: Ledger = document, probes: bool = False, examples: int = 0,
            writes: bool = True, select: str = "", books: dict[str, Any] | None = None,
            server: Shelf | None = None,
        ) -> Ran:  # fmt: skip
            server = server or Shelf(wrong, books)
            loaded = target(states, open_ones.enter_context(miniatures.running(server)).url)
            made = plan.plan(ledger, loaded, seed=1, select=select, writes=writes, examples=examples)
            made = made if probes else evolve(made, probes=())
            recording = run.record(ledger, loaded, made, tmp_path / "report", seed=1)
            return Ran(recording, judge.judge(ledger, recording), server)

        yield ran


@pytest.fixture
def start() -> Iterator[Callable[[Behaviour], Miniature]]:
    """Start another server; it is stopped when the test is over."""
    with ExitStack() as open_ones:
        yield lambda behaviour: open_ones.enter_context(miniatures.running(behaviour))
