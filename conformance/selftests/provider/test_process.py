"""Starting and stopping: the provider as a process, and the listeners that live inside it."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from starlette.routing import Router

import jobs_provider
from jobs_provider import seed
from jobs_provider.accounts import Account
from jobs_provider.app import CONTROL_PORT, create_app
from jobs_provider.listening import Listener

Bearer = Callable[[Account], dict[str, str]]


def wait_until_ready(client: httpx.Client, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 10
    while True:
        assert process.poll() is None
        assert time.monotonic() < deadline
        try:
            client.get("/healthz").raise_for_status()
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return


def test_a_process_that_is_told_to_end_does_so_quickly_and_without_a_word(
    free_port: Callable[[], int], bearer: Bearer
) -> None:
    port, control_port = free_port(), free_port()
    environment = {
        **os.environ,
        CONTROL_PORT: str(control_port),
        "PYTHONPATH": str(Path(jobs_provider.__path__[0]).parent),
    }
    command = [sys.executable, "-W", "error", "-m", "uvicorn", "--factory"]
    command += ["jobs_provider.app:create_app", "--port", str(port), "--log-level", "warning"]
    with (
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as public,
        httpx.Client(base_url=f"http://127.0.0.1:{control_port}", trust_env=False) as control,
    ):
        try:
            wait_until_ready(public, process)
            # Connections that stay open, to each of the three servers of the process.
            public.get(f"/v1/jobs/{seed.COMPLETED}", headers=bearer(seed.DEFAULT)).raise_for_status()
            control.post("/states", json={"state": "a story of 2 scenes was submitted"}).raise_for_status()
            process.terminate()
            _, errors = process.communicate(timeout=5)
        finally:
            process.kill()
    assert errors == ""


def test_without_a_control_port_there_is_a_provider_all_the_same(
    monkeypatch: pytest.MonkeyPatch, served: Callable[[], AbstractContextManager[str]], bearer: Bearer
) -> None:
    monkeypatch.delenv(CONTROL_PORT, raising=False)
    with served() as base_url:
        answer = httpx.get(f"{base_url}/v1/jobs/{seed.COMPLETED}", headers=bearer(seed.DEFAULT), trust_env=False)
    assert answer.status_code == 200


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "http"])
def test_a_control_port_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv(CONTROL_PORT, text)
    with pytest.raises(ValueError, match=CONTROL_PORT):
        create_app()


def test_a_stopped_listener_refuses_connections_and_can_be_started_again() -> None:
    async def reachable(listener: Listener) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        except ConnectionRefusedError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    async def life() -> list[bool]:
        listener = Listener(Router())
        seen = []
        for change in (listener.start, listener.start, listener.stop, listener.stop, listener.start, listener.stop):
            await change()
            seen.append(await reachable(listener))
        return seen

    assert asyncio.run(life()) == [True, True, False, False, True, False]


def test_a_taken_port_is_an_error_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        asyncio.run(Listener(Router(), taken.getsockname()[1]).start())
