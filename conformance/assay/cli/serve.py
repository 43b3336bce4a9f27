"""`assay serve`: the target's own server, until Ctrl-C."""

import json
import shlex
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assay.cli.options import EXIT_STATUS_OF_FILES, TARGET, options, settings_of
from assay.cli.saying import say
from assay.errors import UserError

if TYPE_CHECKING:
    from assay.target import Setup, Target

_LOOKS_EVERY = 0.5
"""Seconds between two looks whether a served target still runs."""


@click.command(epilog=EXIT_STATUS_OF_FILES, short_help="Start the target's own server, for trying things out.")
@options(TARGET)
def serve(**given: Any) -> int:
    """Start what [serve] of the target file says and stay, until Ctrl-C; print its credentials and resources."""
    from assay import loading
    from assay.run import drivers

    target = loading.load_target(settings_of(given))
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
                say("")
    return 0


def _print_served(target: "Target") -> None:
    """The credentials of a server that assay itself started here are no secret of anybody."""
    say(f"{target.name} serves at {target.base_url} (Ctrl-C stops it)")
    for name, secret in target.sent.items():
        say(f"  credential {name}: {secret}")
    for state in target.states:
        # what only the answer to a setup tells is not there yet
        given = {key: value for key, value in {**state.path, **state.query}.items() if "{setup." not in str(value)}
        values = ", ".join(f"{key}={value}" for key, value in given.items())
        say(f"  {state.name}: {values}".rstrip() + (f" as {state.credentials}" if state.credentials else ""))
        if state.setup:
            say(f"    entered by {_entering(state.setup)}")


def _entering(setup: "Setup") -> str:
    """The command that enters a state; with `teardown` for `setup` it leaves it again."""
    change = {"state": setup.state, "params": setup.params, "action": "setup"}
    command = ["curl", "-sS", "--json", json.dumps(change, ensure_ascii=False), setup.url]
    return shlex.join(command)
