"""scripts/regenerate.py as a user runs it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import trees

Run = Callable[..., "subprocess.CompletedProcess[str]"]

UNDECODABLE = """\
openapi: 3.1.0
info: {title: Reports, version: 1.0.0}
paths:
  /report:
    get:
      operationId: getReport
      responses:
        200: {description: OK, content: {application/pdf: {schema: {type: string}}}}
        404: {description: None}
"""
COLLIDING = """\
openapi: 3.1.0
info: {title: Twins, version: 1.0.0}
paths:
  /first: {get: {operationId: getTwin, responses: {200: {description: OK}}}}
  /second: {get: {operationId: get_twin, responses: {200: {description: OK}}}}
"""
UNTYPABLE = """\
openapi: 3.1.0
info: {title: Shadows, version: 1.0.0}
paths:
  /shadow:
    get:
      operationId: getShadow
      responses:
        200:
          description: OK
          content: {application/json: {schema: {type: object, properties: {to_dict: {type: string}}}}}
"""
NAMELESS = """\
openapi: 3.1.0
info: {title: 図書館, version: 1.0.0}
paths: {}
"""


def test_the_checked_in_client_is_what_the_document_gives(run: Run) -> None:
    ran = run("--check")
    assert (ran.returncode, ran.stdout) == (0, "generated is what the document gives\n"), ran.stdout + ran.stderr


def test_another_hash_seed_gives_the_same_bytes(run_seeded: Run, library: Path, library_options: list[object]) -> None:
    ran = run_seeded(2, "--check", *library_options, "--out", library)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout + ran.stderr


def test_check_is_red_and_shows_the_edited_line(run: Run, root: Path, tmp_path: Path) -> None:
    edited = shutil.copytree(root / "generated", tmp_path / "generated")
    module = edited / "generation_jobs_client/errors.py"
    module.write_text(module.read_text() + "# by hand\n")
    ran = run("--check", "--out", edited)
    assert ran.returncode == 1
    assert f"--- {module}\n" in ran.stdout
    assert "\n-# by hand\n" in ran.stdout
    assert "run scripts/regenerate.py" in ran.stderr


def test_check_is_red_after_the_document_changed(run: Run, root: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "more.overlay.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: More, version: 1.0.0}\nactions:\n"
        "  - target: $.components.schemas.Job.properties.status\n"
        "    update: {enum: [pending, processing, completed, failed, cancelled]}\n"
    )
    ran = run("--check", "--spec", root / "spec/openapi.yaml", "--overlay", overlay)
    assert ran.returncode == 1
    assert '+    CANCELLED = "cancelled"\n' in ran.stdout


def test_a_change_takes_the_place_of_the_whole_folder(run: Run, library: Path, tmp_path: Path) -> None:
    out = shutil.copytree(library, tmp_path / "client")
    document = tmp_path / "api.yaml"
    document.write_text("openapi: 3.1.0\ninfo: {title: Other, version: 1.0.0}\npaths: {}\n")
    ran = run("--spec", document, "--out", out, "--package", "other")
    assert ran.returncode == 0, ran.stderr
    assert sorted(path.name for path in out.iterdir()) == ["README.md", "contract.json", "other", "pyproject.toml"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(UNDECODABLE, "Unsupported content_type application/pdf", id="a warning"),
        pytest.param(COLLIDING, "    GET /first\n", id="an operation overwritten by another"),
        pytest.param(UNTYPABLE, "does not pass mypy --strict", id="code that is wrong"),
        pytest.param(NAMELESS, "give one with --package", id="a title that gives no name"),
        pytest.param("openapi: [", "this is not valid YAML", id="not YAML"),
        pytest.param(None, "there is no such file", id="no file"),
    ],
)
def test_what_gives_no_whole_client_ends_2_and_writes_nothing(
    run: Run, tmp_path: Path, text: str | None, message: str
) -> None:
    document, out = tmp_path / "api.yaml", tmp_path / "client"
    if text is not None:
        document.write_text(text, encoding="utf-8")
    ran = run("--spec", document, "--out", out)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: ")
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not out.exists()


def test_a_folder_of_somebody_else_is_not_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    ran = run("--out", tmp_path)
    assert ran.returncode == 2
    assert f"error: {tmp_path}: this is no folder that scripts/regenerate.py wrote" in ran.stderr
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_ctrl_c_leaves_the_folder_as_it_was(run: Run, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(trees, "replace", interrupt)
    ran = run("--spec", "spec/openapi.yaml", "--out", library)
    assert (ran.returncode, ran.stderr) == (130, f"interrupted: {library} is as it was\n")
    assert (library / "town_library_client").is_dir()


def test_without_a_document_it_says_how_to_name_one(run: Run, tmp_path: Path) -> None:
    ran = run(cwd=tmp_path)
    assert ran.returncode == 2
    assert "name one with --spec" in ran.stderr


def test_caches_are_no_difference(library: Path, tmp_path: Path) -> None:
    used = shutil.copytree(library, tmp_path / "client")
    for name in ("__pycache__", "town_library_client.egg-info"):
        (used / name).mkdir()
        (used / name / "file").touch()
    assert trees.differences(library, used, shown="client") == []
