"""A reason not to give what was asked for → the documented error.

All refusals of the provider stand here, each with its status, code and words. Not the place where it is decided
who is refused: that is `accounts`, `reading` and `images`.

Words and details are fixed or come from the provider's own data. Nothing that a caller sent is repeated to them,
so no credential can come back in an error.
"""

from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus

from attrs import field, frozen

RETRY_AFTER = {"Retry-After": "1"}
"""In seconds. Both a full account and maintenance of a reference server are over soon."""


@frozen
class Answer:
    """What will be said, before it is bytes. `body` is JSON; None for an answer without content."""

    status: int
    body: Mapping[str, object] | None
    headers: Mapping[str, str] = field(factory=dict)


class Refusal(Exception):  # noqa: N818 - an answer to the caller; nothing went wrong
    """An answer other than the one that was asked for. `code` is for programs, `message` for people."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers or {}

    def answer(self, request_id: str) -> Answer:
        body: dict[str, object] = {"error": self.code, "message": self.message, "request_id": request_id}
        if self.details is not None:
            body["details"] = self.details
        return Answer(self.status, body, self.headers)


def not_a_job_id() -> Refusal:
    details = {"parameter": "id", "expected": "a UUID in its hyphenated form"}
    return Refusal(400, "bad_request", "The job id is not a UUID.", details=details)


def not_authenticated() -> Refusal:
    """One refusal for every unusable credential; RFC 9110, 11.6.1 wants the scheme to be named."""
    message = "A valid API key is needed: Authorization: Bearer <key>."
    return Refusal(401, "auth_invalid", message, headers={"WWW-Authenticate": "Bearer"})


def not_enough_credit(balance: Decimal, minimum: Decimal) -> Refusal:
    details = {"balance_eur": f"{balance:.6f}", "minimum_eur": f"{minimum:.6f}"}
    return Refusal(402, "credit_insufficient", "The account's balance is too low.", details=details)


def suspended() -> Refusal:
    return Refusal(403, "account_suspended", "This account is suspended.")


def no_such_job() -> Refusal:
    """The same for a job of somebody else: who asks must not learn that it exists."""
    return Refusal(404, "not_found", "There is no such job.")


def being_moved() -> Refusal:
    message = "The job is being moved to another region and cannot be read until it has arrived."
    return Refusal(409, "conflict", message)


def model_retired(model: str) -> Refusal:
    message = "The job's story was made for a model that no longer exists."
    return Refusal(422, "model_not_capable", message, details={"model": model})


def too_many_at_once(limit: int) -> Refusal:
    message = "The account has as many requests in flight as its plan allows."
    return Refusal(429, "rate_limited", message, details={"concurrent_limit": limit}, headers=RETRY_AFTER)


def withheld() -> Refusal:
    return Refusal(451, "content_rejected", "The content of this job is withheld for legal reasons.")


def internal_fault() -> Refusal:
    """Says nothing of the cause: that stands in the log, under the same request id."""
    return Refusal(500, "internal_error", "The server met a fault of its own.")


def images_unavailable() -> Refusal:
    return Refusal(502, "bad_gateway", "The service that signs image URLs gave no usable answer.")


def maintenance() -> Refusal:
    message = "The service is under maintenance."
    return Refusal(503, "service_unavailable", message, headers=RETRY_AFTER)


def not_routed(status: int, headers: Mapping[str, str] | None = None) -> Refusal:
    """For what the framework refuses before any of our code sees it (404, 405)."""
    phrase = HTTPStatus(status).phrase
    return Refusal(status, phrase.lower().replace(" ", "_"), f"{phrase}.", headers=headers)
