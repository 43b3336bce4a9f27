"""A state → entered and left at the provider; and a target that assay starts itself → running, stopped.

What a setup answers goes into the request that waits for it. Whether the state was worth anything is judged from the
recording, later.
"""

import asyncio
import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any, BinaryIO

import httpx

from assay.errors import UserError
from assay.run import connection, programs
from assay.run.connection import Options, not_here
from assay.target import Serve, State, Target

_START_WITHIN = 30.0
"""Seconds that a started target has until it is ready."""
_STOP_WITHIN = 5.0
"""Seconds that it has to stop before it is killed."""
_LAST_LINES = 10
_LONGEST_LINE = 200
"""What a message quotes of the output of a target that ended."""
_SETUP_WITHIN = 60.0
"""Seconds that one setup or teardown may take."""


class StateError(Exception):
    """A state could not be entered or left; the message says which and why."""


@contextlib.asynccontextmanager
async def entered(
    state: State,
    options: Options,
    when: Callable[[], contextlib.AbstractAsyncContextManager[None]] = contextlib.nullcontext,
) -> AsyncIterator[dict[str, Any]]:
    """Enter the state, give the values that its setup answers, leave it again whatever happens.

    `when` is waited for before entering and before leaving in good order. A setup that failed may have done half of it,
    so that state is left too. Raises StateError: the setup failed, or the teardown did; where something else went wrong
    before, that is raised.
    """
    try:
        async with when():
            values = await _act(state, options, "setup")
        yield values
    except BaseException:
        with contextlib.suppress(StateError):
            await _left(state, options)
        raise
    async with when():
        await _left(state, options)


async def _left(state: State, options: Options) -> None:
    """A run that is being stopped still leaves the provider as it found it, however often it is told to stop."""
    leaving = asyncio.ensure_future(_act(state, options, "teardown"))
    stopped: asyncio.CancelledError | None = None
    while not leaving.done():
        try:
            await asyncio.wait([leaving])
        except asyncio.CancelledError as error:
            stopped = error
    wrong = stopped or leaving.exception()
    if wrong is not None:
        raise wrong


async def _act(state: State, options: Options, action: str) -> dict[str, Any]:
    try:
        if state.setup is not None:
            return await _post(state, options, action)
        if state.command:
            return await _command(state, action)
    except (httpx.TimeoutException, TimeoutError):
        raise StateError(f"{action} of {state.name!r}: no answer within {_SETUP_WITHIN:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise StateError(f"{action} of {state.name!r}: {type(error).__name__}: {error}".rstrip(": ")) from None
    return {}


async def _post(state: State, options: Options, action: str) -> dict[str, Any]:
    assert state.setup is not None
    change = {"state": state.setup.state, "params": state.setup.params, "action": action}
    # a second bound, on the whole of it: an answer that drips in resets httpx' own
    async with (
        asyncio.timeout(_SETUP_WITHIN),
        httpx.AsyncClient(timeout=_SETUP_WITHIN, mounts=not_here(), **options) as client,
    ):
        answer = await client.post(state.setup.url, json=change)
    if not answer.is_success:
        told = " ".join(answer.text.split())[:200]
        url = answer.url.copy_with(username=None, password=None)
        raise StateError(f"{action} of {state.name!r}: {url} answered {answer.status_code}: {told}")
    return _values(answer.text, f"{action} of {state.name!r}")


async def _command(state: State, action: str) -> dict[str, Any]:
    own = {"ASSAY_ACTION": action, "ASSAY_STATE": state.name}
    ended = await programs.run(state.command, within=_SETUP_WITHIN, env=own)
    if ended.status:
        last = ended.told.strip().splitlines()[-1:] or [""]
        raise StateError(f"{action} of {state.name!r}: {state.command[0]} ended {ended.status}: {last[0][:200]}")
    return _values(ended.out, f"{action} of {state.name!r}")


def _values(text: str, what: str) -> dict[str, Any]:
    """The JSON object that a setup answered; nothing at all is an empty one."""
    if not text.strip():
        return {}
    try:
        values = json.loads(text)
    except ValueError:
        raise StateError(f"{what}: the answer is no JSON") from None
    if values is not None and not isinstance(values, dict):
        raise StateError(f"{what}: the answer is no JSON object")
    return values or {}


@contextlib.contextmanager
def served(target: Target, log: Path) -> Iterator[subprocess.Popen[bytes] | None]:
    """Start the target where it says how, wait until it is ready, stop it. Its output goes to the file `log`.

    Raises UserError: the app cannot be found, it ends, or is not ready in time.
    """
    if target.serve is None:
        yield None
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output, contextlib.ExitStack() as running:
        with _on_sigterm(signal.default_int_handler):
            process = _started(target, target.serve, output)
            running.callback(_stop, process)
            _wait_until_ready(target, target.serve, process, log)
        yield process


def _started(target: Target, serve: Serve, output: BinaryIO) -> subprocess.Popen[bytes]:
    command = _serve_command(target, serve)
    try:
        return subprocess.Popen(
            command, env={**os.environ, **serve.env}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            # Ctrl-C is for assay, which then stops the target in good order
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise UserError(
            f"cannot start {command[0]!r}: {error.strerror}", where=target.where("serve"), todo="mend `command`"
        ) from None


@contextlib.contextmanager
def _on_sigterm(handler: Any) -> Iterator[None]:
    """Until the target runs and after it, SIGTERM must not end the process at once: the target would be left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def ended(target: Target, process: subprocess.Popen[bytes], log: Path) -> UserError:
    """What to say of a target that ended by itself: its status and its last words."""
    said = target.redactor({}).text(log.read_text(errors="replace")).strip().splitlines()
    words = "\n  ".join(line[:_LONGEST_LINE] for line in said[-_LAST_LINES:])
    return UserError(
        f"the target ended by itself with status {process.returncode}",
        where=target.where("serve"),
        todo=f"its last words:\n  {words}" if words else "it said nothing: start it by hand to see why",
    )


def _serve_command(target: Target, serve: Serve) -> list[str]:
    if serve.command:
        return list(serve.command)
    if importlib.util.find_spec("uvicorn") is None:
        raise UserError(
            "[serve] with `app` needs uvicorn, which is not installed here",
            where=target.where("serve"),
            todo="pip install 'assay-conformance[serve]'",
        )
    module = serve.app.partition(":")[0].partition(".")[0]
    if not _importable(module):
        raise UserError(
            f"there is no module {module!r} in this environment",
            where=target.where("serve", "app"),
            todo="install the application where assay is installed, or use `command`",
        )
    # no --factory: uvicorn finds out by itself whether it was given an application or a factory of one
    return [
        sys.executable, "-m", "uvicorn", serve.app, "--host", "127.0.0.1", "--port", str(serve.port),
        "--log-level", "warning", "--timeout-graceful-shutdown", "2",
    ]  # fmt: skip


def _importable(module: str) -> bool:
    """By the `python -m uvicorn` that is to be started, which looks in the working directory too."""
    with contextlib.suppress(ImportError, ValueError):
        if importlib.util.find_spec(module) is not None:
            return True
    return PathFinder.find_spec(module, [str(Path.cwd())]) is not None


def _wait_until_ready(target: Target, serve: Serve, process: subprocess.Popen[bytes], log: Path) -> None:
    url, until = target.base_url + serve.ready, time.monotonic() + _START_WITHIN
    with httpx.Client(timeout=2.0, **connection.options(target.http, "starting")) as client:
        while time.monotonic() < until:
            if process.poll() is not None:
                raise ended(target, process, log)
            # of an answer that never ends, its beginning is enough
            with contextlib.suppress(httpx.HTTPError), client.stream("GET", url) as answer:
                if answer.status_code < 500:
                    return
            time.sleep(0.05)
    raise UserError(
        f"the target did not answer {url} within {_START_WITHIN:g} s",
        where=target.where("serve"),
        todo="see that it listens there (`{port.http}`), and that `ready` is a path which it answers",
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Terminate the whole group: a command may be a shell with the server below it, which may outlive the shell."""
    until = time.monotonic() + _STOP_WITHIN
    # macOS knows a group of the dead
    with _on_sigterm(signal.SIG_IGN), contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
        while time.monotonic() < until:
            process.poll()
            os.killpg(process.pid, 0)
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
