"""A tree of checks + a value → which checks it exercises, and how each ends.

A check is one keyword at one place, as a schema of its own (with the siblings that it depends on), so that its outcome
is a fact about that keyword alone. Not how a schema becomes such a tree: that is `keywords`'.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
from attrs import define, field, frozen

from assay import pointer
from assay.claims import branches

_BRANCHING = frozenset({"oneOf", "anyOf", "not"})
"""Keywords of whose schemas the validator would quote the value and nothing else."""

Validator = jsonschema_rs.Draft202012Validator


@frozen(eq=False)
class Check:
    """One keyword at one place.

    `name` are the pointer tokens from the schema's root, `$ref`s left out; `pointer` leads to the keyword in the
    contract; `place` is where in the body it looks, `*` standing for every item or name.
    """

    name: str
    keyword: str
    value: Any
    pointer: str
    place: str
    applies: Callable[[Any], bool] = field(repr=False)
    schema: Any = field(repr=False)
    _compile: Callable[[Any], Validator] = field(repr=False)

    @functools.cached_property
    def _validator(self) -> Validator:
        # compiled when first needed: a large document has 100,000 checks, a run reaches a fraction of them
        return self._compile(self.schema)

    def fault(self, value: Any) -> str | None:
        """What is wrong with a value that the check applies to; None where it holds."""
        if self.keyword.startswith("unevaluated"):
            return self._unevaluated(value)
        if self._validator.is_valid(value):
            return None
        error = next(self._validator.iter_errors(value))
        return branches.told(self.keyword, self.schema, error, value) if self.keyword in _BRANCHING else error.message

    def _unevaluated(self, value: Any) -> str | None:
        """What its siblings evaluated decides, so `schema` is the whole of it; only this unit counts."""
        for unit in self._validator.evaluate(value).list()["details"]:
            if unit["evaluationPath"] == f"/{self.keyword}" and unit.get("errors"):
                return str(next(iter(unit["errors"].values())))
        return None


@define(eq=False)
class Node:
    """One schema object: its checks, and the schemas that apply to the same value or to its parts."""

    checks: list[Check] = field(factory=list)
    same: list["Node"] = field(factory=list)
    properties: dict[str, "Node"] = field(factory=dict)
    patterns: list[tuple[Validator, "Node"]] = field(factory=list)
    additional: "Node | None" = None
    prefix: list["Node"] = field(factory=list)
    items: "Node | None" = None
    dependent: dict[str, "Node"] = field(factory=dict)
    condition: Validator | None = None
    then: "Node | None" = None
    otherwise: "Node | None" = None


@frozen
class Finding:
    """A check met a value: `at` is the pointer of that value in the body; `fault` is None where it held."""

    check: Check
    at: str
    fault: str | None


def walk(node: Node, value: Any, at: str = "") -> Iterator[Finding]:
    """Every check that `value` exercises, with its outcome. A loop, so that depth in a body is no fault of ours."""
    waiting = [(node, value, at)]
    while waiting:
        node, value, at = waiting.pop()
        for check in node.checks:
            if check.applies(value):
                yield Finding(check, at, check.fault(value))
        further = [(other, value, at) for other in node.same]
        if node.condition is not None:
            branch = node.then if node.condition.is_valid(value) else node.otherwise
            further += [(branch, value, at)] if branch is not None else []
        if isinstance(value, dict):
            further += [(other, value, at) for trigger, other in node.dependent.items() if trigger in value]
            further += [(child, value[name], f"{at}/{pointer.escape(name)}") for name, child in _of_names(node, value)]
        elif isinstance(value, list):
            further += [(child, value[index], f"{at}/{index}") for index, child in _of_places(node, value)]
        waiting += reversed(further)


def _of_names(node: Node, value: dict[str, Any]) -> list[tuple[str, Node]]:
    """The schemas that apply to the members of an object, with their names."""
    found = []
    for name in value if node.properties or node.patterns or node.additional else ():
        children = [child for pattern, child in node.patterns if pattern.is_valid(name)]
        if name in node.properties:
            children.append(node.properties[name])
        elif not children and node.additional is not None:
            children.append(node.additional)
        found += [(name, child) for child in children]
    return found


def _of_places(node: Node, value: list[Any]) -> list[tuple[int, Node]]:
    """The schemas that apply to the items of an array, with their places."""
    rest = [node.items] * (len(value) - len(node.prefix))
    return [(index, child) for index, child in enumerate([*node.prefix[: len(value)], *rest]) if child is not None]


def checks(node: Node) -> Iterator[Check]:
    """Every check of a tree, once."""
    seen, waiting = set[int](), [node]
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield from each.checks
        waiting += each.same
        waiting += [other for other in (each.then, each.otherwise) if other is not None]
        waiting += each.properties.values()
        waiting += [child for _, child in each.patterns] + list(each.dependent.values()) + each.prefix
        waiting += [other for other in (each.additional, each.items) if other is not None]
