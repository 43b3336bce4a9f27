"""One generated client a document for all tests here: writing one takes seconds."""

import importlib
import io
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))  # as running a script from there does

Ran = subprocess.CompletedProcess[str]
Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout, where pyproject.toml is."""
    return ROOT


@pytest.fixture(scope="session")
def run() -> Run:
    """Call the script in this process, which spares each test its imports."""
    regenerate = importlib.import_module("regenerate")  # found only now: see the path above

    def run(*arguments: object, cwd: Path = ROOT) -> Ran:
        words, out, err = [str(each) for each in arguments], io.StringIO(), io.StringIO()
        with chdir(cwd), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            regenerate.main(words)
        code = ended.value.code
        assert isinstance(code, int)
        return Ran(words, code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture(scope="session")
def run_seeded() -> Run:
    """Run the script as a program, under a hash seed."""

    def run(seed: int, *arguments: object) -> Ran:
        command = [sys.executable, str(ROOT / "scripts/regenerate.py"), *map(str, arguments)]
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)

    return run


@pytest.fixture(scope="session")
def library(library_options: list[object], run_seeded: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution that comes of the second document."""
    out = tmp_path_factory.mktemp("library") / "client"
    ran = run_seeded(1, *library_options, "--out", out)
    assert ran.returncode == 0, ran.stderr
    return out


@pytest.fixture(scope="session")
def library_options() -> list[object]:
    documents = ROOT / "conformance/selftests/documents"
    return ["--spec", documents / "library.yaml", "--overlay", documents / "library.overlay.yaml"]
