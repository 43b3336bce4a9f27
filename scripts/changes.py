"""Change: one difference between two clients, in words for their callers, and how much it asks of them.

Not how differences are found: those of code are `client_changes`', of documents `document_changes`' and
`schema_changes`', of promises `claim_changes`'.
"""

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

Class = Literal["breaking", "additive", "internal"]
CLASSES: tuple[Class, ...] = ("breaking", "additive", "internal")
"""The weightiest first. Breaking: callers must look. Additive: they gain. Internal: they notice nothing."""

Source = Literal["document", "code", "claims"]


@frozen(order=False)
class Change:
    """`place` is what changed: `getJob 404`, `Job.status`, `models.Job.status`. `todo` is what callers must do."""

    of: Class
    place: str
    sentence: str
    todo: str = ""
    source: Source = "document"


def worst(changes: Iterable[Change]) -> Class | None:
    """The weightiest class among them; None where nothing changed."""
    found = {each.of for each in changes}
    return next((each for each in CLASSES if each in found), None)


def ordered(changes: Iterable[Change]) -> list[Change]:
    """Each once, under its weightiest class: a schema is met on many ways."""
    kept: dict[tuple[str, str, str], Change] = {}
    for each in sorted(changes, key=lambda change: CLASSES.index(change.of)):
        kept.setdefault((each.source, each.place, each.sentence), each)
    return sorted(kept.values(), key=lambda each: (CLASSES.index(each.of), each.source, each.place, each.sentence))
