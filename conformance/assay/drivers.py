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
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx

from assay.errors import UserError
from assay.target import Serve, State, Target

_START_WITHIN = 30.0
"""Seconds that a started target has until it is ready."""
_STOP_WITHIN = 5.0
"""Seconds that it has to stop before it is killed."""
_SETUP_WITHIN = 60.0
"""Seconds that one setup or teardown may take."""


class StateError(Exception):
    """A state could not be entered or left; the message says which and why."""


@contextlib.asynccontextmanager
async def entered(state: State) -> AsyncIterator[dict[str, Any]]:
    """Enter the state, give the values that its setup answers, leave it again whatever happens.

    A setup that failed may have done half of it, so that state is left too. Raises StateError: the setup failed, or
    the teardown did; where something else went wrong before, that is raised.
    """
    try:
        yield await _act(state, "setup")
    except BaseException:
        with contextlib.suppress(StateError):
            await _left(state)
        raise
    await _left(state)


async def _left(state: State) -> None:
    """A run that is being stopped still leaves the provider as it found it, however often it is told to stop."""
    leaving = asyncio.ensure_future(_act(state, "teardown"))
    stopped: asyncio.CancelledError | None = None
    while not leaving.done():
        try:
            await asyncio.wait([leaving])
        except asyncio.CancelledError as error:
            stopped = error
    fault = leaving.exception()
    if error := stopped or fault:
        raise error


async def _act(state: State, action: str) -> dict[str, Any]:
    try:
        if state.setup is not None:
            return await _post(state, action)
        if state.command:
            return await _command(state, action)
    except (httpx.TimeoutException, TimeoutError):
        raise StateError(f"{action} of {state.name!r}: no answer within {_SETUP_WITHIN:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise StateError(f"{action} of {state.name!r}: {type(error).__name__}: {error}".rstrip(": ")) from None
    return {}


async def _post(state: State, action: str) -> dict[str, Any]:
    assert state.setup is not None
    change = {"state": state.setup.state, "params": state.setup.params, "action": action}
    # a second bound, on the whole of it: an answer that drips in resets httpx' own
    async with asyncio.timeout(_SETUP_WITHIN), httpx.AsyncClient(timeout=_SETUP_WITHIN, trust_env=False) as client:
        answer = await client.post(state.setup.url, json=change)
    if not answer.is_success:
        told = " ".join(answer.text.split())[:200]
        url = answer.url.copy_with(username=None, password=None)
        raise StateError(f"{action} of {state.name!r}: {url} answered {answer.status_code}: {told}")
    return _values(answer.text, f"{action} of {state.name!r}")


async def _command(state: State, action: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *state.command,
        env={**os.environ, "ASSAY_ACTION": action, "ASSAY_STATE": state.name},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_SETUP_WITHIN):
            out, told = await process.communicate()
    except BaseException:
        # the whole group: a script may wait for a program of its own, which holds the pipes open
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    if process.returncode:
        last = told.decode(errors="replace").strip().splitlines()[-1:] or [""]
        raise StateError(f"{action} of {state.name!r}: {state.command[0]} ended {process.returncode}: {last[0][:200]}")
    return _values(out.decode(errors="replace"), f"{action} of {state.name!r}")


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
def served(target: Target, log: Path) -> Iterator[None]:
    """Start the target where it says how, wait until it is ready, stop it. Its output goes to the file `log`.

    Raises UserError: the app cannot be found, it ends, or is not ready in time.
    """
    if target.serve is None:
        yield
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    command = _serve_command(target, target.serve)
    environment = {**os.environ, **target.serve.env}
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                # Ctrl-C is for assay, which then stops the target in good order
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise UserError(
                f"cannot start {command[0]!r}: {error.strerror}", where=target.where("serve"), todo="mend `command`"
            ) from None
        try:
            _wait_until_ready(target, target.serve, process, log)
            yield
        finally:
            _stop(process)


def _serve_command(target: Target, serve: Serve) -> list[str]:
    if serve.command:
        return list(serve.command)
    if importlib.util.find_spec("uvicorn") is None:
        raise UserError(
            "[serve] with `app` needs uvicorn, which is not installed here",
            where=target.where("serve"),
            todo="pip install 'assay-conformance[serve]'",
        )
    module = serve.app.partition(":")[0]
    try:
        found = importlib.util.find_spec(module)
    except ImportError:
        found = None
    if found is None:
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


def _wait_until_ready(target: Target, serve: Serve, process: subprocess.Popen[bytes], log: Path) -> None:
    url, until = target.base_url + serve.ready, time.monotonic() + _START_WITHIN
    with httpx.Client(timeout=2.0, trust_env=False) as client:
        while time.monotonic() < until:
            if process.poll() is not None:
                said = log.read_text(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
                raise UserError(
                    f"the target ended at once with status {process.returncode}: {said[0][:200]}",
                    where=target.where("serve"),
                    todo=f"see {log}",
                )
            with contextlib.suppress(httpx.HTTPError):
                if client.get(url).status_code < 500:
                    return
            time.sleep(0.05)
    raise UserError(
        f"the target did not answer {url} within {_START_WITHIN:g} s", where=target.where("serve"), todo=f"see {log}"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Terminate the whole group: a command may be a shell with the server below it."""
    for kind, within in ((signal.SIGTERM, _STOP_WITHIN), (signal.SIGKILL, _STOP_WITHIN)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, kind)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(within)
            return
