"""`assay judge`: recordings judged again, without a server."""

from pathlib import Path
from typing import Any

import attrs
import click

from assay.cli.folders import make
from assay.cli.options import CLIENT, CONTRACT, EXIT_STATUS, options, settings_of
from assay.cli.saying import console


@click.command("judge", epilog=EXIT_STATUS)
@click.argument("recordings", nargs=1, type=click.Path(path_type=Path))
@options(CONTRACT, CLIENT)
@click.option("--report", "folder", type=click.Path(path_type=Path), help="Write results.json and junit.xml there.")
@click.option("--strict", is_flag=True, help="Every `should` counts as a `must`, every claim must be exercised.")
def judge(recordings: Path, folder: Path | None, strict: bool, **given: Any) -> int:
    """Judge a recording again: no server, no target file, maybe another version of the document."""
    from assay import client, loading, recording, report, subject  # noqa: PLC0415 - see assay.cli
    from assay import judge as judging  # noqa: PLC0415 - see assay.cli
    from assay.report import terminal  # noqa: PLC0415 - see assay.cli

    if folder is not None:
        make(folder)
    chosen = settings_of(given)
    ledger = loading.load_ledger(chosen)
    loaded = recording.load(recordings)
    shipped = client.load(chosen.client, ledger.contract) if chosen.client else None
    if strict:
        loaded = attrs.evolve(loaded, header=attrs.evolve(loaded.header, strict=True))
    if loaded.header.contract["digest"] != ledger.contract.digest:
        recorded = f"{loaded.header.contract['title']} {loaded.header.contract['version']}"
        click.echo(
            f"assay: recorded for another contract ({recorded}); judged by {ledger.contract.source.shown}", err=True
        )
    of_client = subject.verdicts(shipped, ledger, loaded, gates=chosen.client_gates) if shipped else None
    verdicts = judging.judge(ledger, loaded, of_client)
    if folder is not None:
        report.write(verdicts, folder)
    terminal.show(verdicts, console(), folder or recordings.parent)
    return verdicts.exit_status
