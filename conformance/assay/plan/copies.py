"""What steps need → who shares what was made, who gets a copy of its own, and what differs in the copies.

Whoever only reads shares; what changes things gets a copy, since nobody knows what it leaves. Where only one step needs
a thing, it gets that very one. Servers often refuse a second thing of the same name, so the body of a copy is another
where it was made up; one that the target gives is sent as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.plan.expressions import Need
from assay.plan.probing import ProbeStep
from assay.plan.samples import Samples
from assay.plan.steps import SHARED, Copies, Exploration, Step, explorer, prober


def copies(
    steps: Sequence[Step], probes: Sequence[ProbeStep], explorations: Sequence[Exploration],
    makers: Mapping[str, Step], samples: Samples,
) -> Copies:  # fmt: skip
    """Who has what, for all that may ask."""
    needed = {each.id: each for each in (*steps, *makers.values())}
    often = Counter(need.step for each in needed.values() for need in each.needs)
    often.update(need.step for each in steps if each.control and not each.operation.safe for need in each.needs)
    alone = Copies(frozenset(maker for maker in makers if often[maker] == 1))
    asked = [(each.owner, each.needs) for each in steps]
    asked += [(each.control_owner, each.needs) for each in steps if each.control]
    asked += [(explorer(each.operation), step.needs) for each in explorations for step in each.made]
    asked += [(prober(each.call.operation), each.needs) for each in probes if not each.call.operation.safe]
    owners: dict[str, list[str]] = defaultdict(list)
    bodies: dict[tuple[str, str], Any] = {}
    for owner, needs in asked:
        for maker, whose in _copied(owner, needs, makers, alone):
            if whose not in owners[maker]:
                owners[maker].append(whose)
                body = _body(makers[maker], len(owners[maker]), samples)
                bodies |= {} if body is None else {(maker, whose): body}
    return Copies(alone.sole, {maker: tuple(each) for maker, each in owners.items()}, bodies)


def _copied(owner: str, needs: Sequence[Need], makers: Mapping[str, Step], alone: Copies) -> Iterator[tuple[str, str]]:
    """Each maker that is asked for a copy, and whose."""
    for need in needs:
        whose = alone.owner(need.step, owner)
        if whose != SHARED:
            yield need.step, whose
        yield from _copied(whose or makers[need.step].owner, makers[need.step].needs, makers, alone)


def _body(maker: Step, number: int, samples: Samples) -> Any:
    if maker.driver != "tried" or maker.call.body is None or isinstance(maker.call.body, bytes):
        return None
    return samples.another(maker.operation, maker.call.body, number)
