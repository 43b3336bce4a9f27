"""What is to be sent in a run, as values: steps, explorations, the plan of both. Made by `plan`, sent by `run`."""

from typing import Any, Literal

from attrs import field, frozen

from assay.contract import Operation
from assay.plan.calls import Call
from assay.plan.expressions import Need
from assay.plan.probing import ProbeStep
from assay.recording import Shard, Unplanned
from assay.recording.exchange import Grade
from assay.target import State

Driver = Literal["fixture", "setup", "command", "burst", "hint", "derived", "tried"]

SHARED = ""
"""Who has what is shared."""


@frozen
class Step:
    """One planned request (`times` of them at once) with the documented status that it must give.

    `exclusive`: it changes the server for everybody, so it runs alone, after everything else. `control`: the request
    that must *not* give the status, None where none is needed; where one is needed but cannot be had,
    `uncontrolled` says why.
    """

    id: str
    due: str
    driver: Driver
    grade: Grade
    call: Call
    state: State | None = field(default=None, repr=False)
    times: int = 1
    exclusive: bool = False
    control: Call | None = field(default=None, repr=False)
    uncontrolled: str = ""
    needs: tuple[Need, ...] = ()
    """What the call takes values from: steps that come first."""

    @property
    def operation(self) -> Operation:
        return self.call.operation

    @property
    def owner(self) -> str:
        """Who has what it needs: what only reads shares it with others."""
        return SHARED if self.operation.safe else self.id

    @property
    def control_owner(self) -> str:
        """Who has what its control needs: a control that changes things leaves nothing for the request itself."""
        return SHARED if self.operation.safe else f"{self.id} control"


@frozen
class Exploration:
    """An operation to be explored. `known`: requests for resources that are there; `base`: its ordinary request."""

    operation: Operation
    known: tuple[Call, ...]
    base: Call
    made: tuple[Step, ...] = ()
    """Steps whose calls are known as soon as what they need is there."""


def explorer(operation: Operation) -> str:
    """Who has what is made to explore an operation that changes things."""
    return SHARED if operation.safe else f"{operation.id} explore"


def prober(operation: Operation) -> str:
    """Who has what is made to probe an operation that changes things."""
    return SHARED if operation.safe else f"{operation.id} probes"


@frozen
class Copies:
    """Who has a copy of its own of what was made. An owner is a step's id, an `explorer` or a `prober`."""

    sole: frozenset[str] = frozenset()
    """Makers that only one step needs."""
    owners: dict[str, tuple[str, ...]] = field(factory=dict)
    """Maker → who has a copy of its own, in the order of the plan."""
    bodies: dict[tuple[str, str], Any] = field(factory=dict, repr=False)
    """Maker and owner → the body by which that copy is made, where it is another."""

    def owner(self, maker: str, owner: str) -> str:
        """Who has what `owner` gets of a maker."""
        return SHARED if maker in self.sole else owner


@frozen
class Plan:
    """`partial` says what was left out by choice; empty for a whole plan."""

    steps: tuple[Step, ...]
    unplanned: tuple[Unplanned, ...]
    partial: str = ""
    probes: tuple[ProbeStep, ...] = ()
    explorations: tuple[Exploration, ...] = ()
    examples: int = 0
    """Generated requests an operation."""
    secrets: dict[str, str] = field(factory=dict, repr=False)
    """Name → credential that the probes send, none of them valid."""
    shard: Shard | None = None
    """Which part of a plan it is; None for all of it."""
    makers: dict[str, Step] = field(factory=dict, repr=False)
    """Id → step, of all that others need; also of those that are not among `steps`."""
    copies: Copies = field(factory=Copies, repr=False)
    removals: dict[str, Call] = field(factory=dict, repr=False)
    """`<operation> <status>` that makes something → the request that removes it, with values of that answer."""
    rereads: dict[str, Call] = field(factory=dict, repr=False)
    """The same → the request that reads it, where there is one: after the removal it should find nothing."""
