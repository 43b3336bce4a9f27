"""Ledger → what is asked of a client generated from the document. Whether it does that is `subject`'s to say."""

from collections.abc import Iterator

from assay import claims
from assay.claims import Claim, Ledger, id_of
from assay.contract.overlay import Level


def of(ledger: Ledger, level: Level) -> Iterator[Claim]:
    """What is asked of a client: of each documented response, and of all others of an operation together."""
    for operation in ledger.contract.operations:
        for response in operation.responses:
            name, at = f"`{claims.name_of(operation.id, response.status)}`", response.pointer
            own = (operation.id, response.status, "client")
            sentence = f"the client decodes {name} to the documented type"
            yield Claim(id_of(*own, "decodes"), "client", *own[:2], level, "implied", "client", at, sentence)
            if response.media:
                sentence = f"what the client made of {name} encodes back to the same JSON"
                yield Claim(id_of(*own, "round-trip"), "client", *own[:2], level, "implied", "client", at, sentence)
        sentence = (
            f"the client raises its own exception, with the response, for what `{operation.id}` does not document"
        )
        own_id, at = id_of(operation.id, "client", "undocumented"), f"{operation.pointer}/responses"
        yield Claim(own_id, "client", operation.id, "", level, "implied", "client", at, sentence)
