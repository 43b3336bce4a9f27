"""What changed in the code of a client has its class, is told, and decides the version."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import change_report
import contract_record
import soundness
import succession
import versioning
from assay.errors import UserError
from change_report import Report
from changes import Change, Class, worst
from client_changes import client_changes

Run = Callable[..., "subprocess.CompletedProcess[str]"]

MODEL = "models/loan.py"


@pytest.fixture
def edited(library: Path, tmp_path: Path) -> Path:
    return shutil.copytree(library, tmp_path / "edited") / "town_library_client"


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "of", "told"),
    [
        ("models/loan.py", "    item: int\n", "    item: str\n", "breaking", "is str, no more int"),
        ("models/loan.py", "    item: int\n", "    item: int | None\n", "breaking", "is int | None, no more int"),
        ("models/loan.py", "    due: datetime.date | Unset = UNSET\n", "    due: datetime.date\n", "additive",
         "is datetime.date, no more datetime.date | Unset"),
        ("models/loan_state.py", "    OVERDUE =", "    LATE =", "breaking", "is gone"),
        ("models/loan_state.py", "    OVERDUE =", "    LOST = 'lost'\n    OVERDUE =", "additive", "a new attribute"),
        ("models/new_item.py", "    title: str\n", "    title: str | None\n", "additive", "is str | None, no more str"),
        ("errors.py", "class ApiTimeoutError(ApiConnectionError, TimeoutError)", "class ApiTimeoutError(TimeoutError)",
         "breaking", "base class was removed"),
        ("api/items/get_item.py", "def sync(", "def other(", None, ""),
        ("_timing.py", "import", "# a word\nimport", None, ""),
    ],
)  # fmt: skip
def test_a_change_of_the_code_has_its_class(
    library: Path, edited: Path, file: str, old: str, new: str, of: Class | None, told: str
) -> None:
    _replace(edited / file, old, new)
    found = client_changes(library / "town_library_client", edited)
    assert worst(found) == of, found
    assert told in "\n".join(each.sentence for each in found)


def test_another_name_of_the_package_is_one_breaking_change(library: Path, tmp_path: Path) -> None:
    renamed = shutil.copytree(library / "town_library_client", tmp_path / "other_client")
    (change,) = client_changes(library / "town_library_client", renamed)
    assert (change.of, change.sentence) == ("breaking", "the package is called other_client now")


@pytest.mark.parametrize(
    ("old", "documented", "of", "due"),
    [
        ("1.2.3", "1.0.0", None, "1.2.3"),
        ("1.2.3", "1.0.0", "internal", "1.2.4"),
        ("1.2.3", "1.0.0", "additive", "1.3.0"),
        ("1.2.3", "1.0.0", "breaking", "2.0.0"),
        ("0.2.3", "0.1.0", "breaking", "0.3.0"),
        ("0.2.3", "0.1.0", "additive", "0.3.0"),
        ("1.2.3", "3.0.0", "internal", "3.0.0"),
        ("2.1-beta.2", "2.1-beta.2", "internal", "2.1.3"),
    ],
)
def test_the_version_follows_from_the_class(old: str, documented: str, of: Class | None, due: str) -> None:
    assert versioning.due(old, documented, of) == due


def test_a_version_too_small_for_what_changed_is_told() -> None:
    report = Report("a-client", "1.2.0", "1.3.0", (Change("breaking", "x", "is gone"),), ())
    problem = succession.check_version(report)
    assert problem == "a-client 1.3.0 follows 1.2.0 with breaking changes: it has to be 2.0.0 at least"


def test_a_changelog_has_one_entry_for_what_is_not_checked_in_yet(tmp_path: Path) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changes\n\n## 1.0.0\n\n- The first.\n")
    added, gone = Change("additive", "x", "is new"), Change("breaking", "y", "is gone", "do without it")
    change_report.enter(Report("a-client", "1.0.0", "1.1.0", (added,), ()), changelog, None)
    change_report.enter(Report("a-client", "1.0.0", "2.0.0", (added, gone), ()), changelog, "2026-11-22")
    assert changelog.read_text() == (
        "# Changes\n\n## a-client 2.0.0 (2026-11-22)\n\n- breaking: `y` is gone → do without it\n"
        "- additive: `x` is new\n\n## 1.0.0\n\n- The first.\n"
    )
    change_report.enter(Report("a-client", "1.0.0", "1.0.0", (), ()), changelog, None)
    assert changelog.read_text() == "# Changes\n\n## 1.0.0\n\n- The first.\n"


def test_a_changelog_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no entry can be written"):
        change_report.enter(Report("a-client", "1.0.0", "1.0.0", (), ()), tmp_path / "none.md", None)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "assay-contract/9", "document": {}, "claims": {}}'])
def test_a_contract_in_another_form_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "contract.json").write_text(text)
    with pytest.raises(UserError, match="this is no contract in the form assay-contract/1"):
        contract_record.read(tmp_path)


def _git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)  # noqa: S607


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without mypy over the code that is written: it takes longer than the writing."""
    monkeypatch.setattr(soundness, "check_sound", lambda *_, **__: None)


@pytest.mark.usefixtures("unchecked")
def test_from_a_changed_document_to_a_version_a_report_and_an_entry(
    run: Run, library: Path, library_options: list[object], tmp_path: Path
) -> None:
    out, changelog = shutil.copytree(library, tmp_path / "client"), tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changes\n")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "the client")):
        _git(tmp_path, *arguments)
    document = tmp_path / "library.yaml"
    text = Path(str(library_options[1])).read_text()
    document.write_text(
        text.replace("[reserved, lent, overdue, returned]", "[reserved, lent, overdue, returned, lost]")
    )
    options = ["--spec", document, "--overlay", library_options[3], "--out", out]
    told = [*options, "--report", tmp_path / "report", "--changelog", changelog]

    first, again = run(*told), run(*told)

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert first.stdout == again.stdout
    report = json.loads((tmp_path / "report/changes.json").read_text())
    assert (report["from"], report["to"], report["class"]) == ("2.3.0", "2.4.0", "additive")
    assert {each["place"] for each in report["changes"]} >= {"Loan.state", "models.loan_state.LoanState.LOST"}
    assert "getLoan/200/body/properties/state/enum" in [each["id"] for each in report["claims"]]
    assert (tmp_path / "report/changes.md").read_text() in first.stdout
    assert versioning.of(out) == "2.4.0"
    assert changelog.read_text().count("## town-library-client 2.4.0\n") == 1

    for file in ("pyproject.toml", "README.md", "town_library_client/__init__.py", "town_library_client/_contract.py"):
        (out / file).write_text((out / file).read_text().replace("2.4.0", "2.3.0"))
    stale = run("--check", *options, "--base", "HEAD")
    assert stale.returncode == 1
    assert "town-library-client 2.3.0 follows 2.3.0 with additive changes: it has to be 2.4.0 at least" in stale.stderr


@pytest.mark.usefixtures("unchecked")
def test_a_relation_gives_callers_a_waiter_of_which_the_document_says_nothing(
    run: Run, library: Path, library_options: list[object], tmp_path: Path
) -> None:
    ran = run(*library_options[:2], "--out", tmp_path / "client")
    assert ran.returncode == 0, ran.stderr
    report = succession.compared(tmp_path / "client", library)
    assert report is not None
    assert report.of == "additive"
    gained = {each.place for each in report.changes if each.of == "additive"}
    assert gained >= {"api.loans.LoansOperations.wait_for_loan", "api.loans.AsyncLoansOperations.wait_for_loan"}
    assert ("came", "getLoan/relations/states/state") in [(each.how, each.id) for each in report.claims]


def test_a_revision_that_git_does_not_know_is_told(run: Run, library: Path, library_options: list[object]) -> None:
    ran = run("--check", *library_options, "--out", library, "--base", "no-such-revision")
    assert ran.returncode == 2
    assert "git has no such folder at no-such-revision" in ran.stderr
