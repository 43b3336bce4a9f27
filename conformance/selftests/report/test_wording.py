"""What every face says alike, seen in each of them."""

import html as markup
import re
from collections.abc import Callable

import pytest

from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts
from assay.recording import Recording
from assay.report import FILES, made

Judged = Callable[..., Verdicts]
Broken = Callable[..., ClaimVerdict]

ID = "getThing/200/body/properties/id/format"
SENTENCE = "`/id` is in the format uuid"

SEEN = ResponseVerdict("getThing", "502", "inconclusive", None, 4, "it always comes")
TOLD = "getThing 502 (seen 4 times, its status not judged)"


@pytest.fixture(scope="session")
def face(shown: Callable[..., str], recorded: Recording) -> Callable[[str, Verdicts], str]:
    """The text of a face, its white space and markup taken out."""

    def make(name: str, verdicts: Verdicts) -> str:
        text = shown(verdicts, width=200) if name == "terminal" else made(name, verdicts, recorded).decode()
        if name == "html":
            text = markup.unescape(re.sub("<[^>]+>", " ", re.sub("(?s)<(style|script).*?</.1>", "", text)))
        return " ".join(text.split())

    return make


class TestWhatCameWhereItWasNotDue:
    @pytest.mark.parametrize("name", ["terminal", "html", "markdown"])
    def test_it_is_said_to_be_seen(self, name: str, judged: Judged, face: Callable[..., str]) -> None:
        text = face(name, judged(SEEN, exit_status=3))
        assert TOLD in text
        assert "not seen" not in text

    def test_its_cell_says_so_too(self, judged: Judged, face: Callable[..., str]) -> None:
        text = face("html", judged(SEEN, exit_status=3))
        assert "502 ? inconclusive seen, status not judged 4× exchanged" in text

    @pytest.mark.parametrize("name", ["terminal", "markdown"])
    def test_what_did_not_come_is_not_said_to_be_seen(
        self, name: str, judged: Judged, face: Callable[..., str]
    ) -> None:
        unseen = ResponseVerdict("getThing", "502", "not-exercised", None, 0, "no state leads to it")
        assert "seen " not in face(name, judged(unseen, exit_status=3))


class TestADocumentThatWasNotTheOneRecordedFor:
    """`assay judge --spec OTHER`: what is judged by stands first, and the other one beside it."""

    @pytest.mark.parametrize(
        ("recorded_for", "told"),
        [
            ({"title": "Old things", "version": "0.9", "digest": "d0"}, "Old things 0.9"),
            (
                {"title": "Things", "version": "1.2.3", "digest": "d0" * 32},
                "another Things 1.2.3 (contract d0d0d0d0d0d0)",
            ),
        ],
    )
    def test_both_are_named(
        self, recorded_for: dict[str, str], told: str, judged: Judged, face: Callable[..., str], recorded: Recording
    ) -> None:
        verdicts = judged(header={"contract": recorded_for})
        assert f"Document Things 1.2.3 Recorded for {told} Build " in face("html", verdicts)
        suite = made("junit", verdicts, recorded).decode()
        assert '<property name="document" value="Things 1.2.3"' in suite
        assert f'<property name="recorded_for" value="{told}"' in suite

    @pytest.mark.parametrize("name", ["html", "junit"])
    def test_one_that_was_is_named_once(
        self, name: str, judged: Judged, face: Callable[..., str], recorded: Recording
    ) -> None:
        assert "ecorded for" not in face(name, judged())
        assert b"recorded_for" not in made(name, judged(), recorded)


@pytest.mark.parametrize("name", ["terminal", *(each for each in FILES if each not in ("json", "badge"))])
def test_what_was_expected_is_not_said_again_where_it_is_the_sentence(
    name: str, judged: Judged, broken: Broken, face: Callable[..., str]
) -> None:
    other, same = (face(name, judged(broken(ID, expected=each), exit_status=1)) for each in ("a uuid", SENTENCE))
    assert re.search("[Ee]xpected:? ?`?a uuid", other)
    assert len(re.findall("[Ee]xpected", same)) < len(re.findall("[Ee]xpected", other))
    assert re.search("[Gg]ot", same)
