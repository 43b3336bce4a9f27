"""Clients of two documents, as generated and wrong in one named way, and recordings made by hand to play to them."""

import importlib
import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assay import claims, client, contract
from assay.claims import Ledger
from assay.client import Client, subject
from assay.judge.verdicts import ClaimVerdict
from assay.recording import Recording, RunHeader
from assay.recording.exchange import Exchange, Reply, Request
from selftests import unmeasured

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = ROOT / "conformance/selftests/documents"
sys.path.insert(0, str(ROOT / "scripts"))  # as running a script from there does

HEADER = RunHeader(
    contract={"title": "Generation Jobs", "version": "1.0.0", "digest": "d1"},
    target={"name": "staging", "base_url": "https://jobs.example", "build": "", "digest": "d2"},
    seed=5,
    started="2026-03-01T10:00:00Z",
    versions={"assay": "0.1.0"},
)

Found = dict[str, ClaimVerdict]
"""By the id of the claim, without the operation and `client`: `200/decodes`, `undocumented`."""


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    return claims.ledger(contract.load(ROOT / "spec/openapi.yaml", [ROOT / "spec/promises.overlay.yaml"]))


@pytest.fixture(scope="session")
def library_ledger() -> Ledger:
    return claims.ledger(contract.load(LIBRARY / "library.yaml", [LIBRARY / "library.overlay.yaml"]))


@pytest.fixture(scope="session")
def importable() -> Iterator[Callable[[Path], None]]:
    """Make a package importable for the rest of the session."""
    with pytest.MonkeyPatch.context() as patch:

        def add(package: Path) -> None:
            patch.syspath_prepend(str(package.parent))
            importlib.invalidate_caches()

        yield add
    for name in [name for name in sys.modules if "_as_subject" in name]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory, importable: Callable[[Path], None]) -> Callable[..., Client]:
    """The client of a contract as openapi-python-client by itself writes it, with no template of ours."""
    document_of = importlib.import_module("client_document").client_document  # found only now: see the path above

    def make(of: Ledger, package: str) -> Client:
        folder = tmp_path_factory.mktemp("generated")
        (folder / "document.json").write_text(json.dumps(document_of(of.contract)))
        (folder / "settings.json").write_text(json.dumps({"package_name_override": package, "post_hooks": []}))
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "document.json"]
        command += ["--config", "settings.json", "--meta", "none", "--output-path", package, "--fail-on-warning"]
        ran = subprocess.run(
            command, cwd=folder, env=unmeasured.environment(), capture_output=True, encoding="utf-8", check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        importable(folder / package)
        return client.load(package, of.contract)

    return make


@pytest.fixture(scope="session")
def jobs(ledger: Ledger, generated: Callable[..., Client]) -> Client:
    return generated(ledger, "jobs_as_subject")


@pytest.fixture(scope="session")
def library(library_ledger: Ledger, generated: Callable[..., Client]) -> Client:
    return generated(library_ledger, "library_as_subject")


@pytest.fixture(scope="session")
def library_as_shipped(
    tmp_path_factory: pytest.TempPathFactory, library_ledger: Ledger, importable: Callable[[Path], None]
) -> Client:
    """As regenerate.py writes it."""
    out, package = tmp_path_factory.mktemp("shipped") / "client", "shipped_library_as_subject"
    options = ["--spec", LIBRARY / "library.yaml", "--overlay", LIBRARY / "library.overlay.yaml"]
    command = [sys.executable, ROOT / "scripts/regenerate.py", *options, "--out", out, "--package", package]
    ran = subprocess.run(
        list(map(str, command)), cwd=ROOT, env=unmeasured.environment(), capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    importable(out / package)
    return client.load(package, library_ledger.contract)


@pytest.fixture(scope="session")
def changed(
    tmp_path_factory: pytest.TempPathFactory, jobs: Client, ledger: Ledger, importable: Callable[[Path], None]
) -> Callable[..., Client]:
    """A client, that of the jobs unless told, with code of it replaced: `changed("models/job.py", old, new)`."""
    numbers = itertools.count()

    def make(file: str, *replaced: str, original: Client = jobs, of: Ledger = ledger) -> Client:
        package = tmp_path_factory.mktemp("changed") / f"changed_{next(numbers)}_as_subject"
        source = Path(importlib.import_module(original.package).__path__[0])
        shutil.copytree(source, package, ignore=shutil.ignore_patterns("__pycache__"))
        code = (package / file).read_text()
        for old, new in zip(replaced[::2], replaced[1::2], strict=True):
            assert old in code, old
            code = code.replace(old, new)
        (package / file).write_text(code)
        importable(package)
        return client.load(package.name, of.contract)

    return make


@pytest.fixture(scope="session")
def exchange() -> Callable[..., Exchange]:
    """One response: `body` is data, or the bytes themselves."""

    def make(status: int, body: Any = None, media: str = "application/json", **others: Any) -> Exchange:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        made = {
            "id": 1, "step": "getJob 200", "role": "state", "operation": "getJob", "due": "200", "grade": "natural",
            "sent": 1.0, "received": 1.5, "request": Request("GET", "https://jobs.example/v1/jobs/1", ()),
            "reply": Reply(status, (("Content-Type", media),) if media else (), content),
        }  # fmt: skip
        return Exchange(**{**made, **others})

    return make


@pytest.fixture(scope="session")
def recorded() -> Callable[..., Recording]:
    def make(*exchanges: Exchange, header: RunHeader = HEADER) -> Recording:
        return Recording(header, exchanges, "2026-03-01T10:05:00Z", complete=True, interrupted=False)

    return make


@pytest.fixture(scope="session")
def found(ledger: Ledger, recorded: Callable[..., Recording]) -> Callable[..., Found]:
    """What the subject says of a client after these exchanges of one operation."""

    def make(shipped: Client, *exchanges: Exchange, of: Ledger = ledger) -> Found:
        verdicts = subject.verdicts(shipped, of, recorded(*exchanges), gates=True).claims
        operation = exchanges[0].operation
        return {
            each.claim.id.split("/", 1)[1].replace("client/", ""): each
            for each in verdicts
            if each.claim.operation == operation
        }

    return make
