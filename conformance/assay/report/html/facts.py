"""Verdicts → what stands at the head of the page: the run's facts, its counts, and what to know beside the claims."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from assay.judge.verdicts import Verdict, Verdicts
from assay.report import wording


@frozen
class Fact:
    name: str
    value: str


@frozen
class Tally:
    """What of a kind was found. `gates`: whether it counts in the exit status."""

    what: str
    total: int
    found: Counter[Verdict]
    note: str = ""


@frozen
class Note:
    """Something to know that is no claim's: `face` is the verdict that it looks like."""

    face: Verdict
    about: str
    text: str


def facts(verdicts: Verdicts) -> list[Fact]:
    header = verdicts.header
    told = {
        "Document": wording.document(verdicts),
        "Recorded for": wording.recorded_for(verdicts),
        "Build": verdicts.build or "not named",
        "Address": header.target.get("base_url", ""),
        "Started": _instant(header.started) + _took(header.started, verdicts.finished),
        "Exit status": f"{verdicts.exit_status}: {wording.MEANINGS[verdicts.exit_status]}".replace("`", ""),
    }
    return [Fact(name, value) for name, value in told.items() if value]


def _instant(text: str) -> str:
    return text.partition(".")[0].replace("T", " ").rstrip("Z") + " UTC"


def _took(started: str, finished: str) -> str:
    try:
        seconds = (dt.datetime.fromisoformat(finished) - dt.datetime.fromisoformat(started)).total_seconds()
    except (TypeError, ValueError):
        return ""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f", for {minutes:.0f} min {rest:.0f} s" if minutes else f", for {rest:g} s"


def tallies(verdicts: Verdicts) -> list[Tally]:
    responses = Counter(each.verdict for each in verdicts.responses)
    grades = Counter(each.grade for each in verdicts.responses if each.verdict == "held")
    found = ", ".join(f"{count} {grade}" for grade, count in grades.items() if grade)
    told = [Tally("documented responses", len(verdicts.responses), responses, found)]
    for level in ("must", "should"):
        of_level = Counter(each.verdict for each in verdicts.claims if each.claim.level == level)
        alone = "" if level == "must" or verdicts.header.strict else "do not gate"
        told.append(Tally(f"claims that {level} hold", of_level.total(), of_level, alone))
    if verdicts.client:
        counts = verdicts.client.counts
        alone = "" if verdicts.client.gates else "do not gate"
        told.append(Tally(f"claims on the client {verdicts.client.package}", counts.total(), counts, alone))
    return [each for each in told if each.total]


def notes(verdicts: Verdicts) -> list[Note]:
    return [*_alike(verdicts), *_open(verdicts), *_out_of_date(verdicts), *_set_by_target(verdicts)]


def _alike(verdicts: Verdicts) -> Iterator[Note]:
    if verdicts.alike:
        yield Note("inconclusive", "all alike", verdicts.alike.text)


def _open(verdicts: Verdicts) -> Iterator[Note]:
    """Why the run is incomplete: what a claim or a response says of itself stands there."""
    known = {each.claim.id for each in verdicts.all_claims}
    for reason in verdicts.incomplete:
        if reason.partition(" is ")[0] not in known:
            yield Note("not-exercised", "incomplete", reason)
    for response in verdicts.responses:
        if response.verdict not in ("held", "violated") and (response.reason or response.todo):
            yield Note(
                response.verdict,
                wording.named(response),
                ". ".join(each for each in (response.reason, response.todo) if each),
            )


def _out_of_date(verdicts: Verdicts) -> Iterator[Note]:
    for note in verdicts.waiver_notes:
        yield Note("not-exercised", "waiver", note.text)
    for claim in verdicts.excluded_but_seen:
        yield Note("not-exercised", "exclusion", f"{claim} is excluded, but the response came: delete the exclusion")


def _set_by_target(verdicts: Verdicts) -> Iterator[Note]:
    header = verdicts.header
    for text in header.notes:
        yield Note("not-applicable", "note", text)
    noted = {note.waiver for note in verdicts.waiver_notes}
    for waiver in (each for each in header.waivers if each not in noted):
        yield Note("waived", f"waived until {waiver.until}", f"{waiver.claim}: {waiver.reason} ({waiver.owner})")
    for excluded in header.excluded:
        yield Note("not-applicable", "excluded", f"{excluded.response}: {excluded.reason} ({excluded.owner})")
    for claims, level in header.levels.items():
        yield Note("not-applicable", "level set by the target", f"{claims} is {level}")
    if header.short_secrets:
        names = ", ".join(header.short_secrets)
        yield Note("not-applicable", "credentials too short to be looked for in answers", names)
