"""The client, the reference provider over real HTTP, and a server that answers whatever a test tells it to."""

import functools
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import uvicorn
from attrs import define, field

from generation_jobs_client import AsyncClient, Client
from generation_jobs_client._timing import Timing
from jobs_provider import seed
from jobs_provider.accounts import Account
from jobs_provider.app import CONTROL_PORT

STARTS_WITHIN = 10.0
CROWD = Account("crowd", limit=1000)
"""A customer whose plan has room for all that a test sends at once."""
KEYS = {account.name: key for key, account in seed.ACCOUNTS.items()} | {CROWD.name: "gj_crowd_7hTq2WnZ"}

Enter = Callable[..., AbstractContextManager[dict[str, str]]]
EitherClient = Client | AsyncClient


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GENERATION_JOBS_API_KEY", "GENERATION_JOBS_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session", autouse=True)
def _certificates_once() -> Iterator[None]:
    """Each HTTP client reads all certificates of the machine anew, which takes longer than most tests here."""
    made = "httpx._transports.default.create_ssl_context"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, functools.cache(httpx.create_ssl_context))
        yield


# The reference provider ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def control_port() -> int:
    return _free_port()


@pytest.fixture(scope="session")
def provider(control_port: int) -> Iterator[str]:
    """Its base URL."""
    port = _free_port()
    server = uvicorn.Server(
        uvicorn.Config(
            "jobs_provider.app:create_app", factory=True, port=port, log_config=None, ws="none", timeout_keep_alive=60
        )
    )
    thread = threading.Thread(target=server.run)
    with pytest.MonkeyPatch.context() as patch:
        # read while the provider starts; what else is tested in this process has the accounts as they were
        patch.setenv(CONTROL_PORT, str(control_port))
        patch.setattr(seed, "ACCOUNTS", {**seed.ACCOUNTS, KEYS[CROWD.name]: CROWD})
        thread.start()
        deadline = time.monotonic() + STARTS_WITHIN
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.005)
    try:
        assert server.started
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(STARTS_WITHIN)
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def enter(provider: str, control_port: int) -> Iterator[Enter]:
    """`with enter("the state", param=…) as injected:`"""
    assert provider, "the control interface lives as long as the public one"
    with httpx.Client(base_url=f"http://127.0.0.1:{control_port}", trust_env=False) as control:

        @contextmanager
        def entered(state: str, **params: object) -> Iterator[dict[str, str]]:
            change = {"state": state, "params": params}
            injected: dict[str, str] = control.post("/states", json=change).raise_for_status().json()
            try:
                yield injected
            finally:
                control.post("/states", json={**change, "action": "teardown"}).raise_for_status()

        yield entered


@pytest.fixture
def api(provider: str) -> Iterator[Client]:
    """A client of the default account that repeats nothing."""
    with Client(KEYS["default"], base_url=provider, max_retries=0) as client:
        yield client


# A server by the script ---------------------------------------------------------------------------------------------


@define
class Script:
    """What comes next: (status, headers, body), or a function of the handler. The last one is repeated."""

    url: str
    answers: deque[Any] = field(factory=deque)
    requests: list[tuple[str, str, dict[str, str]]] = field(factory=list)
    """Method, path and headers (in lower case) of what came."""

    def will(self, *answers: Any) -> None:
        self.answers.clear()
        self.answers.extend(answers)
        self.requests.clear()


@pytest.fixture(scope="session")
def script_server() -> Iterator[Script]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.requests.append((self.command, self.path, headers))
            answer = found.answers.popleft() if len(found.answers) > 1 else found.answers[0]
            if callable(answer):
                answer(self)
                return
            status, headers, body = answer
            self.send_response_only(status, "Whatever")
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Script(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def script(script_server: Script) -> Script:
    """A server over real HTTP: `script.will((503, {}, b""), (200, {}, body))`."""
    script_server.will((404, {}, b""))
    return script_server


# Time ---------------------------------------------------------------------------------------------------------------


class Clock(Timing):
    """Time that passes only in pauses, which it remembers. Chance is always at its longest."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wall_clock(self) -> float:
        return 1_700_000_000.0 + self.now

    def jitter(self) -> float:
        return 1.0

    def sleep(self, seconds: float, cancel: threading.Event | None = None) -> None:
        assert cancel is None or not cancel.is_set()
        self.pauses.append(round(seconds, 3))
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(clock: Clock) -> Callable[[Any], Any]:
    """A client whose pauses take no time."""

    def timed(client: EitherClient) -> EitherClient:
        client._client._setup = replace(client._client._setup, timing=clock)
        return client

    return timed


@pytest.fixture
def fast(script: Script, timed: Callable[[Any], Any]) -> Iterator[Client]:
    """A client of the script, with the defaults, whose pauses take no time."""
    with Client("key", base_url=script.url) as client:
        yield timed(client)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
