"""Contract + requested URLs → the server that they are about, and the operation that each asks for.

Of templates that fit, the one with more of its text fixed comes first (OpenAPI 3.1, 4.8.8.2). Nothing is sent.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from attrs import field, frozen

from assay.contract import Contract, Operation
from assay.errors import UserError
from assay.recording.redacting import of_no_url, without_userinfo

_TEMPLATE = re.compile(r"\{([^{}]*)\}")
_PORTS = {"http": 80, "https": 443}
_MOST_NAMED = 5
"""Servers that a message lists."""


@frozen
class _Route:
    """An operation's path as a pattern; `fixed` is how many of its segments are none of a template."""

    operation: Operation
    pattern: re.Pattern[str]
    fixed: int


class Routes:
    """Finds operations by method and path."""

    def __init__(self, contract: Contract) -> None:
        self._routes: dict[tuple[str, int], list[_Route]] = defaultdict(list)
        self.depths: set[int] = set()
        for operation in contract.operations:
            segments = operation.path.strip("/").split("/")
            fixed = sum("{" not in each and each != "" for each in segments)
            self._routes[operation.method, len(segments)].append(_Route(operation, _filled(operation.path), fixed))
            self.depths.add(len(segments))
        for routes in self._routes.values():
            routes.sort(key=lambda each: -each.fixed)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation whose path this is, from the server's base path on."""
        found = self._find(method, path)
        return found.operation if found else None

    def fixed(self, method: str, path: str) -> int:
        """How many segments of the path an operation has in its own: 0 where it tells nothing of this API."""
        found = self._find(method, path)
        return found.fixed if found else 0

    def _find(self, method: str, path: str) -> _Route | None:
        segments = path.strip("/").split("/")
        routes = self._routes.get((method, len(segments)), ())
        return next((each for each in routes if each.pattern.fullmatch(path)), None)


@frozen
class Base:
    """A server: what its URLs begin with. `shown` is how messages name it."""

    shown: str
    origin: re.Pattern[str]
    path: re.Pattern[str] = field(repr=False)

    def rest(self, url: str) -> str | None:
        """The path from the base on; None where the URL is of another server."""
        parts = split(url)
        if parts is None or not self.origin.fullmatch(origin(parts)):
            return None
        match = self.path.match(parts.path or "/")
        return (parts.path or "/")[match.end() :] if match else None


def bases(contract: Contract, asked: Iterable[tuple[str, str]], given: str = "", *, where: str = "") -> list[Base]:
    """The servers that requests (method, URL) are about: the `given` one, else those that the document names and that
    were asked, else the one whose URLs fit the most and the longest of the document's paths.

    Raises UserError: `given` is no URL; no request is about the API; two servers fit alike.
    """
    if given:
        parts = split(given)
        if parts is None:
            raise UserError(
                f"--url {of_no_url(given)!r} is no URL of a server", todo="give http(s)://HOST[:PORT][/PATH]"
            )
        return [_base(without_userinfo(given))]
    requests = [(method, url) for method, url in asked if split(url) is not None]
    named = [_base(server) for server in contract.servers if "://" in server]
    found = [each for each in named if any(each.rest(url) is not None for _, url in requests)]
    return found or [_fitting(contract, requests, where)]


def split(url: str) -> SplitResult | None:
    """The parts of an http(s) URL; None for anything else."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if usable else None


def origin(parts: SplitResult) -> str:
    """scheme://host[:port], in lower case, without a port that goes without saying."""
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port and parts.port != _PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _base(server: str) -> Base:
    """Of a server's URL, which may have variables in it."""
    scheme, _, rest = server.partition("://")
    authority, slash, path = rest.partition("/")
    authority = authority.rpartition("@")[2].lower().removesuffix(f":{_PORTS.get(scheme.lower(), '')}")
    return Base(server, _filled(f"{scheme.lower()}://{authority}"), _leading(slash + path))


def _leading(path: str) -> re.Pattern[str]:
    return re.compile(_filled(path.rstrip("/")).pattern + "(?=/|$)")


def _fitting(contract: Contract, requests: list[tuple[str, str]], where: str) -> Base:
    routes, scores = Routes(contract), Counter[tuple[str, str]]()
    documented = {(urlsplit(each).path if "://" in each else each).rstrip("/") for each in contract.servers}
    for method, url in requests:
        parts = urlsplit(url)
        segments = parts.path.split("/")
        for depth in routes.depths:
            before, own = "/".join(segments[:-depth]), "/" + "/".join(segments[-depth:])
            if len(segments) > depth and (fixed := routes.fixed(method, own)):
                scores[origin(parts), before] += fixed
    best = max(scores.values(), default=0)
    likely = [each for each, score in scores.items() if score == best]
    likely = [each for each in likely if each[1] in documented] or likely
    if len(likely) == 1:
        (server, path) = likely[0]
        return Base(server + path, re.compile(re.escape(server)), _leading(path))
    hosts = Counter(origin(urlsplit(url)) for _, url in requests)
    named = ", ".join(f"{host} ({count})" for host, count in hosts.most_common(_MOST_NAMED))
    what = f"it cannot be told which server is meant: {' or '.join(''.join(each) for each in likely)}"
    if not likely:
        what = "no entry is about an operation of the document" + (f"; they are about {named}" if named else "")
    raise UserError(what, where=where, todo="give the server's address as --url, with its base path")


def _filled(template: str) -> re.Pattern[str]:
    """Each variable stands for a part of one segment, which is not empty."""
    parts = _TEMPLATE.split(template)
    return re.compile("[^/]+".join(re.escape(each) for each in parts[::2]))
