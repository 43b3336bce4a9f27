"""The workshop, started by assay as its target file says: right, nothing is said against it; with a defect, just that.

`nox -s fastapi` runs it. A quick look at the workshop that is right is among the self-tests, in `test_workshop.py`.
"""

import json
from pathlib import Path

import pytest

from assay import claims, contract, judge, plan, run
from assay.claims import Ledger
from assay.run import drivers
from assay.target import target_file
from selftests.peers.checking import Checked, check
from selftests.peers.workshop.defects import DEFECTS
from selftests.peers.workshop.workshop import create_app

TARGET = Path(__file__).with_name("workshop.toml")
EXAMPLES = 100


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document that FastAPI derives from the code."""
    path = tmp_path_factory.mktemp("workshop") / "openapi.json"
    path.write_text(json.dumps(create_app().openapi()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def ledger(document: Path) -> Ledger:
    return claims.ledger(contract.load(document))


@pytest.fixture(scope="module")
def checked(document: Path) -> Checked:
    report = document.parent / "report"
    return check(TARGET, report, "--spec", str(document), "--allow-writes", cwd=document.parent)


def test_nothing_is_said_against_it(checked: Checked) -> None:
    assert (checked.violated, checked.told["exit_status"]) == (set(), 0)


def test_each_documented_response_came_about_with_data_that_any_user_could_have(checked: Checked) -> None:
    rows = checked.told["responses"]
    assert {(each["verdict"], each["grade"]) for each in rows} == {("held", "natural")}
    assert len(rows) == 45


def test_what_was_not_seen_is_what_pydantic_never_tells_of_a_number(checked: Checked) -> None:
    unseen = {each["id"] for each in checked.told["claims"] if each["verdict"] != "held"}
    context = "422/body/properties/detail/items/properties/ctx/type"
    assert unseen == {f"get_repair/{context}", f"finish_repair/{context}"}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_by_the_claim_that_is_meant(
    name: str, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKSHOP_DEFECT", name)
    target, defect = target_file.load(TARGET), DEFECTS[name]
    with drivers.served(target, tmp_path / "target.log"):
        steps = plan.plan(ledger, target, seed=1, writes=True, examples=EXAMPLES if defect.explored else 0)
        verdicts = judge.judge(ledger, run.record(ledger, target, steps, tmp_path, seed=1))
    violated = {each.claim.id for each in verdicts.claims if each.verdict == "violated"}
    assert set(defect.claims) <= violated
    assert {each.partition("/")[0] for each in violated} == {each.partition("/")[0] for each in defect.claims}
    assert verdicts.exit_status == 1
