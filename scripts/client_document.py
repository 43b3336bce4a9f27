"""Contract → the document that the client is generated from: only what a client may rely on.

A `should` is no reason for a client to fail. The generator would make one of it: it reads `required` and `type` in
`allOf` as binding, so a response without a field that *should* be there would not be decoded at all. Everything that
an overlay adds at that level is therefore left out. And each operation says itself whether it needs a credential,
because the generator does not look at the document's own `security`.

An enum of numbers is left out too: the generator makes a closed set of it, and a value that is new would not decode.

Nothing else is changed. What the generator cannot express (if/then/else, patterns, bounds) it passes over by itself,
and whether it lost an operation or a response is for `endpoints` to find.
"""

from typing import Any

from assay import pointer
from assay.contract import Contract
from assay.overlay import Promise

_NOTHING = object()


def client_document(contract: Contract) -> dict[str, Any]:
    document: dict[str, Any] = _kept(contract.data, "", contract.written, binding=True)
    for operation in contract.operations:
        own = pointer.at(document, operation.pointer)
        own["security"] = own.get("security", document.get("security")) if operation.protected else []
    return document


def _kept(value: Any, at: str, written: dict[str, Promise], *, binding: bool) -> Any:
    """The part of a value that binds; _NOTHING where none does. A pointer's promise holds for what is below it."""
    if at in written:
        binding = written[at].level == "must"
    if isinstance(value, dict):
        members = {key: _kept(each, at + pointer.join(key), written, binding=binding) for key, each in value.items()}
        value = {key: member for key, member in members.items() if member is not _NOTHING}
        if value.get("type") in ("integer", "number"):
            value.pop("enum", None)
    elif isinstance(value, list):
        entries = [_kept(each, f"{at}/{index}", written, binding=binding) for index, each in enumerate(value)]
        value = [entry for entry in entries if entry is not _NOTHING]
    else:
        return value if binding else _NOTHING
    return value if value or binding else _NOTHING
