"""The `assay` command: as its users start it, and in this process, which spares its imports and shows as much."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from attrs import frozen

from assay import cli
from selftests.running import miniatures
from selftests.running.miniatures import Behaviour, Miniature

BOUND = 120.0
"""Seconds after which a command is given up; none comes near."""


_SET = (signal.SIGINT, signal.SIGTERM, signal.SIGTSTP, signal.SIGHUP)
"""Signals whose handlers `check` sets."""


@frozen
class Said:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


Command = Callable[..., Said]


def executable() -> str:
    """As installed beside this Python."""
    found = shutil.which("assay", path=str(Path(sys.executable).parent))
    assert found is not None
    return found


def surroundings(**changes: str) -> dict[str, str]:
    """The environment, without what the terminal of whoever runs the tests may say."""
    told = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "CI", "HYPOTHESIS_STORAGE_DIRECTORY")
    return {**{key: value for key, value in os.environ.items() if key not in told}, **changes}


@pytest.fixture(scope="session")
def root(pytestconfig: pytest.Config) -> Path:
    """The checkout."""
    return pytestconfig.rootpath


@pytest.fixture(scope="session")
def installed() -> Command:
    """Run the installed command in a process of its own."""

    def run(*arguments: object, cwd: Path, **environment: str) -> Said:
        done = subprocess.run(
            [executable(), *map(str, arguments)], cwd=cwd, env=surroundings(**environment), timeout=BOUND,
            stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def assay(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Command]:
    """Run the command in this process, in an empty folder unless told. What `check` starts is a process of its own."""

    def run(*arguments: object, cwd: Path = tmp_path) -> Said:
        capfd.readouterr()
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["assay", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Said(ended.value.code, out, err)

    before = {kind: signal.getsignal(kind) for kind in _SET}
    yield run
    for kind, handler in before.items():
        signal.signal(kind, handler)


@pytest.fixture
def start() -> Iterator[Callable[[Behaviour], Miniature]]:
    """Start a miniature server; it is stopped when the test is over."""
    with ExitStack() as open_ones:
        yield lambda behaviour: open_ones.enter_context(miniatures.running(behaviour))


@pytest.fixture
def things(tmp_path: Path) -> Path:
    """The document that the miniatures obey."""
    (tmp_path / "things.yaml").write_text(miniatures.THINGS)
    return tmp_path / "things.yaml"


@pytest.fixture
def target(tmp_path: Path) -> Callable[..., Path]:
    """Write a target file on Things; gives its path."""

    def write(url: str, rest: str = "", name: str = "target.toml") -> Path:
        (tmp_path / name).write_text(
            f'name = "miniature"\nbase_url = "{url}"\n[credentials.default]\nbearer = "{miniatures.KEY}"\n{rest}\n'
        )
        return tmp_path / name

    return write


@frozen
class Checked:
    """The reference provider, checked once for all tests of this folder."""

    said: Said
    report: Path


@pytest.fixture(scope="session")
def checked(installed: Command, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    report = tmp_path_factory.mktemp("reference") / "a new folder"
    # what generated requests find is not what these tests are about
    return Checked(installed("check", "--report", report, "--examples", 0, cwd=root), report)
