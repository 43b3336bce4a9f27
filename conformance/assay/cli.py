"""Arguments → a pytest run and an exit status. Parses and prints; all work is done elsewhere.

`check` leaves everything to the process that it starts, so what the other commands need is imported by them: it takes
longer than all else that is done here.
"""

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from assay import settings, suite
from assay.errors import UserError
from assay.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from assay.target import Target

_FAULT_OF_ASSAY = 5
_LOOKS_EVERY = 0.5
"""Seconds between two looks whether a served target still runs."""

_EXIT_STATUS = """\b
Exit status:
  0  conformant
  1  a `must` claim is violated
  2  usage, configuration or document error
  3  incomplete: something was not exercised, inconclusive, interrupted or partial
  4  a waiver expired or is not needed any more, or an excluded response was seen
  5  a fault of the suite itself
"""


def main() -> None:
    """The `assay` command: user errors end 2 with a message, faults of its own end 5."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a terminal that knows ASCII only still gets every word
            stream.reconfigure(errors="backslashreplace")
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
        _fail(f"a fault of assay itself: {type(error).__name__}: {error}", _FAULT_OF_ASSAY)


def _unheard() -> None:
    """Whoever read our output has left, as `head` does: that is no error of anyone, and changes no verdict."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(text: str) -> None:
    try:
        click.echo(text)
    except BrokenPipeError:
        _unheard()


def _console() -> "Console":
    """Rich's own ends the program with 1 where nobody reads on."""
    from rich.console import Console  # noqa: PLC0415 - see above

    class Lasting(Console):
        def on_broken_pipe(self) -> None:
            self.quiet = True
            _unheard()

    return Lasting()


def _fail(message: str, status: int) -> None:
    click.echo(f"assay: {message}", err=True)
    sys.exit(status)


_CONTRACT = (
    click.option("--spec", type=click.Path(path_type=Path), help="The OpenAPI document."),
    click.option("--overlay", "overlays", multiple=True, type=click.Path(path_type=Path), help="An overlay; in order."),
)
_CLIENT = (
    click.option("--client", metavar="PACKAGE", help="The package of the generated client, which is judged too."),
    click.option("--client-gates", is_flag=True, help="What the client gets wrong counts in the exit status."),
)
_TARGET = (
    click.option("--target", type=click.Path(path_type=Path), help="The target file: server, credentials, states."),
    click.option("--url", default="", help="The server alone, without states and credentials."),
)
_RUN = (
    click.option("--seed", default="", help="A whole number or `random`; by default it follows from the contract."),
    click.option("--allow-writes", is_flag=True, help="Operations that change things run too."),
    click.option(
        "--select", default="", metavar="PATTERN", help="Only these responses, e.g. 'getJob 4*': a partial run."
    ),
)


def _options(*groups: tuple[Callable[[Any], Any], ...]) -> Callable[[Any], Any]:
    def add(command: Any) -> Any:
        for option in reversed([option for group in groups for option in group]):
            command = option(command)
        return command

    return add


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXIT_STATUS)
@click.version_option(package_name="assay-conformance", prog_name="assay")
def cli() -> None:
    """Does a server do what its OpenAPI document says, every documented response of it?

    Defaults stand in [tool.assay] of the nearest pyproject.toml.
    """


@cli.command(epilog=_EXIT_STATUS)
@_options(_CONTRACT, _TARGET, _RUN, _CLIENT)
@click.option("--report", type=click.Path(path_type=Path), help="Where recording and results go.")
@click.option("--strict", is_flag=True, help="Every `should` counts as a `must`, every claim must be exercised.")
@click.option("--examples", type=click.IntRange(0), help="Generated requests an operation.")
def check(**given: Any) -> int:
    """Bring about every documented response, judge every claim, report."""
    chosen = _settings(given)
    chosen.required_spec()
    _make_empty(chosen.report)
    with tempfile.TemporaryDirectory() as folder:
        status = _pytest(chosen, Path(folder))
    if status == suite.USER_ERROR:
        return 2
    if status in (suite.INTERRUPTED, -signal.SIGINT, -signal.SIGTERM):
        return 3
    return _status_of(chosen.report / "results.json")


def _make_empty(folder: Path) -> None:
    """Room for this run's files, and none of an earlier one's."""
    _make(folder)
    try:
        for stale in ("results.json", "junit.xml", "recording.jsonl", "target.log"):
            (folder / stale).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            f"cannot be written: {error.strerror}", where=str(error.filename), todo="give another --report DIR"
        ) from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UserError(
            f"the report cannot be written there: {error.strerror}", where=str(folder), todo="give another --report DIR"
        ) from None


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
    child = subprocess.Popen(command, env=environment)
    # Ctrl-C reaches the child by itself, being in the same group: it writes its report, and this waits for it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


def _status_of(results: Path) -> int:
    try:
        return int(json.loads(results.read_text(encoding="utf-8"))["exit_status"])
    except (OSError, ValueError, KeyError):
        click.echo("assay: the run ended without results: a fault of assay itself", err=True)
        return _FAULT_OF_ASSAY


@cli.command("judge", epilog=_EXIT_STATUS)
@click.argument("recordings", nargs=1, type=click.Path(path_type=Path))
@_options(_CONTRACT, _CLIENT)
@click.option("--report", "folder", type=click.Path(path_type=Path), help="Write results.json and junit.xml there.")
@click.option("--strict", is_flag=True, help="Every `should` counts as a `must`, every claim must be exercised.")
def judge_(recordings: Path, folder: Path | None, strict: bool, **given: Any) -> int:
    """Judge a recording again: no server, no target file, maybe another version of the document."""
    from assay import client, judge, loading, recording, report, subject  # noqa: PLC0415 - see above
    from assay.report import terminal  # noqa: PLC0415 - see above

    if folder is not None:
        _make(folder)
    chosen = _settings(given)
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
    verdicts = judge.judge(ledger, loaded, of_client)
    if folder is not None:
        report.write(verdicts, folder)
    terminal.show(verdicts, _console(), folder or recordings.parent)
    return verdicts.exit_status


@cli.command("claims")
@_options(_CONTRACT)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def claims_(as_json: bool, **given: Any) -> int:
    """Print the ledger: every claim of the contract, before any request."""
    from assay import loading  # noqa: PLC0415 - see above

    ledger = loading.load_ledger(_settings(given))
    for claim in ledger.claims.values():
        if as_json:
            _say(json.dumps(attrs.asdict(claim), ensure_ascii=False))
        else:
            _say(f"{claim.level:6} {claim.basis:7} {claim.source:8} {claim.id}\n       {claim.sentence}")
    if not as_json:
        for left in ledger.contract.not_checkable:
            _say(f"not checkable: {left.sentence}\n       {left.reason}")
        _say(f"{len(ledger.claims)} claims of {len(ledger.responses)} documented responses")
    return 0


@cli.command("doctor")
@_options(_CONTRACT, _TARGET, _RUN)
def doctor_(**given: Any) -> int:
    """Say which documented responses the target can be brought to give, and what to supply for the rest.

    Sends reads only. Ends 0 if a run can exercise everything, 3 if not.
    """
    from assay import doctor, loading  # noqa: PLC0415 - see above

    findings = doctor.examine(loading.load(_settings(given)))
    for each in findings:
        _say(f"{'ok  ' if each.ok else 'MISS'}  {each.response}: {each.found}")
        if each.todo:
            _say(f"      → {each.todo}")
    reachable = sum(each.ok for each in findings)
    _say(f"{reachable}/{len(findings)} documented responses can be brought about")
    return 0 if reachable == len(findings) else 3


@cli.command()
@_options(_TARGET)
def serve(**given: Any) -> int:
    """Start the target's [serve] app and stay, printing its credentials and resources, until Ctrl-C."""
    from assay import drivers, loading  # noqa: PLC0415 - see above

    target = loading.load_target(_settings(given))
    if target.serve is None:
        raise UserError(
            "the target has no [serve]: it is started elsewhere",
            where=target.where("name") if target.path else "--url",
            todo="start it as its own documentation says, or write [serve] into the target file",
        )
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "target.log"
        with drivers.served(target, log) as process:
            try:
                _print_served(target)
                while not stop.wait(_LOOKS_EVERY):
                    if process is not None and process.poll() is not None:
                        raise drivers.ended(target, process, log)
            except KeyboardInterrupt:
                _say("")
    return 0


def _print_served(target: "Target") -> None:
    """The credentials of a server that assay itself started here are no secret of anybody."""
    _say(f"{target.name} serves at {target.base_url} (Ctrl-C stops it)")
    for name, secret in target.secrets.items():
        _say(f"  credential {name}: {secret}")
    for state in target.states:
        values = ", ".join(f"{key}={value}" for key, value in {**state.path, **state.query}.items())
        _say(f"  {state.name}: {values}" + (f" as {state.credentials}" if state.credentials else ""))


def _settings(given: dict[str, Any]) -> Settings:
    return Settings.read(Path.cwd()).overridden(**given)
