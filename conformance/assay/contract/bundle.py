"""A document that refers to other files → one document, which remembers where each part of it stands.

Files are read below the document's own folder only, never by URL and never through a link that leads out of it. What
a reference to a file names becomes a component of the document, a path item is written out in its place. Not what is
right in it: that is `validity`'s.
"""

import copy
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from attrs import define, evolve, field

from assay import pointer
from assay.contract import document
from assay.contract.document import Document
from assay.contract.structure import DATA_KEYS, NAMING
from assay.errors import UserError

_SECTIONS = {
    **{key: key for key in ("responses", "parameters", "headers", "requestBodies", "securitySchemes", "links")},
    "requestBody": "requestBodies",
    "callbacks": "callbacks",
    **dict.fromkeys(("paths", "webhooks", "pathItems", "content"), ""),
}
"""Where a reference stands → the section of the components for what it names; all others are schemas, "" is none."""

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//|\\\\")
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def bundled(source: Document) -> Document:
    """The document with all that its references to files name. The same object where there are none.

    Raises UserError with file and line: a reference leads to a URL, out of the folder, or to nothing.
    """
    if not isinstance(source.data, dict):
        return source
    bundle = _Bundle(source, copy.deepcopy(source.data))
    bundle.visit(_Place(bundle.data, source, "", ""))
    changed = bundle.parts or bundle.named_itself
    return evolve(source, data=bundle.data, parts=bundle.parts) if changed else source


@define
class _Place:
    """A value of the bundle at a pointer (`at`), and where it was written: `own` is its pointer in `owner`."""

    value: Any
    owner: Document
    own: str
    at: str
    section: str = "schemas"
    names: bool = False
    """Its members bear names that the author chose."""

    def members(self, value: dict[str, Any]) -> "list[_Place]":
        """The members that are no data."""
        return [
            self.member(key, each) for key, each in value.items()
            if self.names or not (key in DATA_KEYS or key.startswith("x-"))
        ]  # fmt: skip

    def member(self, key: str | int, value: Any) -> "_Place":
        step = pointer.join(key)
        if isinstance(key, int):
            return evolve(self, value=value, own=self.own + step, at=self.at + step, names=False)
        naming = key in NAMING and not self.names
        section = self.section if self.names else _SECTIONS.get(key, "schemas")
        return evolve(self, value=value, own=self.own + step, at=self.at + step, section=section, names=naming)


@define
class _Bundle:
    source: Document
    data: dict[str, Any]
    parts: dict[str, tuple[Document, str]] = field(factory=dict)
    named_itself: bool = False
    """The document refers to itself by its own file's name."""
    _files: dict[Path, Document] = field(factory=dict)
    _mounted: dict[tuple[Path, str, str], str] = field(factory=dict)
    _written_out_at: dict[str, set[tuple[Path, str]]] = field(factory=dict)

    def visit(self, start: _Place) -> None:
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if isinstance(place.value, list):
                waiting += [place.member(index, each) for index, each in enumerate(place.value)]
            elif isinstance(place.value, dict):
                if isinstance(place.value.get("$ref"), str) and not place.names:
                    waiting += self._followed(place)
                if place.at not in self._written_out_at:
                    waiting += place.members(place.value)

    def _followed(self, place: _Place) -> list[_Place]:
        """Let the reference lead to something in the bundle; what came into it by that, if anything did."""
        reference = place.value["$ref"]
        name, _, fragment = reference.partition("#")
        if place.owner is self.source and not name:
            return []
        file = self._file(place, name) if name else place.owner
        at = unquote(fragment)
        if file is self.source:
            place.value["$ref"] = pointer.reference(at)
            self.named_itself = True
            return []
        value = pointer.at(file.data, at) if not at or at.startswith("/") else pointer.MISSING
        if value is pointer.MISSING:
            raise self._error(place, "leads to nothing", "mend the reference")
        if not place.section:
            return self._written_out(place, file, at, value)
        return self._mount(place, file, at, value)

    def _written_out(self, place: _Place, file: Document, at: str, value: Any) -> list[_Place]:
        if not isinstance(value, dict):
            raise self._error(place, "leads to no object", "mend the reference")
        around = [known for above, known in self._written_out_at.items() if f"{place.at}/".startswith(f"{above}/")]
        if any((file.path, at) in known for known in around):
            raise self._error(place, "leads in a circle", "let one of the references on it lead to what is meant")
        self._written_out_at.setdefault(place.at, set()).add((file.path, at))
        beside = {key: each for key, each in place.value.items() if key != "$ref"}
        place.value.clear()
        place.value.update(copy.deepcopy(value) | beside)
        self.parts[place.at] = (file, at)
        there = evolve(place, owner=file, own=at)
        further = self._followed(there) if isinstance(place.value.get("$ref"), str) else []
        inner = {key: each for key, each in place.value.items() if key not in beside}
        return [*further, *there.members(inner), *place.members(beside)]

    def _mount(self, place: _Place, file: Document, at: str, value: Any) -> list[_Place]:
        key = (file.path, at, place.section)
        new = key not in self._mounted
        if new:
            section = self.data.setdefault("components", {}).setdefault(place.section, {})
            name = _NO_NAME.sub("_", pointer.split(at)[-1] if at else file.path.stem)
            while name in section:
                name += "_"
            section[name] = copy.deepcopy(value)
            self._mounted[key] = pointer.join("components", place.section, name)
            self.parts[self._mounted[key]] = (file, at)
        here = self._mounted[key]
        place.value["$ref"] = pointer.reference(here)
        mounted = pointer.at(self.data, here)
        return [_Place(mounted, file, at, here, place.section)] if new else []

    def _file(self, place: _Place, name: str) -> Document:
        if _URL.match(name):
            raise self._error(place, "is a URL, and nothing is ever fetched", "put the file beside the document")
        folder = self.source.path.resolve().parent
        try:
            path = (place.owner.path.parent / unquote(name)).resolve()
            there = path.is_file()
        except (OSError, ValueError):  # a name that no file can have
            path, there = folder, False
        if not path.is_relative_to(folder):
            raise self._error(place, "leads outside the document's folder", f"put the file below {folder.name}/")
        if path == self.source.path.resolve():
            return self.source
        if path not in self._files:
            if not there:
                raise self._error(place, "leads to no file", f"there is no {name} there")
            self._files[path] = document.load(path)
        return self._files[path]

    def _error(self, place: _Place, what: str, todo: str) -> UserError:
        where = place.owner.where(f"{place.own}/$ref")
        return UserError(f"`$ref: {place.value['$ref']}` {what}", where=where, todo=todo)
