"""Document + OpenAPI Overlay → merged data, and which action wrote each pointer.

Overlay Specification 1.0: actions in order, each a JSONPath (RFC 9535) with `update` or `remove`. Stricter than it in
two ways, since a promise must never be lost in silence: an action that matches nothing is an error, and so is an
array entry that is there already.
"""

import copy
import itertools
from typing import Any, Literal

import jsonpath_rfc9535 as jsonpath
from attrs import frozen

from assay import pointer, shapes
from assay.contract import document
from assay.contract.document import Document
from assay.errors import UserError

Basis = Literal["stated", "implied"]
Level = Literal["must", "should"]


@frozen
class Promise:
    """What one overlay action stands for: `sentence` is its description; `where` is `file:line`."""

    sentence: str
    basis: Basis
    level: Level
    where: str


@frozen
class NotCheckable:
    """A sentence of the document that no exchange can confirm or refute, and why."""

    sentence: str
    reason: str


def apply(data: Any, overlay: Document, written: dict[str, Promise]) -> Any:
    """The data with one overlay applied; every pointer it writes goes into `written`.

    Raises UserError naming the action: it matches nothing, is not RFC 9535, or appends what is there already.
    """
    shapes.check("overlay", overlay)
    merged = copy.deepcopy(data)
    for index, action in enumerate(overlay.data["actions"]):
        _Action(overlay, index, action, written).run(merged)
    return merged


def not_checkable(overlay: Document) -> list[NotCheckable]:
    """The overlay's own list of sentences that cannot be checked (`x-not-checkable`)."""
    return [NotCheckable(entry["sentence"], entry["reason"]) for entry in overlay.data.get("x-not-checkable", [])]


class _Action:
    def __init__(self, overlay: Document, index: int, action: dict[str, Any], written: dict[str, Promise]) -> None:
        self._target: str = action["target"]
        self._action = action
        self._written = written
        self._where = overlay.where(pointer.join("actions", index))
        self._name = f"action {index + 1} ({self._target})"
        self._promise = Promise(
            sentence=" ".join(action.get("description", self._target).split()),
            basis=action.get("x-basis", "stated"),
            level=action.get("x-level", "must"),
            where=self._where,
        )

    def run(self, merged: Any) -> None:
        nodes = self._matches(merged)
        if not nodes:
            raise self._error(
                "matches nothing in the document",
                "a field may have been renamed or removed: point the action at its new place, or delete the action",
            )
        for location, value in nodes:
            # RFC 9535 gives locations as member names and array indices, the tokens of a JSON Pointer
            if self._action.get("remove"):
                self._remove(merged, [str(token) for token in location])
            else:
                self._merge(value, self._action["update"], pointer.join(*location))

    def _matches(self, merged: Any) -> list[tuple[tuple[str | int, ...], Any]]:
        """Location and value of each node, once though the path may name it twice; what is further back first."""
        try:
            found = {node.location: node.value for node in jsonpath.find(self._target, merged)}
        except jsonpath.JSONPathError as error:
            raise self._error(f"is no JSONPath of RFC 9535: {error}", "mend its target") from None
        # indices before that which is removed stay right, and what is inside goes before what it is in
        return sorted(found.items(), key=lambda each: [(isinstance(t, str), t) for t in each[0]], reverse=True)

    def _remove(self, merged: Any, tokens: list[str]) -> None:
        if not tokens:
            raise self._error("would remove the whole document", "mend its target")
        parent, above = pointer.follow(merged, tokens[:-1]), pointer.join(*tokens[:-1])
        if isinstance(parent, list):
            index = int(tokens[-1])
            del parent[index]
            self._move_up(above, index)
        else:
            del parent[tokens[-1]]
            self._forget(f"{above}{pointer.join(tokens[-1])}")

    def _forget(self, at: str) -> None:
        """What stood at a pointer or below is there no longer."""
        for each in [each for each in self._written if f"{each}/".startswith(f"{at}/")]:
            del self._written[each]

    def _move_up(self, array: str, removed: int) -> None:
        """The promises of an array's entries stay with them when one before them is gone."""
        self._forget(f"{array}/{removed}")
        below = [each for each in self._written if each.startswith(f"{array}/")]
        moved = {each: each.removeprefix(f"{array}/").split("/") for each in below}
        for each, (index, *rest) in sorted(moved.items(), key=lambda pair: int(pair[1][0])):
            if int(index) > removed:
                self._written["/".join([array, str(int(index) - 1), *rest])] = self._written.pop(each)

    def _merge(self, into: Any, update: Any, at: str) -> None:
        if isinstance(into, list):
            self._append(into, update if isinstance(update, list) else [update], at)
        elif not isinstance(into, dict) or not isinstance(update, dict):
            raise self._error(
                f"updates {at or 'the root'}, where an object cannot be merged",
                "point it at an object or an array",
            )
        else:
            for key, value in update.items():
                self._set(into, key, value, at)

    def _set(self, into: dict[str, Any], key: str, value: Any, at: str) -> None:
        here, existing = at + pointer.join(key), into.get(key)
        both = (type(existing), type(value))
        if both in ((dict, dict), (list, list)):
            self._merge(existing, value, here)
        else:
            into[key] = copy.deepcopy(value)
            self._forget(here)
            self._written[here] = self._promise

    def _append(self, into: list[Any], values: list[Any], at: str) -> None:
        for value in values:
            if any(document.canonical(value) == document.canonical(each) for each in into):
                raise self._error(
                    f"adds {value!r} to {at}, which has it already",
                    "delete it from the action: the document says it itself",
                )
            self._written[at + pointer.join(len(into))] = self._promise
            into.append(copy.deepcopy(value))

    def _error(self, what: str, todo: str) -> UserError:
        return UserError(f"overlay {self._name} {what}", where=self._where, todo=todo)


def promise_at(written: dict[str, Promise], at: str) -> Promise | None:
    """The promise of the action that wrote this pointer or the nearest one above it; None: the document's own."""
    tokens = at.split("/")
    prefixes = itertools.accumulate(tokens[1:], lambda head, token: f"{head}/{token}", initial="")
    return next((written[prefix] for prefix in reversed(list(prefixes)) if prefix in written), None)
