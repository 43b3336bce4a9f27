"""`assay gate`: whether a release may go out, by results that somebody else made."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import click

from assay.cli.again import again
from assay.cli.options import CONTRACT, options, settings_of
from assay.cli.saying import say

_EXIT_STATUS = """\b
Exit status:
  0  let through
  1  refused: a `must` claim is violated
  2  usage, configuration or document error
  3  refused: incomplete, or a response came about in too weak a way
  4  refused: a waiver expired or is not needed any more, or an excluded response was seen
  5  a fault of assay itself
  6  refused: the results are not about this contract, build or time, or their recording does not bear them out
"""

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_GRADES = ("natural", "provoked", "observed", "hinted")


def _duration(_context: click.Context, _option: click.Parameter, value: str | None) -> dt.timedelta | None:
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", value)
    if found is None:
        raise click.BadParameter(f"{value!r} is no duration: give a number and s, m, h or d, as in 24h")
    return dt.timedelta(seconds=int(found[1]) * _UNITS[found[2]])


@click.command("gate", epilog=_EXIT_STATUS, short_help="Let a release through by its results, or refuse it.")
@click.argument("results", type=click.Path(path_type=Path))
@options(CONTRACT)
@click.option("--client", metavar="PACKAGE", help="The generated client, where the results count what it gets wrong.")
@click.option(
    "--recording", metavar="FILE", type=click.Path(path_type=Path), help="Where it is not beside the results."
)
@click.option("--build", default="", help="The build that is to be released: the results have to be about it alone.")
@click.option("--max-age", metavar="DURATION", callback=_duration, help="How old they may be: 30m, 24h, 7d.")
@click.option(
    "--min-grade",
    type=click.Choice(_GRADES),
    default="provoked",
    show_default=True,
    help="The weakest way, from natural to hinted, in which a response may have come about.",
)
def gate(
    results: Path, recording: Path | None, build: str, max_age: dt.timedelta | None, min_grade: Any, **given: Any
) -> int:
    """Let a release through, or refuse it with every reason. RESULTS: results.json, or its folder.

    The recording beside the results is judged again, by this document and these overlays. Nothing is sent.
    """
    from assay import gate as gates
    from assay import loading, result_file
    from assay.report.visible import visible

    chosen = settings_of(given)
    result = result_file.load(results)
    ledger, recorded = loading.load_ledger(chosen), result_file.recorded(result, recording)
    refused = gates.foreign(result, ledger, recorded)
    lines: tuple[str, ...] = ()
    if not refused:
        # one that does not count may be another by now, or not be here
        counts = result.data["client"] is not None and result.data["client"]["gates"]
        judged = again(result, ledger, recorded, chosen.client if counts else "")
        demands = gates.Demands(build, max_age, min_grade)
        refused = gates.refusals(judged, demands, dt.datetime.now(dt.UTC))
        lines = gates.told(judged.verdicts)
    for line in lines:
        say(visible(line))
    for each in refused:
        say(f"refused: {visible(each.what)}")
        for particular in each.particulars:
            say(f"  {visible(particular)}")
        say(f"  → {visible(each.todo)}")
    for option, demanded in (("--build", build), ("--max-age", max_age)):
        if not demanded:
            say(f"not asked: {option}")
    say("refused" if refused else "let through")
    return gates.exit_status(refused)
