"""A YAML or JSON file → plain data, with the line that each value stands on, and the column in long lines.

Not what the data means: that is `contract`'s part. Everything comes out as JSON would have it: keys are strings
(an unquoted `200:` too), dates stay strings, aliases are written out.
"""

import bisect
import functools
import hashlib
import json
import math
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from attrs import evolve, field, frozen

from assay import pointer
from assay.errors import UserError

MOST_NODES = 5_000_000
"""Values that one file may hold once its aliases are written out: a bomb stops here, no real document does."""

DEEPEST = 100
"""Levels that values may be nested: far above any real document, and below where a parser's own stack ends."""

_LONG = 200
"""Characters of a line that nobody looks through: what stands in a longer one is told with its column."""

_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
"""What YAML 1.1 counts as the end of a line."""

_MERGE = "<<"
_NO_JSON: Any = object()

_TOO_DEEP = f"values are nested more than {DEEPEST} levels deep"

_SURROGATES = re.compile(r"((?<!\\)(?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")
"""A character beyond U+FFFF as JSON escapes it (RFC 8259, section 7), which YAML does not know."""


class _CoreLoader(yaml.CSafeLoader):
    """YAML 1.2's core schema, which OpenAPI prescribes; PyYAML's own 1.1 reads `no` as false and dates as dates."""

    # a mapping of PyYAML: first character → [(tag, pattern)]
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - filled below, once

    _depth = 0

    def descend_resolver(self, current_node: yaml.Node | None, current_index: Any) -> None:  # noqa: ARG002
        """Called at each node, with that above it: the parser itself would go down until the process dies."""
        self._depth += 1
        if current_node is not None and self._depth > DEEPEST + 1:
            raise yaml.MarkedYAMLError(problem=_TOO_DEEP, problem_mark=current_node.start_mark)

    def ascend_resolver(self) -> None:
        self._depth -= 1


for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", [*"tTfF"]),
    ("int", r"(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", [*"-+0123456789"]),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", [*"-+.0123456789"]),
    ("null", r"(?:~|null|Null|NULL|)$", [*"~nN", ""]),
):
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


@frozen
class Document:
    """One file as read: `data` is JSON-like; `shown` is how errors name the file."""

    path: Path
    data: Any
    text: str = field(repr=False)
    digest: str = ""
    """sha256 of the file's bytes; empty where it was read by somebody else."""
    parts: dict[str, tuple["Document", str]] = field(factory=dict, repr=False)
    """Pointers whose values were written in other files, and where there."""

    @property
    def shown(self) -> str:
        """The path as a reader would type it: relative to the working directory where it lies below."""
        # pathlib says the same ten times as slowly, and every place of a document is asked for
        path, below = os.path.realpath(self.path), os.getcwd() + os.sep  # noqa: PTH109 - see above
        return path.removeprefix(below) if path.startswith(below) else str(self.path)

    @property
    def files(self) -> tuple["Document", ...]:
        """This one, and those that it refers to, by path."""
        others = {str(each.path): each for each, _ in self.parts.values()}
        return (self, *(others[path] for path in sorted(others)))

    def where(self, at: str = "") -> str:
        """`file:line` of the value at a pointer, or of the nearest value above it that the file has.

        `file:line:column` in a long line: a file that a program wrote often has no other. Both count from 1, the column
        in code points.
        """
        inside = [each for each in self.parts if f"{at}/".startswith(f"{each}/")]
        if inside:
            nearest = max(inside, key=len)
            other, there = self.parts[nearest]
            return other.where(there + at.removeprefix(nearest))
        mark = self._mark(at)
        return f"{self.shown}:{_place(self._lines, mark) if mark else 1}"

    @functools.cached_property
    def _root(self) -> yaml.Node | None:
        """None where it is JSON that YAML cannot read: a key of more than 1024 characters, a DEL in a text."""
        try:
            return yaml.compose(_readable(self.text), Loader=_CoreLoader)
        except (yaml.YAMLError, ValueError):
            return None

    def _members(self, node: yaml.MappingNode) -> dict[str, tuple[yaml.Mark, yaml.Node]]:
        """Key → where it stands and its value. Kept, since many places are asked for in one mapping."""
        known = self._known.get(id(node))
        if known is None:
            # of a key that stands there twice, the first
            pairs = {str(key.value): (key.start_mark, value) for key, value in reversed(node.value)}
            known = self._known[id(node)] = pairs
        return known

    @functools.cached_property
    def _known(self) -> dict[int, dict[str, tuple[yaml.Mark, yaml.Node]]]:
        return {}

    @functools.cached_property
    def _lines(self) -> list["_Line"]:
        return _lines(self.text)

    def _mark(self, at: str) -> yaml.Mark | None:
        """Of the key, or of the item; None for the whole."""
        node, mark = self._root, None
        for token in pointer.split(at):
            if isinstance(node, yaml.MappingNode):
                found = self._members(node).get(token)
                if found is None:
                    break
                mark, node = found
            elif isinstance(node, yaml.SequenceNode) and token.isdecimal() and int(token) < len(node.value):
                node = node.value[int(token)]
                mark = node.start_mark
            else:
                break
        return mark


def load(path: Path) -> Document:
    """Read a YAML or JSON file.

    Raises UserError with file and line: no such file, not UTF-8, not YAML, a key twice, an alias bomb.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except FileNotFoundError:
        raise UserError("there is no such file", where=str(path), todo="check the path") from None
    except IsADirectoryError:
        raise UserError("this is a folder, not a file", where=str(path), todo="name the file in it") from None
    except UnicodeDecodeError as error:
        raise UserError(
            f"this is not UTF-8 (byte {error.start})", where=str(path), todo="save the file as UTF-8"
        ) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(path)) from None
    return evolve(parse(path, text), digest=hashlib.sha256(content).hexdigest())


def parse(path: Path, text: str) -> Document:
    """The same from text that has been read already. Raises UserError."""
    if _looks_like_json(text):
        data = _json(text)
        if data is not _NO_JSON:
            return Document(path, data, text)
    try:
        node = yaml.compose(_readable(text), Loader=_CoreLoader)
        data = _Plain(path, text).read(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{_place(_lines(text), mark)}" if mark else ""
        if error.problem == _TOO_DEEP:
            raise UserError(_TOO_DEEP, where=f"{path}{line}", todo="no OpenAPI document needs that") from None
        raise UserError(
            f"this is not valid YAML: {error.problem or error.context}",
            where=f"{path}{line}",
            todo="mend the file there; quoting a value with special characters often does it",
        ) from None
    except yaml.YAMLError as error:
        raise UserError(f"this is not valid YAML: {str(error).splitlines()[0]}", where=str(path)) from None
    return Document(path, data, text)


def _json(text: str) -> Any:
    """JSON by Python's own parser, twenty times as fast; _NO_JSON where YAML's has to say what is wrong, and where."""
    try:
        data = json.loads(
            text.lstrip("\ufeff"), object_pairs_hook=_members, parse_constant=_finite, parse_float=_finite,
            parse_int=_finite,
        )  # fmt: skip
        if "\\u" in text:
            # half a surrogate pair is no text that could be written anywhere
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, OverflowError, RecursionError):
        return _NO_JSON
    level = [data]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _children(each)]
    return _NO_JSON if any(isinstance(each, dict | list) for each in level) else data


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _finite(text: str) -> int | float:
    number = int(text) if text.lstrip("-").isdecimal() else float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _children(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _looks_like_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def _readable(text: str) -> str:
    """JSON as YAML can read it: a character beyond U+FFFF stands as itself."""
    if not _looks_like_json(text):
        return text
    return _SURROGATES.sub(lambda found: found[1] + json.loads(f'"{found[2]}"'), text)


@frozen
class _Line:
    """`escapes`: columns, from 0, at which the parser gets one character of a long line for twelve (`_readable`)."""

    long: bool
    escapes: tuple[int, ...]


def _lines(text: str) -> list[_Line]:
    json_like = _looks_like_json(text)
    found = []
    for each in _BREAK.split(text):
        long = len(each) > _LONG
        escapes = _SURROGATES.finditer(each) if long and json_like else ()
        found.append(_Line(long, tuple(escape.start(2) - 11 * before for before, escape in enumerate(escapes))))
    return found


def _place(lines: list[_Line], mark: yaml.Mark) -> str:
    """`line`, or `line:column`."""
    # a file may end before what is missing in it
    if mark.line >= len(lines) or not lines[mark.line].long:
        return f"{mark.line + 1}"
    column = mark.column + 11 * bisect.bisect_left(lines[mark.line].escapes, mark.column)
    return f"{mark.line + 1}:{column + 1}"


class _Plain:
    """YAML nodes → plain data; counts before it writes out, so that aliases cannot blow up."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._text = text
        self._sizes: dict[int, int] = {}
        self._open: set[int] = set()

    def read(self, node: yaml.Node) -> Any:
        self.count(node)
        return self.convert(node)

    def count(self, node: yaml.Node) -> int:
        """The values that a node will be. An alias stands behind what it names, so each node is counted once."""
        if isinstance(node, yaml.ScalarNode):
            return 1
        known = self._sizes.get(id(node))
        if known is None:
            self._sizes[id(node)] = 0  # met within itself, which `convert` finds out
            inner = node.value if isinstance(node, yaml.SequenceNode) else [value for _, value in node.value]
            known = self._sizes[id(node)] = 1 + sum(self.count(each) for each in inner)
            if known > MOST_NODES:
                raise self._error(node, f"more than {MOST_NODES:,} values once the aliases are written out")
        return known

    def convert(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            raise self._error(node, "an alias stands inside the value that it names")
        if len(self._open) == DEEPEST:
            raise self._error(node, f"{_TOO_DEEP} once the aliases are written out")
        self._open.add(id(node))
        value = self._mapping(node) if isinstance(node, yaml.MappingNode) else self._sequence(node)
        self._open.discard(id(node))
        return value

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error(key_node, "a key must be plain text")
            key = str(key_node.value)
            if key == _MERGE:
                raise self._error(key_node, "merge keys (`<<`) are no part of YAML 1.2: write the members out")
            if key in result:
                raise self._error(key_node, f"the key {key!r} stands here twice")
            result[key] = self.convert(value_node)
        return result

    def _sequence(self, node: yaml.Node) -> list[Any]:
        return [self.convert(item) for item in node.value]

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        kind, text = node.tag.rpartition(":")[2], str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind not in ("int", "float"):
            return text
        try:
            number = float(text) if kind == "float" else int(text, 0 if text[:2] in ("0o", "0x") else 10)
            finite = math.isfinite(number)
        except (ValueError, OverflowError):
            finite = False
        if not finite:
            raise self._error(node, f"{text[:40]!r} is no number that can be read")
        return number

    def _error(self, node: yaml.Node, what: str) -> UserError:
        where = f"{self._path}:{_place(_lines(self._text), node.start_mark)}"
        return UserError(what, where=where, todo="mend the file there")


def canonical(data: Any) -> bytes:
    """JSON with sorted keys and no white space: what digests are taken of."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
