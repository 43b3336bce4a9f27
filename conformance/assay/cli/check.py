"""`assay check`: a run of the suite in a pytest of its own.

It leaves everything to the process that it starts, so nothing heavy is imported here.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from assay import settings, suite
from assay.cli import child
from assay.cli.folders import make
from assay.cli.options import CLIENT, CONTRACT, EXIT_STATUS, RUN, TARGET, WRITES, options, settings_of
from assay.cli.saying import say
from assay.settings import Settings

FAULT_OF_ASSAY = 5


@click.command(epilog=EXIT_STATUS, short_help="Bring about every response, judge, report.")
@options(CONTRACT, TARGET, RUN, WRITES, CLIENT)
@click.option("--report", metavar="DIR", type=click.Path(path_type=Path), help="Where the files go.  [default: report]")
@click.option("--strict", is_flag=True, help="Every `should` counts as a `must`, every claim must be exercised.")
@click.option("--quiet", is_flag=True, help="Show nothing while the run lasts.")
@click.option("--shard", default="", metavar="I/N", help="Only this part of the plan, 1/3 say; `judge` joins all n.")
@click.option(
    "--examples",
    type=click.IntRange(0),
    metavar="N",
    help=f"Generated requests an operation; 0 for none.  [default: {settings.DEFAULT_EXAMPLES}]",
)
@click.option("--dry-run", is_flag=True, help="Only print what would be sent, set up, written, paid and waited for.")
def check(dry_run: bool, **given: Any) -> int:
    """Bring about every documented response, judge every claim, report.

    Without --allow-writes it sends reads only, and to resources that do not exist the methods that are not documented.
    """
    chosen = settings_of(given)
    chosen.required_spec()
    chosen.required_server()
    if dry_run:
        return _dry(chosen)
    make(chosen.report)
    results = chosen.report / "results.json"
    # the run removes those of an earlier one; where it did not come so far, they are not its own
    earlier = _stamp(results)
    with tempfile.TemporaryDirectory() as folder:
        status = _pytest(chosen, Path(folder))
    if status == suite.USER_ERROR:
        return 2
    if status in (-signal.SIGINT, -signal.SIGTERM):
        click.echo(f"assay: {suite.UNREPORTED}", err=True)
    if status in (suite.INTERRUPTED, -signal.SIGINT, -signal.SIGTERM):
        return 3
    return _status_of(results, earlier)


def _dry(chosen: Settings) -> int:
    from assay import client, dry_run, loading
    from assay.report.visible import visible

    job = loading.load(chosen)
    if chosen.client:
        client.load(chosen.client, job.ledger.contract)
    for line in dry_run.told(job):
        say(visible(line))
    return 0


def _stamp(file: Path) -> tuple[int, ...]:
    """Tells a file from one that takes its place; empty where there is none."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_size


def _pytest(chosen: Settings, folder: Path) -> int:
    """Run the suite in a pytest of its own, which no configuration of the surroundings can change."""
    where = Path(suite.__file__).parent
    command = [
        # -P: a file of the working directory that is called like a library is not one
        sys.executable, "-P", "-m", "pytest", "-c", str(where / "pytest.ini"), f"--rootdir={where}", "--noconftest",
        "-p", "assay.plugin", "-p", "no:cacheprovider", "--assert=plain", f"--basetemp={folder / 'pytest'}",
        "-qq", "--no-header", "--tb=no", "-rN",
        *settings.to_arguments(chosen), str(where),
    ]  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    return child.run(command, environment)


def _status_of(results: Path, earlier: tuple[int, ...]) -> int:
    try:
        if _stamp(results) == earlier:
            raise FileNotFoundError
        return int(json.loads(results.read_text(encoding="utf-8"))["exit_status"])
    except (OSError, ValueError, KeyError):
        click.echo("assay: the run ended without results: a fault of assay itself", err=True)
        return FAULT_OF_ASSAY
