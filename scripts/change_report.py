"""Changes → a report for a pull request, as JSON and as Markdown, and the entry of a changelog.

The same changes give the same bytes: no clock is looked at. Not what changed, nor how much it weighs: see `changes`.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import asdict, frozen

import versioning
from assay.errors import UserError
from changes import CLASSES, Change, Class, ordered, worst
from claim_changes import ClaimChange

_HEADINGS: dict[Class, str] = {
    "breaking": "What callers lose, and must change",
    "additive": "What callers gain",
    "internal": "What callers do not notice",
}


@frozen
class Report:
    """`old` and `new` are versions. `changes` are those of the document and of the code."""

    client: str
    old: str
    new: str
    changes: tuple[Change, ...]
    claims: tuple[ClaimChange, ...]

    @property
    def of(self) -> Class | None:
        return worst(self.changes)

    def json(self) -> str:
        content = {
            "format": "assay-changes/1",
            "client": self.client,
            "from": self.old,
            "to": self.new,
            "class": self.of,
            "changes": [{"class": each.of, **_without_of(each)} for each in ordered(self.changes)],
            "claims": [asdict(each) for each in self.claims],
        }
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

    def markdown(self) -> str:
        if self.of is None:
            return f"# {self.client} {self.old}\n\nNothing changed.\n"
        return "\n".join([f"# {self.client} {self.old} → {self.new}: {self.of}", *self._sections()]) + "\n"

    def entry(self, date: str | None) -> str:
        """What a changelog says of it, without what callers do not notice."""
        told = [each for each in ordered(self.changes) if each.of != "internal"]
        counted = [f"- Claims: {_counted(self.claims)}."] if self.claims else []
        lines = [f"- {each.of}: {_line(each)}" for each in told]
        return "\n".join([self._heading(date), "", *lines, *counted]) + "\n"

    def _heading(self, date: str | None) -> str:
        return f"## {self.client} {self.new}" + (f" ({date})" if date else "")

    def _sections(self) -> Iterator[str]:
        for of in CLASSES:
            found = [each for each in ordered(self.changes) if each.of == of]
            if found:
                yield from ["", f"## {_HEADINGS[of]} ({of})", "", *(f"- {_line(each)}" for each in found)]
        if self.claims:
            yield from ["", f"## Claims: {_counted(self.claims)}", ""]
            for each in self.claims:
                was = f" Before: {each.was}" if each.was else ""
                yield f"- {each.how}: `{each.id}`: {each.sentence}{was}"


def write(report: Report, folder: Path) -> None:
    """changes.json and changes.md. Raises UserError: the folder cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "changes.json").write_text(report.json(), encoding="utf-8")
        (folder / "changes.md").write_text(report.markdown(), encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(folder), todo="name another folder") from None


def enter(report: Report, changelog: Path, date: str | None) -> None:
    """Put the entry first, in the place of those that an earlier run made since the older version.

    Raises UserError: the file is not there, or is no text.
    """
    try:
        text = changelog.read_text("utf-8")
        head, *sections = re.split(r"(?m)^(?=## )", text)
        kept = [each for each in sections if not _is_later(each, report)]
        first = [] if report.of in (None, "internal") else [report.entry(date) + ("\n" if kept else "")]
        now = "".join([head, *first, *kept])
        if now != text:
            changelog.write_text(now, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"no entry can be written: {error}", where=str(changelog), todo="name another file with --changelog"
        ) from None


def _is_later(section: str, report: Report) -> bool:
    heading = re.match(rf"## {re.escape(report.client)} (\S+)", section)
    return heading is not None and versioning.is_larger(heading[1], than=report.old)


def _line(change: Change) -> str:
    todo = f" → {change.todo}" if change.todo else ""
    return f"`{change.place}` {change.sentence}{todo}"


def _counted(claims: tuple[ClaimChange, ...]) -> str:
    counts = [(how, sum(each.how == how for each in claims)) for how in ("came", "went", "changed")]
    return ", ".join(f"{count} {how}" for how, count in counts if count)


def _without_of(change: Change) -> dict[str, str]:
    return {key: value for key, value in asdict(change).items() if key != "of"}
