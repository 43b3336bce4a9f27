"""Contract + verdicts → the document as a tree of lines, each with what became of its claims. Coverage of a document.

Parts that no claim is about are one line each, or folded into one. Pointers are those of the contract: what an overlay
wrote stands where it wrote it.
"""

import functools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from attrs import field, frozen

from assay import pointer
from assay.contract import Contract
from assay.judge.verdicts import ClaimVerdict, Verdict
from assay.report.html.anchors import claim_anchor, place_anchor

SEVERITY: tuple[Verdict, ...] = ("violated", "inconclusive", "not-exercised", "waived", "held", "not-applicable")
"""What a place is called of which several things are said: the first of these."""

_LONGEST_TEXT = 110
"""Characters of a value that stands on one line."""

_FOLDED = ("{ …", "[ …")
"""How a value that does not fit is shown."""


@frozen
class Mark:
    """What became of the claims at one place. `exercised` counts exchanges, each claim for itself."""

    verdict: Verdict
    tally: Counter[Verdict]
    exercised: int
    first: str
    """Anchor of the claim to look at first: the worst."""
    claims: int


@frozen
class Line:
    """One member of the document. `below` sums up the claims of the members; a leaf has `text` in their place."""

    key: str
    at: str
    anchor: str
    text: str = ""
    reference: str = ""
    """Anchor of what a `$ref` leads to."""
    where: str = ""
    from_overlay: bool = False
    sentence: str = ""
    """What the overlay says of it, if all claims here and below say one thing, and nothing above said it."""
    own: Mark | None = None
    below: Counter[Verdict] = field(factory=Counter)
    members: tuple["Line", ...] = ()

    @property
    def worst(self) -> Verdict | None:
        return worst(self.below)


def worst(tally: Iterable[Verdict]) -> Verdict | None:
    return min(tally, key=SEVERITY.index, default=None)


def tree(contract: Contract, claims: Sequence[ClaimVerdict], where: Callable[[str], str]) -> tuple[Line, ...]:
    """The members of the document's root. Claims on a client are not the document's. `where` is pointer → place."""
    said: dict[str, list[ClaimVerdict]] = {}
    for each in claims:
        if each.claim.source != "client":
            said.setdefault(_existing(contract.data, each.claim.pointer), []).append(each)
    touched = set(_above(said))
    leading = [at for at, target in _references(contract.data, "") if target in touched]
    return _Tree(contract, said, touched | set(_above(leading)), where).members(contract.data, "", "")


def _existing(data: Any, at: str) -> str:
    """A pointer, or the nearest above it: some keywords of OpenAPI 3.0 are claims under another name."""
    while at and pointer.at(data, at) is pointer.MISSING:
        at = at.rpartition("/")[0]
    return at


def _above(places: Iterable[str]) -> Iterator[str]:
    for at in places:
        while at:
            at = at.rpartition("/")[0]  # noqa: PLW2901 - upwards
            yield at


def _references(value: Any, at: str) -> Iterator[tuple[str, str]]:
    """Where each `$ref` stands, and the pointer that it names."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield f"{at}/$ref", pointer.of_reference(value["$ref"])
        for key, member in value.items():
            yield from _references(member, at + pointer.join(key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _references(member, f"{at}/{index}")


@frozen(slots=False)
class _Tree:
    contract: Contract
    said: dict[str, list[ClaimVerdict]]
    touched: set[str]
    where: Callable[[str], str]

    def members(self, value: Any, at: str, told: str) -> tuple[Line, ...]:
        """`told` is the sentence that stands above them."""
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return tuple(self._line(str(key), member, at + pointer.join(key), value, told) for key, member in pairs)

    def _line(self, key: str, value: Any, at: str, owner: Any, told: str) -> Line:
        key = "-" if isinstance(owner, list) else f"{key}:"
        claims = self.said.get(at, [])
        text = _flow(value)
        within = at in self.touched or (claims and isinstance(value, dict | list) and text.startswith(_FOLDED))
        sentence = self._sentence(at) or told
        members = self.members(value, at, sentence) if within else ()
        return Line(
            key=key,
            at=at,
            anchor=place_anchor(at),
            text="" if members else text,
            reference=place_anchor(pointer.of_reference(value)) if key == "$ref:" and isinstance(value, str) else "",
            where=self.where(at) if claims else "",
            from_overlay=at in self.contract.written,
            sentence="" if sentence == told else sentence,
            own=_mark(claims) if claims else None,
            below=sum((each.below for each in members), Counter(each.verdict for each in claims)),
            members=members,
        )

    def _sentence(self, at: str) -> str:
        """What is promised at a place; else what all is that is promised below it, if that is one thing."""
        own = _promised(self.said.get(at, ()))
        below = self._below.get(at, set())
        return " ".join(each for each in own if each) or (next(iter(below)) if len(below) == 1 else "")

    @functools.cached_property
    def _below(self) -> dict[str, set[str]]:
        """Place → what is promised there and below; all that the document says itself is one empty promise."""
        found: dict[str, set[str]] = {}
        for at, claims in self.said.items():
            for place in (at, *_above([at])):
                found.setdefault(place, set()).update(_promised(claims))
        return found


def _promised(claims: Iterable[ClaimVerdict]) -> dict[str, None]:
    """The sentences of an overlay, each once."""
    return dict.fromkeys(each.claim.sentence if each.claim.source in ("overlay", "relation") else "" for each in claims)


def _mark(claims: list[ClaimVerdict]) -> Mark:
    first = min(claims, key=lambda each: SEVERITY.index(each.verdict))
    return Mark(
        verdict=first.verdict,
        tally=Counter(each.verdict for each in claims),
        exercised=sum(each.exercised for each in claims),
        first=claim_anchor(first.claim.id),
        claims=len(claims),
    )


def _flow(value: Any) -> str:
    """A value on one line, or how large it is."""
    text = value if isinstance(value, str) and value.isprintable() else json.dumps(value, ensure_ascii=False)
    if len(text) <= _LONGEST_TEXT:
        return text
    if isinstance(value, dict):
        return f"{{ … {len(value)} members }}"
    if isinstance(value, list):
        return f"[ … {len(value)} items ]"
    return f"{text[:_LONGEST_TEXT]}…"


def held(line: Line) -> bool:
    """Whether a reader need not look within: all that is said there is held."""
    return set(line.below) <= {"held", "not-applicable"}


def packed(line: Line) -> bool:
    """Whether it is a part of its own of a large document: a path, or a component, in which all is held."""
    return held(line) and line.at.count("/") == (3 if line.at.startswith("/components/") else 2)


def opened(line: Line, *, large: bool) -> bool:
    """Whether a reader sees what is within at first."""
    if not held(line) or line.at.count("/") == 1:
        return True
    above = line.at.rpartition("/")[0]
    return not large and line.key not in ("-", "x-relations:") and not above.endswith("/responses")
