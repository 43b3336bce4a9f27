"""Verdicts → workflow commands of GitHub Actions, which mark the line of the document that a violated claim comes from.

One a sentence, since the interface shows ten of a kind a step. They are printed to stdout, where the runner reads them.
"""

from collections.abc import Iterator

from assay.judge.verdicts import ClaimVerdict, Verdicts
from assay.report import wording
from assay.report.places import place
from assay.report.visible import cut, visible

_LONGEST_MESSAGE = 1_000
_MOST_IDS = 5


def annotations(verdicts: Verdicts) -> bytes:
    return "".join(f"{line}\n" for line in _lines(verdicts)).encode()


def _lines(verdicts: Verdicts) -> Iterator[str]:
    for kind, groups in (("error", wording.violated(verdicts)), ("warning", wording.violated_should(verdicts))):
        for sentence, group in groups.items():
            stands = place(group[0].claim, verdicts.ledger.contract)
            column = f",col={stands.column}" if stands.column else ""
            where = f"file={_property(stands.path)},line={stands.line}{column},title={_property(visible(sentence))}"
            yield f"::{kind} {where}::{_data(_message(group))}"
    for reason in verdicts.incomplete:
        yield f"::warning title=assay%3A incomplete::{_data(cut(visible(reason), _LONGEST_MESSAGE))}"
    kind = "notice" if verdicts.exit_status == 0 else "error"
    yield f"::{kind} title=assay::{_data(visible(wording.ticket(verdicts)))}"


def _message(group: list[ClaimVerdict]) -> str:
    ids = [visible(each.claim.id) for each in group]
    more = f" and {len(ids) - _MOST_IDS} more" if len(ids) > _MOST_IDS else ""
    failure = wording.shown_failure(group)
    told = visible(group[0].reason)
    if failure is not None:
        at = f" at {visible(failure.at)}" if failure.at else ""
        expected = wording.expected(failure)
        told = (f"expected {visible(expected)}, " if expected else "") + f"got{at}: {visible(failure.got)}"
    return f"{cut(told, _LONGEST_MESSAGE)}\n{', '.join(ids[:_MOST_IDS])}{more}"


def _data(text: str) -> str:
    """What the runner takes for the end of a command, escaped as its toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
