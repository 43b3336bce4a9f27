"""Where every answer is the same, and hardly a right one, that is said once, and nothing else is made of it."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve
from rich.console import Console

from assay import claims, contract, judge, recording
from assay.claims import Ledger
from assay.judge.verdicts import Alike
from assay.report import made, terminal
from assay.report.results import results
from selftests.running import miniatures
from selftests.running.miniatures import NOTHING, Answer, Asked, Behaviour, Miniature, Ran

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

ONE = '[states."getThing 200"]\npath = { id = "one" }\n'
ROUTER = Answer(404, b"404 page not found", (("Content-Type", "text/plain"),))
LIST = """\
openapi: 3.1.0
info: {title: Lists, version: 1.0.0}
paths:
  /lists:
    get:
      operationId: getLists
      responses: {"200": {description: All., content: {application/json: {}}}, "404": {description: No.}}
  /lists/{name}:
    get:
      operationId: getList
      parameters: [{name: name, in: path, required: true, schema: {type: string}, example: fruit}]
      responses: {"200": {description: It.}, "404": {description: No.}}
"""


@pytest.fixture(scope="session")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    path = tmp_path_factory.mktemp("lists") / "lists.yaml"
    path.write_text(LIST)
    return claims.ledger(contract.load(path))


@pytest.mark.parametrize(
    ("answer", "question"),
    [
        (ROUTER, "does base_url {url} have the right path, and is there what the target file names?"),
        (Answer(500, {"error": "no store"}), "is the service well? Its own log should say"),
        (Answer(502, b"<h1>Bad Gateway</h1>", ()), "is the service up, behind what answers in its place?"),
        (Answer(401, {"error": "no such key"}), "is the credential right?"),
        (Answer(302, b"", (("Location", "/login"),)), "is what answers at {url} the API, or something that stands"),
        (Answer(200, b"<html>", (("Content-Type", "text/html"),)), "is what answers at {url} the API, or something"),
        (Answer(418, {"error": "tea"}), "what do all these requests lack? Does base_url {url} lead to this API?"),
    ],
)
def test_it_is_asked_what_may_be_wrong(answer: Answer, question: str, start: Start, ran: Run) -> None:
    server = start(miniatures.always(answer))
    found = ran(server.url, ONE, probed=True).verdicts.alike
    assert found is not None
    assert (found.status, found.answers) == (answer.status, 2)
    assert found.text.startswith(f"every one of 2 answers was {answer.status}: {question.format(url=server.url)}")


def test_without_a_credential_that_is_what_is_missing(start: Start, ran: Run) -> None:
    came = ran(start(miniatures.things).url, ONE, credentials="")
    assert came.verdicts.alike == Alike(
        401, 2, "every one of 2 answers was 401: no credential was sent: give [credentials.default] in the target file"
    )


@pytest.mark.parametrize("states", [ONE, ""])
def test_a_server_that_is_right_is_asked_nothing(states: str, start: Start, ran: Run) -> None:
    assert ran(start(miniatures.things).url, states, probed=True).verdicts.alike is None


def test_reads_that_are_all_good_are_no_matter(start: Start, ran: Run, lists: Ledger) -> None:
    assert ran(start(miniatures.always(Answer(200, []))).url, ledger=lists, credentials="").verdicts.alike is None


def test_one_answer_is_not_all(start: Start, ran: Run) -> None:
    """The 404 that follows from the document is asked for, and is right."""
    assert ran(start(miniatures.always(NOTHING)).url).verdicts.alike is None


def test_a_collection_that_is_not_there_is_a_matter(start: Start, ran: Run, lists: Ledger) -> None:
    found = ran(start(miniatures.always(Answer(404, b""))).url, ledger=lists, credentials="").verdicts.alike
    assert found is not None
    assert found.status == 404


def test_an_example_that_is_not_there_is_none(start: Start, ran: Run, lists: Ledger) -> None:
    """A server without /lists, which answers a documented 404 to whatever it is asked by name."""

    def unlisted(asked: Asked) -> Answer:
        return Answer(200, []) if asked.path == "/lists" else Answer(404, b"")

    came = ran(start(unlisted).url, ledger=lists, credentials="")
    named = [each for each in came.recording.exchanges if each.operation == "getList"]
    assert len(named) > 1
    kept = evolve(came.recording, exchanges=tuple(named))
    assert judge.judge(lists, kept).alike is None


class TestWhereItIsSaid:
    @pytest.fixture
    def came(self, start: Start, ran: Run) -> Ran:
        return ran(start(miniatures.always(ROUTER)).url, ONE)

    def test_every_face_says_it(self, came: Ran) -> None:
        console = Console(file=io.StringIO(), width=1_000)
        terminal.show(came.verdicts, console, None)
        shown = console.file.getvalue()  # type: ignore[attr-defined]
        assert shown.splitlines()[1].startswith("every one of 2 answers was 404: does base_url")
        for face in ("html", "markdown"):
            text = made(face, came.verdicts, came.recording).decode()
            assert "every one of 2 answers was 404: does" in text, face
        assert results(came.verdicts, came.recording)["alike"]["answers"] == 2

    def test_whoever_judges_again_says_it_too(self, came: Ran, ledger: Ledger, tmp_path: Path) -> None:
        read = recording.load(tmp_path / "report" / "recording.jsonl")
        assert judge.judge(ledger, read).alike == came.verdicts.alike is not None

    def test_it_changes_no_verdict(self, came: Ran, ledger: Ledger) -> None:
        (one, *_) = came.recording.exchanges
        alone = judge.judge(ledger, evolve(came.recording, exchanges=(one,)))
        assert (alone.alike, alone.exit_status) == (None, came.verdicts.exit_status)
