"""One recorded request and its response, as a value: no secrets in it, and nothing of how it was sent."""

import base64
import functools
import html
import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping
from typing import AnyStr, Literal

from attrs import evolve, field, frozen

from assay import strict_json

Role = Literal["state", "make", "remove", "control", "poll", "probe", "explore", "shrink", "minimal", "traffic"]
"""`traffic` is what assay did not ask for itself: it was found in what somebody else recorded."""
Grade = Literal["natural", "provoked", "hinted", "observed"]

Part = Literal["headers", "body"]
Headers = tuple[tuple[str, str], ...]

SHORTEST_SECRET = 8
"""Characters from which on a credential is looked for everywhere. A shorter one would be found in innocent words, so
it is taken out of the request's own headers and query only."""

MOST_BODY = 64 * 2**20
"""Bytes of a body that are kept; a longer one is a fault, not something to hold in memory."""
_LEFT_IN_URLS = ("", "/", "!'()*", "$&+:=@", "!$&'()*+,;=:@/", "!#$&'()*+,/:;=?@")
"""Of Python for values and for paths, of JavaScript's encodeURIComponent, of Go's PathEscape, of RFC 3986's paths, of
JavaScript's encodeURI."""

_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray")
_REQUEST_ID_MEMBERS = ("request_id", "requestId", "correlation_id", "correlationId", "trace_id", "traceId")


@frozen
class Request:
    method: str
    url: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)


@frozen
class Reply:
    """What came back. `body` is decoded from its Content-Encoding, and otherwise as it came.

    `unseen` are the parts that whoever recorded it left out: nothing that is promised of them is exercised.
    """

    status: int
    headers: Headers
    body: bytes = field(repr=False)
    unseen: tuple[Part, ...] = ()

    def header(self, name: str) -> str | None:
        """The values of a header, joined by commas (RFC 9110, 5.3); None if it is not there."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(found) if found else None

    @functools.cached_property
    def media_type(self) -> str:
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


@frozen
class Exchange:
    """`sent` and `received` are seconds on one monotonic clock, from the start of the run.

    `due` is the documented status that had to come, empty where none was due. `reply` is None where a fault (`fault`
    says which) left nothing to judge. `asker` tells users apart where their credentials do not. `source` counts the
    recordings that were joined, each with a clock of its own.
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
    asker: str = ""
    source: int = 0

    @property
    def request_id(self) -> str:
        """What the server calls this request, where it says so in a usual header or in its error body."""
        if self.reply is None:
            return ""
        for name in _REQUEST_ID_HEADERS:
            value = self.reply.header(name)
            if value:
                return value
        if not any(name.encode() in self.reply.body for name in _REQUEST_ID_MEMBERS):
            return ""
        try:
            body = strict_json.parse(self.reply.body)
        except strict_json.NotJsonError:
            return ""
        told = (body.get(name) for name in _REQUEST_ID_MEMBERS) if isinstance(body, dict) else ()
        return next((each for each in told if each and isinstance(each, str)), "")


def throttled(reply: Reply, due: bool) -> bool:
    """Whether the server asks to come again later, where that is not itself the answer that is `due`.

    RFC 6585, 4 (429) and RFC 9110, 15.6.4 (503 with Retry-After).
    """
    return not due and (reply.status == 429 or (reply.status == 503 and reply.header("retry-after") is not None))


CREDENTIAL = "«credential:"
"""How the marker of any credential begins."""


def marker(name: str) -> str:
    """What stands in a recording where a credential was."""
    return f"{CREDENTIAL}{name}»"


HIDDEN = "«redacted»"
"""What stands there where a secret was that shows nobody: it is no credential, and may come back."""


class Redactor:
    """Takes every credential out of an exchange, in each form in which one may come back.

    `secrets`: name → value. Forms: as it is, base64 (both alphabets, also within something longer, as in Basic
    authentication), escaped for URLs, JSON and HTML. `private` is taken out of the request's own headers and query
    only: it may be a secret, or a word that answers have a right to. `told` are secrets of which answers may speak.
    """

    def __init__(
        self, secrets: Mapping[str, str], private: Mapping[str, str] | None = None, told: Iterable[str] = ()
    ) -> None:
        self._secrets: dict[str, str] = {}
        self._everywhere: dict[str, str] = {}
        self._short: dict[str, str] = {}
        self._bytes: dict[bytes, bytes] = {}
        for name, secret in secrets.items():
            self.add(name, secret)
        for name, value in (private or {}).items():
            self._short.setdefault(value, marker(name))
        for secret in told:
            self.hide(secret)

    def hide(self, secret: str) -> None:
        """One more that answers may speak of, from now on; what is short would be found in innocent words."""
        for form in _forms(secret) if len(secret) >= SHORTEST_SECRET else ():
            self._everywhere.setdefault(form, HIDDEN)
            self._bytes.setdefault(_utf8(form), HIDDEN.encode())

    def add(self, name: str, secret: str) -> None:
        """One more, from now on; a name may come to have several."""
        if not secret:
            return
        self._secrets[name] = secret
        forms = self._everywhere if len(secret) >= SHORTEST_SECRET else self._short
        for form in _forms(secret):
            forms.setdefault(form, marker(name))
            if forms is self._everywhere:
                self._bytes.setdefault(_utf8(form), marker(name).encode())

    def text(self, text: str) -> str:
        """For messages: anything that people will read."""
        return _replaced(text, self._everywhere)

    def exchange(self, exchange: Exchange) -> Exchange:
        reply = exchange.reply
        return evolve(
            exchange,
            request=self.request(exchange.request),
            reply=reply
            and evolve(
                reply,
                headers=tuple((self.text(name), self.text(value)) for name, value in reply.headers),
                body=_replaced(reply.body, self._bytes),
            ),
            fault=self.text(exchange.fault),
        )

    def request(self, request: Request) -> Request:
        return evolve(
            request,
            url=self._url(request.url),
            headers=tuple((name, self._own_header(value)) for name, value in request.headers),
            body=_replaced(request.body, self._bytes),
        )

    def _url(self, url: str) -> str:
        """A short credential is a query value as a whole, or it is something else that only looks like it."""
        address, mark, query = self.text(url).partition("?")
        pairs = (pair.partition("=") for pair in query.split("&"))
        return address + mark + "&".join(name + sign + self._short.get(value, value) for name, sign, value in pairs)

    def _own_header(self, value: str) -> str:
        scheme, _, encoded = value.partition(" ")
        if scheme.lower() == "basic":
            password = basic_password(encoded)
            for name, secret in self._secrets.items():
                if secret == password:
                    return f"{scheme} {marker(name)}"
        found = _found(value, self._everywhere)
        if short := _found(value, self._short):
            found.append(rf"(?<!\w)(?:{'|'.join(short)})(?!\w)")
        return re.sub("|".join(found), lambda match: self._of(match[0]), value) if found else value

    def _of(self, form: str) -> str:
        return self._everywhere.get(form) or self._short[form]


def basic_password(encoded: str) -> str:
    """The secret part of Basic authentication (RFC 7617): the password, or where that is empty the username."""
    try:
        username, _, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return ""
    return password or username


def _replaced(text: AnyStr, forms: Mapping[AnyStr, AnyStr]) -> AnyStr:
    """In one pass, so that nothing is looked for in a marker."""
    found = _found(text, forms)
    if not found:
        return text
    pattern = "|".join(found) if isinstance(text, str) else b"|".join(found)
    return re.sub(pattern, lambda match: forms[match[0]], text)


def _found(text: AnyStr, forms: Iterable[AnyStr]) -> list[AnyStr]:
    """Patterns of the forms that are there; of those that start at one place the longest comes first."""
    return [re.escape(form) for form in sorted(forms, key=len, reverse=True) if form in text]


def _forms(secret: str) -> Iterator[str]:
    """Each text that says the secret, once."""
    for text in dict.fromkeys((secret, *_base64_forms(_utf8(secret)))):
        yield from dict.fromkeys((text, *_json_forms(text), *_url_forms(text), *_html_forms(text)))


def _base64_forms(raw: bytes) -> Iterator[str]:
    """By itself; and, where it begins at each of the three places in a group, the characters that are its own."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode().rstrip("=")
        for before in range(3):
            first, last = -(-8 * before // 6), 8 * (before + len(raw)) // 6
            if last - first >= SHORTEST_SECRET:
                yield encode(bytes(before) + raw).decode()[first:last]


def _url_forms(text: str) -> Iterator[str]:
    """As common encoders write it: they differ in the characters that they leave as they are."""
    for escaped in (
        urllib.parse.quote_plus(_utf8(text)),
        *(urllib.parse.quote(_utf8(text), safe=left) for left in _LEFT_IN_URLS),
    ):
        yield escaped
        yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), escaped)


def _json_forms(text: str) -> Iterator[str]:
    """As common encoders write it, with or without escapes for `/`, for what is not ASCII, for HTML's own."""
    for ascii_only in (False, True):
        plain = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield plain.replace("/", "\\/")
        for escaped in (plain, _escaped("[<>&]", plain), _escaped("[<>&'+]", plain)):
            yield escaped
            yield re.sub(r"\\u[0-9a-f]{4}", lambda match: "\\u" + match[0][2:].upper(), escaped)


def _html_forms(text: str) -> Iterator[str]:
    """In a page or in XML: quotes stand as they are, or as one of their names."""
    plain = html.escape(text, quote=False)
    yield plain
    for double, single in (("&quot;", "'"), ("&quot;", "&#x27;"), ("&quot;", "&#39;"), ("&#34;", "&#39;")):
        yield plain.replace('"', double).replace("'", single)


def _escaped(characters: str, text: str) -> str:
    return re.sub(characters, lambda match: f"\\u{ord(match[0]):04x}", text)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
