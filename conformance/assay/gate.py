"""Results + what a release demands → why it may not go out. No network; the clock is given.

Results are believed only as far as their recording bears them out: what counts is the verdict made again from it.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final, Literal

from attrs import frozen

from assay.claims import Ledger, name_of
from assay.judge.verdicts import GRADES, Verdicts
from assay.recording import Recording
from assay.recording.exchange import Grade
from assay.rejudging import Rejudged
from assay.report import wording
from assay.result_file import Result

Status = Literal[1, 3, 4, 6]

NOT_ABOUT_THIS: Final = 6
"""Exit status: whatever the results say, they do not say it of this."""

_MOST_NAMED = 10
_MOST_DIFFERENCES = 5
_WRITES: Final = "--allow-writes"
"""What a response's advice names where it takes requests that change things."""
_CLOCKS_DIFFER = dt.timedelta(minutes=5)
"""By which the clock of whoever ran the check may be ahead."""


@frozen
class Demands:
    """`build` and `max_age` where they are demanded; `min_grade` is the weakest in which a response may have come."""

    build: str = ""
    max_age: dt.timedelta | None = None
    min_grade: Grade = "provoked"


@frozen
class Refusal:
    """Why, in particular where there is more than one thing, and what to do. `status`: the exit status it asks for."""

    status: Status
    what: str
    todo: str
    particulars: tuple[str, ...] = ()


def foreign(result: Result, ledger: Ledger, recording: Recording) -> tuple[Refusal, ...]:
    """Whether it is about this contract at all; if not, there is nothing to judge again."""
    found = []
    if recording.digest != result.data["recording"]["digest"]:
        found.append(_foreign("recording.jsonl is not the recording that the results are about", "keep both together"))
    if result.data["spec"]["digest"] != ledger.contract.digest:
        found.append(_foreign(_other_contract(result, ledger), "check again with this document and these overlays"))
    elif recording.header.contract.get("digest") != ledger.contract.digest:
        found.append(
            _foreign("its requests were planned for another contract", "record again, with this document and overlays")
        )
    return tuple(found)


def refusals(again: Rejudged, demands: Demands, now: dt.datetime) -> tuple[Refusal, ...]:
    """Of results that are about this contract. `now` has a time zone."""
    return (
        *_tampered(again),
        *_of_another_build(again, demands),
        *_of_another_time(again, demands, now),
        *_verdict(again),
        *_expired_since(again, now),
        *_too_weak(again, demands),
    )


def told(verdicts: Verdicts) -> tuple[str, ...]:
    """What is said whether it is refused or not: the verdict, and what the target file takes out of it."""
    header, used = verdicts.header, wording.waivers_used(verdicts)
    return (
        wording.ticket(verdicts),
        *(f"waived until {each.until}: {each.claim}: {each.reason} ({each.owner})" for each in used),
        *(f"excluded: {each.response}: {each.reason} ({each.owner})" for each in header.excluded),
        *(f"level set by the target: {claims} is {level}" for claims, level in header.levels.items()),
    )


def exit_status(refused: tuple[Refusal, ...]) -> Literal[0, 1, 3, 4, 6]:
    """The weightiest of them; 0 where there is none."""
    asked = {each.status for each in refused}
    order: tuple[Status, ...] = (NOT_ABOUT_THIS, 1, 4)
    for status in order:
        if status in asked:
            return status
    return 3 if asked else 0


def _foreign(what: str, todo: str) -> Refusal:
    return Refusal(NOT_ABOUT_THIS, what, todo)


def _other_contract(result: Result, ledger: Ledger) -> str:
    """Which file differs, as far as both say."""
    contract = ledger.contract
    given = {each.digest: each.shown for each in (contract.source, *contract.overlays)}
    judged = {each["digest"]: each["file"] for each in result.data["spec"]["files"]}
    names = [given[each] for each in given.keys() - judged.keys()]
    names += [judged[each] for each in judged.keys() - given.keys()]
    differs = f": {', '.join(sorted(set(names)))}" if names else ""
    return f"the results are about another contract{differs}"


def _tampered(again: Rejudged) -> Iterator[Refusal]:
    if again.differing:
        more = len(again.differing) - _MOST_DIFFERENCES
        yield Refusal(
            NOT_ABOUT_THIS,
            f"the recording does not bear the results out in {wording.count(len(again.differing), 'place')}",
            "if nobody changed them, another version of assay made them: check again, or judge the recording with this",
            (*again.differing[:_MOST_DIFFERENCES], *([f"and {more} more"] if more > 0 else [])),
        )


def _of_another_build(again: Rejudged, demands: Demands) -> Iterator[Refusal]:
    builds = again.recording.builds
    if demands.build and not builds:
        yield _foreign("the results name no build", "say in the target file how the server tells its build: `build`")
    elif demands.build and demands.build not in builds:
        yield _foreign(f"the results are about build {again.recording.build}", f"check build {demands.build}")


def _of_another_time(again: Rejudged, demands: Demands, now: dt.datetime) -> Iterator[Refusal]:
    if demands.max_age is None:
        return
    age = now - _instant(again.verdicts.finished)
    if age > demands.max_age:
        yield _foreign(f"the results are from {again.verdicts.finished}, {_words(age)} ago", "check again")
    elif age < -_CLOCKS_DIFFER:
        yield _foreign(f"the results are from {again.verdicts.finished}, which is still to come", "mend the clocks")


def _instant(told: str) -> dt.datetime:
    """The beginning of time where it names none: older than anything that is asked for."""
    try:
        return dt.datetime.fromisoformat(told).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def _words(age: dt.timedelta) -> str:
    minutes = age.total_seconds() / 60
    for least, minutes_each, unit in ((48 * 60, 24 * 60, "day"), (120, 60, "hour")):
        if minutes >= least:
            return wording.count(int(minutes // minutes_each), unit)
    return wording.count(int(minutes), "minute")


def _verdict(again: Rejudged) -> Iterator[Refusal]:
    verdicts = again.verdicts
    violated = [each.claim.id for group in wording.violated(verdicts).values() for each in group]
    if violated:
        yield Refusal(1, f"{wording.count(len(violated), 'claim')} violated: {_some(violated)}", "mend the server")
    wrong = [each.text for each in verdicts.waiver_notes if each.problem != "expiring"]
    wrong += [f"{claim} is excluded, but the response came" for claim in verdicts.excluded_but_seen]
    if wrong:
        yield Refusal(4, _some(wrong, "; "), "mend the target file, and check again")
    if verdicts.incomplete:
        what = f"incomplete: {_some(list(verdicts.incomplete), '; ')}"
        withheld = any(_WRITES in each.todo for each in verdicts.responses)
        allowed = f" with {_WRITES}, at a server that may change" if withheld else ""
        yield Refusal(3, what, f"check again, all of it{allowed}")


def _expired_since(again: Rejudged, now: dt.datetime) -> Iterator[Refusal]:
    today = now.astimezone(dt.UTC).date().isoformat()
    for waiver in wording.waivers_used(again.verdicts):
        if waiver.until < today:
            yield Refusal(4, f"the waiver {waiver.claim!r} expired on {waiver.until}", f"ask {waiver.owner}")


def _too_weak(again: Rejudged, demands: Demands) -> Iterator[Refusal]:
    allowed = GRADES[: GRADES.index(demands.min_grade) + 1]
    weak = [each for each in again.verdicts.responses if each.grade is not None and each.grade not in allowed]
    if weak:
        names = [f"{name_of(each.operation, each.status)} ({each.grade})" for each in weak]
        weakest = next(each for each in reversed(GRADES) if each in [of.grade for of in weak])
        yield Refusal(
            3,
            f"weaker than {demands.min_grade}: {_some(names)}",
            f"check a server that can be brought to give them, or allow it: --min-grade {weakest}",
        )


def _some(names: list[str], between: str = ", ") -> str:
    more = len(names) - _MOST_NAMED
    return between.join(names[:_MOST_NAMED]) + (f"{between}and {more} more" if more > 0 else "")
