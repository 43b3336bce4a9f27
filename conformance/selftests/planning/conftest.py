"""Targets written for one test each, and contracts to plan for. Nothing here is sent."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from assay import claims, contract
from assay.claims import Ledger
from assay.errors import UserError
from assay.target import Target, target_file

settings.register_profile(
    "planning",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("planning")

ROOT = Path(__file__).resolve().parents[3]
HEAD = 'name = "staging"\nbase_url = "https://things.example"\n'


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout, where pyproject.toml is."""
    return ROOT


@pytest.fixture(scope="session")
def flagship(root: Path) -> Ledger:
    return claims.ledger(contract.load(root / "spec/openapi.yaml", [root / "spec/promises.overlay.yaml"]))


@pytest.fixture(scope="session")
def library(root: Path) -> Ledger:
    folder = root / "conformance/selftests/documents"
    return claims.ledger(contract.load(folder / "library.yaml", [folder / "library.overlay.yaml"]))


@pytest.fixture(scope="session")
def ledger_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Ledger]:
    """The ledger of a document."""

    def make(document: str) -> Ledger:
        path = tmp_path_factory.mktemp("contract") / "openapi.yaml"
        path.write_text(document)
        return claims.ledger(contract.load(path))

    return make


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A target file: a name and a URL, in two lines, and what is given."""

    def make(text: str, head: str = HEAD) -> Path:
        path = tmp_path_factory.mktemp("target") / "target.toml"
        path.write_text(head + text, encoding="utf-8")
        return path

    return make


@pytest.fixture(scope="session")
def loaded(file: Callable[..., Path]) -> Callable[..., Target]:
    def make(text: str = "", head: str = HEAD) -> Target:
        return target_file.load(file(text, head))

    return make


@pytest.fixture(scope="session")
def refused(file: Callable[..., Path]) -> Callable[..., UserError]:
    """The error that a target file ends with; `where` without the folder."""

    def make(text: str = "", head: str = HEAD) -> UserError:
        path = file(text, head)
        with pytest.raises(UserError) as caught:
            target_file.load(path)
        caught.value.where = caught.value.where.replace(str(path), "target.toml")
        return caught.value

    return make
