"""Text of any origin → text that is safe to show. Not a quoting for shells (`curl`), XML or JSON (their libraries).

What a server says may hold escape sequences that repaint a terminal, characters that XML forbids, direction marks
that turn a line around, or line ends that forge a line of the report. Here they become visible, not lost.
"""

from assay.judge.verdicts import Failure


def visible(text: str) -> str:
    """One line: each character that prints nothing of its own is shown as its Python escape (`\\x1b`, `\\u202e`)."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def lines(text: str) -> list[str]:
    """For prose that may be several lines: the same, line by line."""
    return [visible(line) for line in text.splitlines()]


def cut(text: str, longest: int) -> str:
    """The beginning of a long text, and how long it was. `longest` is in characters."""
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text):,} characters)"


def told(failure: Failure, longest: int) -> str:
    """One failure in one line: what was expected, and what came."""
    return f"expected {visible(failure.expected)}, got {cut(visible(failure.got), longest)}"
