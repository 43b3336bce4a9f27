"""`assay report`: the faces of results, made again from their recording."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.cli.again import again
from assay.cli.folders import make
from assay.cli.options import CONTRACT, options, settings_of
from assay.cli.saying import pour, say
from assay.errors import UserError
from assay.report import BY_DEFAULT, FILES

if TYPE_CHECKING:
    from assay.rejudging import Rejudged

_EXIT_STATUS = """\b
Exit status:
  0  written
  2  usage, configuration or document error
  5  a fault of assay itself
  6  written, but the results say something else than their recording
"""
_DIFFERS = 6
_MOST_DIFFERENCES = 10


def _formats(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(each.strip() for each in value.split(",")))
    for each in names:
        if each not in FILES:
            raise click.BadParameter(f"{each!r} is none of {', '.join(FILES)}")
    return names


@click.command("report", epilog=_EXIT_STATUS, short_help="Make HTML, JUnit, SARIF and others of results.")
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@options(CONTRACT)
@click.option("--client", metavar="PACKAGE", help="The generated client, where the results speak of it.")
@click.option(
    "--recording", metavar="FILE", type=click.Path(path_type=Path), help="Where it is not beside the results."
)
@click.option(
    "--format",
    "formats",
    default=",".join(each for each in BY_DEFAULT if each != "json"),
    show_default=True,
    callback=_formats,
    help=f"Of: {', '.join(FILES)}.",
)
@click.option("-o", "--output", help="A folder; `-` prints the one format. By default that of the results.")
def report(
    results: tuple[Path, ...], recording: Path | None, formats: tuple[str, ...], output: str | None, **given: Any
) -> int:
    """Make reports again from RESULTS (results.json, or its folder) and the recording beside them.

    The recording is judged again, since verdicts are a function of contract and recording and nothing else; it is said
    where the results tell something else.
    """
    from assay import loading, result_file

    _check(results, recording, formats, output)
    chosen = settings_of(given)
    ledger = loading.load_ledger(chosen)
    status = 0
    for each in results:
        result = result_file.load(each)
        if result.data["spec"]["digest"] != ledger.contract.digest:
            raise UserError(
                "these results are about another contract",
                where=str(result.path),
                todo="give --spec and --overlay as they were then; `assay judge` judges the recording by new ones",
            )
        judged = again(result, ledger, result_file.recorded(result, recording), chosen.client)
        _write(judged, formats, output or str(result.path.parent))
        for told in _differing(judged.differing):
            click.echo(f"assay: {result.path}: {told}", err=True)
            status = _DIFFERS
    return status


def _differing(places: tuple[str, ...]) -> Iterator[str]:
    """The first of them; where another version of assay made the results, thousands may differ."""
    yield from places[:_MOST_DIFFERENCES]
    if (more := len(places) - _MOST_DIFFERENCES) > 0:
        yield f"and {more} more differences: `--format json -o FOLDER` writes what the recording shows, to compare with"


def _check(results: tuple[Path, ...], recording: Path | None, formats: tuple[str, ...], output: str | None) -> None:
    if len(results) > 1 and (output is not None or recording is not None):
        raise UserError("results have a folder and a recording each", todo="give one of them with -o or --recording")
    if output == "-" and len(formats) > 1:
        raise UserError(f"only one format can be printed, not {', '.join(formats)}", todo="name one with --format")


def _write(judged: "Rejudged", formats: tuple[str, ...], output: str) -> None:
    from assay import report as reports

    if output == "-":
        pour(reports.made(formats[0], judged.verdicts, judged.recording))
        return
    make(Path(output))
    for path in reports.write(judged.verdicts, judged.recording, Path(output), formats).values():
        say(str(path))
