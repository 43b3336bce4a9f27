"""A folder of wheels + the engine's sources → nothing, or an AssertionError that says what is wrong with the wheels.

    python check_wheel.py dist conformance/assay

What is in each wheel, and whether the engine works from its wheel alone: in a new environment, outside the checkout,
at a server that it has never heard of. Not a test that pytest collects, for it installs packages: the session `build`
runs it. Standard library only.
"""

import email
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CONFORMANT, VIOLATED = 0, 1
"""Exit statuses of `assay check`."""

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Greetings", "version": "1.0.0"},
    "paths": {
        "/greetings/{language}": {
            "get": {
                "operationId": "getGreeting",
                "parameters": [
                    {"name": "language", "in": "path", "required": True, "schema": {"type": "string"}, "example": "en"}
                ],
                "responses": {
                    "200": {
                        "description": "The greeting.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["greeting"],
                                    "properties": {"greeting": {"type": "string"}},
                                }
                            }
                        },
                    },
                    "404": {
                        "description": "Nobody speaks it.",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["error"],
                                    "properties": {"error": {"type": "string"}},
                                }
                            }
                        },
                    },
                },
            }
        }
    },
}


class Obedient(BaseHTTPRequestHandler):
    """Does what DOCUMENT says."""

    greeting: object = "Good morning"

    def do_GET(self) -> None:
        if self.path == "/greetings/en":
            self._answer(200, {"greeting": self.greeting})
        else:
            self._answer(404, {"error": "nobody speaks that"})

    def do_POST(self) -> None:
        self._refuse()

    def do_PUT(self) -> None:
        self._refuse()

    def do_PATCH(self) -> None:
        self._refuse()

    def do_DELETE(self) -> None:
        self._refuse()

    def _refuse(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(405, {"error": "there is only GET"})

    def _answer(self, status: int, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Mistyped(Obedient):
    """Wrong in one way: its greeting is no text."""

    greeting = 42


def check_engine(wheel: Path, sources: Path) -> None:
    """Every module and data file of the engine is there, and nothing else of this checkout."""
    expected = {
        f"assay/{path.relative_to(sources).as_posix()}"
        for path in sources.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found, metadata = _contents(wheel), _metadata_folder(wheel)
    packed = {name for name in found if not name.startswith(metadata)}
    assert packed == expected, f"missing: {sorted(expected - packed)}; not the engine's: {sorted(packed - expected)}"
    for part in ("py.typed", "cli/", "plugin.py", "suite/", "schemas/"):
        assert any(name.startswith(f"assay/{part}") for name in found), f"{part} is missing"
    assert f"{metadata}licenses/LICENSE" in found, "the licence is missing"
    entry_points = _text(wheel, f"{metadata}entry_points.txt")
    for entry_point in ("[console_scripts]\nassay = assay.entry:main", "[pytest11]\nassay = assay.plugin"):
        assert entry_point in entry_points, f"{entry_point!r} is missing among the entry points"


def check_client(wheel: Path) -> None:
    """A typed package that needs httpx and attrs, and nothing else."""
    packages = {name.split("/")[0] for name in _contents(wheel) if not name.startswith(_metadata_folder(wheel))}
    assert len(packages) == 1, f"one package was expected: {sorted(packages)}"
    assert f"{packages.pop()}/py.typed" in _contents(wheel), "py.typed is missing"
    metadata = email.message_from_string(_text(wheel, f"{_metadata_folder(wheel)}METADATA"))
    needed = {re.split(r"[^\w.-]", requirement)[0] for requirement in metadata.get_all("Requires-Dist", [])}
    assert needed == {"attrs", "httpx"}, f"the client needs {sorted(needed)}"


def check_use(wheel: Path) -> None:
    """Installed alone, the engine passes a server that obeys its document, and fails one that does not."""
    with tempfile.TemporaryDirectory(prefix="assay-wheel-") as name:
        folder = Path(name)
        programs = _environment(folder / "venv", wheel)
        (folder / "openapi.json").write_text(json.dumps(DOCUMENT), "utf-8")
        for server, status in ((Obedient, CONFORMANT), (Mistyped, VIOLATED)):
            with _serving(server) as url:
                ended = _assay_check(programs / "assay", folder, url)
            assert ended == status, f"at {server.__name__} assay ended {ended}, not {status}"
            results = json.loads((folder / "report" / "results.json").read_text("utf-8"))
            assert (results["exit_status"], results["target"]["base_url"]) == (status, url), "not this run's results"


def _environment(folder: Path, wheel: Path) -> Path:
    """Make one with nothing but the wheel and what it asks for; give the folder of its programs."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    command = [programs / "python", "-m", "pip", "install", "--quiet", wheel.resolve()]
    subprocess.run([str(part) for part in command], check=True)
    return programs


def _assay_check(assay: Path, folder: Path, url: str) -> int:
    command = [str(assay), "check", "--spec", "openapi.json", "--url", url, "--report", "report"]
    outside = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(command, cwd=folder, env=outside, check=False).returncode


@contextmanager
def _serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def _contents(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def _text(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(name).decode()


def _metadata_folder(wheel: Path) -> str:
    return "-".join(wheel.name.split("-")[:2]) + ".dist-info/"


def main(dist: Path, sources: Path) -> None:
    wheels = sorted(dist.glob("*.whl"))
    engines = [wheel for wheel in wheels if wheel.name.startswith("assay_conformance-")]
    assert (len(wheels), len(engines)) == (2, 1), f"an engine and a client were expected: {wheels}"
    (engine,), (client,) = engines, [wheel for wheel in wheels if wheel not in engines]
    check_engine(engine, sources)
    check_client(client)
    check_use(engine)
    print(f"{engine.name} and {client.name} are whole, and the engine works by itself")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
