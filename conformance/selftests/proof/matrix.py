"""Kills and outcomes → the matrix that people read, and what is wrong with it. No trial is made here."""

from collections import Counter
from collections.abc import Iterator, Sequence

from attrs import field, frozen

from assay.claims import Claim
from assay.judge.summary import must_be_exercised
from cases import Case, Outcome
from trials import Kills

_COLUMNS = ("claims", "mutants", "intended", "otherwise", "missed")


@frozen
class Claimwise:
    """The mutants of one document's claims.

    `required`: claims that cannot do without one; `accused`: those that the unchanged recording violates.
    """

    title: str
    kills: tuple[Kills, ...] = field(repr=False)
    required: frozenset[str] = field(repr=False)
    accused: tuple[str, ...] = ()

    @property
    def without(self) -> list[Claim]:
        return [each.claim for each in self.kills if not each.mutants and each.claim.id in self.required]


def claims_table(part: Claimwise) -> Iterator[str]:
    """One row a kind of claim, and one for all."""
    rows: dict[str, Counter[str]] = {}
    for each in part.kills:
        counted = Counter(
            claims=1, mutants=each.mutants, intended=len(each.intended), otherwise=len(each.otherwise),
            missed=len(each.missed),
        )  # fmt: skip
        for name in (each.claim.kind, "all"):
            rows.setdefault(name, Counter()).update(counted)
    rows["all"] = rows.pop("all", Counter())
    yield f"{part.title:<36}" + "".join(f"{name:>10}" for name in _COLUMNS)
    for name, counted in rows.items():
        yield f"  {name:<34}" + "".join(f"{counted[column]:>10}" for column in _COLUMNS)


def outcome_line(outcome: Outcome) -> str:
    """One line a server: what became of it, how long that took, and by which claims."""
    case, found = outcome.case, outcome.found
    head = f"{outcome.word:<10}{case.name:<32}{found.seconds:5.1f} s  "
    if case.group in ("correct", "legal"):
        head = f"{'accused' if found.violated else 'fine':<10}{case.name:<32}{found.seconds:5.1f} s  "
        return head + "; ".join(f"{claim}: {why}" for claim, why in found.violated.items())[:400]
    if case.group == "cheat":
        return f"{head}exit status {found.exit_status}, {len(found.violated)} claims violated: {_first(outcome)}"
    by = "explored" if outcome.explored else "steps"
    if outcome.word == "caught":
        return f"{head}{by:<9}{', '.join(case.claims[:3])}{' …' if len(case.claims) > 3 else ''}"
    return f"{head}{by:<9}not {', '.join(outcome.unseen[:5])}, but {_first(outcome)}"


def _first(outcome: Outcome) -> str:
    told = list(outcome.found.violated or outcome.found.others)
    return (", ".join(told[:3]) + (" …" if len(told) > 3 else "")) or "nothing"


def behaviour_table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    for group in ("defect", "cheat"):
        words = Counter(each.word for each in outcomes if each.case.group == group)
        yield (
            f"{group + 's':<36}{'':>10}{words.total():>10}{words['caught']:>10}{words['otherwise']:>10}"
            f"{words['missed']:>10}"
        )


def alarms_table(outcomes: Sequence[Outcome], claims: dict[str, Claim]) -> Iterator[str]:
    """False alarms by claim; what the suite could not tell is no alarm, and is counted."""
    for group in ("correct", "legal"):
        own = [each.found for each in outcomes if each.case.group == group]
        alarms = Counter(claim for found in own for claim in found.violated)
        unsure = Counter(
            f"{claim} {verdict.partition(':')[0]}"
            for found in own
            for claim, verdict in found.others.items()
            if must_be_exercised(claims[claim], strict=False)
        )
        yield f"{group} provider, {len(own)} seeds: {alarms.total()} false alarms, {unsure.total()} verdicts left open"
        for name, count in (*alarms.most_common(), *unsure.most_common()):
            yield f"  {count:>4} of {len(own)}  {name}"


def problems(parts: Sequence[Claimwise], outcomes: Sequence[Outcome]) -> list[str]:
    """Each with what to do about it; none where the proof holds."""
    found = [problem for part in parts for problem in _of_claims(part)]
    return found + [problem for each in outcomes for problem in _of_outcome(each)]


def _of_claims(part: Claimwise) -> Iterator[str]:
    for name in part.accused:
        yield f"{name} is violated already by the recording that is to be changed: see `assay check` of that server"
    for claim in part.without:
        yield (
            f"{claim.id} has no mutant: bring it about in the target, or give its kind ({claim.kind}) or keyword a"
            " mutator in mutants.py, breaking.py or lives.py"
        )
    for each in part.kills:
        for name in (*each.otherwise, *each.missed):
            yield f"{each.claim.id} is not violated by its mutant {name!r}: mend the judgement, or a wrong mutator"


def _of_outcome(outcome: Outcome) -> Iterator[str]:
    case: Case = outcome.case
    if case.group in ("correct", "legal"):
        for claim, why in outcome.found.violated.items():
            yield f"{claim} accuses the provider that is {case.name}: {why}: mend the claim, or a wrong provider"
    elif outcome.word != "caught":
        unseen = ", ".join(outcome.unseen) or "any claim"
        yield f"the {case.group} {case.name} ({case.sentence}) is {outcome.word}: it has to violate {unseen}"
