"""The words of a command → its exit status and what it printed. What that means is its caller's to say."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from attrs import field, frozen


@frozen
class Ended:
    status: int
    out: str = field(repr=False)
    told: str = field(repr=False)
    """What it wrote to its standard error."""


async def run(words: Sequence[str], *, within: float, env: Mapping[str, str] | None = None) -> Ended:
    """With `env` beside the environment, and nothing to read. Raises OSError: it cannot be started; TimeoutError: it
    took more than `within` seconds, and was killed.
    """
    process = await asyncio.create_subprocess_exec(
        *words,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(within):
            out, told = await process.communicate()
    except BaseException:
        # the whole group: a script may wait for a program of its own, which holds the pipes open
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    return Ended(process.returncode or 0, out.decode(errors="replace"), told.decode(errors="replace"))
