"""Verdicts → the words that every face says alike: who was judged, to what end, and what belongs together.

Not how any of them looks, and nothing here is safe to show by itself: what a server or a file said is `visible`'s part.
"""

from collections.abc import Iterable, Iterator

from assay.claims import name_of
from assay.judge.summary import covers, gates
from assay.judge.verdicts import ClaimVerdict, Failure, ResponseVerdict, Verdict, Verdicts
from assay.recording import Waiver

SYMBOLS: dict[Verdict, tuple[str, str]] = {
    "held": ("✓", "+"),
    "violated": ("✗", "X"),
    "not-exercised": ("○", "o"),
    "inconclusive": ("?", "?"),
    "waived": ("~", "~"),
    "not-applicable": ("·", "."),
}
"""Verdict → its symbol, and the same in ASCII. A symbol never stands without its word."""

HEADLINES = {
    0: "conformant",
    1: "NOT conformant",
    3: "incomplete",
    4: "waivers or exclusions are out of date",
}
"""Exit status → what the target is."""

MEANINGS = {
    0: "conformant",
    1: "a `must` claim is violated",
    3: "incomplete: not everything was shown",
    4: "a waiver or an exclusion is wrong",
}
"""Exit status → what it says."""


def who(verdicts: Verdicts) -> str:
    """The target, named so that nobody takes assay's own server, or a mock, for theirs."""
    header = verdicts.header
    served = header.target.get("served") == "true"
    return called(header.target.get("name", ""), served=served, mock=header.mock, probes=header.probes)


def called(name: str, *, served: bool, mock: bool, probes: bool) -> str:
    words = [name or "the target"]
    if served:
        words.append("started by assay, not your server")
    if mock:
        words.append("a mock, asked for its answers only")
    if not probes:
        words.append("not probed")
    return ", ".join(words)


def outcome(status: int, waivers: int) -> str:
    """`waivers` counts those that were needed for it."""
    return HEADLINES[status] + (f" with {count(waivers, 'waiver')}" if waivers else "")


def headline(verdicts: Verdicts) -> str:
    """The first words of every face: who, and the verdict."""
    return f"{who(verdicts)}: {outcome(verdicts.exit_status, len(waivers_used(verdicts)))}"


def ticket(verdicts: Verdicts) -> str:
    """The whole verdict in one sentence, to be pasted into a release ticket."""
    counts = verdicts.counts
    held = sum(each.verdict == "held" for each in verdicts.responses)
    build = f"build {verdicts.build}" if verdicts.build else "an unnamed build"
    return (
        f"{headline(verdicts)}: {held}/{len(verdicts.responses)} responses, "
        f"{counts['held']}/{len(verdicts.claims)} claims, {build}, document {verdicts.ledger.contract.version}"
    )


def document(verdicts: Verdicts) -> str:
    """That which was judged by."""
    contract = verdicts.ledger.contract
    return f"{contract.title} {contract.version}"


def recorded_for(verdicts: Verdicts) -> str:
    """The document that the requests were planned for, where it is another; empty where it is that one."""
    recorded = verdicts.header.contract
    if recorded.get("digest") == verdicts.ledger.contract.digest:
        return ""
    name = f"{recorded.get('title', '')} {recorded.get('version', '')}"
    return f"another {name} (contract {recorded.get('digest', '')[:12]})" if name == document(verdicts) else name


def waivers_used(verdicts: Verdicts) -> tuple[Waiver, ...]:
    """Those without which something would be violated or open."""
    waived = [each.claim.id for each in verdicts.all_claims if each.verdict == "waived"]
    return tuple(each for each in verdicts.header.waivers if any(covers(each.claim, claim) for claim in waived))


def came_about(response: ResponseVerdict) -> str:
    """How it did. One that came only where another was due, or where it always comes, has no grade, yet was seen."""
    return response.grade or ("seen, status not judged" if response.exchanges else "not seen")


def named(response: ResponseVerdict) -> str:
    """The response, and that it was seen where its verdict would let nobody think so."""
    name = name_of(response.operation, response.status)
    if response.grade or not response.exchanges:
        return name
    often = "once" if response.exchanges == 1 else f"{response.exchanges} times"
    return f"{name} (seen {often}, its status not judged)"


def violated(verdicts: Verdicts) -> dict[str, list[ClaimVerdict]]:
    """Sentence → the violated claims that gate: a schema that twelve statuses share breaks in one place, not twelve."""
    return _by_sentence(each for each in _violated(verdicts) if _gates(each, verdicts))


def violated_should(verdicts: Verdicts) -> dict[str, list[ClaimVerdict]]:
    """The same for claims on the server that do not gate; under --strict there are none."""
    return _by_sentence(
        each for each in _violated(verdicts) if each.claim.source != "client" and not _gates(each, verdicts)
    )


def shown_failure(group: Iterable[ClaimVerdict]) -> Failure | None:
    """The one to show of a sentence's failures: a minimal example says most with least, then one that can be repeated.
    None where there is none.
    """
    failures = (failure for each in group for failure in each.failures)
    return min(failures, key=lambda each: (each.exchange.role != "minimal", each.gone is not None), default=None)


def expected(failure: Failure) -> str:
    """What the sentence of its claim, beside which it stands, does not say already; empty where that says all."""
    return "" if failure.expected == failure.claim.sentence else failure.expected


def not_there(failure: Failure) -> str:
    """Why its curl line cannot be repeated as it stands; empty where it can."""
    if failure.gone is None:
        return ""
    made, request = failure.gone.maker, failure.gone.maker.request
    return (
        f"what it asks for was made by exchange {made.id} ({request.method} {request.url.partition('?')[0]}) "
        f"and removed by exchange {failure.gone.remover}: make another, and put that into the line"
    )


def count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _violated(verdicts: Verdicts) -> Iterator[ClaimVerdict]:
    return (each for each in verdicts.all_claims if each.verdict == "violated")


def _gates(verdict: ClaimVerdict, verdicts: Verdicts) -> bool:
    return gates(verdict.claim, strict=verdicts.header.strict)


def _by_sentence(claims: Iterable[ClaimVerdict]) -> dict[str, list[ClaimVerdict]]:
    groups: dict[str, list[ClaimVerdict]] = {}
    for each in claims:
        groups.setdefault(each.claim.sentence, []).append(each)
    return groups
