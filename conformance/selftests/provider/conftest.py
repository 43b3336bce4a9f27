"""The provider as its users meet it: served by uvicorn on a loopback port, for all tests of this folder.

Whatever a test sets up, `enter` takes down, so that the order of tests does not matter.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx
import pytest
import uvicorn

from jobs_provider import seed
from jobs_provider.accounts import Account
from jobs_provider.app import CONTROL_PORT

STARTS_WITHIN = 10.0

Enter = Callable[..., AbstractContextManager[dict[str, str]]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _bearer(account: Account) -> dict[str, str]:
    key = next(key for key, owner in seed.ACCOUNTS.items() if owner is account)
    return {"Authorization": f"Bearer {key}"}


@contextmanager
def _served() -> Iterator[str]:
    """The base URL of a provider with the environment as it is."""
    port = _free_port()
    config = uvicorn.Config(
        "jobs_provider.app:create_app",
        factory=True,
        port=port,
        log_config=None,
        ws="none",
        timeout_keep_alive=60,  # so that no connection is closed under a test that was slow to come
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
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
def free_port() -> Callable[[], int]:
    return _free_port


@pytest.fixture(scope="session")
def bearer() -> Callable[[Account], dict[str, str]]:
    """The headers that an account sends."""
    return _bearer


@pytest.fixture(scope="session")
def served() -> Callable[[], AbstractContextManager[str]]:
    """A provider of one's own, for what would disturb the others."""
    return _served


@pytest.fixture(scope="session")
def control_port() -> int:
    return _free_port()


@pytest.fixture(scope="session")
def base_url(control_port: int) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(CONTROL_PORT, str(control_port))
        with _served() as url:
            yield url


@pytest.fixture(scope="session")
def anonymous(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def api(base_url: str) -> Iterator[httpx.Client]:
    """The API as the default account sees it."""
    with httpx.Client(base_url=base_url, headers=_bearer(seed.DEFAULT), trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def control(base_url: str, control_port: int) -> Iterator[httpx.Client]:
    assert base_url, "the control interface lives as long as the public one"
    with httpx.Client(base_url=f"http://127.0.0.1:{control_port}", trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def enter(control: httpx.Client) -> Enter:
    """`with enter("the state", param=…) as injected:`"""

    @contextmanager
    def entered(state: str, **params: object) -> Iterator[dict[str, str]]:
        change = {"state": state, "params": params}
        injected: dict[str, str] = control.post("/states", json=change).raise_for_status().json()
        try:
            yield injected
        finally:
            control.post("/states", json={**change, "action": "teardown"}).raise_for_status()

    return entered
