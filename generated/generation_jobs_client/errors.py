"""What the client raises. All of it is an ApiClientError.

ApiClientError
├─ ConfigurationError, InvalidArgumentError    before anything is sent
├─ ApiConnectionError, ApiTimeoutError         no response came
├─ ApiError                                    a response came, and it is in `response`
│  ├─ UndocumentedStatusError                  with a status that the document does not list
│  ├─ UnreadableErrorBodyError                 with a documented status, but another body: HTML, or none
│  ├─ DecodingError                            with success, but not as documented: `field` says where
│  ├─ BadRequestError                           400 Bad Request
│  ├─ UnauthorizedError                         401 Unauthorized
│  ├─ PaymentRequiredError                      402 Payment Required
│  ├─ ForbiddenError                            403 Forbidden
│  ├─ NotFoundError                             404 Not Found
│  ├─ ConflictError                             409 Conflict
│  ├─ UnprocessableEntityError                  422 Unprocessable Entity
│  ├─ TooManyRequestsError                      429 Too Many Requests
│  ├─ UnavailableForLegalReasonsError           451 Unavailable For Legal Reasons
│  ├─ InternalServerError                       500 Internal Server Error
│  ├─ BadGatewayError                           502 Bad Gateway
│  └─ ServiceUnavailableError                   503 Service Unavailable
└─ WaitError                                   `last` is what was seen last
   ├─ WaitTimeoutError, WaitCancelledError     it is not over yet
   └─ WaitFailedError                          it ended otherwise than it should
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .models.error import Error
    from .types import RawResponse

_ADVICE = {
    401: "check the credential that the client was given",
    403: "the credential is known, but it may not do this",
    429: "send fewer requests at a time, or allow more retries by `max_retries`",
}
_TELLING = ("message", "detail", "title", "error_description", "error", "code")
_LONGEST_QUOTE = 300


class ApiClientError(Exception):
    """Whatever this package raises."""


class ConfigurationError(ApiClientError, ValueError):
    """The client cannot be made of what it was given. Nothing was sent."""


class MissingCredentialError(ConfigurationError):
    """An operation needs a credential that was neither given nor found in the environment. Nothing was sent."""


class InvalidArgumentError(ApiClientError, ValueError):
    """An argument cannot be what the document asks for. Nothing was sent."""


class ApiConnectionError(ApiClientError):
    """No response came, after all attempts."""


class ApiTimeoutError(ApiConnectionError, TimeoutError):
    """No response came in time, after all attempts."""


class ApiError(ApiClientError):
    """A response came that is no success.

    Attributes:
        status: The response's status.
        body: Its body: decoded where it is as documented, else its JSON, or None.
        request_id: What the server calls the request; name it when you report a fault.
        headers: Its headers, by name in upper or lower case.
        response: All of it, as it came.
    """

    def __init__(self, response: RawResponse, body: Any = None, *, said: str = "") -> None:
        plain = _plain(response)
        self.response: RawResponse = response
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.body: Any = plain if body is None else body
        self.request_id: str | None = response.request_id or _member(plain, "request_id") or None
        super().__init__(self._message(said or _quoted(self.body if plain is None else plain)))

    def _message(self, said: str) -> str:
        notes = [f"{self.response.method} {self.response.path}"]
        if self.request_id:
            notes.append(f"request id {self.request_id}")
        if "retry-after" in self.headers:
            notes.append(f"retry after {self.headers['retry-after']}")
        if self.response.attempts > 1:
            notes.append(f"{self.response.attempts} attempts")
        advice = f"; {_ADVICE[self.status]}" if self.status in _ADVICE else ""
        return f"{_phrase(self.status)}: {said or 'it says no more'} ({', '.join(notes)}){advice}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.args, self.__dict__)


class UndocumentedStatusError(ApiError):
    """The document does not list this status. Often it is not the API that answers so, but something before it."""


class UnexpectedStatus(ApiClientError):
    """What the functions in `api` raise of a response that a client of this package would not have let through."""


class _UnreadableError(ApiError):
    """`field` is a JSON Pointer to what is wrong, empty if it is the whole; `reason` says why."""

    what: str = ""

    def __init__(self, response: RawResponse, *, reason: str, field: str = "") -> None:
        self.field: str = field
        self.reason: str = reason
        at = f"at {field} " if field else ""
        super().__init__(response, said=f"{self.what}: {at}{reason}")


class UnreadableErrorBodyError(_UnreadableError):
    """The status is a documented one, but the body is not: HTML of a proxy, for example, or nothing.

    `field` is a JSON Pointer to what is wrong, empty if it is the whole body; `reason` says why.
    """

    what: str = "the error's body is not as documented"


class DecodingError(_UnreadableError):
    """A success whose body is not as documented.

    `field` is a JSON Pointer to what is wrong, empty if it is the whole body; `reason` says why.
    """

    what: str = "the body is not as documented"


class BadRequestError(ApiError):
    """400: Bad Request."""

    body: Error


class UnauthorizedError(ApiError):
    """401: Unauthorized."""

    body: Error


class PaymentRequiredError(ApiError):
    """402: Payment Required."""

    body: Error


class ForbiddenError(ApiError):
    """403: Forbidden."""

    body: Error


class NotFoundError(ApiError):
    """404: Not Found."""

    body: Error


class ConflictError(ApiError):
    """409: Conflict."""

    body: Error


class UnprocessableEntityError(ApiError):
    """422: Unprocessable Entity."""

    body: Error


class TooManyRequestsError(ApiError):
    """429: Too Many Requests."""

    body: Error


class UnavailableForLegalReasonsError(ApiError):
    """451: Unavailable For Legal Reasons."""

    body: Error


class InternalServerError(ApiError):
    """500: Internal Server Error."""

    body: Error


class BadGatewayError(ApiError):
    """502: Bad Gateway."""

    body: Error


class ServiceUnavailableError(ApiError):
    """503: Service Unavailable."""

    body: Error


class WaitError(ApiClientError):
    """Waiting ended without what was waited for. `last` is what was seen last, None if nothing was."""

    def __init__(self, message: str, last: Any = None) -> None:
        super().__init__(message, last)
        self.last: Any = last

    def __str__(self) -> str:
        return str(self.args[0])


class WaitTimeoutError(WaitError, TimeoutError):
    """It is not over yet. To go on, wait for the same thing once more."""


class WaitCancelledError(WaitError):
    """`cancel` was set. To go on, wait for the same thing once more."""


class WaitFailedError(WaitError):
    """It ended in one of the states of `raise_on`. `last` is how it ended."""


BY_STATUS: Mapping[str, type[ApiError]] = {
    "400": BadRequestError,
    "401": UnauthorizedError,
    "402": PaymentRequiredError,
    "403": ForbiddenError,
    "404": NotFoundError,
    "409": ConflictError,
    "422": UnprocessableEntityError,
    "429": TooManyRequestsError,
    "451": UnavailableForLegalReasonsError,
    "500": InternalServerError,
    "502": BadGatewayError,
    "503": ServiceUnavailableError,
}
"""The exceptions of documented responses, by status as documented."""


def of_status(response: RawResponse, documented: str, body: Any) -> ApiError:
    """The exception for a documented response: that of its status, else of its range, else of the default."""
    made = BY_STATUS.get(str(response.status_code)) or BY_STATUS.get(documented, ApiError)
    return made(response, body)


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _plain(response: RawResponse) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def _quoted(body: Any) -> str:
    """What an error's body says, whatever its form."""
    said = (
        body if isinstance(body, str) else next(filter(None, (_member(body, name) for name in _TELLING)), "")
    )
    return said if len(said) <= _LONGEST_QUOTE else f"{said[:_LONGEST_QUOTE]}…"


def _member(body: Any, name: str) -> str:
    """A text in an object, or in an object in it; empty if it has none of that name."""
    if not isinstance(body, dict):
        return ""
    found = body.get(name)
    return found if isinstance(found, str) else _member(body.get("error"), name)


def _restored(kind: type[ApiError], arguments: tuple[Any, ...], attributes: dict[str, Any]) -> ApiError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error
