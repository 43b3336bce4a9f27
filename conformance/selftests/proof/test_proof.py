"""The proof, broken on purpose: whatever it lacks or a judge misses makes it red."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
from attrs import evolve

import assay
import breaking
import cases
import lives
import matrix
import mutants
import prove
from assay import claims, judge
from assay.claims import probes
from assay.recording import Recording
from cases import Case, Outcome
from jobs_provider.switches import SWITCHES
from matrix import Claimwise
from trials import Found, Kills

ONE_OF_EACH_KIND = (
    "getJob/402/status",
    "getJob/402/media-type",
    "getJob/402/json",
    "getJob/200/body/properties/job_id/format",
    "getJob/200/body/allOf/0/then/not",
    "getJob/200/body/required/status",
    "getJob/any/status",
    "getJob/any/server-error",
    "getJob/relations/echo/job_id",
    "getJob/relations/ends/status",
    "getJob/relations/states/status",
    "getJob/security/missing",
    "getJob/security/echo",
    "getJob/hygiene/method/PUT",
)
A_CLAIM = ONE_OF_EACH_KIND[0]


@pytest.fixture
def killed(trials: ModuleType, recording: Recording) -> Any:
    """The part of the matrix that is about one claim of the flagship."""

    def made(claim: str) -> Claimwise:
        return Claimwise("flagship", tuple(trials.killed(trials.JOBS, recording, [claim])), frozenset({claim}))

    return made


@pytest.mark.parametrize("claim", ONE_OF_EACH_KIND)
def test_a_claim_whose_mutants_are_caught_is_no_problem(killed: Any, claim: str) -> None:
    part = killed(claim)
    assert part.kills[0].intended
    assert not matrix.problems([part], [])


@pytest.mark.parametrize("claim", ONE_OF_EACH_KIND)
def test_a_judge_that_overlooks_a_claim_is_a_problem(killed: Any, claim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    see = judge._Judge._see

    def blind(self: Any, seen: Any, exchange: Any, held: bool, *words: str) -> None:
        see(self, seen, exchange, held or seen.id == claim, *words)

    monkeypatch.setattr(judge._Judge, "_see", blind)
    found = matrix.problems([killed(claim)], [])
    assert found
    assert all(problem.startswith(f"{claim} is not violated by its mutant") for problem in found)


@pytest.mark.parametrize(
    ("table", "key", "claim"),
    [
        (mutants.MUTATORS, "json", "getJob/402/json"),
        (mutants.MUTATORS, "relation", "getJob/relations/echo/job_id"),
        (mutants.ANSWERS, "no-such-method", "getJob/hygiene/method/PUT"),
        (lives.LIVES, "ends", "getJob/relations/ends/status"),
        (breaking.BREAKS, "format", "getJob/200/body/properties/job_id/format"),
    ],
    ids=["kind", "relations", "rule", "relation", "keyword"],
)
def test_a_claim_without_a_mutator_is_a_problem(
    killed: Any, monkeypatch: pytest.MonkeyPatch, table: dict[str, Any], key: str, claim: str
) -> None:
    monkeypatch.delitem(table, key)
    (problem,) = matrix.problems([killed(claim)], [])
    assert problem.startswith(f"{claim} has no mutant")


def test_every_kind_relation_and_rule_has_a_mutator(trials: ModuleType) -> None:
    shapes = json.loads((Path(assay.__file__).parent / "schemas/relations.schema.json").read_text(encoding="utf-8"))
    # what is claimed of a client stands in no ledger: it is replayed, not recorded
    assert set(mutants.MUTATORS) == set(get_args(claims.Kind)) - {"client"}
    assert set(lives.LIVES) == {*shapes["properties"]["kind"]["enum"], "ends"}
    assert set(mutants.ANSWERS) == set(get_args(probes.Rule)) - {"no-echo"}
    assert not [each for each in trials.JOBS.ledger.claims.values() if each.kind == "client"]


def test_every_claim_of_a_defect_is_one_of_the_ledger(trials: ModuleType) -> None:
    named = {claim for switch in SWITCHES.values() for claim in switch.claims}
    assert named <= trials.JOBS.ledger.claims.keys()
    assert len(SWITCHES) >= 50


@pytest.mark.parametrize(
    ("case", "found", "word"),
    [
        (Case("defect", "d", "", ("a", "b")), {"a": "", "b": "", "c": ""}, "caught"),
        (Case("defect", "d", "", ("a", "b")), {"a": ""}, "otherwise"),
        (Case("defect", "d", "", ("a",)), {}, "missed"),
        (Case("cheat", "d"), {"a": ""}, "caught"),
        (Case("cheat", "d"), {}, "missed"),
    ],
)
def test_what_becomes_of_a_server_that_is_wrong(case: Case, found: dict[str, str], word: str) -> None:
    outcome = Outcome(case, Found(1 if found else 0, found, {}, 1.0), explored=False)
    assert outcome.word == word
    assert bool(matrix.problems([], [outcome])) == (word != "caught")
    assert matrix.outcome_line(outcome).startswith(word)


def test_a_defect_may_have_to_leave_its_claim_open() -> None:
    case = Case("defect", "no-limit", "", ("a",), "not-exercised")
    assert Outcome(case, Found(3, {}, {"a": "not-exercised: never seen"}, 1.0), explored=False).word == "caught"
    assert Outcome(case, Found(3, {}, {"b": "not-exercised: never seen"}, 1.0), explored=False).word == "otherwise"
    assert Outcome(case, Found(1, {"a": "seen"}, {}, 1.0), explored=False).word == "otherwise"


@pytest.mark.parametrize("group", ["correct", "legal"])
def test_to_accuse_who_is_right_is_a_problem(trials: ModuleType, group: Any) -> None:
    accused = Outcome(Case(group, f"{group} 0"), Found(1, {A_CLAIM: "503"}, {}, 1.0), explored=True)
    (problem,) = matrix.problems([], [accused])
    assert problem.startswith(f"{A_CLAIM} accuses the provider that is {group} 0")
    table = list(matrix.alarms_table([accused], trials.JOBS.ledger.claims))
    assert any(line.split() == ["1", "of", "1", A_CLAIM] for line in table)


def test_a_recording_that_violates_something_itself_proves_nothing(killed: Any) -> None:
    part = evolve(killed(A_CLAIM), accused=(A_CLAIM,))
    (problem,) = matrix.problems([part], [])
    assert problem.startswith(f"{A_CLAIM} is violated already")


def test_what_the_suite_cannot_tell_is_counted_and_no_alarm(trials: ModuleType) -> None:
    unsure = Outcome(Case("legal", "legal 0"), Found(3, {}, {A_CLAIM: "inconclusive: reset"}, 1.0), explored=True)
    assert not matrix.problems([], [unsure])
    assert any("1 verdicts left open" in line for line in matrix.alarms_table([unsure], trials.JOBS.ledger.claims))


def test_a_defect_is_missed_if_the_server_has_none(monkeypatch: pytest.MonkeyPatch, trials: ModuleType) -> None:
    monkeypatch.setitem(cases.CHEATS, "constant", trials.JOBS.correct)
    outcome = cases.outcome(Case("cheat", "constant", "It cheats no more."))
    assert (outcome.word, outcome.explored, outcome.found.exit_status) == ("missed", True, 0)
    assert "is missed" in matrix.problems([], [outcome])[0]


def test_the_rows_add_up() -> None:
    claim: Any = type("Claim", (), {"kind": "json", "id": "a/json"})()
    part = Claimwise("title", (Kills(claim, ("one", "two"), ("three",), ()),), frozenset())
    assert [line.split() for line in matrix.claims_table(part)][1:] == [
        ["json", "1", "3", "2", "1", "0"],
        ["all", "1", "3", "2", "1", "0"],
    ]


def test_the_program_proves_what_is_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove.main(["--quick", "--only", "delete-succeeds"]) == 0
    said = capsys.readouterr().out
    assert "caught    delete-succeeds" in said
    assert "PROVED" in said


def test_the_program_ends_1_with_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Case("defect", "delete-succeeds", "DELETE succeeds.", (A_CLAIM,))
    monkeypatch.setattr(cases, "cases", lambda _seeds: iter([wrong]))
    assert prove.main(["--only", "delete-succeeds"]) == 1
    assert f"is otherwise: it has to violate {A_CLAIM}" in capsys.readouterr().out


def test_a_pattern_that_matches_nothing_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove.main(["--only", "nothing-of-the-kind"]) == 2
    assert "matches no claim and no server" in capsys.readouterr().out
