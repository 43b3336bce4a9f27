"""Parts of a plan: each request is in one of them, all are there, and what belongs together stays together."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from assay import plan as planning
from assay.claims import Ledger
from assay.errors import UserError
from assay.plan import shards
from assay.plan.steps import Plan
from assay.target import Target, target_file


@pytest.fixture(scope="module")
def reference(root: Path) -> Target:
    return target_file.load(root / "conformance/targets/reference.toml")


def planned(ledger: Ledger, target: Target, **how: Any) -> Plan:
    return planning.plan(ledger, target, **{"seed": 1, "writes": True, "examples": 20, **how})


@pytest.fixture(scope="module")
def whole(library: Ledger, root: Path) -> Plan:
    return planned(library, target_file.load(root / "conformance/selftests/proof/library.toml"))


def parts(whole: Plan, ledger: Ledger, of: int, target: str = "t", seed: int = 1) -> list[Plan]:
    return [shards.part(whole, ledger, target, seed=seed, shard=f"{index}/{of}") for index in range(1, of + 1)]


def named(plan: Plan) -> list[str]:
    steps, probes = [each.id for each in plan.steps], [each.id for each in plan.probes]
    return steps + probes + [each.operation.id for each in plan.explorations]


@pytest.mark.parametrize("of", [1, 2, 3, 7, 200])
def test_every_request_is_in_exactly_one_part(of: int, whole: Plan, library: Ledger) -> None:
    found = [each for part in parts(whole, library, of) for each in named(part)]
    assert len(named(whole)) > 100
    assert sorted(found) == sorted(named(whole))


def test_what_no_request_brings_about_is_told_by_every_part(library: Ledger) -> None:
    lacking = planned(library, target_file.from_url("http://127.0.0.1:1"))
    assert lacking.unplanned
    assert [each.unplanned for each in parts(lacking, library, 2)] == [lacking.unplanned] * 2


def test_the_same_plan_has_the_same_parts(whole: Plan, library: Ledger, root: Path) -> None:
    again = planned(library, target_file.load(root / "conformance/selftests/proof/library.toml"))
    assert [named(each) for each in parts(again, library, 3)] == [named(each) for each in parts(whole, library, 3)]
    assert len({each.shard.plan for each in (*parts(whole, library, 3), *parts(again, library, 2)) if each.shard}) == 1


def test_the_parts_are_about_as_heavy(whole: Plan, library: Ledger) -> None:
    def weight(part: Plan) -> int:
        return len(part.steps) + len(part.probes) + whole.examples * len(part.explorations)

    weights = [weight(each) for each in parts(whole, library, 3)]
    assert max(weights) <= 1.5 * min(weights), weights


def test_one_resource_of_which_something_is_said_over_time_stays_in_one_part(
    flagship: Ledger, reference: Target
) -> None:
    def paths(part: Plan) -> set[str]:
        return {str(call.path) for step in part.steps for call in (step.call, step.control or step.call)}

    found = [paths(each) for each in parts(planned(flagship, reference), flagship, 4)]
    assert all(found)
    assert sum(map(len, found)) == len(set[str]().union(*found))


def test_the_explored_resources_of_a_life_are_in_its_part(flagship: Ledger, reference: Target) -> None:
    (exploring,) = [each for each in parts(planned(flagship, reference), flagship, 4) if each.explorations]
    ids = {each.id for each in exploring.steps}
    assert {"getJob 200 completed", "getJob 500"} <= ids
    assert "getJob 402" not in ids


@pytest.mark.parametrize(
    "changed",
    [
        lambda _: {"target": "other"},
        lambda _: {"seed": 2},
        lambda plan: {"whole": evolve(plan, examples=21)},
        lambda plan: {"whole": evolve(plan, partial="--select 'a *'")},
        lambda plan: {"whole": evolve(plan, steps=plan.steps[1:])},
        lambda plan: {"whole": evolve(plan, explorations=())},
    ],
    ids=["target", "seed", "examples", "select", "steps", "explorations"],
)
def test_another_run_has_other_parts(changed: Callable[[Plan], dict[str, Any]], whole: Plan, library: Ledger) -> None:
    def digest(whole: Plan, **how: Any) -> str:
        shard = parts(whole, library, 2, **how)[0].shard
        assert shard is not None
        return shard.plan

    assert digest(**{"whole": whole, **changed(whole)}) != digest(whole)


def test_a_part_says_which_it_is_and_what_the_whole_leaves_out(whole: Plan, library: Ledger) -> None:
    selected = evolve(whole, partial="--select 'a *'")
    part = parts(selected, library, 3)[1]
    assert part.partial == "shard 2 of 3; --select 'a *'"
    assert part.shard is not None
    assert (part.shard.index, part.shard.of, part.shard.left_out) == (2, 3, "--select 'a *'")
    assert parts(selected, library, 1)[0].partial == "--select 'a *'"


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "1/0", "a/b", "1/2/3", "-1/2", "1/99999", " 1/2"])
def test_what_names_no_part_is_refused(text: str, whole: Plan, library: Ledger) -> None:
    with pytest.raises(UserError, match=r"names no part\n.*2/5 for the second part of five"):
        shards.part(whole, library, "t", seed=1, shard=text)
