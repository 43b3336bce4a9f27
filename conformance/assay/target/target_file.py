"""target.toml → Target; and a URL alone → one that knows nothing else.

Any string may be `{ env = "NAME" }` or contain `{port.NAME}`, a free loopback port found when the file is read.
Whether its states fit the document is `plan`'s part; nothing is sent here.
"""

import hashlib
import re
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from attrs import evolve

from assay import pointer, shapes
from assay.contract import document
from assay.errors import UserError
from assay.recording import Exclusion, Waiver
from assay.recording.redacting import of_no_url, without_userinfo
from assay.target import Credential, Edge, Http, Poll, Serve, Setup, State, Target, certificates, toml_file
from assay.target.placeholders import Ports, check_ports, with_environment
from assay.target.toml_file import Toml

_STATE_NAME = re.compile(r"(?P<operation>.+?) (?P<status>[1-5](?:\d\d|XX)|default)(?: (?P<label>.+))?")


def load(path: Path) -> Target:
    """Read a target file.

    Raises UserError with file and line: no TOML, an unknown key (with the nearest known one), a missing environment
    variable, neither base_url nor [serve].
    """
    written = toml_file.read(path)
    # neither ports nor the environment's values are in it: the same file has the same digest everywhere
    digest = hashlib.sha256(document.canonical(written.data)).hexdigest()
    ports = Ports()
    file = evolve(written, data=ports.fill(with_environment(written, written.data)))
    shapes.check("target", file)
    announced = ["http", *file.data["serve"].get("ports", ())] if "serve" in file.data else []
    check_ports(written, written.data, announced)
    return _target(file, digest, ports, written.data.get("http", {}))


def from_url(url: str) -> Target:
    """A target of which only the URL is known: no states, and never the credentials of another target."""
    data = {"name": without_userinfo(url).partition("://")[2].partition("/")[0], "base_url": url}
    digest = hashlib.sha256(document.canonical(data["name"])).hexdigest()
    return _target(Toml(Path("--url"), data, ""), digest, Ports(), path=None)


def _target(
    file: Toml, digest: str, ports: Ports, written: dict[str, Any] | None = None, path: Path | None = Path()
) -> Target:
    data = file.data
    serve = _serve(file, data["serve"], ports) if "serve" in data else None
    base_url = data.get("base_url") or (f"http://127.0.0.1:{serve.port}" if serve else "")
    if not base_url:
        raise UserError("there is neither `base_url` nor [serve]", where=file.where(), todo="say where the server is")
    if not _is_of_a_server(base_url):
        what, todo = f"{of_no_url(base_url)!r} is no URL of a server", "give http(s)://HOST[:PORT][/PATH]"
        raise UserError(what, where=file.where("/base_url"), todo=todo)
    build = data.get("build", "")
    limits = data.get("limits", {})
    username, password = _userinfo(base_url)
    credentials = {name: _credential(file, name, raw) for name, raw in data.get("credentials", {}).items()}
    if username and "default" not in credentials:
        credentials["default"] = Credential("default", username=username, password=password)
    hint = data["hint"]["header"].partition(": ") if "hint" in data else None
    return Target(
        name=data["name"],
        base_url=without_userinfo(base_url).rstrip("/"),
        path=file.path if path is not None else None,
        digest=digest,
        build=build if isinstance(build, str) else "",
        build_header="" if isinstance(build, str) else build["header"],
        serve=serve,
        in_flight=limits.get("in_flight", 8),
        rate=_rate(limits.get("rate", "")),
        http=_http(file, data.get("http", {}), written),
        credentials=credentials,
        states=tuple(_state(file, name, raw) for name, raw in data.get("states", {}).items()),
        hint=(hint[0], hint[2]) if hint else None,
        levels=data.get("levels", {}),
        excluded=tuple(Exclusion(name, **raw) for name, raw in data.get("excluded", {}).items()),
        waivers=tuple(Waiver(name, **raw) for name, raw in data.get("waivers", {}).items()),
        text=file.text,
    )


def _http(file: Toml, raw: dict[str, Any], written: dict[str, Any] | None) -> Http:
    timeout, edge = raw.get("timeout", 30.0), raw.get("edge")
    bounds = timeout if isinstance(timeout, dict) else {"total": timeout}
    total = float(bounds.get("total", 30.0))
    shown = raw.get("client_certificate", {})
    http = Http(
        timeout=total,
        connect=float(bounds.get("connect", total)),
        headers=raw.get("headers", {}),
        private=frozenset(
            name for name, value in (written or {}).get("headers", {}).items() if not isinstance(value, str)
        ),
        ca=_beside(file, raw.get("ca", "")),
        certificate=_beside(file, shown.get("cert", "")),
        key=_beside(file, shown.get("key", "")),
        key_password=shown.get("password", ""),
        proxy=raw.get("proxy", ""),
        edge=Edge(edge["header"], edge.get("value", "")) if edge else None,
        probes=raw.get("probes", True),
    )
    _check_certificates(file, http)
    if http.proxy and not _is_of_a_server(http.proxy):
        what, todo = f"{of_no_url(http.proxy)!r} is no URL of a proxy", "give http(s)://HOST[:PORT]"
        raise UserError(what, where=file.where("/http/proxy"), todo=todo)
    return http


def _check_certificates(file: Toml, http: Http) -> None:
    """Before anything is sent; the connection itself is made of the same files."""
    shown = {"certificate": http.certificate, "key": http.key, "password": http.key_password}
    for name, given in {"ca": {"ca": http.ca}, "client_certificate": shown}.items():
        try:
            certificates.add(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), **given)
        except OSError as error:
            paths = (each for each in (http.ca, http.certificate, http.key) if each in given.values())
            missing = next((each for each in paths if each and not Path(each).is_file()), "")
            raise UserError(
                f"`{name}`: {f'there is no file {missing}' if missing else f'it cannot be used: {error.strerror}'}",
                where=file.where(pointer.join("http", name)),
                todo="give PEM files; paths are relative to the target file",
            ) from None


def _beside(file: Toml, path: str) -> str:
    """Relative paths begin at the target file."""
    return str((file.path.parent / path).resolve()) if path else ""


def _program(file: Toml, words: list[str]) -> tuple[str, ...]:
    """A command with its program's path taken from the target file's folder; a bare name is looked up in PATH."""
    if not words or "/" not in words[0]:
        return tuple(words)
    program = file.path.parent / words[0]
    # the Python of a virtual environment is a link, and knows its environment only where it is not followed
    return (str(program.parent.resolve() / program.name), *words[1:])


def _serve(file: Toml, raw: dict[str, Any], ports: Ports) -> Serve:
    for name in raw.get("ports", ()):
        ports.number(name)
    return Serve(
        app=raw.get("app", ""),
        command=_program(file, raw.get("command", [])),
        env=raw.get("env", {}),
        ready=raw.get("ready", "/"),
        port=ports.number("http"),
    )


def _state(file: Toml, name: str, raw: dict[str, Any]) -> State:
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
        body=raw["raw"].encode() if "raw" in raw else raw.get("body"),
        credentials=raw.get("credentials", ""),
        setup=Setup(raw["setup"]["url"], raw["setup"]["state"], raw["setup"].get("params", {}))
        if "setup" in raw
        else None,
        command=_program(file, raw.get("command", [])),
        burst=raw.get("burst", 0),
        poll=Poll(poll["every"], poll.get("within", poll.get("watch")), "within" in poll) if poll else None,
        cost=raw.get("cost", ""),
        todo=raw.get("todo", ""),
        needs=raw.get("needs", {}),
    )


def _credential(file: Toml, name: str, raw: dict[str, Any]) -> Credential:
    basic, bearer, key = raw.get("basic", {}), raw.get("bearer", ""), raw.get("api_key", "")
    return Credential(
        name,
        bearer=bearer if isinstance(bearer, str) else "",
        command=() if isinstance(bearer, str) else _program(file, bearer["command"]),
        username=basic.get("username", ""),
        password=basic.get("password", ""),
        api_key=key if isinstance(key, str) else "",
        api_keys={} if isinstance(key, str) else key,
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
