"""A run that ends early removes what it made all the same, and says what it could not."""

import itertools
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assay import recording
from assay.errors import UserError
from assay.run.send import STILL_HEARD
from selftests.chains.conftest import Ran
from selftests.chains.shelf import Shelf
from selftests.running.miniatures import Answer, Asked, Raw

Run = Callable[..., Ran]
LOST = "left at the server: addBook may have made something that nobody was told of"


class Stopping(Shelf):
    """Told to stop while `at`, a method and the beginning of a path, is asked for the first time; `then` once more."""

    def __init__(self, at: str, by: signal.Signals = signal.SIGINT, then: str = "", after: float = 0.3) -> None:
        super().__init__()
        self.after = after
        self.moments = [each for each in (at, then) if each]
        self.by = by

    def __call__(self, asked: Asked) -> Answer:
        if self.moments and f"{asked.method} {asked.path}".startswith(self.moments[0]):
            self.moments.pop(0)
            os.kill(os.getpid(), self.by)
            answer = super().__call__(asked)
            return Answer(answer.status, answer.body, after=self.after)
        return super().__call__(asked)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_what_was_made_is_removed(by: signal.Signals, ran: Run) -> None:
    came = ran(server=Stopping("GET /books/b", by))
    assert came.recording.interrupted
    assert came.sent("make", "state")
    assert came.sent("remove")
    assert (came.shelf.books, came.recording.left) == ({}, ())


def test_what_is_being_made_up_is_not_waited_for(ran: Run) -> None:
    """So many would take minutes, whatever else the machine has to do."""
    began = time.process_time()
    came = ran(server=Stopping("GET /books/b"), examples=20_000)
    assert came.recording.interrupted
    assert time.process_time() - began < 20


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_what_is_being_made_is_heard_of_and_removed(by: signal.Signals, ran: Run) -> None:
    came = ran(server=Stopping("POST /books", by), select="addBook 201")
    assert came.recording.interrupted
    assert came.sent() == ["POST ", "DELETE /b1", "GET /b1"]
    assert (came.shelf.books, came.recording.left) == ({}, ())


def test_what_nobody_was_told_of_is_said(ran: Run) -> None:
    came = ran(server=Stopping("POST /books", after=STILL_HEARD + 0.5), select="addBook 201")
    assert came.recording.interrupted
    assert len(came.shelf.books) == 1
    assert came.recording.left == (f"{LOST}: the run was stopped before it was answered",)


class StoppingInBurst(Shelf):
    """Takes one title as often as it comes. Told to stop once a control and a burst of four came; `slow`: too slow."""

    def __init__(self, *, slow: bool) -> None:
        super().__init__()
        self.slow = slow
        self.posted = itertools.count(1)

    def add(self, asked: Asked) -> Answer:
        number = next(self.posted)
        code = f"b{number}"
        self.books[code] = book = {**self.read(asked), "code": code}
        if number == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return Answer(201, book, after=0 if number == 1 else STILL_HEARD * self.slow + 0.5)


BURST = '[states."addBook 409"]\nburst = 4\nbody = { title = "One of many" }\n'


def test_what_a_burst_is_making_is_heard_of_and_removed(ran: Run) -> None:
    came = ran(BURST, server=StoppingInBurst(slow=False), select="addBook 409")
    assert came.recording.interrupted
    assert len(came.sent("state")) == 4
    assert (came.shelf.books, came.recording.left) == ({}, ())


def test_what_nobody_was_told_of_in_a_burst_is_said(ran: Run) -> None:
    came = ran(BURST, server=StoppingInBurst(slow=True), select="addBook 409")
    assert len(came.shelf.books) == 4
    assert came.recording.left == (f"{LOST}: the run was stopped before it was answered (4 times)",)


def test_a_second_time_ends_the_removal_too(ran: Run) -> None:
    came = ran(server=Stopping("GET /books/b", then="DELETE /books/b"), select="readBook 200")
    assert came.recording.interrupted
    assert came.recording.left == ("left at the server: addBook 201 made it, DELETE /books/{book} (b1): not sent",)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_first_time_during_the_removal_does_not_end_it(by: signal.Signals, ran: Run) -> None:
    came = ran(server=Stopping("DELETE /books/b", by), select="readBook 200")
    assert came.recording.interrupted
    assert (came.shelf.books, came.recording.left) == ({}, ())


def test_what_is_left_is_in_the_file(ran: Run, tmp_path: Path) -> None:
    came = ran(wrong="stays", select="addBook 201")
    assert recording.load(tmp_path / "report" / "recording.jsonl").left == came.recording.left != ()


def test_a_lost_answer_is_told_of(ran: Run) -> None:
    class Losing(Shelf):
        def __call__(self, asked: Asked) -> Answer | Raw:  # type: ignore[override]
            answer = super().__call__(asked)
            return Raw() if asked.method == "POST" else answer

    came = ran(server=Losing(), select="*Book 40*")
    assert came.verdict("addBook 400") == "inconclusive"
    assert came.recording.left
    assert all(each.startswith(LOST) for each in came.recording.left)


def test_after_a_failure_too(ran: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the run: here a fault of assay itself, after the first steps."""

    def broken(*_: object) -> None:
        raise UserError("something is wrong", where="here")

    monkeypatch.setattr("assay.run._Run._check_answering", broken)
    server = Shelf()
    with pytest.raises(UserError, match="something is wrong"):
        ran(server=server)
    assert server.books == {}
