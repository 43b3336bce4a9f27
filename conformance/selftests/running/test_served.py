"""A target that assay starts itself: found, waited for, and stopped with all that it started."""

import importlib.util
import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from assay.errors import UserError
from assay.run import drivers
from assay.target import Target, target_file

SERVER = """
import http.server, os, signal, subprocess, sys
{before}
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.end_headers()
        self.wfile.write(os.environ.get("GREETING", "").encode())
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
APP = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"an app"})
"""

Load = Callable[[str], Target]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(serve: str) -> Target:
        file = tmp_path / "target.toml"
        file.write_text(f'name = "own"\n{serve}\n[credentials.default]\nbearer = "a-key-that-nobody-may-see"\n')
        return target_file.load(file)

    return load


def command(folder: Path, *, before: str = "", status: int = 200, below_a_shell: bool = False) -> str:
    """[serve] with a program that listens on {port.http}."""
    program = folder / "server.py"
    program.write_text(SERVER.format(before=before, status=status))
    words = [sys.executable, str(program), "{port.http}"]
    return f"[serve]\ncommand = {json.dumps(['sh', '-c', ' '.join(words) + ' & wait'] if below_a_shell else words)}\n"


def get(loaded: Target) -> httpx.Response:
    with httpx.Client(trust_env=False) as client:
        return client.get(loaded.base_url)


def is_open(loaded: Target) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(loaded.base_url.rpartition(":")[2]))) == 0


def test_a_command_serves_and_is_stopped(load: Load, tmp_path: Path) -> None:
    loaded = load(command(tmp_path) + 'env = { GREETING = "hello" }')
    with drivers.served(loaded, tmp_path / "new" / "target.log") as process:
        assert get(loaded).text == "hello"
    assert process is not None
    assert process.returncode == -signal.SIGTERM
    assert not is_open(loaded)


def test_what_it_says_is_kept(load: Load, tmp_path: Path) -> None:
    with drivers.served(load(command(tmp_path, before='print("up", flush=True)')), tmp_path / "target.log"):
        pass
    assert (tmp_path / "target.log").read_text().startswith("up\n")


def test_an_app_of_the_working_directory_serves(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "an_app_of_its_own.py").write_text(APP)
    monkeypatch.chdir(tmp_path)
    loaded = load('[serve]\napp = "an_app_of_its_own:app"')
    with drivers.served(loaded, tmp_path / "target.log"):
        assert get(loaded).text == "an app"
    assert not is_open(loaded)


def test_it_is_ready_when_it_does_not_answer_5xx(load: Load, tmp_path: Path) -> None:
    loaded = load(command(tmp_path, status=404))
    with drivers.served(loaded, tmp_path / "target.log"):
        assert get(loaded).status_code == 404


def test_a_server_below_a_shell_is_stopped_too(load: Load, tmp_path: Path) -> None:
    loaded = load(command(tmp_path, below_a_shell=True))
    with drivers.served(loaded, tmp_path / "target.log"):
        assert is_open(loaded)
    assert not is_open(loaded)


def test_a_server_that_outlives_its_shell_is_stopped_too(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "_STOP_WITHIN", 0.3)
    loaded = load(command(tmp_path, below_a_shell=True, before="signal.signal(signal.SIGTERM, signal.SIG_IGN)"))
    with drivers.served(loaded, tmp_path / "target.log"):
        assert is_open(loaded)
    wait_until(lambda: not is_open(loaded))


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not true():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_server_that_ignores_sigterm_is_killed(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "_STOP_WITHIN", 0.3)
    loaded = load(command(tmp_path, before="signal.signal(signal.SIGTERM, signal.SIG_IGN)"))
    with drivers.served(loaded, tmp_path / "target.log") as process:
        pass
    assert process is not None
    assert process.returncode == -signal.SIGKILL


def test_a_server_is_stopped_where_the_run_fails(load: Load, tmp_path: Path) -> None:
    loaded = load(command(tmp_path))
    with pytest.raises(ZeroDivisionError), drivers.served(loaded, tmp_path / "target.log"):
        raise ZeroDivisionError
    assert not is_open(loaded)


def test_a_server_that_ended_already_is_no_fault(load: Load, tmp_path: Path) -> None:
    with drivers.served(load(command(tmp_path)), tmp_path / "target.log") as process:
        assert process is not None
        process.kill()
        process.wait()


def test_a_target_that_is_started_elsewhere_is_left_alone(tmp_path: Path) -> None:
    with drivers.served(target_file.from_url("http://127.0.0.1:9"), tmp_path / "target.log") as process:
        assert process is None
    assert not (tmp_path / "target.log").exists()


def test_it_can_be_started_from_any_thread(load: Load, tmp_path: Path) -> None:
    """Only the main thread may set what a signal does."""
    loaded, answered = load(command(tmp_path)), list[int]()

    def serve() -> None:
        with drivers.served(loaded, tmp_path / "target.log"):
            answered.append(get(loaded).status_code)

    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()
    assert answered == [200]


def test_sigterm_before_it_is_ready_does_not_leave_it_behind(load: Load, tmp_path: Path) -> None:
    loaded = load(command(tmp_path, status=500, before="os.kill(os.getppid(), signal.SIGTERM)"))
    with pytest.raises(KeyboardInterrupt), drivers.served(loaded, tmp_path / "target.log"):
        pytest.fail("it was never ready")
    wait_until(lambda: not is_open(loaded))
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def refused(load: Load, serve: str, folder: Path) -> UserError:
    with pytest.raises(UserError) as told, drivers.served(load(serve), folder / "target.log"):
        pytest.fail("it cannot have been ready")
    assert told.value.where.startswith(f"{folder / 'target.toml'}:2") or "app" in serve
    assert told.value.todo
    return told.value


def test_an_app_that_is_not_there_is_named(load: Load, tmp_path: Path) -> None:
    told = refused(load, '[serve]\napp = "no_such_module.sub:app"', tmp_path)
    assert told.what == "there is no module 'no_such_module' in this environment"
    assert told.where.endswith("target.toml:3")


def test_a_relative_module_is_not_there(load: Load, tmp_path: Path) -> None:
    assert "there is no module ''" in refused(load, '[serve]\napp = ".app:app"', tmp_path).what


def test_uvicorn_that_is_missing_is_asked_for(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else find(name))
    told = refused(load, '[serve]\napp = "json:app"', tmp_path)
    assert "needs uvicorn" in told.what
    assert told.todo == "pip install 'assay-conformance[serve]'"


def test_an_app_that_cannot_be_loaded_is_told_with_its_last_words(load: Load, tmp_path: Path) -> None:
    told = refused(load, '[serve]\napp = "json:no_such_app"', tmp_path)
    assert "ended by itself with status" in told.what
    assert 'Attribute "no_such_app" not found in module "json"' in told.todo


def test_last_words_hold_no_credential(load: Load, tmp_path: Path) -> None:
    crash = 'sys.exit("cannot use a-key-that-nobody-may-see")'
    told = refused(load, command(tmp_path, before=crash), tmp_path)
    assert "cannot use «credential:default»" in told.todo


def test_a_target_that_ends_without_a_word_is_told(load: Load, tmp_path: Path) -> None:
    told = refused(load, command(tmp_path, before="os._exit(7)"), tmp_path)
    assert "status 7" in told.what
    assert "it said nothing" in told.todo


def test_a_command_that_is_not_there_is_named(load: Load, tmp_path: Path) -> None:
    told = refused(load, '[serve]\ncommand = ["/no/such/program"]', tmp_path)
    assert told.what == "cannot start '/no/such/program': No such file or directory"


def test_a_target_that_never_is_ready_is_given_up(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drivers, "_START_WITHIN", 0.5)
    told = refused(load, command(tmp_path, status=503) + 'ready = "/healthz"', tmp_path)
    assert told.what.endswith("/healthz within 0.5 s")


def test_a_target_that_listens_elsewhere_is_given_up(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "_START_WITHIN", 0.5)
    loaded = load('[serve]\ncommand = ["sleep", "600"]')
    with pytest.raises(UserError, match="did not answer"), drivers.served(loaded, tmp_path / "target.log"):
        pytest.fail("it cannot have been ready")
