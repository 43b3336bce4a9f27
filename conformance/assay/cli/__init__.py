"""Arguments → a pytest run and an exit status. Parses and prints; all work is done elsewhere.

One module a command. What a command needs beside its arguments is imported when it runs: that takes longer than all
else that is done here.
"""

import io
import os
import sys

import click
from platformdirs import user_cache_path

from assay.cli import check, claims, compare, doctor, gate, init, judge, report, serve
from assay.cli.check import FAULT_OF_ASSAY
from assay.cli.options import EXIT_STATUS
from assay.errors import UserError


def main() -> None:
    """The `assay` command: user errors end 2 with a message, faults of its own end 5."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a terminal that knows ASCII only still gets every word
            stream.reconfigure(errors="backslashreplace")
    # its tables of Unicode take a second to make, once; the folder that somebody works in is no place for them
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(user_cache_path("assay") / "hypothesis"))
    try:
        sys.exit(cli.main(prog_name="assay", standalone_mode=False) or 0)
    except UserError as error:
        _fail(str(error), 2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted", 3)
    except Exception as error:  # the last resort, which must not look like a verdict
        _fail(f"a fault of assay itself: {type(error).__name__}: {error}", FAULT_OF_ASSAY)


def _fail(message: str, status: int) -> None:
    click.echo(f"assay: {message}", err=True)
    sys.exit(status)


class _InOrder(click.Group):
    """The commands as they are needed, and not by the alphabet."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.commands)


_CONTEXT = {"help_option_names": ["-h", "--help"]}


@click.group(cls=_InOrder, context_settings=_CONTEXT, epilog=EXIT_STATUS)
@click.version_option(package_name="assay-conformance", prog_name="assay")
def cli() -> None:
    """Does a server do what its OpenAPI document says, every documented response of it?

    \b
    assay check --spec openapi.yaml --url http://localhost:8000   with nothing else
    assay init --spec openapi.yaml                                writes target.toml
    assay doctor --spec openapi.yaml --target target.toml         says what it lacks
    assay check --spec openapi.yaml --target target.toml          the whole of it

    Defaults of the options stand in [tool.assay] of the nearest pyproject.toml. What stands below of the exit status
    is of check and judge: `assay COMMAND --help` has that of each command.
    """


for _command in (
    check.check, init.init, doctor.doctor, claims.claims, judge.judge, report.report, compare.compare, gate.gate,
    serve.serve,
):  # fmt: skip
    cli.add_command(_command)
