"""Verdicts → summary.md, for the summary of a CI job and for a merge request: what a reader there has to know.

The first sentence is the verdict. What held is a cell of the matrix; everything else is said once, and what is too long
to be read there is counted: results.json has all of it. Nothing that a server said can be anything but text.
"""

from collections.abc import Iterator

from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts
from assay.report import marked, wording
from assay.report.curl import curl_to_show
from assay.report.visible import cut

_MOST_ROWS = 30
"""Operations that are all shown; of more, those of which every response held are counted only."""
_MOST_GROUPS = 50
_MOST_IDS = 20
_LONGEST = 300
"""Characters of one value that is quoted. A job's summary may have a megabyte."""

_Parts = Iterator[str]


def markdown(verdicts: Verdicts) -> bytes:
    parts = [
        f"## {marked.text(wording.headline(verdicts))}",
        f"**{marked.text(wording.ticket(verdicts))}**",
        *([marked.text(verdicts.alike.text)] if verdicts.alike else []),
        *_matrix(verdicts),
        *_violated("Violated", wording.violated(verdicts), verdicts),
        *_violated("Violated, not gating", wording.violated_should(verdicts), verdicts),
        *_listed("Incomplete", _incomplete(verdicts)),
        *_listed("Waivers and exclusions to mend", _wrong(verdicts)),
        *_listed("The client, not gating", _client(verdicts)),
        *_listed("Set by the target file", _set_by_target(verdicts)),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _matrix(verdicts: Verdicts) -> _Parts:
    rows: dict[str, dict[str, ResponseVerdict]] = {}
    for each in verdicts.responses:
        rows.setdefault(each.operation, {})[each.status] = each
    whole = {name for name, row in rows.items() if all(each.verdict == "held" for each in row.values())}
    shown = [name for name in rows if len(rows) <= _MOST_ROWS or name not in whole][:_MOST_GROUPS]
    statuses = sorted({status for name in shown for status in rows[name]})
    if shown:
        yield marked.table(
            ["operation", *map(marked.text, statuses)],
            [[marked.text(name), *(_cell(rows[name].get(status)) for status in statuses)] for name in shown],
        )
    hidden = rows.keys() - shown
    if some := hidden & whole:
        yield f"and {wording.count(len(some), 'more operation')}, all of whose documented responses held"
    if some := hidden - whole:
        yield f"and {wording.count(len(some), 'more operation')}, in results.json"


def _cell(response: ResponseVerdict | None) -> str:
    if response is None:
        return ""
    symbol = wording.SYMBOLS[response.verdict][0]
    return f"{marked.text(symbol)} {response.verdict}" + (f"<br>{response.grade}" if response.grade else "")


def _violated(title: str, groups: dict[str, list[ClaimVerdict]], verdicts: Verdicts) -> _Parts:
    if groups:
        yield f"### {title}"
    for sentence, group in list(groups.items())[:_MOST_GROUPS]:
        yield "\n".join(_group(sentence, group, verdicts))
    if (more := len(groups) - _MOST_GROUPS) > 0:
        yield f"and {wording.count(more, 'more sentence')}, in results.json"


def _group(sentence: str, group: list[ClaimVerdict], verdicts: Verdicts) -> _Parts:
    """Each claim's sentence once, as a list: what stands behind it, what was expected and came, and how to see it."""
    yield f"#### {wording.SYMBOLS['violated'][0]} {marked.sentence(sentence)}"
    yield ""
    for pointer in dict.fromkeys(each.claim.pointer for each in group):
        yield f"- stands at {marked.code(verdicts.ledger.contract.where(pointer))}, {marked.code(pointer)}"
    ids = [marked.code(each.claim.id) for each in group]
    more = f" and {len(ids) - _MOST_IDS} more" if len(ids) > _MOST_IDS else ""
    yield f"- claims: {', '.join(ids[:_MOST_IDS])}{more}"
    failure = wording.shown_failure(group)
    if failure is None:
        yield f"- {marked.text(group[0].reason)}"
        return
    at = f" at {marked.code(failure.at)}" if failure.at else ""
    if expected := wording.expected(failure):
        yield f"- expected: {marked.code(cut(expected, _LONGEST))}"
    yield f"- got{at}: {marked.code(cut(failure.got, _LONGEST))}"
    request_id = failure.exchange.request_id
    named = f", request id {marked.code(cut(request_id, _LONGEST))}" if request_id else ""
    yield f"- exchange {failure.exchange.id}{named}"
    yield ""
    yield marked.folded("the request as a curl line", marked.block(curl_to_show(failure.exchange), "sh"))
    if note := wording.not_there(failure):
        yield f"\n{marked.text(note)}"


def _listed(title: str, reasons: tuple[str, ...]) -> _Parts:
    if reasons:
        lines = [f"- {marked.text(cut(each, _LONGEST))}" for each in reasons[:_MOST_GROUPS]]
        more = len(reasons) - _MOST_GROUPS
        yield "\n".join([f"### {title}", "", *lines, *([f"- and {more} more, in results.json"] if more > 0 else [])])


def _incomplete(verdicts: Verdicts) -> tuple[str, ...]:
    """A response that was not seen once, with what to supply, and not again for each of its claims."""
    rows = [each for each in verdicts.responses if each.verdict in ("not-exercised", "inconclusive")]
    told = {(each.operation, each.status) for each in rows}
    of = {each.claim.id: (each.claim.operation, each.claim.response) for each in verdicts.claims}
    return (
        *(
            f"{wording.named(each)} is {each.verdict}: {each.reason}" + (f"; {each.todo}" if each.todo else "")
            for each in rows
        ),
        *(each for each in verdicts.incomplete if of.get(each.partition(" is ")[0]) not in told),
    )


def _wrong(verdicts: Verdicts) -> tuple[str, ...]:
    seen = (f"{claim} is excluded, but the response came: delete the exclusion" for claim in verdicts.excluded_but_seen)
    return (*(note.text for note in verdicts.waiver_notes), *seen)


def _client(verdicts: Verdicts) -> tuple[str, ...]:
    """Where it gates, it stands with all that is violated."""
    if verdicts.client is None or verdicts.client.gates:
        return ()
    return tuple(f"{each.claim.id}: {each.reason}" for each in verdicts.client.claims if each.verdict == "violated")


def _set_by_target(verdicts: Verdicts) -> tuple[str, ...]:
    """Said every time, so that nobody forgets it."""
    header = verdicts.header
    return (
        *(f"excluded: {each.response}: {each.reason} ({each.owner})" for each in header.excluded),
        *(
            f"waived until {each.until}: {each.claim}: {each.reason} ({each.owner})"
            for each in wording.waivers_used(verdicts)
        ),
        *(f"level: {claims} is {level}" for claims, level in header.levels.items()),
    )
