"""What was asked and what came → the value that an expression names in it.

Expressions are OpenAPI's (3.1, 4.8.20.3: `$response.body#/id`, `$request.path.id`, `$url`), and two of our own: a
member of the answered body by its name (`id`, `author.id`, `0.id`), and `$location`, the last segment of the path that
the Location header names. In a request they stand between braces, after the name of what they are taken from:
`{book.id}`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from attrs import field, frozen

from assay import pointer, strict_json
from assay.recording.exchange import Exchange, Headers
from assay.recording.hidden import holds

PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w-]*)\.([^{}]+)\}")
_EXPRESSION = re.compile(
    r"\$(?:url|method|statusCode|location"
    r"|request\.(?:path|query|header)\.[^{}]+|response\.header\.[^{}]+|(?:request|response)\.body(?:#(?:/[^{}]*)?)?)"
)


@frozen
class Need:
    """What a request takes from the answer of another step: under which name, and the id of that step."""

    name: str
    step: str


@frozen
class Made:
    """One exchange that gave what was due, as others take values from it. `path`: the values in the asked path;
    `body`: what was sent, of which the recorded request may lack secrets; bytes are as they went out.
    """

    exchange: Exchange
    path: Mapping[str, Any]
    body: Any = field(default=None, repr=False)

    def value(self, expression: str) -> Any:
        """Raises LookupError: there is no such value; the message says where it was looked for."""
        found = self._value(expression) if expression.startswith("$") else self._member(expression)
        if found is pointer.MISSING or found is None or found == "":
            raise LookupError(f"the answer {self._shown} has no {expression!r}")
        if isinstance(found, str) and holds(found):
            raise LookupError(f"{expression!r} of the answer {self._shown} is a credential, which is not passed on")
        return found

    @property
    def _shown(self) -> str:
        reply = self.exchange.reply
        return f"to {self.exchange.operation} ({reply.status if reply else self.exchange.fault})"

    def _member(self, name: str) -> Any:
        return pointer.follow(self._answered(), name.split("."))

    def _value(self, expression: str) -> Any:
        request, reply = self.exchange.request, self.exchange.reply
        source, _, name = expression[1:].partition(".")
        if source == "url":
            return request.url
        if source == "method":
            return request.method
        if source == "statusCode":
            return reply.status if reply else pointer.MISSING
        if source == "location":
            return self._located()
        place, _, name = name.partition(".")
        if place.partition("#")[0] == "body":
            return pointer.at(self._answered() if source == "response" else self._sent(), expression.partition("#")[2])
        if place == "path":
            return self.path.get(name, pointer.MISSING)
        if place == "query":
            return parse_qs(urlsplit(request.url).query).get(name, [pointer.MISSING])[0]
        headers: Headers = request.headers if source == "request" else (reply.headers if reply else ())
        return next((value for key, value in headers if key.lower() == name.lower()), pointer.MISSING)

    def _located(self) -> Any:
        """RFC 9110, 10.2.2: a 201's Location names what was made. Only what lies right below what was asked is sure."""
        told = (self.exchange.reply.header("location") if self.exchange.reply else None) or ""
        above, slash, last = urlsplit(told).path.rstrip("/").rpartition("/")
        below = not slash or above == urlsplit(self.exchange.request.url).path.rstrip("/")
        return unquote(last) if below else pointer.MISSING

    def _sent(self) -> Any:
        body = self.exchange.request.body if self.body is None else self.body
        return _parsed(body) if isinstance(body, bytes) else body

    def _answered(self) -> Any:
        return _parsed(self.exchange.reply.body) if self.exchange.reply else pointer.MISSING


def _parsed(body: bytes) -> Any:
    try:
        return strict_json.parse(body)
    except strict_json.NotJsonError:
        return pointer.MISSING


def is_expression(text: str) -> bool:
    """Whether it is one that can be followed. A name without `$` always is: it is looked for in the answered body."""
    return not text.startswith("$") or _EXPRESSION.fullmatch(text) is not None


def placeholders(value: Any) -> Iterator[tuple[str, str]]:
    """Name and expression of everything in a value that looks like `{NAME.EXPRESSION}`."""
    if isinstance(value, dict):
        for member in value.values():
            yield from placeholders(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from placeholders(member)
    elif isinstance(value, str):
        yield from ((match[1], match[2]) for match in PLACEHOLDER.finditer(value))


def filled(value: Any, made: Mapping[str, Made]) -> Any:
    """With every placeholder of a name in `made` replaced. Raises LookupError: there is no such value."""
    return replaced(value, PLACEHOLDER, lambda match: made[match[1]].value(match[2]) if match[1] in made else match[0])


def replaced(inside: Any, pattern: re.Pattern[str], value: Callable[[re.Match[str]], Any]) -> Any:
    """With each match replaced: a text that is nothing else becomes the value itself, with its type."""
    if isinstance(inside, dict):
        return {key: replaced(member, pattern, value) for key, member in inside.items()}
    if isinstance(inside, list):
        return [replaced(member, pattern, value) for member in inside]
    # a text of a kind of its own is finished
    if type(inside) is not str:
        return inside
    whole = pattern.fullmatch(inside)
    return value(whole) if whole else pattern.sub(lambda match: str(value(match)), inside)
