"""A resource is asked for again until it is done, and a little longer, or its time is over."""

from collections.abc import Callable
from pathlib import Path

from assay import claims, contract, run
from selftests.running.miniatures import (
    NOTHING,
    THINGS,
    Answer,
    Asked,
    Behaviour,
    Miniature,
    Ran,
    Raw,
    in_turn,
    things,
)

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

GROWING, GROWN = (Answer(200, {"id": "tree", "status": status}) for status in ("growing", "grown"))
TREE = '[states."getThing 200"]\npath = { id = "tree" }\n'
POLL = TREE + "poll = { every = 0.01, within = 20 }\n"
MOVES, ENDS = "getThing/relations/states/status", "getThing/relations/ends/status"


def tree(*answers: Answer | Raw) -> Behaviour:
    of_tree = in_turn(*answers)

    def answer(asked: Asked) -> Answer | Raw:
        return of_tree(asked) if asked.path == "/things/tree" else things(asked)

    return answer


def test_it_is_read_until_it_is_done_and_a_little_longer(start: Start, ran: Run) -> None:
    came = ran(start(tree(GROWING, GROWING, GROWN)).url, POLL)
    assert len(came.of("getThing 200")) == 2 + run.READS_AFTER_END
    assert (came.verdicts.of(MOVES).verdict, came.verdicts.of(ENDS).verdict) == ("held", "held")


def test_its_first_read_is_the_one_that_was_due(start: Start, ran: Run) -> None:
    came = ran(start(tree(GROWING, GROWN)).url, POLL)
    assert [each.role for each in came.of("getThing 200")][:3] == ["state", "poll", "poll"]


def test_what_never_is_done_in_the_time_promised_is_violated(start: Start, ran: Run) -> None:
    came = ran(start(tree(GROWING)).url, TREE + "poll = { every = 0.02, within = 0.2 }\n")
    assert came.verdicts.of(ENDS).verdict == "violated"


def test_what_is_only_watched_need_not_be_done(start: Start, ran: Run) -> None:
    came = ran(start(tree(GROWING)).url, TREE + "poll = { every = 0.02, watch = 0.2 }\n")
    assert len(came.of("getThing 200")) >= 2
    assert came.verdicts.of(ENDS).verdict == "not-exercised"


def test_a_poll_outlasts_an_answer_that_is_no_json(start: Start, ran: Run) -> None:
    came = ran(start(tree(GROWING, Answer(200, b"<oops>"), GROWN)).url, POLL)
    assert len(came.of("getThing 200")) == 2 + run.READS_AFTER_END
    assert came.verdicts.of("getThing/200/json").verdict == "violated"


def test_a_poll_ends_with_its_connection(start: Start, ran: Run) -> None:
    came = ran(start(tree(GROWING, Raw())).url, POLL)
    assert [bool(each.fault) for each in came.of("getThing 200")] == [False, True, True, True]


def test_a_poll_whose_setup_fails_is_inconclusive(start: Start, ran: Run) -> None:
    server = start(lambda asked: Answer(400, {}) if asked.path == "/states" else things(asked))
    came = ran(server.url, f'{POLL}setup = {{ url = "{server.url}/states", state = "a tree was planted" }}\n')
    assert came.row("200").verdict == "inconclusive"
    assert "setup of 'getThing 200'" in came.row("200").reason


def test_what_is_never_said_to_end_is_read_until_its_time_is_over(start: Start, ran: Run, tmp_path: Path) -> None:
    before, _, relations = THINGS.partition("      x-relations:")
    (tmp_path / "things.yaml").write_text(before + relations[relations.index("    Refusal:") :])
    unrelated = claims.ledger(contract.load(tmp_path / "things.yaml", []))
    watch = TREE.replace("200", "404") + "poll = { every = 0.02, watch = 0.2 }\n"
    came = ran(start(tree(NOTHING)).url, watch, ledger=unrelated)
    assert len(came.of("getThing 404")) >= 2
