"""Miniature servers, and runs against them in this process: a subprocess would cost seconds and show nothing more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import evolve

from assay import claims, contract, judge, plan, run
from assay.target import target_file
from selftests.running import miniatures
from selftests.running.miniatures import Behaviour, Miniature

Start = Callable[[Behaviour], Miniature]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server; it is stopped when the test is over."""
    with ExitStack() as open_ones:
        yield lambda behaviour: open_ones.enter_context(miniatures.running(behaviour))


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> claims.Ledger:
    document = tmp_path_factory.mktemp("things") / "things.yaml"
    document.write_text(miniatures.THINGS)
    return claims.ledger(contract.load(document, []))


@pytest.fixture
def ran(ledger: claims.Ledger, tmp_path: Path) -> Callable[..., miniatures.Ran]:
    """Run the steps of a target on Things, and judge. `probed`: with the probes, which most tests are not about."""

    def ran(
        url: str, states: str = "", *, head: str = "", limits: str = "", timeout: float = 10.0, http: str = "",
        credentials: str = f'[credentials.default]\nbearer = "{miniatures.KEY}"', probed: bool = False,
        ledger: claims.Ledger = ledger,
    ) -> miniatures.Ran:  # fmt: skip
        file = tmp_path / "target.toml"
        file.write_text(
            f'name = "miniature"\nbase_url = "{url}"\n{head}\n[http]\n'
            f"{'' if 'timeout' in http else f'timeout = {timeout}'}\n{http}\n[limits]\n{limits}\n"
            f"{credentials}\n{states}"
        )
        loaded = target_file.load(file)
        planned = plan.plan(ledger, loaded, seed=1)
        planned = planned if probed else evolve(planned, probes=())
        recording = run.record(ledger, loaded, planned, tmp_path / "report", seed=1)
        return miniatures.Ran(recording, judge.judge(ledger, recording))

    return ran
