"""What two ways of doing one thing took, run by run → the rows of a table, with the ratio that was aimed at."""

import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version
from os import cpu_count

from attrs import frozen

_HEAD = ("", "latency", "ours", "against", "ratio", "goal", "reached")


@frozen
class Compared:
    """One figure of ours and one of another's, each from runs that took turns.

    `delay` is None where nothing is sent. `goal` is the ratio of ours to the other's that was aimed at; with `at_most`
    a smaller one is better.
    """

    what: str
    delay: float | None
    ours: Sequence[float]
    others: Sequence[float]
    unit: str
    goal: float | None
    at_most: bool = False

    @property
    def ratio(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.others)

    @property
    def reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal

    def row(self) -> tuple[str, ...]:
        bound = "" if self.goal is None else f"{'≤' if self.at_most else '≥'} {self.goal:g}"
        return (
            self.what, "" if self.delay is None else f"{self.delay * 1000:g} ms", f"{_spread(self.ours)} {self.unit}",
            f"{_spread(self.others)} {self.unit}", f"{self.ratio:.2f}", bound,
            {None: "", True: "yes", False: "no"}[self.reached],
        )  # fmt: skip


def _spread(values: Sequence[float]) -> str:
    """The median, and the least and greatest where there is more than one."""
    middle = _rounded(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({_rounded(min(values))}–{_rounded(max(values))})"


def _rounded(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def markdown(rows: Sequence[Compared]) -> str:
    cells = [_HEAD, *(each.row() for each in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


def machine() -> str:
    return (
        f"{cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"Schemathesis {version('schemathesis')}, httpx {version('httpx')}"
    )
