"""Recorded traffic → the same without its secrets, and who asked.

A credential becomes the marker that the judge looks for, in the exchange that carried it. Everything else that may be
a secret is hidden: credentials of other exchanges, cookies, headers, members and query parameters whose names tell,
signed URLs. Not what a body shows afterwards: that is `hidden`'s.
"""

import contextlib
import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, unquote, unquote_plus, urlsplit

from attrs import evolve

from assay.contract import Contract, Operation, Security
from assay.recording.exchange import (
    CREDENTIAL,
    HIDDEN,
    SHORTEST_SECRET,
    Exchange,
    Headers,
    Redactor,
    Reply,
    Request,
    basic_password,
)
from assay.recording.hidden import HIDDEN_IN_URL

_TELLING_HEADER = re.compile(r"(?i)auth|key|token|secret|password|credential|session")
_TELLING_IN_REPLY = re.compile(r"(?i)(?:^|-)(?:authorization|token|secret|api-?key|password|session-?id)$")
_TELLING_NAME = re.compile(
    "(?:password|passwd|pwd|passphrase|secret|token|apikey|accesskey|accesskeyid|privatekey|credentials?|signature"
    "|sessionid|authorization|accessid|keypairid)$"
)
"""How the name of a member or of a query parameter ends, in lower case and without separators."""
_OF_A_PAGE = re.compile("page|next|prev|continu|cursor")
_SIGNED = frozenset({"sig", "hmac", "auth", "policy"})
"""Query parameters of signed URLs whose names do not tell."""
_MEMBER = re.compile(r'("((?:[^"\\]|\\.)*)"\s*:\s*")((?:[^"\\]|\\.)+)(?=")')
_PARAMETER = re.compile(r"((?:^|[?&]|\\u0026|&amp;)([\w.~%-]+)=)([^&\s\"'<>\\#]+)")
_TOKEN = re.compile(r"[\w.~+/-]{8,}={0,2}")
_PLACEHOLDER = re.compile(r"(?i)redact|remov|filter|mask|sanitiz|hidden|\*\*\*|x{6}|^<.*>$|^\[.*\]$")
"""What exporters and proxies write where they took a secret out themselves."""
_COOKIE_THAT_MATTERS = 20
"""Characters from which on a cookie's value is looked for elsewhere. Shorter ones are found in innocent words."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""What a cookie may well hold, and is no secret: what something is called."""


class Redacting:
    """Knows every secret of some requests, and takes them out of exchanges."""

    def __init__(self, contract: Contract, requests: Iterable[Request]) -> None:
        schemes = (each for operation in contract.operations for needed in operation.security for each in needed)
        self._schemes = tuple(dict.fromkeys(schemes))
        self._names: dict[str, str] = {}
        """Credential → its name."""
        self._elsewhere: set[str] = set()
        """Secrets that are hidden wherever they stand by themselves."""
        self._askers: dict[tuple[str, ...], int] = {}
        counts: dict[str, int] = defaultdict(int)
        for request in requests:
            for name, secret in self._credentials(request):
                if secret not in self._names:
                    counts[name] += 1
                    self._names[secret] = name if counts[name] == 1 else f"{name}.{counts[name]}"
            self._elsewhere.update(_others(request))
        self._elsewhere.update(each for each in self._names if len(each) >= SHORTEST_SECRET)
        # those that no pattern of a token tells from what is around them
        self._odd = Redactor({}, told=[each for each in self._elsewhere if not _TOKEN.fullmatch(each)])
        self._redactor = functools.cache(lambda own: Redactor(dict(own)))

    @property
    def short(self) -> tuple[str, ...]:
        """Names of credentials that are too short to be looked for."""
        return tuple(name for secret, name in self._names.items() if len(secret) < SHORTEST_SECRET)

    def exchange(self, exchange: Exchange, operation: Operation) -> Exchange:
        """Without secrets; `asker` tells apart who asked, as far as their credentials in it do not."""
        own = tuple((self._names[secret], secret) for _, secret in self._credentials(exchange.request))
        known = self._redactor(own).exchange(exchange)
        request = evolve(
            known.request,
            url=without_userinfo(_hidden_parameters(known.request.url)),
            headers=tuple((name, self._header(name, value)) for name, value in known.request.headers),
            body=self._body(known.request.body, known.request.headers),
        )
        asker = self._asker(exchange, operation, known=bool(own), altered=request.url != known.request.url)
        reply = known.reply and self._reply(known.reply)
        return evolve(known, request=request, reply=reply, asker=asker)

    # What is a credential -------------------------------------------------------------------------------------------

    def _credentials(self, request: Request) -> Iterator[tuple[str, str]]:
        """(scheme, secret) of each that the request carries."""
        for name, value in request.headers:
            if name.lower() in ("authorization", "proxy-authorization") and not _PLACEHOLDER.search(value):
                scheme, _, rest = value.strip().partition(" ")
                secret = (basic_password(rest) if scheme.lower() == "basic" else "") or rest.strip() or scheme
                yield self._scheme(scheme.lower()), secret
        for each in self._schemes:
            if each.kind == "apiKey":
                yield from ((each.name, value) for value in _values(request, each) if not _PLACEHOLDER.search(value))

    def _scheme(self, kind: str) -> str:
        return next((each.name for each in self._schemes if each.kind == kind), "authorization")

    def _asker(self, exchange: Exchange, operation: Operation, *, known: bool, altered: bool) -> str:
        told = () if known else tuple(value for _, value in _telling(exchange.request))
        if not (known or told) and operation.protected:
            # whoever recorded it took the credential out: these may be as many users as requests
            told = ("unknown", str(exchange.id))
        if altered:
            told = (*told, urlsplit(exchange.request.url).query)
        return str(self._askers.setdefault(told, len(self._askers) + 1)) if told else ""

    # What is hidden -------------------------------------------------------------------------------------------------

    def _header(self, name: str, value: str) -> str:
        if name.lower() == "cookie":
            return _hidden_cookies(value)
        if _TELLING_HEADER.search(name) and CREDENTIAL not in value:
            return HIDDEN
        return self._text(value)

    def _reply(self, reply: Reply) -> Reply:
        headers = tuple((name, self._reply_header(name, value)) for name, value in reply.headers)
        return evolve(reply, headers=headers, body=self._body(reply.body, reply.headers))

    def _reply_header(self, name: str, value: str) -> str:
        if name.lower() == "set-cookie":
            pair, mark, attributes = value.partition(";")
            return _hidden_cookies(pair) + mark + attributes
        if _TELLING_IN_REPLY.search(name) and CREDENTIAL not in value:
            return HIDDEN
        return self._text(value)

    def _body(self, body: bytes, headers: Headers) -> bytes:
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        if kind.lower().startswith("multipart/"):
            return HIDDEN.encode()
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return body
        return _hidden_members(self._text(text)).encode("utf-8")

    def _text(self, text: str) -> str:
        """Without signatures in URLs, and without the secrets of other exchanges."""
        if "=" in text:
            text = _hidden_parameters(text)
        if not self._elsewhere:
            return text
        return _TOKEN.sub(lambda match: HIDDEN if match[0] in self._elsewhere else match[0], self._odd.text(text))


def _values(request: Request, scheme: Security) -> list[str]:
    """What a request gives for the API key of a scheme."""
    if scheme.place == "query":
        pairs = parse_qsl(urlsplit(request.url).query)
    elif scheme.place == "cookie":
        pairs = list(_cookies(request))
    else:
        pairs = [(name.lower(), value) for name, value in request.headers]
    wanted = scheme.parameter.lower() if scheme.place == "header" else scheme.parameter
    return [value for name, value in pairs if name == wanted and value]


def _cookies(request: Request) -> Iterator[tuple[str, str]]:
    for name, value in request.headers:
        if name.lower() == "cookie":
            yield from (
                (key.strip(), secret.strip()) for key, _, secret in (p.partition("=") for p in value.split(";"))
            )


def _telling(request: Request) -> Iterator[tuple[str, str]]:
    """Headers that may say who asks."""
    for name, value in request.headers:
        if (name.lower() == "cookie" or _TELLING_HEADER.search(name)) and value and not _PLACEHOLDER.search(value):
            yield name, value


def _others(request: Request) -> Iterator[str]:
    """Secrets beside the credentials."""
    for name, value in _telling(request):
        secret = value.rpartition(" ")[2]
        if name.lower() != "cookie" and len(secret) >= SHORTEST_SECRET:
            yield secret
    for _, value in _cookies(request):
        if len(value) >= _COOKIE_THAT_MATTERS and not _UUID.fullmatch(value):
            yield value


def _hidden_cookies(header: str) -> str:
    pairs = (each.strip().partition("=") for each in header.split(";"))
    return "; ".join(name + mark + (value if CREDENTIAL in value else HIDDEN) for name, mark, value in pairs)


def _hidden_parameters(text: str) -> str:
    """Of URLs and of forms: each parameter whose name tells, with another value."""
    return _PARAMETER.sub(lambda match: match[1] + _instead(unquote(match[2]), match[3], HIDDEN_IN_URL), text)


def _hidden_members(text: str) -> str:
    """Of JSON, and of whatever looks like it: the text stays as it was, byte for byte, but for the values."""
    return _MEMBER.sub(lambda match: match[1] + _instead(match[2], match[3], HIDDEN), text)


def _instead(name: str, value: str, hidden: str) -> str:
    return hidden if _tells(name) and CREDENTIAL not in value else value


def _tells(name: str) -> bool:
    plain = re.sub(r"[-_.\s]", "", name).lower()
    return plain in _SIGNED or bool(_TELLING_NAME.search(plain) and not _OF_A_PAGE.search(plain))


def secrets_of(text: str) -> Iterator[str]:
    """The values in JSON, or in a form, whose names tell that they are secrets."""
    for match in _MEMBER.finditer(text):
        if _tells(match[2]):
            with contextlib.suppress(ValueError):
                yield json.loads(f'"{match[3]}"')
    yield from (unquote_plus(match[3]) for match in _PARAMETER.finditer(text) if _tells(unquote(match[2])))


def without_userinfo(url: str) -> str:
    """Without the name and the password before the host."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return scheme + mark + authority.rpartition("@")[2] + slash + path


def of_no_url(text: str) -> str:
    """What is no URL, for messages: whatever stands before its last @ may be a password, with slashes in it."""
    scheme, mark, rest = text.partition("://")
    return scheme + mark + rest.rpartition("@")[2] if mark else text.rpartition("@")[2]
