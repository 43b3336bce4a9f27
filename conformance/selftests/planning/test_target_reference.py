"""docs/targets.md says what the target file says: every key is in it, and every example can be read."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from assay import plan, shapes
from assay.claims import Ledger
from assay.errors import UserError
from assay.target import target_file

PAGE = (Path(__file__).resolve().parents[3] / "docs/targets.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
HEAD = 'name = "staging"\nbase_url = "https://staging.example.com"\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files are of which the examples speak."""
    made, authority = tmp_path_factory.mktemp("targets"), trustme.CA()
    leaf = authority.issue_cert("assay@example.com")
    authority.cert_pem.write_to_path(str(made / "company-ca.pem"))
    leaf.cert_chain_pems[0].write_to_path(str(made / "assay.pem"))
    leaf.private_key_pem.write_to_path(str(made / "assay.key"))
    return made


@pytest.fixture
def example(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    text: str = request.param
    for variable in re.findall(r'env = "(\w+)"', text):
        monkeypatch.setenv(variable, f"value-of-{variable}")
    path = folder / "target.toml"
    path.write_text(text if text.startswith("name") else HEAD + text, encoding="utf-8")
    return path


@pytest.mark.parametrize("example", EXAMPLES, indirect=True, ids=lambda text: text.splitlines()[0])
def test_every_example_is_a_target_file(example: Path) -> None:
    assert target_file.load(example).base_url


@pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if "getJob" in each], indirect=True, ids=lambda text: text.splitlines()[0]
)
def test_every_example_about_an_operation_fits_its_document(example: Path, flagship: Ledger) -> None:
    assert plan.plan(flagship, target_file.load(example), seed=1).steps


def test_what_the_page_says_is_refused_is_refused(folder: Path) -> None:
    path = folder / "target.toml"
    path.write_text(f"{HEAD}[http]\nprobe = false\n")
    with pytest.raises(UserError, match="unknown key 'probe'"):
        target_file.load(path)


def keys(schema: dict[str, Any], root: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    for name, member in schema.get("properties", {}).items():
        yield name
        if isinstance(member, dict):
            yield from keys(member, root)
    for below in (schema.get("additionalProperties"), *schema.get("oneOf", ())):
        if isinstance(below, dict):
            yield from keys(below, root)


def test_every_key_has_its_line() -> None:
    root = shapes.schema("target")
    told = {word for code in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"\w+", code)}
    assert sorted(set(keys(root, root)) - told) == []


def test_the_example_to_begin_with_fits_the_document(
    root: Path, flagship: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "conformance/targets/staging.example.toml"
    for variable in re.findall(r'^\w+ = { env = "(\w+)"', path.read_text(), re.MULTILINE):
        monkeypatch.setenv(variable, f"value-of-{variable}")
    planned = plan.plan(flagship, target_file.load(path), seed=1)
    assert {each.status for each in planned.unplanned} == set()
