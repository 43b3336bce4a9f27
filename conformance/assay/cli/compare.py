"""`assay compare`: two results, and what became of each claim between them."""

from pathlib import Path

import click

from assay.cli.saying import say

_EXIT_STATUS = """\b
Exit status:
  0  nothing is worse
  1  a `must` claim is newly violated
  2  a usage error, or what is no results.json
  3  a response, a relation or a security claim is no longer exercised
  4  a `must` claim is newly waived
  5  a fault of assay itself
"""


@click.command("compare", epilog=_EXIT_STATUS, short_help="Say what became worse between two results.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown"]),
    default="text",
    show_default=True,
    help="How it is printed: for a terminal, or for a merge request.",
)
def compare(old: Path, new: Path, form: str) -> int:
    """Say what is newly violated, newly held, or no longer exercised in NEW, against OLD.

    Each is a results.json or its folder: the last release and this one, or a mock and the server that it stands for.
    """
    from assay import compare as comparing
    from assay import result_file
    from assay.report import comparison

    found = comparing.compare(result_file.load(old), result_file.load(new))
    say((comparison.markdown(found) if form == "markdown" else comparison.plain(found)).rstrip("\n"))
    return found.exit_status
