"""The picture of what was watched: which states, how far, and where something broke."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from assay import claims, contract
from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, Failure, Verdicts
from assay.recording import RunHeader, Watch
from assay.recording.exchange import Exchange, Reply, Request
from assay.report.html.timeline import Lane, lanes

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Jobs", "version": "1"},
    "paths": {
        "/jobs/{id}": {
            "get": {
                "operationId": "getJob",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}
                },
                "x-relations": [
                    {
                        "kind": "states", "field": "/phase", "initial": ["new"], "terminal": ["over"],
                        "transitions": {"new": ["running", "over"], "running": ["over"]}, "sentence": "It goes on.",
                    },
                    {"kind": "nondecreasing", "fields": ["/done"], "sentence": "What is done stays done."},
                    {"kind": "order", "fields": ["/done", "/of"], "sentence": "No more is done than there is."},
                ],
            }
        }
    },
}  # fmt: skip
STEP = "getJob 200 live"
STAYS = "getJob/relations/nondecreasing/done"
HEADER = RunHeader({}, {}, 1, "2026-03-01T10:00:00Z", {}, watches=(Watch(STEP, 20, promised=True),))

Drawn = Callable[..., tuple[Lane, ...]]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    path: Path = tmp_path_factory.mktemp("jobs") / "openapi.json"
    path.write_text(json.dumps(DOCUMENT))
    return claims.ledger(contract.load(path))


def polled(id_: int, body: Any, url: str = "https://x.example/jobs/1", **changes: Any) -> Exchange:
    """The answer number `id_`, a tenth of a second after the one before."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    made = Exchange(
        id=id_, step=STEP, role="poll", operation="getJob", due="", grade="natural", sent=5 + id_ / 10,
        received=5.1 + id_ / 10, request=Request("GET", url, ()), reply=Reply(200, (), content),
    )  # fmt: skip
    return evolve(made, **changes)


@pytest.fixture
def drawn(ledger: Ledger) -> Drawn:
    """`broken` are the ids of the exchanges in which progress went back."""

    def draw(*exchanges: Exchange, broken: tuple[int, ...] = (), header: RunHeader = HEADER) -> tuple[Lane, ...]:
        claim = ledger.claims[STAYS]
        failures = tuple(Failure(claim, "more", "less", "/done", each) for each in exchanges if each.id in broken)
        verdict = ClaimVerdict(claim, "violated" if failures else "held", failures=failures)
        verdicts = Verdicts(
            ledger=ledger, header=header, finished="", build="", claims=(verdict,), responses=(), waiver_notes=(),
            excluded_but_seen=(), incomplete=(), interrupted=False, exit_status=0,
        )  # fmt: skip
        return lanes(verdicts, exchanges)

    return draw


LIFE = [{"phase": "new"}, {"phase": "running", "done": 1, "of": 4}, {"phase": "over", "done": 4, "of": 4}]


def test_states_follow_each_other_without_a_gap(drawn: Drawn) -> None:
    [lane] = drawn(*(polled(number, body) for number, body in enumerate(LIFE)))
    assert [(each.state, each.terminal) for each in lane.spans] == [("new", False), ("running", False), ("over", True)]
    ends = [round(each.x + each.width, 1) for each in lane.spans]
    assert [0.0, *ends] == [*(round(each.x, 1) for each in lane.spans), 100.0]


def test_progress_is_measured_by_what_it_is_ordered_with(drawn: Drawn) -> None:
    [lane] = drawn(*(polled(number, body) for number, body in enumerate(LIFE)))
    assert [(each.progress, each.height) for each in lane.polls] == [("", None), ("1 of 4", 0.25), ("4 of 4", 1.0)]
    assert (lane.measured, round(lane.seconds, 3)) == ("/done", 0.3)


def test_where_progress_went_back_is_marked_and_leads_to_the_claim(drawn: Drawn) -> None:
    bodies = [{"phase": "running", "done": done, "of": 4} for done in (2, 1, 2)]
    [lane] = drawn(*(polled(number, body) for number, body in enumerate(bodies)), broken=(1,))
    [poll] = lane.broken
    assert (poll.exchange, poll.progress) == (1, "1 of 4")
    assert [(each.sentence, each.anchor) for each in poll.violations] == [
        ("What is done stays done.", f"claim={STAYS}")
    ]


def test_a_lane_a_resource_those_with_a_violation_first(drawn: Drawn) -> None:
    other = "https://x.example/jobs/2"
    found = drawn(polled(1, LIFE[0]), polled(2, LIFE[1], other), broken=(2,))
    assert [each.resource for each in found] == [other, "https://x.example/jobs/1"]


def test_recordings_that_were_joined_have_clocks_of_their_own(drawn: Drawn) -> None:
    assert len(drawn(polled(1, LIFE[0]), polled(2, LIFE[1], source=1))) == 2


def test_what_is_not_a_poll_of_a_watched_step_is_left_out(drawn: Drawn) -> None:
    assert drawn(polled(1, LIFE[0], role="explore"), polled(2, LIFE[0], step="getJob 200")) == ()


@pytest.mark.parametrize("body", [b"", b"<p>", b'{"phase": "a", "phase": "b"}', b"[]", b'{"done": "1", "of": null}'])
def test_an_answer_that_says_no_state_is_shown_by_its_status(body: bytes, drawn: Drawn) -> None:
    [lane] = drawn(polled(1, body))
    assert [(each.state, each.x, each.width) for each in lane.spans] == [("200", 0.0, 100.0)]
    assert lane.polls[0].height is None


def test_no_answer_is_one_too(drawn: Drawn) -> None:
    [lane] = drawn(polled(1, LIFE[0]), polled(2, b"", reply=None, fault="connection reset"))
    assert [each.state for each in lane.spans] == ["new", "no answer"]


def test_of_a_thousand_answers_those_have_dots_at_which_something_changed(drawn: Drawn) -> None:
    many = [polled(number, {"phase": "running", "done": number // 500, "of": 2}) for number in range(1_000)]
    [lane] = drawn(*many)
    assert (len(lane.polls), len(lane.rows), [each.exchange for each in lane.dots]) == (1_000, 2, [0, 499, 500, 999])


def test_the_axis_has_few_round_numbers(drawn: Drawn) -> None:
    [lane] = drawn(polled(0, LIFE[0]), polled(26_999, LIFE[2]))
    assert [label for _, label in lane.ticks] == ["0 s", "600 s", "1200 s", "1800 s"]
