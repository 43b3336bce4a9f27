"""Arguments and environment → what the requests of a client carry, checked before the first of them."""

import base64
import os
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from . import _contract
from ._operations import Operation, Scheme
from .errors import ApiError, ConfigurationError, MissingCredentialError

ErrorT = TypeVar("ErrorT", bound=ApiError)

_SHORTEST_SECRET = 8
"""Characters. What is shorter, such as the key of a test, is found by chance: it would be hidden in other words."""


class Credentials:
    """Knows where each operation wants which credential. Shows none of them, wherever it is printed."""

    def __init__(self, given: Mapping[str, str | None]) -> None:
        """`given` is by the argument's name; what is None is looked for in the environment."""
        self._values: dict[str, str] = {}
        self._secrets: list[str] = []
        for scheme in _contract.SCHEMES:
            value = given.get(scheme.argument)
            if value is None:
                value = os.environ.get(scheme.variable)
            if value is not None:
                self._values[scheme.name] = usable = _usable(scheme, value)
                self._secrets += [each for each in (usable, value.strip()) if len(each) >= _SHORTEST_SECRET]

    def __repr__(self) -> str:
        return f"<credentials for {', '.join(self._values) or 'nothing'}>"

    def require(self) -> None:
        """Raises MissingCredentialError unless some operation can be called."""
        if not self._values:
            raise _missing(_contract.SCHEMES[:1])

    def add_to(self, request: dict[str, Any], operation: Operation) -> None:
        """Put what the operation asks for into the arguments of a request. Raises MissingCredentialError."""
        if not operation.security:
            return
        alternatives = [each for each in operation.security if all(name in self._values for name in each)]
        if not alternatives:
            raise _missing([each for each in _contract.SCHEMES if each.name in operation.security[0]])
        for scheme in _contract.SCHEMES:
            if scheme.name in max(alternatives, key=len):
                place = {"header": "headers", "query": "params", "cookie": "cookies"}[scheme.place]
                value = _PREFIXES.get(scheme.kind, "Bearer ") + self._values[scheme.name]
                request[place] = {**request.get(place, {}), scheme.parameter: value}

    def hidden_in(self, error: ErrorT) -> ErrorT:
        """The error without what a server repeats in what it says."""
        error.args = tuple(self.redact(each) if isinstance(each, str) else each for each in error.args)
        return error

    def redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "«credential»")
        return text


_PREFIXES = {"apiKey": "", "basic": "Basic "}


def base_url(given: str | None) -> str:
    """Where requests go: the argument, else the environment, else the document's server. Raises ConfigurationError."""
    url: Any = given if given is not None else os.environ.get(_contract.BASE_URL_VARIABLE, _contract.SERVER)
    how = f"give base_url or set {_contract.BASE_URL_VARIABLE}, for example https://api.example.com"
    if url is None:
        raise ConfigurationError(f"the document names no server: {how}")
    if not isinstance(url, str):
        raise ConfigurationError(f"{url!r} is no text: {how}")
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    if set(url) & {"@", "?", "#"}:  # not quoted: it may have a credential
        raise ConfigurationError(f"a base URL has neither credentials nor a query nor a fragment: {how}")
    if not whole:
        raise ConfigurationError(f"{url!r} is no whole URL, with http:// or https:// and a host: {how}")
    return url.rstrip("/")


def headers(given: Mapping[str, Any] | None) -> dict[str, str]:
    """The same, if requests can carry them. Raises ConfigurationError, which names the header but quotes no value."""
    usable = dict[str, str]()
    for name, value in (given or {}).items():
        if not (_printable(name) and _printable(value)):
            raise ConfigurationError(f"the header {name!r} must be text of printable ASCII characters")
        usable[name] = value
    return usable


def _usable(scheme: Scheme, value: Any) -> str:
    """Without the line break that a file or a secret store leaves at its end. Errors never quote the value."""
    where = f"{scheme.argument} (or {scheme.variable})"
    if not isinstance(value, str):
        raise ConfigurationError(f"{where} must be text, not of type {type(value).__name__}")
    text: str = value.strip()
    if not text:
        raise ConfigurationError(f"{where} is empty")
    if not _printable(text):
        raise ConfigurationError(f"{where} has characters that no request can carry")
    if scheme.kind != "basic":
        return text
    if ":" not in text:
        raise ConfigurationError(f"{where} must be of the form user:password")
    return base64.b64encode(text.encode()).decode()


def _printable(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _missing(schemes: "tuple[Scheme, ...] | list[Scheme]") -> MissingCredentialError:
    names = " and ".join(f"{each.argument} or set {each.variable}" for each in schemes)
    return MissingCredentialError(f"a credential is missing: give {names}")
