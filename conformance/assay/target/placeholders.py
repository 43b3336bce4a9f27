"""`{ env = "NAME" }` and `{port.NAME}` in a target file → the text that they stand for.

The values of a state's setup (`{setup.NAME}`) and of what it needs (`{NAME.EXPRESSION}`) come later, in `calls`.
"""

import os
import re
import socket
from typing import Any

from assay import pointer, shapes
from assay.errors import UserError
from assay.target.toml_file import Toml

_TABLES = re.compile(r"/serve/env|/http/headers|/states/[^/]+/(?:path|query|headers|body|needs|setup/params)")
"""Where a table is one of values by name, in which `env` is a name like any other."""
_PORT = re.compile(r"\{port\.([\w-]+)\}")


def with_environment(file: Toml, value: Any, at: str = "") -> Any:
    """The data with each `{ env = "NAME" }` replaced. Raises UserError: no such variable, or one of several lines."""
    if isinstance(value, dict):
        if list(value) == ["env"] and isinstance(value["env"], str) and not _TABLES.fullmatch(at):
            return _environment(value["env"], file.where(at))
        return {key: with_environment(file, member, at + pointer.join(key)) for key, member in value.items()}
    if isinstance(value, list):
        return [with_environment(file, member, at) for member in value]
    return value


def _environment(name: str, where: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        state = "is empty" if name in os.environ else "is not set"
        raise UserError(f"the environment variable {name} {state}", where=where, todo=f"export {name}=…")
    if not value.isprintable():
        raise UserError(f"the environment variable {name} is not one line of text", where=where, todo="export it anew")
    return value


def check_ports(file: Toml, value: Any, known: list[str], at: str = "") -> None:
    """A `{port.NAME}` that [serve] does not announce leads to a port at which nothing listens."""
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            check_ports(file, member, known, at + pointer.join(key))
    elif isinstance(value, str):
        unknown = next((each for each in _PORT.findall(value) if each not in known), None)
        if unknown is not None:
            raise UserError(
                f"there is no port {unknown!r} in `ports` of [serve]",
                where=file.where(at),
                todo=shapes.suggest(unknown, known),
            )


class Ports:
    """Names → free loopback ports, each found once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        while name not in self._numbers:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                found = probe.getsockname()[1]
            if found not in self._numbers.values():
                self._numbers[name] = found
        return self._numbers[name]

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.fill(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self.fill(member) for member in value]
        if isinstance(value, str):
            return _PORT.sub(lambda match: str(self.number(match[1])), value)
        return value
