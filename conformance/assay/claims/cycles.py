"""The references of a contract → groups of schemas that lead back to each other.

Only by keywords that are written out (`members` says which): one that leads back below `not` or `anyOf` is no cycle
here, since nothing is written out there.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import define, field

from assay import pointer

_PARTS = ("properties", "patternProperties", "dependentSchemas")
_LISTS = ("allOf", "prefixItems")
_SINGLE = ("additionalProperties", "items", "then", "else")


def members(schema: dict[str, Any]) -> Iterator[Any]:
    """The schemas inside one of which each keyword is a check of its own."""
    for key in _PARTS:
        yield from (schema.get(key) or {}).values()
    for key in _LISTS:
        yield from schema.get(key) or ()
    yield from (schema[key] for key in _SINGLE if key in schema)


@define
class Cycles:
    """`group` names the cycle that a reference's target is part of; None where it leads back nowhere."""

    data: Any = field(repr=False)
    _groups: dict[str, str | None] = field(factory=dict, init=False)
    _sizes: dict[str, int] = field(factory=dict, init=False)

    def group(self, target: str) -> str | None:
        if target not in self._groups:
            self._find(target)
        return self._groups[target]

    def size(self, at: str) -> int:
        """How many schemas there are in that at a pointer, its references written out; at least, where they turn."""
        if at not in self._sizes:
            own = self._groups.get(at)
            self._sizes[at] = sum(
                self._size_of(each, own) if isinstance(each, str) else 1 for each in _inside(pointer.at(self.data, at))
            )
        return self._sizes[at]

    def _size_of(self, target: str, own: str | None) -> int:
        """What leads back is no further schema."""
        group = self.group(target)
        return 1 if group is not None and group == own else self.size(target)

    def _find(self, start: str) -> None:
        """Tarjan's strongly connected components, from one target; a loop, since chains of references may be long."""
        order: dict[str, int] = {}
        low: dict[str, int] = {}
        path: list[str] = []
        work: list[tuple[str, Iterator[str]]] = []

        def enter(target: str) -> None:
            order[target] = low[target] = len(order)
            path.append(target)
            work.append((target, iter(self._references(target))))

        enter(start)
        while work:
            target, following = work[-1]
            new = next((each for each in following if self._seen(target, each, order, low)), None)
            if new is not None:
                enter(new)
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[target])
            if low[target] == order[target]:
                self._close(path, target)

    def _seen(self, target: str, to: str, order: dict[str, int], low: dict[str, int]) -> bool:
        """Whether `to` is to be entered; where it is on the way already, that is noted of `target`."""
        if to in order and to not in self._groups:
            low[target] = min(low[target], order[to])
        return to not in order and to not in self._groups

    def _close(self, path: list[str], target: str) -> None:
        together = path[path.index(target) :]
        del path[path.index(target) :]
        alone = len(together) == 1 and target not in self._references(target)
        for each in together:
            self._groups[each] = None if alone else target

    def _references(self, target: str) -> Iterable[str]:
        return dict.fromkeys(each for each in _inside(pointer.at(self.data, target)) if isinstance(each, str))


def _inside(schema: Any) -> Iterator[Any]:
    """Each schema in one, and of each that has a reference the pointer that this leads to."""
    waiting = [schema]
    while waiting:
        each = waiting.pop()
        yield each
        if isinstance(each, dict):
            if isinstance(each.get("$ref"), str):
                yield pointer.of_reference(each["$ref"])
            waiting += members(each)
