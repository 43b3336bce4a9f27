"""Prism mocks the flagship document, from its text alone: every documented response by hint, and what it makes up.

Needs `prism` on PATH, so it is no part of the self-tests: `nox -s prism` runs it.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from selftests.peers.checking import Checked, check

STATUSES = [200, 400, 401, 402, 403, 404, 409, 422, 429, 451, 500, 502, 503]
LIVED = ("pending", "processing", "completed", "failed")
Job = dict[str, Any]

UNKEPT: dict[str, Callable[[Job], bool]] = {
    "properties/status/enum": lambda job: job["status"] not in LIVED,
    "properties/scenes_completed/minimum": lambda job: job["scenes_completed"] < 0,
    "properties/scenes_total/minimum": lambda job: job["scenes_total"] < 0,
    "allOf/1/properties/started_at/not": lambda job: job["started_at"] is None,
    "allOf/5/properties/completed_at/not": lambda job: job["completed_at"] is None,
}
"""Which promises a made-up body breaks, written by hand from the prose, by the end of the claim's id. Each stands in
the document's prose only, where Prism cannot see it. The promises about a pending, processing, completed or failed job
are not among them: a job that is none of these is exempt from them.
"""

MOCKS = {
    "the least that the schema admits": ((), {"properties/status/enum"}),
    "drawn": (
        ("--dynamic", "--seed", "2"),
        {"properties/status/enum", "allOf/5/properties/completed_at/not"},
    ),
    "drawn otherwise": (("--dynamic", "--seed", "5"), set(UNKEPT)),
}
"""How Prism makes up its bodies, and what they break: with a seed, a body is the same each time."""


@pytest.fixture(scope="module", params=MOCKS)
def mock(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def checked(mock: str, pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    root, folder = pytestconfig.rootpath, tmp_path_factory.mktemp("prism")
    target = (root / "conformance/targets/prism.toml").read_text(encoding="utf-8")
    options = "".join(f'"{option}", ' for option in MOCKS[mock][0])
    (folder / "prism.toml").write_text(target.replace('"mock", ', f'"mock", {options}'), encoding="utf-8")
    return check(folder / "prism.toml", folder / "report", cwd=root)


def test_every_documented_response_comes_by_hint(checked: Checked) -> None:
    given = {each["id"]: (each["verdict"], each["grade"]) for each in checked.told["claims"]}
    assert [given[f"getJob/{status}/status"] for status in STATUSES] == [("held", "hinted")] * 13
    rows = [(each["status"], each["grade"]) for each in checked.told["responses"]]
    assert rows == [(str(status), "hinted") for status in STATUSES]


def test_exactly_the_promises_of_the_prose_are_violated_that_its_bodies_break(checked: Checked, mock: str) -> None:
    replies = [each["reply"] for each in checked.exchanges if each["reply"]["status"] == 200]
    jobs = [json.loads(reply["text"]) for reply in replies]
    broken = {claim for job in jobs for claim, breaks in UNKEPT.items() if breaks(job)}
    assert broken == MOCKS[mock][1]
    assert checked.violated == {f"getJob/200/body/{claim}" for claim in broken}
    assert checked.told["exit_status"] == 1


def test_what_the_document_itself_says_held_wherever_it_was_seen(checked: Checked) -> None:
    seen = [each for each in checked.told["claims"] if each["exercised"] and each["source"] in ("schema", "http")]
    assert {each["verdict"] for each in seen} == {"held"}
    assert len(seen) > 100


def test_a_mock_is_not_judged_by_its_behaviour(checked: Checked) -> None:
    kinds = ("relation", "security", "hygiene")
    verdicts = [each["verdict"] for each in checked.told["claims"] if each["kind"] in kinds]
    assert set(verdicts) == {"not-applicable"}
