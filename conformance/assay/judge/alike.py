"""Contract + recording → the one status that every answer had, where that says more of the target than of its answers.

A wrong base path, a service that is down, a credential that nobody accepts: one line instead of a finding for each
response. It is a question to whoever runs it, and changes no verdict.
"""

from collections.abc import Sequence

from assay.contract import Contract, media_types
from assay.judge import refusals
from assay.judge.verdicts import Alike
from assay.recording import Recording
from assay.recording.exchange import Exchange, Reply

_FEWEST = 2
_ROLES = ("state", "make", "control", "poll", "explore")
"""Of requests that are as they should be: a probe's is wrong on purpose."""

_ASKED = {
    404: "does base_url {url} have the right path, and is there what the target file names?",
    405: "does base_url {url} have the right path?",
    429: "do [limits] leave the server time, or is there a quota that is used up?",
    500: "is the service well? Its own log should say",
    502: "is the service up, behind what answers in its place?",
    503: "is the service up, behind what answers in its place?",
    504: "is the service up, behind what answers in its place?",
}


def alike(contract: Contract, recording: Recording) -> Alike | None:
    """None where answers differ, where there is no more than one, or where they may well be right."""
    if recording.header.mock or recording.header.observed:
        return None
    asked = [each for each in recording.exchanges if each.role in _ROLES and each.grade == "natural"]
    answered = [(each, each.reply) for each in asked if each.due != "401" and each.reply is not None]
    statuses = {reply.status for _, reply in answered}
    if len(answered) < _FEWEST or len(statuses) > 1 or not _odd(contract, recording, answered):
        return None
    (status,) = statuses
    question = _question(status, recording, [each for each, _ in answered])
    return Alike(status, len(answered), f"every one of {len(answered)} answers was {status}: {question}")


def _odd(contract: Contract, recording: Recording, answered: Sequence[tuple[Exchange, Reply]]) -> bool:
    """Whether a server that is right and was asked rightly would hardly answer so."""
    strange = [not _documented(contract, each, reply) for each, reply in answered]
    status = answered[0][1].status
    if status < 400:
        return all(strange)
    if status in (401, 403) or status >= 500:
        return any(each.due != str(status) for each, _ in answered)
    if status == 404:
        # what an example of the document names need not be there: a collection is, and what a state names
        stated = {each.id for each in recording.header.steps if each.driver == "fixture"}
        there = (each for each, _ in answered if each.step in stated or not _names_one(contract, each))
        return any(strange) or any(each.due.startswith("2") for each in there)
    return any(strange) or any(each.due.startswith("2") for each, _ in answered)


def _names_one(contract: Contract, exchange: Exchange) -> bool:
    operation = contract.operation(exchange.operation)
    return operation is not None and any(each.place == "path" for each in operation.parameters)


def _documented(contract: Contract, exchange: Exchange, reply: Reply) -> bool:
    """By its status, and by its media type where one is documented."""
    operation = contract.operation(exchange.operation)
    response = operation.response_for(reply.status) if operation else None
    if response is None:
        return False
    types = tuple(each.type for each in response.media)
    return not types or not reply.body or bool(media_types.nearest(reply.header("content-type") or "", types))


def _question(status: int, recording: Recording, asked: Sequence[Exchange]) -> str:
    url = recording.header.target.get("base_url", "")
    if status in (401, 403) and not any(map(refusals.carries_credential, asked)):
        return "no credential was sent: give [credentials.default] in the target file"
    if status in (401, 403):
        return "is the credential right?"
    if status < 400:
        return f"is what answers at {url} the API, or something that stands before it?"
    return _ASKED.get(status, "what do all these requests lack? Does base_url {url} lead to this API?").format(url=url)
