"""The reference provider → the same, counting its requests and letting each wait; served in a process of its own.

The provider itself is as it always is: what waits and counts stands before it, as a network would. One process serves
all that is compared; between two runs it is told how long requests have to wait.
"""

import asyncio
import contextlib
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from attrs import define, frozen
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from jobs_provider import seed
from jobs_provider.accounts import Account
from jobs_provider.app import create_app as create_provider

CROWD = "gj_crowd_4sKx8TqB"
"""The key of an account beside those of the provider, with room for all that is sent at once."""
_DESK = "/-/slowed"
"""Where it is told how long requests wait from now on, and tells how many there were since the last time."""
_START_WITHIN = 30.0


@define
class Slowed:
    """`delay` are seconds that each request waits before the app gets it."""

    app: ASGIApp
    delay: float = 0.0
    requests: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["path"] == _DESK:
            told = JSONResponse({"requests": self.requests})
            self.delay, self.requests = float(Request(scope).query_params["delay"]), 0
            await told(scope, receive, send)
        else:
            self.requests += 1
            if self.delay:
                await asyncio.sleep(self.delay)
            await self.app(scope, receive, send)


def create_app() -> Slowed:
    # one that is put into every documented state has nothing to tell about it
    logging.getLogger("jobs_provider").setLevel(logging.CRITICAL + 1)
    seed.ACCOUNTS[CROWD] = Account("crowd", limit=1000)
    return Slowed(create_provider())


@frozen
class Served:
    base_url: str
    control_port: int

    def counted(self, delay: float) -> int:
        """The requests since the last call; from now on each waits for `delay` seconds."""
        told: dict[str, Any] = httpx.get(self.base_url + _DESK, params={"delay": delay}, trust_env=False).json()
        return int(told["requests"])

    @contextlib.contextmanager
    def finished_job(self) -> Iterator[str]:
        """The id of one of the crowd's."""
        change = {"state": "a story of 3 scenes was submitted", "params": {"account": "crowd", "seconds": 0}}
        with httpx.Client(base_url=f"http://127.0.0.1:{self.control_port}", trust_env=False) as control:
            yield str(control.post("/states", json=change).raise_for_status().json()["job_id"])
            control.post("/states", json={**change, "action": "teardown"}).raise_for_status()


@contextlib.contextmanager
def served() -> Iterator[Served]:
    """Until the end of the block, on free loopback ports."""
    port, control_port = _free_ports(2)
    command = [
        sys.executable, "-m", "uvicorn", "--factory", "slowed:create_app", "--app-dir", str(Path(__file__).parent),
        "--port", str(port), "--log-level", "critical", "--no-access-log", "--timeout-graceful-shutdown", "2",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={"JOBS_CONTROL_PORT": str(control_port)}, stdin=subprocess.DEVNULL)
    try:
        found = Served(f"http://127.0.0.1:{port}", control_port)
        _wait_for(found, process)
        yield found
    finally:
        process.terminate()
        process.wait()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_ones:
        sockets = [open_ones.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _wait_for(provider: Served, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            provider.counted(0)
            return
        time.sleep(0.05)
    raise RuntimeError(f"the provider does not serve at {provider.base_url}")
