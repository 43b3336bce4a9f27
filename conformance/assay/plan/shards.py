"""A plan → one of its `of` parts, so that the jobs of a CI matrix share a large API.

Every request of the plan is in exactly one part, and the same plan has the same parts everywhere. Requests for one
resource stay together where relations speak of it: what is seen of it in two recordings is not one life. So the parts,
judged together, come to what the whole would have come to. How parts are joined again is `combined`'s.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

from attrs import define, evolve, field

from assay.claims import Ledger
from assay.contract import document
from assay.errors import UserError
from assay.plan.calls import Call
from assay.plan.steps import Plan, Step
from assay.recording import Shard

_POLL = 20
"""What a poll weighs, in requests: it lasts, but beside all else."""

_Item = tuple[str, int]
"""Which of the plan's tuples, and where in it."""
_Resource = tuple[str, str]
"""An operation and the path values that it is asked for."""


@define
class _Unit:
    """What must not be parted, and how many requests it is about."""

    weight: int = 0
    items: list[_Item] = field(factory=list)
    resources: set[_Resource] = field(factory=set)


def part(plan: Plan, ledger: Ledger, target: str, *, seed: int, shard: str) -> Plan:
    """The part that `shard` names, `i/n` with i from 1. `target` is the target's digest.

    Raises UserError: `shard` names none.
    """
    match = re.fullmatch(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", shard)
    if match is None or int(match[1]) > int(match[2]):
        raise UserError(f"--shard {shard!r} names no part", todo="give i/n, as 2/5 for the second part of five")
    index, of = int(match[1]), int(match[2])
    mine = {item for unit in _shared_out(_units(plan, ledger), of)[index - 1] for item in unit.items}
    left_out = f"shard {index} of {of}" if of > 1 else ""
    return evolve(
        plan,
        steps=tuple(each for at, each in enumerate(plan.steps) if ("step", at) in mine),
        probes=tuple(each for at, each in enumerate(plan.probes) if ("probe", at) in mine),
        explorations=tuple(each for at, each in enumerate(plan.explorations) if ("exploration", at) in mine),
        partial="; ".join(filter(None, (left_out, plan.partial))),
        shard=Shard(index, of, _digest(plan, ledger, target, seed), plan.partial),
    )


def _digest(plan: Plan, ledger: Ledger, target: str, seed: int) -> str:
    steps, probes = [each.id for each in plan.steps], [each.id for each in plan.probes]
    explored = [each.operation.id for each in plan.explorations]
    whole = [ledger.contract.digest, target, seed, plan.examples, plan.partial, steps, probes, explored]
    return hashlib.sha256(document.canonical(whole)).hexdigest()


def _shared_out(units: list[_Unit], of: int) -> list[list[_Unit]]:
    """The heaviest first, each to who has least: no part is much heavier than the others."""
    parts: list[list[_Unit]] = [[] for _ in range(of)]
    weights = [0] * of
    for unit in sorted(units, key=lambda each: -each.weight):
        least = weights.index(min(weights))
        parts[least].append(unit)
        weights[least] += unit.weight
    return parts


def _units(plan: Plan, ledger: Ledger) -> list[_Unit]:
    """In the order of the plan."""
    of_resource: dict[_Resource, _Unit] = {}
    units: dict[int, _Unit] = {}
    for item, weight, calls in _items(plan):
        unit = _Unit(weight, [item], {resource for call in calls for resource in _resources(ledger, call)})
        for other in [of_resource[each] for each in sorted(unit.resources) if each in of_resource]:
            if id(other) in units:
                units.pop(id(other))
                unit = _Unit(unit.weight + other.weight, other.items + unit.items, other.resources | unit.resources)
        units[id(unit)] = unit
        of_resource.update(dict.fromkeys(unit.resources, unit))
    return list(units.values())


def _items(plan: Plan) -> Iterator[tuple[_Item, int, list[Call]]]:
    """Everything in the plan: its weight in requests, and the calls that it is made of."""
    for at, step in enumerate(plan.steps):
        yield ("step", at), _weight(step), [step.call, *([step.control] if step.control else [])]
    for at, probe in enumerate(plan.probes):
        yield ("probe", at), 1, [probe.call]
    for at, exploration in enumerate(plan.explorations):
        yield ("exploration", at), plan.examples, [*exploration.known, exploration.base]


def _weight(step: Step) -> int:
    polled = step.state is not None and step.state.poll is not None
    return step.times + (step.control is not None) + (_POLL if polled else 0)


def _resources(ledger: Ledger, call: Call) -> Iterator[_Resource]:
    """None where nothing is said of it over time."""
    if ledger.operations[call.operation.id].relations:
        path: dict[str, Any] = call.path
        yield call.operation.id, str(sorted((name, str(value)) for name, value in path.items()))
