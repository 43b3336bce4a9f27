"""`assay judge`: recordings judged again, without a server."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from assay.cli.folders import make
from assay.cli.options import CLIENT, CONTRACT, EXIT_STATUS, options, settings_of
from assay.cli.saying import console
from assay.errors import UserError

if TYPE_CHECKING:
    from assay.claims import Ledger
    from assay.recording import Recording


@click.command("judge", epilog=EXIT_STATUS, short_help="Judge recordings or HARs, with no server.")
@click.argument("recordings", nargs=-1, required=True, type=click.Path(path_type=Path))
@options(CONTRACT, CLIENT)
@click.option(
    "--report",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write the reports there, as `check` does.",
)
@click.option(
    "--url", default="", metavar="URL", help="The server that a HAR is judged for; else one that the document names."
)
@click.option("--strict", is_flag=True, help="Every `should` counts as a `must`, every claim must be exercised.")
def judge(recordings: tuple[Path, ...], folder: Path | None, url: str, strict: bool, **given: Any) -> int:
    """Judge recordings again: no server, no target file, maybe another version of the document.

    A HAR, as browsers and proxies write it, is judged too. Several recordings of the same contract are judged as one:
    the shards of a run, or runs of several days.
    """
    from assay import client, loading, recording, report
    from assay import judge as judging
    from assay.client import subject
    from assay.recording import combined, har, traffic
    from assay.report import terminal

    if folder is not None:
        _check_apart(recordings, folder / "recording.jsonl")
        make(folder)
    chosen = settings_of(given)
    ledger = loading.load_ledger(chosen)
    each = [
        (str(path), traffic.load(path, ledger.contract, url) if har.is_archive(path) else recording.load(path))
        for path in recordings
    ]
    _tell_other_contracts(each, ledger)
    whole = combined.combined(each)
    shipped = client.load(chosen.client, ledger.contract) if chosen.client else None
    if strict:
        whole = attrs.evolve(whole, header=attrs.evolve(whole.header, strict=True))
    of_client = subject.verdicts(shipped, ledger, whole, gates=chosen.client_gates) if shipped else None
    verdicts = judging.judge(ledger, whole, of_client)
    if folder is not None:
        if whole.header.observed or whole is not each[0][1]:
            # where the exchanges can be looked up by the ids that the verdict names
            whole = recording.save(whole, folder / "recording.jsonl")
        report.write(verdicts, whole, folder)
    terminal.show(verdicts, console(), folder)
    return verdicts.exit_status


def _check_apart(recordings: tuple[Path, ...], joined: Path) -> None:
    if len(recordings) > 1 and joined.resolve() in [each.resolve() for each in recordings]:
        raise UserError(
            "the recordings, joined, would be written over one of them", where=str(joined), todo="give another --report"
        )


def _tell_other_contracts(recordings: list[tuple[str, "Recording"]], ledger: "Ledger") -> None:
    for name, each in recordings:
        contract = each.header.contract
        if contract["digest"] != ledger.contract.digest:
            which = f" ({name})" if len(recordings) > 1 else ""
            click.echo(
                f"assay: recorded for another contract ({contract['title']} {contract['version']}){which}; "
                f"judged by {ledger.contract.source.shown}",
                err=True,
            )
