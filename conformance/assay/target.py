"""target.toml → Target: where the server is, with which credentials, and how it enters the states under test.

Any string may be `{ env = "NAME" }` or contain `{port.NAME}`, a free loopback port found when the file is read.
Whether its states fit the document is `plan`'s part; nothing is sent here.
"""

import datetime as dt
import hashlib
import os
import re
import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from assay import document, pointer, shapes
from assay.errors import UserError
from assay.exchange import SHORTEST_SECRET
from assay.recording import Exclusion, Waiver

_STATE_NAME = re.compile(r"(?P<operation>.+?) (?P<status>[1-5](?:\d\d|XX)|default)(?: (?P<label>.+))?")
_TABLES = re.compile(r"/serve/env|/states/[^/]+/(?:path|query|headers|body|setup/params)")
"""Where a table is one of values by name, in which `env` is a name like any other."""
_TELLING_HEADER = re.compile(r"(?i)authorization|api-?key|token|secret")
_PORT = re.compile(r"\{port\.([\w-]+)\}")


@frozen
class Credential:
    """One credential in the kinds that the target file gives; unused kinds are empty."""

    name: str
    bearer: str = field(default="", repr=False)
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)


@frozen
class Setup:
    """A provider-state handler: POST {state, params, action} to `url`, as in Pact."""

    url: str
    state: str
    params: dict[str, Any] = field(repr=False)


@frozen
class Poll:
    """Ask again `every` seconds, `within` seconds at most. `promised`: a terminal state is due by then."""

    every: float
    within: float
    promised: bool


@frozen
class State:
    """A named precondition under which one documented response is due. `path` etc. override the request's values."""

    name: str
    operation: str
    status: str
    path: dict[str, Any]
    query: dict[str, Any]
    headers: dict[str, str] = field(repr=False)
    body: Any = field(repr=False)
    """None where the state gives none."""
    credentials: str
    setup: Setup | None
    command: tuple[str, ...]
    burst: int
    """Requests at once; 0 for one alone."""
    poll: Poll | None
    cost: str


@frozen
class Serve:
    """How assay starts the target itself. `port` is where it has to listen; `env` is added to the environment."""

    app: str
    command: tuple[str, ...]
    env: dict[str, str] = field(repr=False)
    ready: str
    port: int


@frozen
class Target:
    """`rate` is requests a second, 0 for no bound; `timeout` seconds; `build_header` names the header that tells."""

    name: str
    base_url: str
    path: Path | None
    digest: str
    build: str
    build_header: str
    serve: Serve | None
    in_flight: int
    rate: float
    timeout: float
    credentials: dict[str, Credential] = field(repr=False)
    states: tuple[State, ...]
    hint: tuple[str, str] | None
    """Header name and value, the latter with `{status}`."""
    levels: dict[str, Literal["must", "should"]]
    excluded: tuple[Exclusion, ...]
    waivers: tuple[Waiver, ...]
    text: str = field(repr=False, default="")

    @property
    def shown(self) -> str:
        """How messages name the file; a target that is only a URL has none."""
        return str(self.path) if self.path else "the target file (--target)"

    def where(self, *keys: str) -> str:
        return _Toml(self.path or Path("target.toml"), {}, self.text).where(pointer.join(*keys))

    @property
    def secrets(self) -> dict[str, str]:
        """Name → secret, of every kind: what no recording or output may hold."""
        found: dict[str, str] = {}
        for credential in self.credentials.values():
            # a username without a password is the key itself, as payment APIs have it
            basic = credential.password or credential.username
            kinds = (credential.bearer, basic, credential.api_key)
            # one name as a rule; a credential of several kinds gets one marker a kind
            present = [secret for secret in kinds if secret]
            for index, secret in enumerate(present):
                _add(found, credential.name if index == 0 else f"{credential.name}.{index + 1}", secret)
        for state in self.states:
            for secret in _in_headers(state.headers):
                _add(found, state.name, secret)
        return found


def _add(secrets: dict[str, str], name: str, secret: str) -> None:
    while secrets.get(name, secret) != secret:
        name += "+"
    secrets[name] = secret


def _in_headers(headers: dict[str, str]) -> Iterator[str]:
    """Credentials that a state sends in headers of its own; what is short is a wrong one, made up to be refused."""
    for name, value in headers.items():
        found = [value.rpartition(" ")[2]] if _TELLING_HEADER.search(name) else []
        if name.lower() == "cookie":
            found = [pair.partition("=")[2].strip() for pair in value.split(";")]
        yield from (each for each in found if len(each) >= SHORTEST_SECRET)


def load(path: Path) -> Target:
    """Read a target file.

    Raises UserError with file and line: no TOML, an unknown key (with the nearest known one), a missing environment
    variable, neither base_url nor [serve].
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        raise UserError("there is no such target file", where=str(path), todo="check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot be read: {error}", where=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        said = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        what, line = (said[1], said[2] or len(text.splitlines()) or 1) if said else (str(error), 1)
        raise UserError(f"this is not valid TOML: {what}", where=f"{path}:{line}", todo="mend the file there") from None
    written = _plain(data)
    # neither ports nor the environment's values are in it: the same file has the same digest everywhere
    digest = hashlib.sha256(document.canonical(written)).hexdigest()
    data = _with_environment(_Toml(path, written, text), written, "")
    ports = _Ports()
    data = ports.fill(data)
    shapes.check("target", _Toml(path, data, text))
    announced = ["http", *data["serve"].get("ports", ())] if "serve" in data else []
    _check_ports(_Toml(path, written, text), written, announced)
    return _target(_Toml(path, data, text), digest, ports)


def from_url(url: str) -> Target:
    """A target of which only the URL is known: no states, and never the credentials of another target."""
    data = {"name": _without_userinfo(url).partition("://")[2].partition("/")[0], "base_url": url}
    digest = hashlib.sha256(document.canonical(data["name"])).hexdigest()
    return _target(_Toml(Path("--url"), data, ""), digest, _Ports(), path=None)


def _target(file: "_Toml", digest: str, ports: "_Ports", path: Path | None = Path()) -> Target:
    data = file.data
    serve = _serve(file, data["serve"], ports) if "serve" in data else None
    base_url = data.get("base_url") or (f"http://127.0.0.1:{serve.port}" if serve else "")
    if not base_url:
        raise UserError("there is neither `base_url` nor [serve]", where=file.where(), todo="say where the server is")
    if not _is_of_a_server(base_url):
        what, todo = f"{_without_userinfo(base_url)!r} is no URL of a server", "give http(s)://HOST[:PORT][/PATH]"
        raise UserError(what, where=file.where("/base_url"), todo=todo)
    build = data.get("build", "")
    limits = data.get("limits", {})
    username, password = _userinfo(base_url)
    credentials = {name: _credential(name, raw) for name, raw in data.get("credentials", {}).items()}
    if username and "default" not in credentials:
        credentials["default"] = Credential("default", username=username, password=password)
    hint = data["hint"]["header"].partition(": ") if "hint" in data else None
    return Target(
        name=data["name"],
        base_url=_without_userinfo(base_url).rstrip("/"),
        path=file.path if path is not None else None,
        digest=digest,
        build=build if isinstance(build, str) else "",
        build_header="" if isinstance(build, str) else build["header"],
        serve=serve,
        in_flight=limits.get("in_flight", 8),
        rate=_rate(limits.get("rate", "")),
        timeout=float(data.get("http", {}).get("timeout", 30.0)),
        credentials=credentials,
        states=tuple(_state(file, name, raw) for name, raw in data.get("states", {}).items()),
        hint=(hint[0], hint[2]) if hint else None,
        levels=data.get("levels", {}),
        excluded=tuple(Exclusion(name, **raw) for name, raw in data.get("excluded", {}).items()),
        waivers=tuple(Waiver(name, **raw) for name, raw in data.get("waivers", {}).items()),
        text=file.text,
    )


def _program(file: "_Toml", words: list[str]) -> tuple[str, ...]:
    """A command with its program's relative path resolved from the target file; a bare name is looked up in PATH."""
    if not words or "/" not in words[0]:
        return tuple(words)
    return (str((file.path.parent / words[0]).resolve()), *words[1:])


def _serve(file: "_Toml", raw: dict[str, Any], ports: "_Ports") -> Serve:
    for name in raw.get("ports", ()):
        ports.number(name)
    return Serve(
        app=raw.get("app", ""),
        command=_program(file, raw.get("command", [])),
        env=raw.get("env", {}),
        ready=raw.get("ready", "/"),
        port=ports.number("http"),
    )


def _state(file: "_Toml", name: str, raw: dict[str, Any]) -> State:
    match = _STATE_NAME.fullmatch(name)
    if match is None:
        raise UserError(
            f"the state {name!r} names no response",
            where=file.where(pointer.join("states", name)),
            todo='a state is called "<operation> <status>[ <label>]", for example "getJob 402"',
        )
    poll = raw.get("poll")
    return State(
        name=name,
        operation=match["operation"],
        status=match["status"],
        path=raw.get("path", {}),
        query=raw.get("query", {}),
        headers=raw.get("headers", {}),
        body=raw.get("body"),
        credentials=raw.get("credentials", ""),
        setup=Setup(raw["setup"]["url"], raw["setup"]["state"], raw["setup"].get("params", {}))
        if "setup" in raw
        else None,
        command=_program(file, raw.get("command", [])),
        burst=raw.get("burst", 0),
        poll=Poll(poll["every"], poll.get("within", poll.get("watch")), "within" in poll) if poll else None,
        cost=raw.get("cost", ""),
    )


def _credential(name: str, raw: dict[str, Any]) -> Credential:
    basic = raw.get("basic", {})
    return Credential(
        name, raw.get("bearer", ""), basic.get("username", ""), basic.get("password", ""), raw.get("api_key", "")
    )


def _rate(text: str) -> float:
    number, _, unit = text.partition("/")
    return float(number) / (60 if unit == "m" else 1) if number else 0.0


def _is_of_a_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url and not parts.query and not parts.fragment
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and plain


def _userinfo(url: str) -> tuple[str, str]:
    """RFC 3986, 3.2.1: percent-encoded."""
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def _without_userinfo(url: str) -> str:
    """Also of what is no URL: whatever stands before an @ may be a password."""
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return scheme + mark + authority.rpartition("@")[2] + slash + path if mark else url.rpartition("@")[2]


def _plain(value: Any) -> Any:
    """TOML's dates as the ISO strings that the format's schema expects."""
    if isinstance(value, dict):
        return {key: _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(member) for member in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _with_environment(file: "_Toml", value: Any, at: str) -> Any:
    if isinstance(value, dict):
        if list(value) == ["env"] and isinstance(value["env"], str) and not _TABLES.fullmatch(at):
            return _environment(value["env"], file.where(at))
        return {key: _with_environment(file, member, at + pointer.join(key)) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_environment(file, member, at) for member in value]
    return value


def _environment(name: str, where: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        state = "is empty" if name in os.environ else "is not set"
        raise UserError(f"the environment variable {name} {state}", where=where, todo=f"export {name}=…")
    if not value.isprintable():
        raise UserError(f"the environment variable {name} is not one line of text", where=where, todo="export it anew")
    return value


def _check_ports(file: "_Toml", value: Any, known: list[str], at: str = "") -> None:
    """A `{port.NAME}` that [serve] does not announce leads to a port at which nothing listens."""
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            _check_ports(file, member, known, at + pointer.join(key))
    elif isinstance(value, str):
        unknown = next((each for each in _PORT.findall(value) if each not in known), None)
        if unknown is not None:
            raise UserError(
                f"there is no port {unknown!r} in `ports` of [serve]",
                where=file.where(at),
                todo=shapes.suggest(unknown, known),
            )


class _Ports:
    """Names → free loopback ports, each found once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        while name not in self._numbers:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                found = probe.getsockname()[1]
            if found not in self._numbers.values():
                self._numbers[name] = found
        return self._numbers[name]

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.fill(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self.fill(member) for member in value]
        if isinstance(value, str):
            return _PORT.sub(lambda match: str(self.number(match[1])), value)
        return value


@frozen
class _Toml:
    """A TOML file whose errors can name a line: tomllib keeps none, so the keys are looked for in order."""

    path: Path
    data: dict[str, Any]
    text: str

    def where(self, at: str = "") -> str:
        lines, line = self.text.splitlines(), 0
        for token in pointer.split(at):
            key = re.compile(rf"(?:^\s*|[\[.{{,]\s*)([\"']?){re.escape(token)}\1\s*[\].=]")
            line = next((number for number in range(line, len(lines)) if key.search(lines[number])), line)
        return f"{self.path}:{line + 1}" if lines else str(self.path)
