"""Two results → what became better, worse, or is not shown any more. Both are taken as they are: nothing is judged.

Claims are told apart by their ids, which stay the same from run to run and mostly from document to document; so results
of different documents, servers and mocks can be compared, and are not taken for the same.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from attrs import fields, frozen

from assay.claims import Claim, name_of
from assay.judge.summary import gates, must_be_exercised
from assay.judge.verdicts import Verdict
from assay.result_file import Result

Became = Literal[
    "newly violated", "newly waived", "no longer exercised", "newly held", "no longer waived", "new", "gone"
]
"""Weightiest first. A claim that is new and violated is newly violated."""

_UNSHOWN: tuple[Verdict, ...] = ("not-exercised", "inconclusive", "not-applicable")


@frozen
class Change:
    """Of one claim. `was` or `now` is None where the ledger has no such claim; `told` says what came, or why not.

    `counts`: it is worse in a way that a run would be judged by.
    """

    claim: Claim
    became: Became
    was: Verdict | None
    now: Verdict | None
    told: str
    counts: bool


@frozen
class RowChange:
    """The same of a documented response, `<operation> <status>`."""

    response: str
    became: Became
    was: Verdict | None
    now: Verdict | None


@frozen
class Comparison:
    """`left_out` counts claims that a mock, or a run without probes, was not asked about."""

    old: dict[str, Any]
    new: dict[str, Any]
    same_contract: bool
    responses: tuple[RowChange, ...]
    claims: tuple[Change, ...]
    left_out: int

    @property
    def exit_status(self) -> Literal[0, 1, 3, 4]:
        """1 where something is newly violated, 4 newly waived, 3 no longer exercised; 0 where nothing is worse."""
        found = {each.became for each in self.claims if each.counts}
        if "newly violated" in found:
            return 1
        if "newly waived" in found:
            return 4
        return 3 if found else 0


def compare(old: Result, new: Result) -> Comparison:
    was, now = _claims(old.data), _claims(new.data)
    both = [(was.get(key), now.get(key)) for key in dict.fromkeys((*was, *now))]
    asked = [each for each in both if not _not_asked(*each, new.data)]
    return Comparison(
        old.data,
        new.data,
        same_contract=old.data["spec"]["digest"] == new.data["spec"]["digest"],
        responses=tuple(_rows(old.data, new.data)),
        claims=tuple(_changes(asked, new.data)),
        left_out=len(both) - len(asked),
    )


def _claims(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in data["claims"]}


def _not_asked(was: dict[str, Any] | None, now: dict[str, Any] | None, new: dict[str, Any]) -> bool:
    """A mock shows answers, no behaviour: what it is not asked about is not lost."""
    apart = new["target"]["mock"] or not new["target"]["probes"]
    return bool(was and now and apart and now["verdict"] == "not-applicable")


def _changes(
    both: Iterable[tuple[dict[str, Any] | None, dict[str, Any] | None]], new: dict[str, Any]
) -> Iterator[Change]:
    messages = {each["claim"]: each["message"] for each in reversed(new["failures"])}
    for was, now in both:
        before: Verdict | None = was["verdict"] if was else None
        after: Verdict | None = now["verdict"] if now else None
        shown = was is not None and was["exercised"] > 0
        became, told = _became(before, after, was_exercised=shown), now or was
        if became is not None and told is not None:
            claim = Claim(**{each.name: told[each.name] for each in fields(Claim)})
            yield Change(
                claim,
                became,
                before,
                after,
                messages.get(claim.id, "") or (now["reason"] if now else ""),
                counts=_counts(claim, became, new),
            )


def _became(was: Verdict | None, now: Verdict | None, *, was_exercised: bool) -> Became | None:
    """None where nothing is to be told. What is waived may have been exercised, or not."""
    if now == was:
        return None
    if now == "violated":
        return "newly violated"
    if was is None or now is None:
        return "gone" if now is None else "new"
    if now in ("waived", "held"):
        return "newly waived" if now == "waived" else "newly held"
    if was == "waived" and not was_exercised:
        return "no longer waived"
    return "no longer exercised" if was not in _UNSHOWN else None


def _counts(claim: Claim, became: Became, new: dict[str, Any]) -> bool:
    if became == "no longer exercised":
        return must_be_exercised(claim, strict=new["strict"])
    return became in ("newly violated", "newly waived") and gates(claim, strict=new["strict"])


def _rows(old: dict[str, Any], new: dict[str, Any]) -> Iterator[RowChange]:
    was, now = ({name_of(each["operation"], each["status"]): each for each in data["responses"]} for data in (old, new))
    for name in dict.fromkeys((*was, *now)):
        before: Verdict | None = was[name]["verdict"] if name in was else None
        after: Verdict | None = now[name]["verdict"] if name in now else None
        became = _became(before, after, was_exercised=name in was and was[name]["grade"] is not None)
        if became is not None:
            yield RowChange(name, became, before, after)
