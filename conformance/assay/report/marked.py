"""Text of any origin → Markdown (CommonMark, GitHub's and GitLab's tables) that shows it as it is, and means nothing.

Characters that could mean something become entities, which no parser reads as markup. Not what makes control characters
visible: that is `visible`'s part, and is done first.
"""

import re

from assay.report.visible import visible

_MEANING = re.compile(r"""[\\`*_\[\]<>&|~$@#{}]|(?<=[a-z]):(?=//)|(?<=www)\.|^[-+=]|(?<=^\d)[.)]""", re.IGNORECASE)
"""Of CommonMark, of tables and strikethrough, of formulas, and what GitHub and GitLab make links and mentions of."""


def text(words: str) -> str:
    """Inline text, within a table too."""
    return _MEANING.sub(lambda found: f"&#{ord(found[0])};", visible(words))


def sentence(words: str) -> str:
    """Inline text in which what stands between two backticks is code."""
    parts = words.split("`")
    if len(parts) % 2 == 0:
        return text(words)
    return "".join(
        (code(part) if part else text("``")) if number % 2 else text(part) for number, part in enumerate(parts)
    )


def code(words: str) -> str:
    """A code span; not for tables, where a bar would end the cell."""
    shown = visible(words)
    if not shown.strip():
        return text(repr(shown))
    fence = _fence(shown, 1)
    edge = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def block(words: str, language: str = "") -> str:
    """A fenced block of one line."""
    shown = visible(words)
    fence = _fence(shown, 3)
    return f"{fence}{language}\n{shown}\n{fence}"


def folded(title: str, content: str) -> str:
    """What is shown when the title is opened; both are Markdown already."""
    return f"<details><summary>{title}</summary>\n\n{content}\n\n</details>"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Cells are Markdown already, each of one line."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _fence(shown: str, shortest: int) -> str:
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    return "`" * max(shortest, longest + 1)
