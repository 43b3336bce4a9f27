"""`assay claims`: the ledger, printed."""

import json
from typing import Any

import attrs
import click

from assay.cli.options import CONTRACT, EXIT_STATUS_OF_FILES, options, settings_of
from assay.cli.saying import say


@click.command("claims", epilog=EXIT_STATUS_OF_FILES, short_help="Print all that the document promises. Sends nothing.")
@options(CONTRACT)
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
def claims(as_json: bool, **given: Any) -> int:
    """Print the ledger: every checkable statement of document and overlays, with its id. Sends nothing."""
    from assay import loading
    from assay.report.visible import visible

    ledger = loading.load_ledger(settings_of(given))
    for claim in ledger.claims.values():
        if as_json:
            say(json.dumps(attrs.asdict(claim), ensure_ascii=False))
        else:
            say(f"{claim.level:6} {claim.basis:7} {claim.source:8} {claim.id}\n       {claim.sentence}")
    if not as_json:
        for left in ledger.contract.not_checkable:
            say(f"not checkable: {left.sentence}\n       {left.reason}")
        for note in ledger.contract.notes:
            say(f"to be mended in the document: {visible(note)}")
        say(f"{len(ledger.claims)} claims of {len(ledger.responses)} documented responses")
    return 0
