"""action.yml and the recipes of docs/ci.md: valid by the schemas of those who read them, and their shell steps at work.

The steps run as the runner runs them, with bash; what is another's action (Python, artifact), and pip, is not run.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import field, frozen

from selftests.running import miniatures
from selftests.running.miniatures import Answer, Asked, Miniature

Action = Callable[..., "Ran"]


@frozen
class Ran:
    """What the steps of the action left: its outputs, the job's summary, what was printed, and how it ended."""

    status: int
    out: str
    summary: str
    outputs: dict[str, str] = field(factory=dict)


@pytest.fixture(scope="session")
def root(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.rootpath


@pytest.fixture
def right() -> Iterator[Miniature]:
    with miniatures.running(miniatures.things) as server:
        yield server


@pytest.fixture
def wrong() -> Iterator[Miniature]:
    def odd(asked: Asked) -> Answer:
        answer = miniatures.things(asked)
        return Answer(200, {"id": 1, "size": "|<b>`"}) if answer is miniatures.THING else answer

    with miniatures.running(odd) as server:
        yield server


@pytest.fixture
def action(root: Path, tmp_path: Path) -> Action:
    """Run the action's own steps with these inputs, in a folder with the document and target of Things."""
    steps = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))

    def run(cwd: Path = tmp_path, **inputs: str) -> Ran:
        known = {name.replace("-", "_"): each["default"] for name, each in steps["inputs"].items()}
        assert inputs.keys() <= known.keys()
        outputs: dict[str, dict[str, str]] = {}
        printed, status = "", 0
        for step in steps["runs"]["steps"]:
            if "run" in step and "pip install" not in step["run"]:
                done = _step(step, {**known, **inputs}, outputs, tmp_path, cwd)
                printed, status = printed + done.stdout + done.stderr, done.returncode
                if status:
                    break
        summary = tmp_path / "summary"
        flat = {key: value for each in outputs.values() for key, value in each.items()}
        return Ran(status, printed, summary.read_text() if summary.exists() else "", flat)

    return run


def _step(
    step: dict[str, Any], inputs: dict[str, str], outputs: dict[str, dict[str, str]], folder: Path, cwd: Path
) -> subprocess.CompletedProcess[str]:
    """One shell step, as the runner starts it."""

    def said(expression: re.Match[str]) -> str:
        place, _, name = expression[1].partition(".")
        if place == "inputs":
            return inputs[name.replace("-", "_")]
        step_id, _, output = name.partition(".outputs.")
        return outputs[step_id][output]

    assert "${{" not in step["run"], "an input must not become a part of the script"
    given = {key: re.sub(r"\$\{\{ (\S+) \}\}", said, value) for key, value in step["env"].items()}
    kept = folder / f"output-{step.get('id', 'gate')}"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [shutil.which("bash") or "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=cwd,
        env={
            **os.environ, **given, "PATH": path, "GITHUB_OUTPUT": str(kept),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        },
        capture_output=True, encoding="utf-8", timeout=120, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if kept.exists():
        outputs[step["id"]] = dict(line.split("=", 1) for line in kept.read_text().splitlines())
    return done


@pytest.fixture
def things(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """The inputs that name document and target; names that a shell would trip over."""

    def write(server: Miniature, **more: str) -> dict[str, str]:
        spec, target = tmp_path / "a 'thing' $(touch x).yaml", tmp_path / "target.toml"
        spec.write_text(miniatures.THINGS)
        target.write_text(
            f'name = "miniature"\nbuild = "b1"\nbase_url = "{server.url}"\n'
            f'[credentials.default]\nbearer = "{miniatures.KEY}"\n'
            '[states."getThing 200"]\npath = { id = "one" }\n'
            f"{more.pop('rest', '')}"
        )
        return {"spec": spec.name, "target": target.name, "args": "--examples=0\n--quiet\n", **more}

    return write


class TestTheAction:
    def test_a_conformant_server_passes_with_a_summary_and_a_sentence(
        self, action: Action, root: Path, tmp_path: Path
    ) -> None:
        ran = action(
            cwd=root, spec="spec/openapi.yaml", overlays="\nspec/promises.overlay.yaml\n",
            target="conformance/targets/reference.toml", args="--examples=0\n--quiet", report=f"{tmp_path}/report",
        )  # fmt: skip
        assert ran.status == 0, ran.out
        assert ran.out.endswith("let through\n")
        assert ran.outputs["exit-status"] == "0"
        assert ran.outputs["verdict"].startswith("reference provider, started by assay, not your server: conformant: ")
        assert ran.summary.startswith("## reference provider, started by assay, not your server: conformant\n")
        assert "\n::notice title=assay::reference provider" in ran.out
        assert {"report.sarif", "badge.json", "report.html"} <= {each.name for each in (tmp_path / "report").iterdir()}

    def test_a_violation_is_shown_marked_and_refused(self, action: Action, things: Any, wrong: Miniature) -> None:
        """Ending as the gate does, to which another build is worse still."""
        ran = action(**things(wrong, build="b2"))
        assert ran.status == 6, ran.out
        assert ran.outputs["exit-status"] == "1"
        assert ran.outputs["verdict"].startswith("miniature: NOT conformant: ")
        assert ran.summary.startswith("## miniature: NOT conformant\n")
        assert "\n::error file=" in ran.out
        assert "refused: 2 claims violated: getThing/200/body/" in ran.out
        assert "refused: the results are about build b1\n" in ran.out
        assert ran.out.endswith("refused\n")
        assert miniatures.KEY not in ran.out + ran.summary

    def test_a_mistake_ends_as_the_check_did_and_shows_nothing(
        self, action: Action, things: Any, right: Miniature
    ) -> None:
        ran = action(**{**things(right), "target": "nowhere.toml"})
        assert (ran.status, ran.summary, ran.outputs) == (2, "", {"exit-status": "2"})
        assert "nowhere.toml: there is no such target file" in ran.out

    def test_an_earlier_report_lets_nothing_through(self, action: Action, things: Any, right: Miniature) -> None:
        """A runner may keep its folders, and a run that never began leaves the last report where it is."""
        inputs = things(right)
        shown = action(**inputs).summary
        ran = action(**{**inputs, "args": "--seed=none"})
        assert "refused" not in ran.out
        assert (ran.status, ran.summary) == (2, shown)

    def test_no_input_is_a_command(self, action: Action, things: Any, right: Miniature, tmp_path: Path) -> None:
        hostile = "$(touch x)`touch x`; touch x"
        ran = action(**things(right, build=hostile, overlays=hostile, report=f"{hostile}\"r'"))
        assert ran.status == 2
        assert f"{hostile}: there is no such file" in ran.out
        assert not (tmp_path / "x").exists()

    def test_every_input_is_used_and_every_used_one_is_there(self, root: Path) -> None:
        text = (root / "action.yml").read_text(encoding="utf-8")
        assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(yaml.safe_load(text)["inputs"])


def recipes(root: Path, language: str) -> list[str]:
    return re.findall(rf"```yaml {language}\n(.*?)```", (root / "docs/ci.md").read_text(encoding="utf-8"), re.DOTALL)


def valid(schema: str, file: Path) -> str:
    """What the checker found wrong, by the schema that comes with it; empty where it found nothing."""
    tool = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [tool, "--builtin-schema", f"vendor.{schema}", "--output-format", "json", file],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


class TestWhoeverReadsThem:
    def test_the_action_is_one(self, root: Path, tmp_path: Path) -> None:
        assert valid("github-actions", root / "action.yml") == ""
        wrong = (root / "action.yml").read_text(encoding="utf-8").replace("using: composite", "using: composed")
        (tmp_path / "action.yml").write_text(wrong)
        assert "composed" in valid("github-actions", tmp_path / "action.yml")

    @pytest.mark.parametrize("language", ["github-workflows", "gitlab-ci"])
    def test_a_recipe_is_valid(self, language: str, root: Path, tmp_path: Path) -> None:
        [recipe] = recipes(root, language)
        (tmp_path / "recipe.yml").write_text(recipe)
        assert valid(language, tmp_path / "recipe.yml") == ""
        (tmp_path / "recipe.yml").write_text(re.sub(r"(?m)^ +(steps|script):", "  scripts:", recipe))
        assert valid(language, tmp_path / "recipe.yml") != ""

    def test_the_workflow_gives_inputs_that_there_are(self, root: Path) -> None:
        [recipe] = recipes(root, "github-workflows")
        [step] = [each for each in yaml.safe_load(recipe)["jobs"]["staging"]["steps"] if "with" in each]
        assert step["with"].keys() <= yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))["inputs"].keys()

    def test_the_scripts_of_the_recipe_for_gitlab_work(self, root: Path, tmp_path: Path) -> None:
        """With the document and the overlay of this checkout, and its reference provider as the target."""
        [recipe] = recipes(root, "gitlab-ci")
        jobs = yaml.safe_load(recipe)
        shutil.copytree(root / "spec", tmp_path / "spec")
        (tmp_path / "targets").mkdir()
        reference = (root / "conformance/targets/reference.toml").read_text(encoding="utf-8")
        (tmp_path / "targets/staging.toml").write_text(f'build = {{ env = "CI_COMMIT_SHA" }}\n{reference}')
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        printed = ""
        for job in ("conformance", "gate"):
            done = subprocess.run(
                [shutil.which("bash") or "bash", "-eo", "pipefail", "-c", "\n".join(jobs[job]["script"])],
                cwd=tmp_path, env={**os.environ, "PATH": path, "CI_COMMIT_SHA": "0a1b2c"},
                capture_output=True, encoding="utf-8", timeout=120, check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            printed += done.stdout + done.stderr
            assert done.returncode == 0, printed
        assert "build 0a1b2c" in printed
        assert printed.endswith("let through\n")
        assert jobs["conformance"]["artifacts"]["paths"] == ["report"]
        assert (tmp_path / jobs["conformance"]["artifacts"]["reports"]["junit"]).is_file()
