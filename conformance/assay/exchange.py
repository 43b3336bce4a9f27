"""One recorded request and its response, as a value: no secrets in it, and nothing of how it was sent."""

import base64
import json
import urllib.parse
from collections.abc import Mapping
from typing import Literal

from attrs import evolve, field, frozen

Role = Literal["state", "control", "poll", "probe", "explore", "shrink", "minimal"]
Grade = Literal["natural", "provoked", "hinted", "observed"]

Headers = tuple[tuple[str, str], ...]

SHORTEST_SECRET = 8
"""Characters from which on a credential is looked for everywhere. A shorter one would be found in innocent words, so
it is taken out of the request's own headers and URL only."""


@frozen
class Request:
    method: str
    url: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)


@frozen
class Reply:
    """What came back. `body` is decoded from its Content-Encoding, and otherwise as it came."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)

    def header(self, name: str) -> str | None:
        """The values of a header, joined by commas (RFC 9110, 5.3); None if it is not there."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None

    @property
    def media_type(self) -> str:
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


@frozen
class Exchange:
    """`sent` and `received` are seconds on one monotonic clock, from the start of the run.

    `due` is the documented status that had to come, empty where none was due. `reply` is None where a fault (`fault`
    says which) left nothing to judge.
    """

    id: int
    step: str
    role: Role
    operation: str
    due: str
    grade: Grade
    sent: float
    received: float
    request: Request
    reply: Reply | None
    fault: str = ""

    @property
    def request_id(self) -> str:
        """What the server calls this request, where it says so in a usual header or in its error body."""
        if self.reply is None:
            return ""
        for name in ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray"):
            value = self.reply.header(name)
            if value:
                return value
        return ""


def throttled(reply: Reply, due: bool) -> bool:
    """Whether the server asks to come again later, where that is not itself the answer that is `due`.

    RFC 6585, 4 (429) and RFC 9110, 15.6.4 (503 with Retry-After).
    """
    return not due and (reply.status == 429 or (reply.status == 503 and reply.header("retry-after") is not None))


def marker(name: str) -> str:
    """What stands in a recording where a credential was."""
    return f"«credential:{name}»"


class Redactor:
    """Takes every credential out of an exchange, in each form in which one may come back.

    `secrets`: name → value. Forms: as it is, base64 (both alphabets), URL-escaped, JSON-escaped.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._forms = sorted(
            ((form, marker(name)) for name, secret in secrets.items() if secret for form in _forms(secret)),
            key=lambda pair: -len(pair[0]),
        )
        self._everywhere = [pair for pair in self._forms if len(pair[0]) >= SHORTEST_SECRET]
        self._bytes = [(form.encode(), mark.encode()) for form, mark in self._everywhere]

    def text(self, text: str) -> str:
        """For messages: anything that people will read."""
        return _replaced(text, self._everywhere)

    def exchange(self, exchange: Exchange) -> Exchange:
        request, reply = exchange.request, exchange.reply
        return evolve(
            exchange,
            request=evolve(
                request,
                url=_replaced(request.url, self._everywhere),
                headers=tuple((name, _replaced(value, self._forms)) for name, value in request.headers),
                body=self._body(request.body),
            ),
            reply=reply
            and evolve(
                reply,
                headers=tuple((self.text(name), self.text(value)) for name, value in reply.headers),
                body=self._body(reply.body),
            ),
            fault=self.text(exchange.fault),
        )

    def _body(self, body: bytes) -> bytes:
        for form, mark in self._bytes:
            if form in body:
                body = body.replace(form, mark)
        return body


def _replaced(text: str, forms: list[tuple[str, str]]) -> str:
    for form, mark in forms:
        if form in text:
            text = text.replace(form, mark)
    return text


def _forms(secret: str) -> set[str]:
    raw = secret.encode()
    encoded = {base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    escaped = {urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)[1:-1]}
    return {secret, *encoded, *escaped}
