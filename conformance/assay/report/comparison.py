"""Comparison → text for a terminal, and Markdown for a merge request. What is worse comes first."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, get_args

from attrs import frozen

from assay.claims import name_of
from assay.compare import Became, Change, Comparison
from assay.report import marked, wording
from assay.report.visible import cut, visible

_MOST = 20
"""Things of a kind that are listed."""
_LONGEST = 300

_MEANINGS = {
    0: "nothing is worse",
    1: "something is newly violated",
    3: "something is no longer exercised",
    4: "something is newly waived",
}

_WORSE: tuple[Became, ...] = ("newly violated", "newly waived", "no longer exercised")


@frozen
class _Style:
    """How a heading, an item and a name are written."""

    heading: Callable[[str], str]
    item: str
    text: Callable[[str], str]
    name: Callable[[str], str]
    sentence: Callable[[str], str]
    between: str


_PLAIN = _Style(lambda words: f"{words}:", "  ", visible, visible, visible, "\n    ")
_MARKDOWN = _Style(lambda words: f"### {words}\n", "- ", marked.text, marked.code, marked.sentence, "<br>")


def plain(comparison: Comparison) -> str:
    return "\n".join(_lines(comparison, _PLAIN)) + "\n"


def markdown(comparison: Comparison) -> str:
    title = f"## {_MEANINGS[comparison.exit_status].capitalize()}\n"
    return "\n".join([title, *_lines(comparison, _MARKDOWN)]) + "\n"


def _lines(comparison: Comparison, style: _Style) -> Iterator[str]:
    for word, side in (("old", comparison.old), ("new", comparison.new)):
        yield f"{style.item}{word}: {style.text(_described(side))}"
    if not comparison.same_contract:
        yield f"{style.item}not the same contract: claims are told apart by their ids"
    if comparison.left_out:
        yield f"{style.item}left out: {wording.count(comparison.left_out, 'claim')} that the new run did not ask about"
    for became in get_args(Became):
        yield from _kind(became, comparison, style)
    yield ""
    worse = Counter(each.became for each in comparison.claims if each.counts)
    counts = [f"{became}: {wording.count(worse[became], 'claim')}" for became in _WORSE if worse[became]]
    yield f"something is {'; '.join(counts)}" if counts else _MEANINGS[0]


def _described(data: dict[str, Any]) -> str:
    target = data["target"]
    who = wording.called(target["name"], served=target["served"], mock=target["mock"], probes=target["probes"])
    held = sum(each["verdict"] == "held" for each in data["responses"])
    outcome = wording.outcome(data["exit_status"], sum(each["used"] for each in data["waivers"]))
    build = f"build {target['build']}" if target["build"] else "an unnamed build"
    return (
        f"{who}: {outcome}: {held}/{len(data['responses'])} responses, "
        f"{data['summary']['held']}/{data['summary']['claims']} claims, {build}, document {data['spec']['version']}, "
        f"{data['finished']}"
    )


def _kind(became: Became, comparison: Comparison, style: _Style) -> Iterator[str]:
    """The responses, then the claims, a sentence once. A response stands for its claims, but for violated ones."""
    rows = [each.response for each in comparison.responses if each.became == became]
    claims = [each for each in comparison.claims if each.became == became]
    if not rows and not claims:
        return
    yield ""
    yield style.heading(f"{became} ({_counted(became, rows, claims)})")
    if rows:
        more = f" and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
        yield f"{style.item}{', '.join(map(style.text, rows[:_MOST]))}{more}"
    groups: dict[tuple[str, bool], list[Change]] = {}
    for each in sorted(claims, key=lambda each: not each.counts):
        if became == "newly violated" or name_of(each.claim.operation, each.claim.response) not in rows:
            groups.setdefault((each.claim.sentence, each.counts), []).append(each)
    for group in list(groups.values())[:_MOST]:
        yield style.item + style.between.join(_group(group, style))
    if len(groups) > _MOST:
        yield f"{style.item}and {len(groups) - _MOST} more"


def _counted(became: Became, rows: list[str], claims: list[Change]) -> str:
    parts = [(len(rows), "response"), (len(claims), "claim")]
    counted = [wording.count(number, what) for number, what in parts if number]
    worse = sum(each.counts for each in claims)
    if became in _WORSE and worse < len(claims):
        counted.append(f"of which {worse} {'counts' if worse == 1 else 'count'}")
    return ", ".join(counted)


def _group(group: list[Change], style: _Style) -> Iterator[str]:
    first = group[0]
    yield style.sentence(first.claim.sentence)
    ids = ", ".join(style.name(each.claim.id) for each in group[:_MOST])
    more = f" and {len(group) - _MOST} more" if len(group) > _MOST else ""
    worse = first.became in _WORSE
    moved = " → ".join(each for each in (first.was, first.now) if each)
    yield f"{ids}{more} ({moved}{', which does not count' if worse and not first.counts else ''})"
    if first.told and worse:
        yield style.text(cut(first.told, _LONGEST))
