"""Exchanges as they come in → what is seen of a run while it lasts. No verdict: that something came says nothing yet.

On a terminal a few bars that go away again; elsewhere, as in the log of a CI job, a plain line now and then. It listens
to the recording, so what it shows is what was recorded, and without it a run is the same.
"""

import contextlib
import time
from collections.abc import Iterator
from typing import Any, Protocol

from attrs import define, field
from rich import progress as bars
from rich.console import Console
from rich.text import Text

from assay import pointer, strict_json
from assay.claims import Ledger
from assay.plan.steps import Plan
from assay.recording.exchange import Exchange
from assay.report.visible import cut, visible

PLAIN_EVERY = 10.0
"""Seconds between two plain lines, as long as nothing is new."""
_LONGEST_NAME = 48


class Listener(Protocol):
    def __call__(self, exchange: Exchange) -> None:
        """What was asked and came."""

    def drawn(self) -> None:
        """A request of the exploration was made up; it may wait for the others of its operation."""


@contextlib.contextmanager
def shown(ledger: Ledger, plan: Plan, console: Console) -> Iterator[Listener]:
    """A listener that shows the run on `console` until the end of the block: bars on a terminal, else plain lines."""
    seen = Seen(ledger, plan)
    if not console.is_terminal or console.is_dumb_terminal:
        yield _Lines(seen, console)
        return
    with bars.Progress(
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(bar_width=24),
        bars.TextColumn("{task.fields[told]}", markup=False),
        bars.TimeElapsedColumn(),
        console=console, transient=True, refresh_per_second=4,
    ) as display:  # fmt: skip
        yield _Bars(seen, display)


@define
class Life:
    """What the last answer said of a watched resource: its state, and how much of how much is done, where it tells."""

    state: str = ""
    done: float | None = None
    whole: float | None = None

    @property
    def told(self) -> str:
        part = f"{self.done:g}/{self.whole:g}" if self.done is not None and self.whole is not None else ""
        return " ".join(each for each in (self.state, part) if each) or "asked"


@define
class Seen:
    """How far a run is, counted from its exchanges."""

    ledger: Ledger
    plan: Plan
    came: set[tuple[str, str]] = field(factory=set, init=False)
    """(operation, documented status) of what was brought about so far."""
    explored: int = field(default=0, init=False)
    drawn: int = field(default=0, init=False)
    """Requests made up for the exploration, those that are not sent too."""
    current: str = field(default="", init=False)
    """The state that is under way, where states are entered one at a time."""
    lives: dict[str, Life] = field(factory=dict, init=False)
    """Step → its watched resource."""
    _watched: frozenset[str] = field(init=False)
    _alone: frozenset[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._watched = frozenset(each.id for each in self.plan.steps if each.state and each.state.poll)
        self._alone = frozenset(each.id for each in self.plan.steps if each.exclusive)

    @property
    def due(self) -> int:
        return len({(each.operation.id, each.due) for each in self.plan.steps})

    @property
    def to_explore(self) -> int:
        return self.plan.examples * len(self.plan.explorations)

    @property
    def exploration(self) -> str:
        made_up = f", {self.drawn} made up" if self.explored < self.drawn else ""
        return f"{self.explored}/{self.to_explore}{made_up}"

    def take(self, exchange: Exchange) -> None:
        if exchange.role == "explore":
            # one that nothing answered is sent again
            self.explored += exchange.reply is not None
        elif exchange.role in ("state", "poll", "control"):
            self.current = exchange.step if exchange.step in self._alone else ""
            if self._is_due(exchange):
                self.came.add((exchange.operation, exchange.due))
            if exchange.step in self._watched:
                self._look(self.lives.setdefault(exchange.step, Life()), exchange)

    def _is_due(self, exchange: Exchange) -> bool:
        operation = self.ledger.contract.operation(exchange.operation)
        if exchange.role == "control" or exchange.reply is None or operation is None:
            return False
        response = operation.response_for(exchange.reply.status)
        return response is not None and response.status == exchange.due

    def _look(self, life: Life, exchange: Exchange) -> None:
        try:
            body = strict_json.parse(exchange.reply.body) if exchange.reply else None
        except strict_json.NotJsonError:
            return
        for relation in self.ledger.operations[exchange.operation].relations:
            values = [pointer.at(body, each) for each in relation.fields]
            if relation.kind == "states" and isinstance(values[0], str):
                life.state = cut(visible(values[0]), _LONGEST_NAME)
            elif relation.kind == "order" and len(values) == 2 and all(map(_is_number, values)):
                life.done, life.whole = values


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Bars:
    """A bar for the documented responses, one for the exploration, and one for each resource that is watched."""

    def __init__(self, seen: Seen, display: bars.Progress) -> None:
        self._seen = seen
        self._display = display
        self._responses = display.add_task("bringing about", total=seen.due, told="")
        self._exploration = display.add_task("exploring", total=seen.to_explore, told="") if seen.to_explore else None
        self._lives: dict[str, bars.TaskID] = {}

    def __call__(self, exchange: Exchange) -> None:
        self._seen.take(exchange)
        seen, display = self._seen, self._display
        told = f"{len(seen.came)}/{seen.due}" + (f" {visible(seen.current)}" if seen.current else "")
        display.update(self._responses, completed=len(seen.came), told=told)
        if self._exploration is not None:
            display.update(self._exploration, completed=seen.explored, told=seen.exploration)
        for step, life in seen.lives.items():
            if step not in self._lives:
                name = Text(visible(step)).plain[:_LONGEST_NAME]
                self._lives[step] = display.add_task(name, total=None, told="")
            display.update(self._lives[step], completed=life.done or 0, total=life.whole, told=life.told)

    def drawn(self) -> None:
        self._seen.drawn += 1
        if self._exploration is not None:
            self._display.update(self._exploration, told=self._seen.exploration)


class _Lines:
    """A line when a watched resource enters another state, and every few seconds."""

    def __init__(self, seen: Seen, console: Console) -> None:
        self._seen = seen
        self._console = console
        self._last = self._began = time.monotonic()
        self._states: dict[str, str] = {}

    def __call__(self, exchange: Exchange) -> None:
        self._seen.take(exchange)
        for step, life in self._seen.lives.items():
            if self._states.get(step) != life.state:
                self._states[step] = life.state
                self._say(f"{visible(step)}: {life.told}")
        self._say_sometimes()

    def drawn(self) -> None:
        self._seen.drawn += 1
        self._say_sometimes()

    def _say_sometimes(self) -> None:
        if time.monotonic() - self._last >= PLAIN_EVERY:
            seen = self._seen
            parts = [f"{len(seen.came)}/{seen.due} brought about"]
            if seen.to_explore:
                parts.append(f"exploration {seen.exploration}")
            parts += [f"{visible(step)}: {life.told}" for step, life in seen.lives.items()]
            self._say(", ".join(parts))

    def _say(self, text: str) -> None:
        self._last = time.monotonic()
        line = f"assay: {self._last - self._began:4.0f} s  {text}"
        self._console.print(Text(line), soft_wrap=True, highlight=False)
