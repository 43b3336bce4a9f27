"""What is to be sent in a run, as values: steps, explorations, the plan of both. Made by `plan`, sent by `run`."""

from typing import Literal

from attrs import field, frozen

from assay.calls import Call
from assay.contract import Operation
from assay.exchange import Grade
from assay.probing import ProbeStep
from assay.recording import Shard, Unplanned
from assay.target import State

Driver = Literal["fixture", "setup", "command", "burst", "hint", "derived"]


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

    @property
    def operation(self) -> Operation:
        return self.call.operation


@frozen
class Exploration:
    """An operation to be explored. `known`: requests for resources that are there; `base`: its ordinary request."""

    operation: Operation
    known: tuple[Call, ...]
    base: Call


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
