"""Each measurement measures: at tiny sizes it gives positive figures, of whatever the machine does at the moment."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # as running a script from there does

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
from assay import contract, judge


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


def test_reports_against_judging(provider: slowed.Served) -> None:
    ledger = exploring.the_ledger()
    provider.counted(0)
    found = reporting.compared(ledger, exploring.recorded(provider, ledger, 8), what="the flagship", runs=2)
    assert _positive(found, runs=2)
    assert found.what.startswith("all reports of the flagship, 1 operations, ")


def test_many_copies_are_judged_as_one_is_but_for_the_broken_ones() -> None:
    ledger, recording = reporting.many(10)
    violated = [each for each in judge.judge(ledger, recording).claims if each.verdict == "violated"]
    assert len(ledger.contract.operations) == 70
    assert {each.claim.operation[-1] for each in violated if each.claim.operation[-1].isdigit()} == {"9"}


def test_the_whole_against_st_run(provider: slowed.Served) -> None:
    found = whole.compared(provider, bare=False, examples=5, delay=0, runs=1, goal=0.5)
    assert all(_positive(each, runs=1) for each in found)


def test_a_call_against_bare_httpx(provider: slowed.Served) -> None:
    found = list(calling.compared(provider, turns=2, goal=1.05))
    assert [_positive(each, runs=2) for each in found] == [True] * 3
    assert provider.counted(0) > (2 * 10 + 2 * 10 + 2 * 2 * 32) * 2


def test_importing_against_httpx() -> None:
    assert _positive(importing.compared(runs=2, goal=1.15), runs=2)


def test_memory_against_plain_dicts(provider: slowed.Served) -> None:
    few, more = (holding.compared(provider, count=count) for count in (20, 200))
    assert _positive(few, runs=1)
    assert 5 < more.ours[0] / few.ours[0] < 20


def test_regenerating_against_the_generator_alone() -> None:
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "paths": {"/": {"get": {"responses": {"204": {"description": "Nothing."}}}}},
    }
    found = regenerating.compared(document, what="a small document", runs=1)
    assert _positive(found, runs=1)
    assert found.what == "the client of a small document, 1 operations, against openapi-python-client alone"


def test_a_large_document_has_operations_and_schemas_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_text(json.dumps(regenerating.large(3)))
    operations = contract.load(file).operations
    assert len(operations) == len({each.id for each in operations}) == 21
    schemas = contract.load(file).data["components"]["schemas"]
    assert {name.rstrip("012") for name in schemas} == {name[:-1] for name in schemas if name.endswith("2")}


def test_what_grows_with_the_document_is_measured() -> None:
    found = list(growing.compared((20, 40)))
    assert len(found) == 6
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
