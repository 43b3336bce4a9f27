"""Contract → the document that the client is generated from: only what a client may rely on.

A `should` is no reason for a client to fail. The generator would make one of it: it reads `required` and `type` in
`allOf` as binding, so a response without a field that *should* be there would not be decoded at all. Everything that
an overlay adds at that level is therefore left out. And each operation says itself whether it needs a credential,
because the generator does not look at the document's own `security`.

Left out as well are request bodies that it cannot write beside one that it can (XML beside JSON). What 3.1 need not
have and the generator asks for (`paths`, `responses`) is there, empty; a path that stands
elsewhere in its place; and 3.2 is called 3.1.

An enum of numbers is left out too: the generator makes a closed set of it, and a value that is new would not decode.

Nothing else is changed. What the generator cannot express (if/then/else, patterns, bounds) it passes over by itself,
and whether it lost an operation or a response is for `endpoints` to find.
"""

from typing import Any

from assay import pointer
from assay.contract import Contract, resolve
from assay.contract.media_types import is_json
from assay.contract.overlay import Promise

_NOTHING = object()
_WRITABLE = ("application/x-www-form-urlencoded", "multipart/form-data", "application/octet-stream")


def client_document(contract: Contract) -> dict[str, Any]:
    document: dict[str, Any] = _kept(contract.data, "", contract.written, binding=True)
    for operation in contract.operations:
        own = pointer.at(document, operation.pointer)
        own["security"] = own.get("security", document.get("security")) if operation.protected else []
        own.setdefault("responses", {})
        _take_one(document, own)
    paths = document.setdefault("paths", {})
    for path in paths:
        # the generator passes over a path that stands elsewhere, without a word
        paths[path] = resolve(document, pointer.join("paths", path))[1]
    if document["openapi"].startswith("3.2"):
        # which the generator does not know; what it would lose by that, `endpoints` finds
        document["openapi"] = "3.1.1"
    return document


def _take_one(document: dict[str, Any], operation: dict[str, Any]) -> None:
    """Of a request body that may be written in several ways, those that the generator can write.

    It would drop the others with a warning, and nothing is lost by that: a client needs one way to say a thing.
    """
    _, body = resolve(document, pointer.of_reference(operation.get("requestBody", {}).get("$ref", "#/-")))
    body = operation.get("requestBody") if body is pointer.MISSING else body
    if not isinstance(body, dict):
        return
    able = {name: each for name, each in body.get("content", {}).items() if _writable(name)}
    if able:
        body["content"] = able


def _writable(media_type: str) -> bool:
    plain = media_type.partition(";")[0].strip().lower()
    return is_json(plain) or plain in _WRITABLE


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
