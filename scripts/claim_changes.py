"""The claims of two contracts → which came, which went, and which say something else now.

A claim binds the server. Whatever it means for callers, the document and the code tell: here every change is
internal. A relation that came is no news to who calls the client, but to who runs the conformance suite.
"""

from attrs import frozen

Claims = dict[str, dict[str, str]]


@frozen
class ClaimChange:
    """`how` is came, went or changed; `sentence` what the claim says, or said last."""

    how: str
    id: str
    sentence: str
    was: str = ""


def claim_changes(old: Claims, new: Claims) -> list[ClaimChange]:
    came = [ClaimChange("came", name, _told(new[name])) for name in sorted(new.keys() - old.keys())]
    went = [ClaimChange("went", name, _told(old[name])) for name in sorted(old.keys() - new.keys())]
    both = sorted(name for name in old.keys() & new.keys() if old[name] != new[name])
    return [*went, *(ClaimChange("changed", name, _told(new[name]), _told(old[name])) for name in both), *came]


def _told(claim: dict[str, str]) -> str:
    return f"{claim['sentence']} ({claim['level']}, {claim['basis']})"
