"""Text of a server's choice, made safe to show."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.report.visible import cut, lines, visible


@settings(derandomize=True)
@given(st.text(st.characters()))
def test_whatever_comes_is_printable_afterwards(text: str) -> None:
    assert visible(text).isprintable()


@settings(derandomize=True)
@given(st.text(st.characters()))
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


def test_what_prints_nothing_is_named() -> None:
    assert visible("a\x1b[2J\u202eé\n\ud800") == "a\\x1b[2J\\u202eé\\n\\ud800"


def test_prose_keeps_its_lines() -> None:
    assert lines("one\ntwo\x1b") == ["one", "two\\x1b"]


def test_a_long_text_says_how_long_it_was() -> None:
    assert cut("a" * 2_000, 3) == "aaa... (2,000 characters)"


def test_a_short_text_stays_whole() -> None:
    assert cut("abc", 3) == "abc"
