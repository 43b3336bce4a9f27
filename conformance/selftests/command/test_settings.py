"""Arguments over the defaults of pyproject.toml, and what goes on to the suite."""

from pathlib import Path

import pytest

from assay import loading, settings
from assay.settings import Settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.assay]\nspec = "spec/api.yaml"\noverlays = ["spec/more.yaml"]\ntarget = "mine.toml"\n'
        'report = "out"\nstrict = true\nseed = 7\nexamples = 9\n'
    )
    (tmp_path / "src/deep").mkdir(parents=True)
    return tmp_path


def test_defaults_come_from_the_nearest_pyproject_and_paths_from_where_it_is(project: Path) -> None:
    read = Settings.read(project / "src/deep")
    assert read == Settings(
        spec=project / "spec/api.yaml", overlays=(project / "spec/more.yaml",), target=project / "mine.toml",
        report=project / "out", strict=True, seed="7", examples=9,
    )  # fmt: skip


def test_a_project_that_says_nothing_has_the_usual_defaults(project: Path) -> None:
    (project / "src/pyproject.toml").write_text('[project]\nname = "x"\n')
    assert Settings.read(project / "src/deep").spec is None


def test_no_project_at_all_has_them_too(tmp_path: Path) -> None:
    assert Settings.read(tmp_path).examples == settings.DEFAULT_EXAMPLES


def test_what_is_not_given_stays_as_it_was(project: Path) -> None:
    read = Settings.read(project)
    assert read.overridden(spec=None, overlays=(), url="", strict=False, examples=None) == read


def test_what_is_given_counts(project: Path) -> None:
    said = Settings.read(project).overridden(seed="8", select="x *", allow_writes=True, report=Path("there"))
    assert (said.seed, said.select, said.allow_writes, said.report) == ("8", "x *", True, Path("there"))


def test_no_examples_are_none_and_not_the_default(project: Path) -> None:
    said = Settings.read(project).overridden(examples=0)
    assert said.examples == 0
    assert "--assay-examples=0" in settings.to_arguments(said)


def test_another_document_does_not_get_the_overlays_of_the_default_one(project: Path) -> None:
    assert Settings.read(project).overridden(spec=Path("other.yaml")).overlays == ()


def test_another_document_may_have_overlays_of_its_own(project: Path) -> None:
    said = Settings.read(project).overridden(spec=Path("other.yaml"), overlays=(Path("more.yaml"),))
    assert said.overlays == (Path("more.yaml"),)


def test_a_url_does_not_get_the_target_of_the_default(project: Path) -> None:
    said = Settings.read(project).overridden(url="http://host")
    assert (said.url, said.target) == ("http://host", None)


def test_a_target_takes_the_place_of_a_default_url(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.assay]\nurl = "http://host"\n')
    said = Settings.read(tmp_path).overridden(target=Path("mine.toml"))
    assert (said.url, said.target) == ("", Path("mine.toml"))


def test_paths_go_on_absolute_and_flags_only_where_they_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = settings.to_arguments(
        Settings(spec=Path("a.yaml"), overlays=(Path("b.yaml"), Path("c.yaml")), url="http://host", allow_writes=True)
    )
    overlays = [f"--assay-overlay={tmp_path / name}" for name in ("b.yaml", "c.yaml")]
    assert [each for each in arguments if each.startswith("--assay-overlay")] == overlays
    assert f"--assay-spec={tmp_path / 'a.yaml'}" in arguments
    assert f"--assay-report={tmp_path / 'report'}" in arguments
    assert "--assay-url=http://host" in arguments
    assert "--assay-allow-writes" in arguments
    assert not [each for each in arguments if each.startswith(("--assay-strict", "--assay-seed", "--assay-target"))]


def test_the_seed_follows_from_the_contract_unless_it_is_given(things: Path) -> None:
    ledger = loading.load_ledger(Settings(spec=things))
    own = loading.seed_of(Settings(), ledger)
    assert own == loading.seed_of(Settings(), loading.load_ledger(Settings(spec=things)))
    assert loading.seed_of(Settings(seed="12"), ledger) == 12
    assert len({loading.seed_of(Settings(seed="random"), ledger) for _ in range(3)}) > 1
