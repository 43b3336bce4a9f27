"""Each measurement measures: at tiny sizes it gives positive figures, of whatever the machine does at the moment."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # as running a script from there does

import exploring
import judging
import slowed
import table
import whole


@pytest.fixture(scope="module")
def provider() -> Iterator[slowed.Served]:
    with slowed.served() as running:
        yield running


def _positive(compared: table.Compared, runs: int) -> bool:
    return len(compared.ours) == len(compared.others) == runs and min(*compared.ours, *compared.others) > 0


def test_the_provider_counts_and_waits(provider: slowed.Served) -> None:
    provider.counted(0)
    assert provider.counted(0) == 0
    found = exploring.compared(provider, examples=8, delay=0.01, runs=1, goal=0.5)
    assert provider.counted(0) == 16
    assert found.others[0] < 8 / 0.01


def test_exploration_against_a_loop(provider: slowed.Served) -> None:
    assert _positive(exploring.compared(provider, examples=8, delay=0, runs=2, goal=0.5), runs=2)


def test_judging_against_validate_response(provider: slowed.Served) -> None:
    assert _positive(judging.compared(provider, examples=8, runs=2, goal=3), runs=2)


def test_the_whole_against_st_run(provider: slowed.Served) -> None:
    found = whole.compared(provider, bare=False, examples=5, delay=0, runs=1, goal=0.5)
    assert all(_positive(each, runs=1) for each in found)


def test_a_table_says_whether_a_goal_is_reached() -> None:
    rows = [
        table.Compared("fast", 0.05, (1.0, 3.0, 2.0), (10.0,), "s", 0.2, at_most=True),
        table.Compared("slow", 0, (100.0,), (200.0,), "requests/s", 0.6),
    ]
    assert table.markdown(rows).splitlines()[2:] == [
        "| fast | 50 ms   | 2.00 (1.00–3.00) s | 10.0 s         | 0.20  | ≤ 0.2 | yes     |",
        "| slow | 0 ms    | 100 requests/s     | 200 requests/s | 0.50  | ≥ 0.6 | no      |",
    ]
