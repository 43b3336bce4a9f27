"""A documented response that has no step → why it has none, and what the target file would have to say."""

from assay.claims import name_of
from assay.contract import Operation, Response
from assay.recording import Unplanned
from assay.target import Target

_ADVICE = {
    "400": "a malformed value",
    "401": "a credential that is refused",
    "402": "credentials of an account without credit",
    "403": "credentials that may not do this",
    "404": "a resource that does not exist",
    "409": "a resource in conflict",
    "422": "a request that is well-formed but cannot be processed",
    "429": "burst = N, more requests at once than are allowed",
}

_WRITES = "run with --allow-writes against a server that may change"


def withheld(operation: Operation, response: Response) -> Unplanned:
    """Of an operation that may not be sent in this run."""
    if operation.server.elsewhere:
        return Unplanned(
            operation.id,
            response.status,
            f"the document has it at another server, {operation.server.elsewhere}",
            "check it there in a run of its own; or remove its `servers` by an overlay, if the target serves it too",
        )
    return Unplanned(
        operation.id,
        response.status,
        f"{operation.method} changes things",
        _WRITES,
    )


def unreached(
    operation: Operation, response: Response, target: Target, lacks: str, unserved: str, would: str = "",
    declared: str = "",
) -> Unplanned:  # fmt: skip
    """`lacks`: what the state named `declared` does not say; `unserved`: why the default credential is none; `would`:
    the step that would make what is missing. Else empty.
    """
    state = f'[states."{declared or name_of(operation.id, response.status)}"]'
    if declared:
        completed = f"complete {state} in {target.shown}, or name an `example` in the document"
        todo = _WRITES if "--allow-writes" in lacks else completed
        return Unplanned(operation.id, response.status, lacks, todo)
    if unserved:
        todo = f"give [credentials.default] in {target.shown}, and, unless that is enough, {state}"
    else:
        todo = f"declare {state} in {target.shown}"
    reason = unserved or "no state of the target gives it, and no request follows from the document that would"
    todo = f"{todo}: {advice(response.status)}"
    if would:
        todo += f"; or {_WRITES}: {would} makes one"
    return Unplanned(operation.id, response.status, reason, todo)


def advice(status: str) -> str:
    """What a state has to give, as a rule, for this documented status to be due."""
    if status[0] == "2":
        return "the path and query values of a resource that is there"
    if status[0] == "5":
        return "a setup URL or a command that makes the server fail so"
    return _ADVICE.get(status, "the values, credentials, setup URL or command under which it is due")
