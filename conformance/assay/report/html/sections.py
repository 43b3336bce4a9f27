"""Verdicts → the page's sections in the order of its claims: matrix, what is violated, operations with their claims."""

from collections import Counter
from collections.abc import Sequence

from attrs import frozen

from assay.judge.verdicts import ClaimVerdict, Failure, ResponseVerdict, Verdict, Verdicts
from assay.recording.exchange import Exchange
from assay.report import wording
from assay.report.html import transcripts
from assay.report.html.anchors import claim_anchor, operation_anchor, response_anchor
from assay.report.html.tree import worst

FACE_OF_STATUS: dict[int, Verdict] = {0: "held", 1: "violated", 3: "not-exercised", 4: "not-exercised"}
"""Exit status → the verdict that its colour and symbol are taken from."""

_MOST_COLUMNS = 16
_MOST_OPEN = 3
"""Operations of a page that are open at first, whatever became of them."""


@frozen
class Matrix:
    """A row an operation, a column a documented status; `wide` where there are too many for columns."""

    statuses: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[ResponseVerdict | None, ...]], ...]
    """Operation, its anchor, its responses."""
    wide: bool


@frozen
class Violated:
    """Claims with one sentence that are violated; `gates`: they count in the exit status."""

    sentence: str
    claims: tuple[ClaimVerdict, ...]
    shown: Failure | None
    anchor: str
    gates: bool

    @property
    def more(self) -> int:
        """Failures beside that which is shown."""
        return sum(len(each.failures) for each in self.claims) - bool(self.shown)


@frozen
class Group:
    """The claims on one documented response, or on an operation as a whole (`response` is empty)."""

    operation: str
    response: str
    anchor: str
    row: ResponseVerdict | None
    claims: tuple[ClaimVerdict, ...]
    tally: Counter[Verdict]

    @property
    def open(self) -> bool:
        """Whether there is something to see at once."""
        ends = self.row.verdict if self.row else worst(self.tally)
        return ends in ("violated", "inconclusive", "not-exercised")


@frozen
class OperationSection:
    """`name` is method and path; `evidence` the exchanges that the claims point to."""

    id: str
    name: str
    anchor: str
    groups: tuple[Group, ...]
    evidence: tuple[Exchange, ...]
    tally: Counter[Verdict]
    open: bool
    packed: bool


def matrix(verdicts: Verdicts) -> Matrix:
    statuses = sorted({each.status for each in verdicts.responses})
    rows: dict[str, dict[str, ResponseVerdict]] = {}
    for each in verdicts.responses:
        rows.setdefault(each.operation, {})[each.status] = each
    return Matrix(
        tuple(statuses),
        tuple((name, operation_anchor(name), tuple(map(row.get, statuses))) for name, row in rows.items()),
        wide=len(statuses) > _MOST_COLUMNS,
    )


def violated(verdicts: Verdicts) -> list[Violated]:
    """As every face groups them: those that gate first."""
    told = [(wording.violated(verdicts), True), (wording.violated_should(verdicts), False)]
    client = verdicts.client
    if client and not client.gates:
        of_client: dict[str, list[ClaimVerdict]] = {}
        for each in client.claims:
            if each.verdict == "violated":
                of_client.setdefault(each.claim.sentence, []).append(each)
        told.append((of_client, False))
    return [_violated(sentence, group, gates=gates) for groups, gates in told for sentence, group in groups.items()]


def _violated(sentence: str, group: list[ClaimVerdict], *, gates: bool) -> Violated:
    shown = wording.shown_failure(group)
    anchor = claim_anchor(shown.claim.id if shown else group[0].claim.id)
    return Violated(sentence, tuple(group), shown, anchor, gates)


def operations(verdicts: Verdicts, exchanges: Sequence[Exchange], *, large: bool) -> list[OperationSection]:
    groups: dict[str, dict[str, list[ClaimVerdict]]] = {}
    for each in verdicts.all_claims:
        groups.setdefault(each.claim.operation, {}).setdefault(each.claim.response, []).append(each)
    rows = {(each.operation, each.status): each for each in verdicts.responses}
    evidence = transcripts.by_operation(verdicts, exchanges, few=large)
    few = len(groups) <= _MOST_OPEN
    return [
        _operation(verdicts, name, found, rows, evidence[name], few=few, large=large) for name, found in groups.items()
    ]


def _operation(
    verdicts: Verdicts,
    name: str,
    found: dict[str, list[ClaimVerdict]],
    rows: dict[tuple[str, str], ResponseVerdict],
    evidence: list[Exchange],
    *,
    few: bool,
    large: bool,
) -> OperationSection:
    operation = verdicts.ledger.contract.operation(name)
    groups = tuple(
        Group(
            name, response, response_anchor(name, response), rows.get((name, response)), tuple(claims), _tally(claims)
        )
        for response, claims in found.items()
    )
    tally = _tally([each for claims in found.values() for each in claims])
    broken = bool(tally["violated"])
    return OperationSection(
        id=name,
        name=f"{operation.method} {operation.path}" if operation else "",
        anchor=operation_anchor(name),
        groups=groups,
        evidence=tuple(evidence),
        tally=tally,
        open=few or (broken and not large),
        packed=large and not broken,
    )


def _tally(claims: Sequence[ClaimVerdict]) -> Counter[Verdict]:
    return Counter(each.verdict for each in claims)
