"""The reference provider → every server that the suite is tried on, with what has to be found of each.

Defects and cheats have to be found out, the correct provider and the one that is random but legal must not be accused.
How a trial is made is `trials`'; what a claim's own mutants are is `mutants`'.
"""

from collections.abc import Callable, Iterator
from typing import Literal

from attrs import frozen
from starlette.applications import Starlette

from jobs_provider import cheats
from jobs_provider.app import create_app
from jobs_provider.switches import SWITCHES
from trials import JOBS, Found, tried

Group = Literal["defect", "cheat", "correct", "legal"]
EXAMPLES = 100
"""Generated requests of an exploration, as many as `assay check` makes by default."""

CHEATS: dict[str, Callable[[int], Starlette]] = {
    "constant": cheats.constant,
    "unavailable": cheats.unavailable,
    "stateless": cheats.stateless,
    "sticky": cheats.sticky,
}


@frozen
class Case:
    """One server. `claims` are those by which it has to be found out, with the verdict that they get."""

    group: Group
    name: str
    sentence: str = ""
    claims: tuple[str, ...] = ()
    verdict: str = "violated"
    seed: int = 0

    def app(self, control_port: int) -> Starlette:
        if self.group == "cheat":
            return CHEATS[self.name](control_port)
        if self.group == "legal":
            return create_app(legal_seed=self.seed, control_port=control_port)
        return create_app([self.name] if self.group == "defect" else [], control_port=control_port)


@frozen
class Outcome:
    """`explored`: the planned steps alone did not show it."""

    case: Case
    found: Found
    explored: bool

    @property
    def unseen(self) -> list[str]:
        """The intended claims that have another verdict."""
        violated = dict.fromkeys(self.found.violated, "violated")
        told = self.found.others | violated
        return [claim for claim in self.case.claims if not told.get(claim, "held").startswith(self.case.verdict)]

    @property
    def word(self) -> Literal["caught", "otherwise", "missed"]:
        """A cheat, whatever it is caught by, must not be found conformant; a defect has claims that must catch it."""
        if not self.found.exit_status and not self.found.violated:
            return "missed"
        return "otherwise" if self.unseen else "caught"


def cases(seeds: int) -> Iterator[Case]:
    for switch in SWITCHES.values():
        yield Case("defect", switch.name, switch.sentence, switch.claims, switch.verdict)
    for name, make in CHEATS.items():
        yield Case("cheat", name, (make.__doc__ or "").partition("\n")[0])
    for seed in range(seeds):
        yield Case("correct", f"correct {seed}", seed=seed)
        yield Case("legal", f"legal {seed}", seed=seed)


def outcome(case: Case) -> Outcome:
    """By the planned steps, which is quick, and by all that a run does where these are not enough to tell."""

    def tried_with(examples: int) -> Outcome:
        found = tried(JOBS, case.app, seed=case.seed, examples=examples)
        return Outcome(case, found, explored=bool(examples))

    quick = tried_with(0) if case.group in ("defect", "cheat") else None
    return quick if quick is not None and quick.word == "caught" else tried_with(EXAMPLES)
