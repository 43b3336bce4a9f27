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
  5  a fault of the suite itself
"""

CONTRACT = (
    click.option("--spec", type=click.Path(path_type=Path), help="The OpenAPI document."),
    click.option("--overlay", "overlays", multiple=True, type=click.Path(path_type=Path), help="An overlay; in order."),
)
CLIENT = (
    click.option("--client", metavar="PACKAGE", help="The package of the generated client, which is judged too."),
    click.option("--client-gates", is_flag=True, help="What the client gets wrong counts in the exit status."),
)
TARGET = (
    click.option("--target", type=click.Path(path_type=Path), help="The target file: server, credentials, states."),
    click.option("--url", default="", help="The server alone, without states and credentials."),
)
RUN = (
    click.option("--seed", default="", help="A whole number or `random`; by default it follows from the contract."),
    click.option("--allow-writes", is_flag=True, help="Operations that change things run too."),
    click.option(
        "--select", default="", metavar="PATTERN", help="Only these responses, e.g. 'getJob 4*': a partial run."
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
