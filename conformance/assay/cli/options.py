"""The options that several commands share → Settings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from assay.settings import Settings

EXIT_STATUS = """\b
Exit status:
  0  conformant
  1  a `must` claim is violated
  2  usage, configuration or document error
  3  incomplete: something was not exercised, inconclusive, interrupted or partial
  4  a waiver expired or is not needed any more, or an excluded response was seen
  5  a fault of assay itself
"""

EXIT_STATUS_OF_FILES = """\b
Exit status:
  0  done
  2  usage, configuration or document error
  5  a fault of assay itself
"""
"""Of a command that asks no server."""

CONTRACT = (
    click.option("--spec", metavar="FILE", type=click.Path(path_type=Path), help="The OpenAPI document."),
    click.option(
        "--overlay", "overlays", multiple=True, metavar="FILE", type=click.Path(path_type=Path),
        help="An OpenAPI Overlay on it. May be given several times; each is applied to what the one before made.",
    ),
)  # fmt: skip
CLIENT = (
    click.option("--client", metavar="PACKAGE", help="The package of the generated client, which is judged too."),
    click.option("--client-gates", is_flag=True, help="What the client gets wrong counts in the exit status."),
)
TARGET = (
    click.option(
        "--target", metavar="FILE", type=click.Path(path_type=Path),
        help="The target file: where the server is, credentials, and the states in which its responses are due. "
        "`assay init` writes one.",
    ),
    click.option(
        "--url", default="", metavar="URL", help="The server, in place of a target file: no credentials, no states."
    ),
)  # fmt: skip
RUN = (
    click.option(
        "--seed", default="", metavar="N|random",
        help="What is made up follows from it; it follows from the contract by default, so that runs ask the same.",
    ),
    click.option(
        "--select", default="", metavar="PATTERN", help="Only these responses, e.g. 'getJob 4*': a partial run."
    ),
)  # fmt: skip
WRITES = (
    click.option(
        "--allow-writes", is_flag=True, help="Send also the operations that change things; what they make is removed."
    ),
)


def options(*groups: tuple[Callable[[Any], Any], ...]) -> Callable[[Any], Any]:
    def add(command: Any) -> Any:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return add


def settings_of(given: dict[str, Any]) -> Settings:
    """The defaults of the nearest pyproject.toml, with the options that were given. Raises UserError."""
    return Settings.read(Path.cwd()).overridden(**given)
