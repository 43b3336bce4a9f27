"""`assay doctor`: what the target lacks, printed."""

from typing import Any

import click

from assay.cli.options import CONTRACT, RUN, TARGET, options, settings_of
from assay.cli.saying import say

_EXIT_STATUS = """\b
Exit status:
  0  a run can exercise everything
  2  usage, configuration or document error
  3  something is missing, or it was interrupted
  5  a fault of assay itself
"""


@click.command("doctor", epilog=_EXIT_STATUS, short_help="Say what the target file lacks. Sends reads only.")
@options(CONTRACT, TARGET, RUN)
@click.option("--allow-writes", is_flag=True, help="Say it of a run with --allow-writes. Reads are all that is sent.")
def doctor(**given: Any) -> int:
    """Say which documented responses the target can be brought to give, and what to supply for the rest.

    Sends reads only; no state is set up.
    """
    from assay import doctor as examining
    from assay import loading
    from assay.report.visible import visible

    job = loading.load(settings_of(given))
    if not job.ledger.responses:
        say("the document has no operation with a documented response: there is nothing that could be brought about")
        return 3
    findings, alike = examining.examine(job)
    if alike:
        say(visible(alike))
    for each in findings:
        say(f"{'ok  ' if each.ok else 'MISS'}  {visible(each.response)}: {visible(each.found)}")
        for told in each.tried if not each.ok else ():
            say(f"      tried: {visible(told)}")
        if each.todo:
            say(f"      → {visible(each.todo)}")
    for note in job.ledger.contract.notes:
        say(f"to be mended in the document: {visible(note)}")
    reachable = sum(each.ok for each in findings)
    say(f"{reachable}/{len(findings)} documented responses can be brought about")
    return 0 if reachable == len(findings) else 3
