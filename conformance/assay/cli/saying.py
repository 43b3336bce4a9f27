"""What is printed → the terminal, whoever reads on or has left."""

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console


def unheard() -> None:
    """Whoever read our output has left, as `head` does: that is no error of anyone, and changes no verdict."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text: str) -> None:
    try:
        click.echo(text)
    except BrokenPipeError:
        unheard()


def pour(content: bytes) -> None:
    """A file's content, as it is."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        unheard()


def console() -> "Console":
    """Rich's own ends the program with 1 where nobody reads on."""
    from rich.console import Console

    class Lasting(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            unheard()

    return Lasting()
