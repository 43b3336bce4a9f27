"""Documents written for one test each, and what comes of them. Property tests draw the same values each time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, settings

from assay import contract
from assay.claims import Ledger, checks, ledger
from assay.claims.keywords import Schemas
from assay.contract import Contract, document
from assay.errors import UserError

settings.register_profile(
    "contract",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("contract")

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = "/paths/~1x/get/responses/200/content/application~1json/schema"


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout, where pyproject.toml is."""
    return ROOT


@pytest.fixture(scope="session")
def flagship(root: Path) -> Ledger:
    return ledger(contract.load(root / "spec/openapi.yaml", [root / "spec/promises.overlay.yaml"]))


@pytest.fixture(scope="session")
def library(root: Path) -> Ledger:
    folder = root / "conformance/selftests/documents"
    return ledger(contract.load(folder / "library.yaml", [folder / "library.overlay.yaml"]))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A file with this text, or with these data as YAML."""
    folder = tmp_path_factory.mktemp("documents")

    def write(content: Any, name: str = "api.yaml") -> Path:
        path = folder / name
        path.write_text(
            content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False), encoding="utf-8"
        )
        return path

    return write


@pytest.fixture(scope="session")
def document_of() -> Callable[..., dict[str, Any]]:
    """A document with one operation, `GET /x`, whose 200 has this schema; `more` are members of its root."""

    def make(schema: Any, version: str = "3.1.0", schemas: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        answer = {"description": "OK", "content": {"application/json": {"schema": schema}}}
        return {
            "openapi": version,
            "info": {"title": "Things", "version": "1.0.0"},
            "paths": {"/x": {"get": {"operationId": "getX", "responses": {"200": answer}}}},
            "components": {"schemas": schemas or {}},
            **more,
        }

    return make


@pytest.fixture(scope="session")
def loaded(written: Callable[..., Path]) -> Callable[..., Contract]:
    """The contract of a document (text or data) with overlays, each a list of actions."""

    def load(content: Any, *overlays: list[dict[str, Any]]) -> Contract:
        head = {"overlay": "1.0.0", "info": {"title": "Promises", "version": "1.0.0"}}
        layers = [written({**head, "actions": each}, f"overlay{i}.yaml") for i, each in enumerate(overlays)]
        return contract.load(written(content), layers)

    return load


@pytest.fixture(scope="session")
def refused(loaded: Callable[..., Contract]) -> Callable[..., UserError]:
    """The error that a document, or its claims, ends with."""

    def load(content: Any, *overlays: list[dict[str, Any]]) -> UserError:
        with pytest.raises(UserError) as caught:
            ledger(loaded(content, *overlays))
        return caught.value

    return load


@pytest.fixture(scope="session")
def schemas_of(document_of: Callable[..., dict[str, Any]]) -> Callable[..., Schemas]:
    """The schemas of a document that nothing has checked, so that thousands can be tried; the first is at SCHEMA."""

    def make(schema: Any, version: str = "3.1.0", schemas: dict[str, Any] | None = None) -> Schemas:
        data = document_of(schema, version, schemas)
        source = document.Document(Path("api.yaml"), data, "")
        return Schemas(Contract("Things", "1.0.0", version, "", (), (), (), data, {}, source))

    return make


@pytest.fixture(scope="session")
def faults(schemas_of: Callable[..., Schemas]) -> Callable[..., tuple[bool, list[str]]]:
    """Whether the validator accepts a value, and the names of the checks that it breaks."""

    def judge(
        schema: Any, value: Any, version: str = "3.1.0", schemas: dict[str, Any] | None = None
    ) -> tuple[bool, list[str]]:
        made = schemas_of(schema, version, schemas)
        found = checks.walk(made.tree(SCHEMA), value)
        return made.validator(SCHEMA).is_valid(value), [each.check.name for each in found if each.fault is not None]

    return judge


@pytest.fixture(scope="session")
def at_schema() -> str:
    """Where `document_of` puts its schema."""
    return SCHEMA
