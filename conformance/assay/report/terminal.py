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

from assay.claims import name_of
from assay.report.curl import curl_to_show
from assay.report.visible import cut, lines, visible
from assay.summary import gates
from assay.verdicts import ClaimVerdict, Verdict, Verdicts

_FACES: dict[Verdict, tuple[str, str, str]] = {
    "held": ("✓", "+", "green"),
    "violated": ("✗", "X", "bold red"),
    "not-exercised": ("○", "o", "yellow"),
    "inconclusive": ("?", "?", "yellow"),
    "waived": ("~", "~", "cyan"),
    "not-applicable": ("·", ".", "dim"),
}
"""Verdict → its symbol, the same in ASCII, and a style."""

_HEADLINES = {
    0: ("conformant", "bold green"),
    1: ("NOT conformant", "bold red"),
    3: ("incomplete", "bold yellow"),
    4: ("waivers or exclusions are out of date", "bold yellow"),
}
_MEANINGS = {
    0: "conformant",
    1: "a `must` claim is violated",
    3: "incomplete: not everything was shown",
    4: "a waiver or an exclusion is wrong",
}

_WIDEST_NAME = 36
"""Columns for `<operation> <status>`; a longer one has a line of its own."""

_LONGEST_GOT = 200
_MOST_IDS = 20


@frozen
class _Line:
    """One paragraph. `whole`: not wrapped, so that it can be copied."""

    text: str
    style: str = ""
    indent: int = 0
    whole: bool = False


_Lines = Iterator[_Line]


def show(verdicts: Verdicts, console: Console, folder: Path) -> None:
    """Print the report. `folder` is where `write` put the files."""
    ascii_only = not console.encoding.startswith("utf")
    sections = [
        _headline(verdicts),
        _responses(verdicts, ascii_only=ascii_only),
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
    text = line.text.encode(console.encoding, "backslashreplace").decode(console.encoding)
    margin = " " * line.indent
    if not line.whole:
        text = textwrap.fill(
            text,
            width=max(console.width, 40),
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
    else:
        text = margin + text
    # a Text is never read as markup
    console.print(Text(text, style=line.style), soft_wrap=True, highlight=False)


def _headline(verdicts: Verdicts) -> _Lines:
    header = verdicts.header
    who = visible(header.target.get("name", "") or "the target")
    if header.target.get("served") == "true":
        who += ", started by assay, not your server"
    if header.mock:
        who += ", a mock, asked for its answers only"
    words, style = _HEADLINES[verdicts.exit_status]
    waived = verdicts.counts["waived"]
    yield _Line(f"{who}: {words}" + (f", {_count(waived, 'claim')} waived" if waived else ""), style)


def _responses(verdicts: Verdicts, *, ascii_only: bool) -> _Lines:
    names = [visible(name_of(each.operation, each.status)) for each in verdicts.responses]
    width = max((cell_len(name) for name in names if cell_len(name) <= _WIDEST_NAME), default=0)
    digits = max((len(str(each.exchanges)) for each in verdicts.responses), default=0)
    for name, response in zip(names, verdicts.responses, strict=True):
        symbol, plain, style = _FACES[response.verdict]
        fits = cell_len(name) <= width
        if not fits:
            yield _Line(name, style, whole=True)
        yield _Line(
            f"{set_cell_size(name if fits else '', width)}  {plain if ascii_only else symbol} {response.verdict:<14}  "
            f"{response.grade or '-':<8}  {_count(response.exchanges, 'exchange', digits)}",
            style,
            whole=True,
        )
        if response.verdict != "held":
            for told in (*lines(response.reason), *lines(response.todo)):
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
            yield _Line(f"{_count(found.total(), 'claim')} that {level} hold: {', '.join(_tally(found))}")
    if verdicts.client:
        alone = "" if verdicts.client.gates else "; it does not gate"
        yield _Line(visible(f"client {verdicts.client.package}: {', '.join(_tally(verdicts.client.counts))}{alone}"))


def _tally(counts: Counter[Verdict], besides: str = "") -> list[str]:
    return [f"{counts[each]} {each}" for each in _FACES if counts[each] and each != besides]


def _violated(verdicts: Verdicts) -> _Lines:
    """Once for each sentence: a schema that twelve statuses share breaks in one place, not in twelve."""
    groups: dict[str, list[ClaimVerdict]] = {}
    for each in verdicts.all_claims:
        if each.verdict == "violated" and gates(each.claim, strict=verdicts.header.strict):
            groups.setdefault(each.claim.sentence, []).append(each)
    for number, (sentence, group) in enumerate(groups.items()):
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
    failures = [failure for each in group for failure in each.failures]
    if not failures:
        yield _Line(visible(group[0].reason), indent=2)
        return
    # a shrunk example says most with least
    shown = min(failures, key=lambda failure: failure.exchange.role != "minimal")
    at = f" at {visible(shown.at)}" if shown.at else ""
    yield _Line(f"expected: {visible(shown.expected)}", indent=2)
    yield _Line(f"got{at}: {cut(visible(shown.got), _LONGEST_GOT)}", indent=2)
    request_id = visible(shown.exchange.request_id)
    more = f"; {len(failures) - 1} more in results.json" if len(failures) > 1 else ""
    yield _Line(
        f"exchange: {shown.exchange.id}" + (f", request id {request_id}" if request_id else "") + more,
        indent=2,
    )
    yield _Line(curl_to_show(shown.exchange), indent=2, whole=True)


def _should(verdicts: Verdicts) -> _Lines:
    """Those that do not gate; under --strict they stand with the others."""
    groups: dict[str, list[str]] = {}
    for each in verdicts.claims:
        if each.verdict == "violated" and not gates(each.claim, strict=verdicts.header.strict):
            groups.setdefault(each.claim.sentence, []).append(each.claim.id)
    if groups:
        yield _Line("should, not gating without --strict:", "yellow")
    for sentence, ids in groups.items():
        yield _Line(f"{visible(sentence)} ({_ids(ids)})", indent=2)


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
    for excluded in header.excluded:
        yield _Line(visible(f"excluded: {excluded.response}: {excluded.reason} ({excluded.owner})"))
    noted = {note.waiver for note in verdicts.waiver_notes}
    for waiver in header.waivers:
        if waiver not in noted:
            yield _Line(visible(f"waived until {waiver.until}: {waiver.claim}: {waiver.reason} ({waiver.owner})"))
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


def _last(verdicts: Verdicts, folder: Path) -> _Lines:
    contract, status = verdicts.header.contract, verdicts.exit_status
    held = sum(each.verdict == "held" for each in verdicts.responses)
    build = f"build {verdicts.build}" if verdicts.build else "an unnamed build"
    yield _Line(
        visible(
            f"{held} of {len(verdicts.responses)} responses and {verdicts.counts['held']} of {len(verdicts.claims)} "
            f"claims held by {build} against {contract.get('title', '')} {contract.get('version', '')}; "
            f"the files are in {folder}; exit status {status}: {_MEANINGS[status]}."
        ),
        _HEADLINES[status][1],
    )


def _count(number: int, what: str, digits: int = 0) -> str:
    return f"{number:>{digits}} {what}{'' if number == 1 else 's'}"
