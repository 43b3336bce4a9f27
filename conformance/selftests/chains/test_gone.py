"""Whoever repeats a request for what the run made and removed finds nothing: that is said beside its curl line."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from rich.console import Console

from assay import judge, recording
from assay.claims import Ledger
from assay.recording.combined import combined
from assay.report import made, terminal
from assay.report.results import results
from selftests.chains.conftest import Ran
from selftests.chains.shelf import Shelf
from selftests.running.miniatures import Answer, Asked

Run = Callable[..., Ran]
READ = "readBook/200/body/properties/title/type"


class Misprinting(Shelf):
    """Every title is a number: to those who read, lend or add."""

    def __call__(self, asked: Asked) -> Answer:
        answer = super().__call__(asked)
        if isinstance(answer.body, dict) and "title" in answer.body:
            return evolve(answer, body={**answer.body, "title": 7})
        if isinstance(answer.body, dict) and "id" in answer.body:
            return evolve(answer, body={"id": "seven"} if asked.method == "GET" else answer.body)
        return answer


@pytest.fixture
def came(ran: Run) -> Ran:
    return ran(server=Misprinting(), select="read* 200")


def failures(came: Ran, claim: str) -> list[dict[str, Any]]:
    return [each for each in results(came.verdicts, came.recording)["failures"] if each["claim"] == claim]


def ids(came: Ran, what: str) -> list[int]:
    """Of the requests that begin so, in their order."""
    asked = [
        f"{each.request.method} /books{each.request.url.partition('/books')[2]}" for each in came.recording.exchanges
    ]
    return [number for number, each in enumerate(asked, 1) if each.startswith(what)]


def test_it_names_who_made_it_and_who_removed_it(came: Ran) -> None:
    read = failures(came, READ)
    book = read[0]["curl"].rpartition("/")[2].partition("'")[0]
    makers = [each.id for each in came.recording.exchanges if each.reply and f'"{book}"' in each.reply.body.decode()]
    url = came.recording.header.target["base_url"]
    assert read[0]["note"] == (
        f"what it asks for was made by exchange {makers[0]} (POST {url}/books) "
        f"and removed by exchange {ids(came, f'DELETE /books/{book}')[0]}: make another, and put that into the line"
    )


def test_of_what_is_within_another_the_nearest(came: Ran) -> None:
    (loan,) = failures(came, "readLoan/200/body/properties/id/type")
    assert f"made by exchange {ids(came, 'POST /books/')[0]} (POST " in loan["note"]


def test_what_made_it_can_be_repeated(came: Ran) -> None:
    added = failures(came, "addBook/201/body/properties/title/type")
    assert added
    assert not any("note" in each for each in added)


def test_what_was_there_before_and_stays_can_be_read_again(ran: Run) -> None:
    states = '[states."readBook 200"]\npath = { book = "b7" }\n'
    came = ran(states, server=Misprinting(books={"b7": {"title": "Emma", "code": "b7"}}), select="readBook 200")
    assert failures(came, READ)
    assert not any("note" in each for each in failures(came, READ))


def test_what_is_left_can_be_read_again(ran: Run) -> None:
    came = ran(server=Misprinting("stays"), select="readBook 200")
    assert failures(came, READ)
    assert not any("note" in each for each in failures(came, READ))


def test_every_face_says_it(came: Ran) -> None:
    note = failures(came, "readLoan/200/body/properties/id/type")[0]["note"]
    console = Console(file=io.StringIO(), width=1_000)
    terminal.show(came.verdicts, console, None)
    faces = [console.file.getvalue()]  # type: ignore[attr-defined]
    faces += [made(each, came.verdicts, came.recording).decode() for each in ("html", "junit", "markdown", "sarif")]
    assert [note.partition(" (")[0] in each for each in faces] == [True] * 5


def test_the_file_has_it_too(came: Ran, document: Ledger, tmp_path: Path) -> None:
    read = recording.load(tmp_path / "report" / "recording.jsonl")
    assert read.removed == came.recording.removed != ()
    assert results(judge.judge(document, read), read) == results(came.verdicts, came.recording)


def test_recordings_that_are_joined_keep_it(came: Ran, ran: Run, document: Ledger) -> None:
    other = ran(server=Misprinting(), select="readBook 200")
    whole = combined([("one", came.recording), ("other", other.recording)])
    moved = len(came.recording.exchanges)
    assert whole.removed == (
        *came.recording.removed,
        *((maker + moved, remover + moved) for maker, remover in other.recording.removed),
    )
    found = results(judge.judge(document, whole), whole)["failures"]
    assert all("note" in each for each in found if each["claim"] == READ)
