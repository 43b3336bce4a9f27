"""What a run needs, loaded: every mistake in arguments and defaults is found before anything is started."""

from pathlib import Path

import pytest

from assay import loading, settings
from assay.errors import UserError
from assay.settings import Settings

SPEC = "spec/openapi.yaml"


def _refused(tmp_path: Path, text: str) -> UserError:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UserError) as caught:
        Settings.read(tmp_path)
    assert caught.value.where == str(tmp_path / "pyproject.toml")
    return caught.value


class TestDefaults:
    def test_an_unknown_key_has_a_nearest_one(self, tmp_path: Path) -> None:
        error = _refused(tmp_path, '[tool.assay]\noverlay = "a"')
        assert (error.what, error.todo) == ("unknown key 'overlay' in [tool.assay]", "did you mean 'overlays'?")

    @pytest.mark.parametrize(
        ("text", "todo"),
        [
            ("spec = 5", "make it a path"),
            ('spec = ""', "make it a path"),
            ('overlays = "a.yaml"', "make it a list of paths"),
            ("overlays = [5]", "make it a list of paths"),
            ('strict = "false"', "make it true or false"),
            ("strict = 1", "make it true or false"),
            ('examples = "many"', "make it a whole number, 0 or more"),
            ("examples = -1", "make it a whole number, 0 or more"),
            ("examples = true", "make it a whole number, 0 or more"),
            ("seed = 1.5", "make it a whole number, or `random`"),
            ("url = []", "make it a URL"),
        ],
    )
    def test_a_value_of_another_type_is_told(self, text: str, todo: str, tmp_path: Path) -> None:
        assert _refused(tmp_path, f"[tool.assay]\n{text}").todo == todo

    def test_a_table_is_one(self, tmp_path: Path) -> None:
        assert _refused(tmp_path, "[tool]\nassay = 5").what == "`assay` in [tool] is no table"

    def test_a_file_that_is_no_toml_is_told(self, tmp_path: Path) -> None:
        assert _refused(tmp_path, "[tool").what.startswith("cannot be read: ")

    def test_tools_that_are_none_of_ours_may_be_anything(self, tmp_path: Path) -> None:
        (tmp_path / "pyproject.toml").write_text("tool = 5")
        assert Settings.read(tmp_path).spec is None


class TestWhatIsGiven:
    def test_a_document_has_to_be(self) -> None:
        with pytest.raises(UserError, match="no document is given"):
            loading.load(Settings(url="http://h"))

    def test_a_server_has_to_be(self, root: Path) -> None:
        with pytest.raises(UserError, match="no server is given"):
            loading.load(Settings(spec=root / SPEC))

    def test_there_is_one_server(self) -> None:
        with pytest.raises(UserError, match="both --target and --url are given"):
            loading.load_target(Settings(url="http://h", target=Path("t.toml")))

    @pytest.mark.parametrize("seed", ["x", "-1", "1.5", "Random"])
    def test_a_seed_is_a_whole_number(self, seed: str, root: Path) -> None:
        with pytest.raises(UserError, match="is no whole number"):
            loading.load(Settings(spec=root / SPEC, url="http://h", seed=seed))


class TestLoaded:
    def test_a_url_alone_brings_no_credentials_along(self, root: Path) -> None:
        defaults = Settings.read(root)
        assert defaults.target is not None
        job = loading.load(defaults.overridden(url="http://127.0.0.1:1", examples=None))
        assert (job.target.base_url, job.target.credentials, job.target.states) == ("http://127.0.0.1:1", {}, ())

    def test_another_document_is_planned_without_the_overlays_of_the_default_one(self, root: Path) -> None:
        library = root / "conformance/selftests/documents/library.yaml"
        job = loading.load(Settings.read(root).overridden(spec=library, url="http://127.0.0.1:1"))
        assert {each.operation.id for each in job.plan.steps} == {"getItem", "GET /topics", "getLoan"}
        assert not any(each.source in ("overlay", "relation") for each in job.ledger.claims.values())

    def test_the_target_of_this_checkout_fits_its_document(self, root: Path) -> None:
        job = loading.load(Settings.read(root))
        assert job.plan.unplanned == ()
        assert job.seed == loading.seed_of(Settings(), job.ledger)

    def test_the_seed_selects_what_is_made_up(self, root: Path) -> None:
        one, other = (loading.load(Settings(spec=root / SPEC, url="http://h", seed=seed)) for seed in ("1", "2"))
        assert one.plan.steps != other.plan.steps


class TestArguments:
    def test_a_client_and_its_gate_go_on(self) -> None:
        arguments = settings.to_arguments(Settings(client="things_client", client_gates=True, seed="0"))
        assert {"--assay-client=things_client", "--assay-client-gates", "--assay-seed=0"} <= set(arguments)
