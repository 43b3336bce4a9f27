"""An operation with values and a credential → the request as it goes over the wire.

Not the sending: that is `send`'s; nor how a parameter's value is written, `styles`'.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve, field, frozen

from assay.contract import Operation
from assay.contract.media_types import is_json
from assay.contract.styles import Style, usual
from assay.plan.authorisation import Spoiled, authorise, default_header
from assay.plan.expressions import Made, filled, replaced
from assay.recording.exchange import Request
from assay.target import Credential

_TEMPLATE = re.compile(r"\{([^{}]+)\}")
_INJECTED = re.compile(r"\{setup\.([\w.-]+)\}")


class Encoded(str):
    """A path value that is percent-encoded already, and goes out as it is."""

    __slots__ = ()


@frozen
class Call:
    """One request before it has a server. `body` None sends none; bytes go out as they are, the rest as JSON.

    `credential` None sends none; `method` is another one than the operation's. `spoiled`: the credential is not sent
    as it is.
    """

    operation: Operation
    path: dict[str, Any]
    query: dict[str, Any]
    headers: dict[str, str]
    body: Any = None
    credential: Credential | None = field(default=None, repr=False)
    method: str = ""
    spoiled: Spoiled | None = None

    @property
    def injects(self) -> bool:
        """Whether it waits for a value that a setup answers."""
        body = None if isinstance(self.body, bytes) else self.body
        return bool(_INJECTED.search(json.dumps([self.path, self.query, self.headers, body], default=str)))

    def filled(self, values: dict[str, Any]) -> "Call":
        """With every `{setup.NAME}` replaced. Raises KeyError naming one that the setup did not answer."""
        return self._each(lambda value: replaced(value, _INJECTED, lambda match: values[match[1]]))

    def taking(self, made: Mapping[str, Made]) -> "Call":
        """With every `{NAME.EXPRESSION}` of a name in `made` replaced. Raises LookupError: there is no such value."""
        return self._each(lambda value: filled(value, made))

    def _each(self, fill: Callable[[Any], Any]) -> "Call":
        path, query, headers, body = (fill(each) for each in (self.path, self.query, self.headers, self.body))
        texts = {name: str(value) for name, value in headers.items()}
        return evolve(self, path=path, query=query, headers=texts, body=body)


def wire(call: Call, base_url: str) -> Request:
    """The request as it is sent: URL, headers, credential, body."""
    path = _TEMPLATE.sub(lambda match: _segment(call, match[1]), call.operation.path)
    headers, query = dict(call.headers), dict(call.query)
    if call.credential is not None:
        authorise(call.operation, call.credential, headers, query)
    body = b""
    if call.body is not None:
        kind = _content_type(call.operation)
        body = call.body if isinstance(call.body, bytes) else _body(call.body, kind)
        default_header(headers, "Content-Type", kind)
    pairs = [pair for name, value in query.items() for pair in _style(call, "query", name).in_query(value)]
    url = call.operation.server.base(base_url) + path + (f"?{'&'.join(pairs)}" if pairs else "")
    return Request(call.method or call.operation.method, url, tuple(headers.items()), body)


def _segment(call: Call, name: str) -> str:
    value = call.path[name]
    return value if isinstance(value, Encoded) else _style(call, "path", name).in_path(value)


def _style(call: Call, place: str, name: str) -> Style:
    return call.operation.styles.get((place, name)) or usual(place, name)


def _content_type(operation: Operation) -> str:
    """JSON where the operation takes it, else what it takes first; of a range (`*/*`) nothing can be sent but JSON."""
    types = list((operation.body or {}).get("content", {}))
    return next((each for each in (*filter(is_json, types), *types) if "*" not in each), "application/json")


def _body(value: Any, kind: str) -> bytes:
    plain = kind.partition(";")[0].strip().lower()
    if plain == "application/x-www-form-urlencoded" and isinstance(value, dict):
        pairs = (pair for name, each in value.items() for pair in usual("query", name).in_query(each))
        return "&".join(pairs).replace("%20", "+").encode()
    if plain.startswith("text/") and isinstance(value, str):
        return value.encode()
    return json.dumps(value).encode()
