"""Verdicts → what a person reads at the end of a run. Not a log of it, and no place for headers or bodies.

The first words name the target and the verdict; the last line has the counts, the build and the exit status. Between
them stands what was not held, each thing once. Colour only repeats what a word says; 80 columns are enough.
"""

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdict, Verdicts
from assay.report import wording
from assay.report.curl import curl_to_show
from assay.report.visible import cut, lines, visible

_STYLES: dict[Verdict, str] = {
    "held": "green",
    "violated": "bold red",
    "not-exercised": "yellow",
    "inconclusive": "yellow",
    "waived": "cyan",
    "not-applicable": "dim",
}
_HEADLINE_STYLES = {0: "bold green", 1: "bold red", 3: "bold yellow", 4: "bold yellow"}

_WIDEST_NAME = 24
"""Columns for an operation's name; a longer one has a line of its own."""
_MOST_ROWS = 30
"""Operations that are all shown; of more, those of which every response held are counted only."""

_NARROWEST = 40
_LONGEST_GOT = 200
_MOST_IDS = 20


@frozen
class _Line:
    """One paragraph. `whole`: not wrapped, so that it can be copied; a Text is always whole, and has its own styles."""

    text: str | Text
    style: str = ""
    indent: int = 0
    whole: bool = False


_Lines = Iterator[_Line]


def show(verdicts: Verdicts, console: Console, folder: Path | None) -> None:
    """Print the report. `folder` is where `write` put the files, None where nothing was written."""
    sections = [
        _headline(verdicts),
        _matrix(verdicts, max(console.width, _NARROWEST), console.encoding),
        _gaps(verdicts),
        _summary(verdicts),
        _violated(verdicts),
        _should(verdicts),
        _client(verdicts),
        _set_by_target(verdicts),
        _out_of_date(verdicts),
        _incomplete(verdicts),
        _last(verdicts, folder),
    ]
    for index, section in enumerate(sections):
        found = list(section)
        if found and index:
            console.print()
        for line in found:
            _print(line, console)


def _print(line: _Line, console: Console) -> None:
    margin = " " * line.indent
    if isinstance(line.text, Text):
        # a Text is never read as markup
        text = line.text
    else:
        plain = _printable(line.text, console.encoding)
        text = Text(margin + plain if line.whole else _wrapped(plain, margin, console.width), style=line.style)
    console.print(text, soft_wrap=True, highlight=False)


def _wrapped(text: str, margin: str, width: int) -> str:
    return textwrap.fill(
        text, width=max(width, _NARROWEST), initial_indent=margin, subsequent_indent=margin,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _headline(verdicts: Verdicts) -> _Lines:
    yield _Line(visible(wording.headline(verdicts)), _HEADLINE_STYLES[verdicts.exit_status])
    if verdicts.alike:
        yield _Line(visible(verdicts.alike.text), "bold yellow")


def _matrix(verdicts: Verdicts, width: int, encoding: str) -> _Lines:
    """A row an operation, a cell a documented status: its verdict as symbol and word, and how it came about."""
    rows: dict[str, list[ResponseVerdict]] = {}
    for each in verdicts.responses:
        rows.setdefault(each.operation, []).append(each)
    shown = {name: row for name, row in rows.items() if len(rows) <= _MOST_ROWS or not _all_held(row)}
    cells = {_printable(name, encoding): [_cell(each, encoding) for each in row] for name, row in shown.items()}
    widest = max((cell.cell_len for row in cells.values() for cell in row), default=0)
    names = max((length for name in cells if (length := cell_len(name)) <= _WIDEST_NAME), default=0)
    a_line = max((width - names) // (widest + 2), 1)
    for name, row in cells.items():
        fits = cell_len(name) <= names
        if not fits:
            yield _Line(name, whole=True)
        for start in range(0, len(row), a_line):
            label = name if fits and not start else ""
            yield _Line(_joined(set_cell_size(label, names), row[start : start + a_line], widest))
    if hidden := len(rows) - len(shown):
        yield _Line(f"{wording.count(hidden, 'more operation')}, all of whose documented responses held", "green")


def _all_held(row: list[ResponseVerdict]) -> bool:
    return all(each.verdict == "held" for each in row)


def _cell(response: ResponseVerdict, encoding: str) -> Text:
    symbol = wording.SYMBOLS[response.verdict][not encoding.startswith("utf")]
    grade = f" {response.grade}" if response.grade else ""
    return Text(f"{visible(response.status)} {symbol} {response.verdict}{grade}", _STYLES[response.verdict])


def _printable(text: str, encoding: str) -> str:
    return visible(text).encode(encoding, "backslashreplace").decode(encoding)


def _joined(label: str, cells: list[Text], width: int) -> Text:
    """Each cell as wide as the widest, but for the last: no line ends in spaces."""
    line = Text(label)
    for cell in cells[:-1]:
        line.append("  ").append_text(cell).append(" " * (width - cell.cell_len))
    return line.append("  ").append_text(cells[-1])


def _gaps(verdicts: Verdicts) -> _Lines:
    """Why a response was not seen to hold, and what to supply. What is violated stands with its claims."""
    alike: dict[tuple[Verdict, str, str], list[str]] = {}
    for response in verdicts.responses:
        if response.verdict not in ("held", "violated") and (response.reason or response.todo):
            names = alike.setdefault((response.verdict, response.reason, response.todo), [])
            names.append(visible(wording.named(response)))
    for (verdict, reason, todo), names in alike.items():
        yield _Line(f"{_ids(names)}: {verdict}", _STYLES[verdict])
        for told in (*lines(reason), *lines(todo)):
            yield _Line(told, indent=4)


def _summary(verdicts: Verdicts) -> _Lines:
    responses = Counter(each.verdict for each in verdicts.responses)
    grades = Counter(each.grade for each in verdicts.responses if each.verdict == "held")
    counts = ", ".join(
        f"{grades[each]} {each}" for each in ("natural", "provoked", "hinted", "observed") if grades[each]
    )
    others = ", ".join(_tally(responses, besides="held"))
    text = f"{responses['held']}/{len(verdicts.responses)} documented responses held"
    yield _Line(text + (f" ({counts})" if counts else "") + (f"; {others}" if others else ""))
    for level in ("must", "should"):
        found = Counter(each.verdict for each in verdicts.claims if each.claim.level == level)
        if found:
            yield _Line(f"{wording.count(found.total(), 'claim')} that {level} hold: {', '.join(_tally(found))}")
    if verdicts.client:
        alone = "" if verdicts.client.gates else "; it does not gate"
        yield _Line(visible(f"client {verdicts.client.package}: {', '.join(_tally(verdicts.client.counts))}{alone}"))


def _tally(counts: Counter[Verdict], besides: str = "") -> list[str]:
    return [f"{counts[each]} {each}" for each in wording.SYMBOLS if counts[each] and each != besides]


def _violated(verdicts: Verdicts) -> _Lines:
    for number, (sentence, group) in enumerate(wording.violated(verdicts).items()):
        if number:
            yield _Line("")
        yield from _group(verdicts, sentence, group)


def _group(verdicts: Verdicts, sentence: str, group: list[ClaimVerdict]) -> _Lines:
    symbol = "violated" if group[0].claim.level == "must" else "violated (should)"
    yield _Line(f"{symbol}: {visible(sentence)}", "bold red")
    pointers = dict.fromkeys(each.claim.pointer for each in group)
    for pointer in pointers:
        yield _Line(f"{visible(verdicts.ledger.contract.where(pointer))}  {visible(pointer)}", indent=2)
    yield _Line(f"claims: {_ids(each.claim.id for each in group)}", indent=2)
    shown = wording.shown_failure(group)
    if shown is None:
        yield _Line(visible(group[0].reason), indent=2)
        return
    at = f" at {visible(shown.at)}" if shown.at else ""
    if expected := wording.expected(shown):
        yield _Line(f"expected: {visible(expected)}", indent=2)
    yield _Line(f"got{at}: {cut(visible(shown.got), _LONGEST_GOT)}", indent=2)
    request_id = visible(shown.exchange.request_id)
    others = sum(len(each.failures) for each in group) - 1
    more = f"; {others} more in results.json" if others else ""
    yield _Line(
        f"exchange: {shown.exchange.id}" + (f", request id {request_id}" if request_id else "") + more,
        indent=2,
    )
    yield _Line(curl_to_show(shown.exchange), indent=2, whole=True)
    if note := wording.not_there(shown):
        yield _Line(visible(note), indent=2)


def _should(verdicts: Verdicts) -> _Lines:
    """Those that do not gate; under --strict they stand with the others."""
    groups = wording.violated_should(verdicts)
    if groups:
        yield _Line("should, not gating without --strict:", "yellow")
    for sentence, group in groups.items():
        yield _Line(f"{visible(sentence)} ({_ids(each.claim.id for each in group)})", indent=2)


def _client(verdicts: Verdicts) -> _Lines:
    """What the client gets wrong, where that does not gate; where it does, it stands with all that is violated."""
    groups: dict[str, list[str]] = {}
    for each in verdicts.client.claims if verdicts.client and not verdicts.client.gates else ():
        if each.verdict == "violated":
            groups.setdefault(each.reason, []).append(each.claim.id)
    if groups:
        yield _Line("the client, not gating without --client-gates:", "yellow")
    for reason, ids in groups.items():
        yield _Line(f"{visible(reason)} ({_ids(ids)})", indent=2)


def _set_by_target(verdicts: Verdicts) -> _Lines:
    """What the target file takes out or changes: printed every time, so that nobody forgets it."""
    header = verdicts.header
    for note in header.notes:
        yield _Line(visible(note))
    for excluded in header.excluded:
        yield _Line(visible(f"excluded: {excluded.response}: {excluded.reason} ({excluded.owner})"))
    noted = {note.waiver for note in verdicts.waiver_notes if note.problem != "expiring"}
    for waiver in header.waivers:
        if waiver not in noted:
            yield _Line(visible(f"waived until {waiver.until}: {waiver.claim}: {waiver.reason} ({waiver.owner})"))
    if not header.probes:
        yield _Line("probes = false: rules of HTTP and security that the document does not state were not probed")
    for claims, level in header.levels.items():
        yield _Line(visible(f"level set by the target: {claims} is {level}"))
    if header.short_secrets:
        names = visible(", ".join(header.short_secrets))
        yield _Line(f"too short to be looked for in answers: the credentials {names}")


def _out_of_date(verdicts: Verdicts) -> _Lines:
    for note in verdicts.waiver_notes:
        yield _Line(visible(note.text), "yellow")
    for claim in verdicts.excluded_but_seen:
        yield _Line(f"{visible(claim)} is excluded, but the response came: delete the exclusion", "yellow")


def _incomplete(verdicts: Verdicts) -> _Lines:
    """Each reason once: that of a response stands in its row, and claims may share one."""
    claims = {each.claim.id: each for each in verdicts.claims}
    rows = {(each.operation, each.status) for each in verdicts.responses if each.verdict != "held"}
    groups: dict[str, list[str]] = {}
    for told in verdicts.incomplete:
        found = claims.get(told.partition(" is ")[0])
        if found is None:
            groups[told] = []
        elif (found.claim.operation, found.claim.response) not in rows:
            groups.setdefault(f"{found.verdict}: {found.reason}", []).append(found.claim.id)
    for reason, ids in groups.items():
        yield _Line(f"incomplete: {visible(reason)}" + (f" ({_ids(ids)})" if ids else ""), "yellow")


def _ids(claims: Iterable[str]) -> str:
    ids = [visible(each) for each in claims]
    more = len(ids) - _MOST_IDS
    return ", ".join(ids[:_MOST_IDS]) + (f" and {more} more" if more > 0 else "")


def _last(verdicts: Verdicts, folder: Path | None) -> _Lines:
    status = verdicts.exit_status
    files = f"The files are in {folder}; exit" if folder else "Exit"
    yield _Line(visible(f"{files} status {status}: {wording.MEANINGS[status]}."))
    yield _Line(visible(wording.ticket(verdicts)), _HEADLINE_STYLES[status], whole=True)
