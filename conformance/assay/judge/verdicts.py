"""What is said of the claims: the values that `judge` makes and `report` shows. No judgement is made here."""

import functools
from collections import Counter
from typing import Literal

from attrs import field, frozen

from assay.claims import Claim, Ledger
from assay.recording import RunHeader, Waiver
from assay.recording.exchange import Exchange, Grade

GRADES: tuple[Grade, ...] = ("natural", "provoked", "observed", "hinted")
"""Strongest first."""

NOT_SENT = "the run ended before its request was sent"

UNTOUCHED = "no recorded response could have broken it"

ONLY_OBSERVED = (
    "it was seen in recorded traffic, and judged; in which state it was due, traffic does not say: "
    "`assay check` brings it about"
)
"""Why a status that was only observed has not been given where it is due."""

Verdict = Literal["held", "violated", "not-exercised", "inconclusive", "waived", "not-applicable"]


@frozen
class Gone:
    """Something that was made in the run by one exchange, and removed again by another, of this id."""

    maker: Exchange
    remover: int


@frozen
class Failure:
    """One violation of one claim: what was expected, what came, where in the body, in which exchange."""

    claim: Claim
    expected: str
    got: str
    at: str
    """JSON Pointer into the response body; empty where it is not about a part of the body."""
    exchange: Exchange
    gone: Gone | None = None
    """What the exchange asked for, where it is not there any more."""


@frozen
class ClaimVerdict:
    """`exercised` counts the exchanges that could have violated it; `evidence` names some of them, failures first.

    `reason` says why it is not `held`, in one sentence; `grade` is the strongest under which it was exercised.
    """

    claim: Claim
    verdict: Verdict
    exercised: int = 0
    grade: Grade | None = None
    evidence: tuple[int, ...] = ()
    reason: str = ""
    failures: tuple[Failure, ...] = ()


@frozen
class ResponseVerdict:
    """One documented response: `verdict` over its status, media type, body and keywords; `exchanges` counts."""

    operation: str
    status: str
    verdict: Verdict
    grade: Grade | None
    exchanges: int
    reason: str = ""
    todo: str = ""
    """What to supply, where it was not exercised."""


@frozen
class ClientVerdicts:
    """What became of the claims on a generated client, beside those on the server. `gates`: they count in the exit."""

    package: str
    gates: bool
    claims: tuple[ClaimVerdict, ...] = field(repr=False)

    @property
    def counts(self) -> Counter[Verdict]:
        """Verdict → number of claims."""
        return Counter(each.verdict for each in self.claims)


@frozen
class WaiverNote:
    """A waiver that needs attention: it expired or soon will, its claims held after all, or it names no claim."""

    waiver: Waiver
    problem: Literal["expired", "expiring", "held", "unknown"]
    text: str


@frozen
class Alike:
    """The one status of all `answers`, which counts them; `text` says it, with what to look at."""

    status: int
    answers: int
    text: str


@frozen
class Verdicts:
    """The whole judgement of one recording. A pure function of ledger and recording made it.

    `exit_status`: 0 conformant; 1 a `must` claim is violated; 3 incomplete; 4 a waiver or an exclusion is wrong.
    """

    ledger: Ledger = field(repr=False)
    header: RunHeader
    finished: str
    build: str
    claims: tuple[ClaimVerdict, ...] = field(repr=False)
    responses: tuple[ResponseVerdict, ...]
    waiver_notes: tuple[WaiverNote, ...]
    excluded_but_seen: tuple[str, ...]
    """Ids of the status claims of responses that the target excludes, and that came nevertheless."""
    incomplete: tuple[str, ...]
    """Each reason for which the run is incomplete, in one sentence."""
    interrupted: bool
    exit_status: Literal[0, 1, 3, 4]
    client: ClientVerdicts | None = None
    """None where no client was judged."""
    alike: Alike | None = None
    """Where every answer was the same, and hardly a right one."""

    @property
    def all_claims(self) -> tuple[ClaimVerdict, ...]:
        """Those on the server, then those on the client."""
        return (*self.claims, *(self.client.claims if self.client else ()))

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Of the claims that are violated; what a waiver covers stands with its claim only."""
        violated = (claim for claim in self.all_claims if claim.verdict == "violated")
        return tuple(failure for claim in violated for failure in claim.failures)

    @property
    def counts(self) -> Counter[str]:
        """Verdict → number of claims."""
        return Counter(claim.verdict for claim in self.claims)

    def of(self, claim: str) -> ClaimVerdict:
        return self._by_id[claim]

    @functools.cached_property
    def _by_id(self) -> dict[str, ClaimVerdict]:
        return {each.claim.id: each for each in self.claims}
