"""Results named on the command line → the verdicts made again from their recording."""

from typing import TYPE_CHECKING

from assay.errors import UserError

if TYPE_CHECKING:
    from assay.claims import Ledger
    from assay.recording import Recording
    from assay.rejudging import Rejudged
    from assay.result_file import Result


def again(result: "Result", ledger: "Ledger", recording: "Recording", client: str) -> "Rejudged":
    """`client` is the package that the user names: a file must not say what is imported.

    Raises UserError: what the results find of a client counts, and it is not named.
    """
    from assay import client as clients
    from assay import rejudging
    from assay.client import subject

    said, of_client = result.data["client"], None
    if said is not None and said["package"] == client:
        shipped = clients.load(client, ledger.contract)
        of_client = subject.verdicts(shipped, ledger, recording, gates=said["gates"])
    elif said is not None and said["gates"]:
        raise UserError(
            f"the results count what the client {said['package']} gets wrong, and it is not there to judge it again",
            where=str(result.path),
            todo=f"install it, and give --client {said['package']}",
        )
    return rejudging.rejudged(result, ledger, recording, of_client)
