"""What is seen of a run while it lasts: counted from what was recorded, drawn on a terminal, plain elsewhere."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve
from rich.console import Console

from assay import claims, plan, progress
from assay.plan.steps import Plan
from assay.recording.exchange import Exchange
from assay.target import target_file
from selftests.running.miniatures import Answer, Asked, Behaviour, Miniature, Ran, in_turn, things

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

STATES = """
[states."getThing 200 one"]
path = { id = "one" }
[states."getThing 200 tree"]
path = { id = "tree" }
poll = { every = 0.01, within = 20 }
[states."getThing 429"]
path = { id = "one" }
burst = 2
"""


@pytest.fixture
def lived(start: Start, ran: Run, ledger: claims.Ledger, tmp_path: Path) -> tuple[Plan, tuple[Exchange, ...]]:
    """The exchanges of a run that watched a tree grow, and its plan."""
    growing, grown = (Answer(200, {"id": "tree", "status": each}) for each in ("growing\x1b[2J", "grown"))
    of_tree = in_turn(growing, growing, grown)

    def answer(asked: Asked) -> Answer:
        found = of_tree(asked) if asked.path == "/things/tree" else things(asked)
        assert isinstance(found, Answer)
        return found

    came = ran(start(answer).url, STATES)
    return plan.plan(ledger, target_file.load(tmp_path / "target.toml"), seed=1, examples=5), came.recording.exchanges


def test_what_came_is_counted_and_what_did_not_is_not(
    ledger: claims.Ledger, lived: tuple[Plan, tuple[Exchange, ...]]
) -> None:
    seen = progress.Seen(ledger, lived[0])
    for each in lived[1]:
        seen.take(each)
    # 401 and 404 follow from the document; no burst of two is too much for this server
    assert seen.came == {("getThing", status) for status in ("200", "401", "404")}
    assert seen.due == 4
    assert (seen.explored, seen.to_explore) == (0, 5)


def test_a_generated_request_that_is_sent_again_is_counted_once(
    ledger: claims.Ledger, lived: tuple[Plan, tuple[Exchange, ...]]
) -> None:
    seen = progress.Seen(ledger, lived[0])
    answered = evolve(next(each for each in lived[1] if each.reply is not None), role="explore")
    seen.take(evolve(answered, reply=None, fault="the connection was cut"))
    seen.take(answered)
    assert seen.explored == 1


def test_a_state_that_is_entered_alone_is_named_while_it_lasts(
    ledger: claims.Ledger, lived: tuple[Plan, tuple[Exchange, ...]]
) -> None:
    seen = progress.Seen(ledger, lived[0])
    named = set()
    for each in lived[1]:
        seen.take(each)
        named.add((each.step, seen.current))
    assert ("getThing 429", "getThing 429") in named
    assert ("getThing 200 one", "") in named


def drawn(ledger: claims.Ledger, lived: tuple[Plan, tuple[Exchange, ...]], *, terminal: bool) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100, _environ={"TERM": "xterm"})
    with progress.shown(ledger, lived[0], console) as heard:
        for each in lived[1]:
            heard(each)
    return file.getvalue()


def test_on_a_terminal_it_is_drawn_and_goes_away_again(
    ledger: claims.Ledger, lived: tuple[Plan, tuple[Exchange, ...]]
) -> None:
    text = drawn(ledger, lived, terminal=True)
    assert "bringing about" in text
    assert "3/4" in text
    assert "getThing 200 tree" in text
    assert "grown" in text
    assert text.rstrip("\n").endswith("\x1b[2K")
    assert "\x1b[2J" not in text


def test_elsewhere_a_plain_line_tells_what_is_new(
    ledger: claims.Ledger, lived: tuple[Plan, tuple[Exchange, ...]]
) -> None:
    lines = drawn(ledger, lived, terminal=False).splitlines()
    assert [line.split("s  ")[1] for line in lines] == [
        "getThing 200 tree: growing\\x1b[2J",
        "getThing 200 tree: grown",
    ]


def test_elsewhere_a_plain_line_comes_now_and_then(
    ledger: claims.Ledger, lived: tuple[Plan, tuple[Exchange, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "PLAIN_EVERY", 0.0)
    assert (
        drawn(ledger, lived, terminal=False)
        .splitlines()[-1]
        .endswith("3/4 brought about, exploration 0/5, getThing 200 tree: grown")
    )


def test_how_much_is_done_is_told_where_the_document_relates_two_numbers() -> None:
    assert progress.Life("processing", 2, 4.0).told == "processing 2/4"
    assert progress.Life("processing", 2).told == "processing"
