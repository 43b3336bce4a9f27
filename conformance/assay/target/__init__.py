"""What is known of a server under test, as values: where it is, its credentials, how it enters its states.

Read from a file by `target_file`; nothing is sent here.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from attrs import field, frozen

from assay import pointer
from assay.recording import Exclusion, Waiver
from assay.recording.exchange import SHORTEST_SECRET, Redactor, Reply
from assay.recording.redacting import secrets_of
from assay.target.toml_file import Toml

_TELLING_HEADER = re.compile(r"(?i)auth|(?<!idempotency-)key|token|secret|password|bypass|credential|signature|session")


@frozen
class Credential:
    """One credential in the kinds that the target file gives; unused kinds are empty."""

    name: str
    bearer: str = field(default="", repr=False)
    command: tuple[str, ...] = field(default=(), repr=False)
    """What prints the bearer token, where no fixed one is given."""
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    api_keys: dict[str, str] = field(factory=dict, repr=False)
    """Security scheme → its own key, where one key does not serve them all."""

    def key_of(self, scheme: str) -> str:
        return self.api_keys.get(scheme, self.api_key)


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
    """None where the state gives none; bytes are sent as they are."""
    credentials: str
    setup: Setup | None
    command: tuple[str, ...]
    burst: int
    """Requests at once; 0 for one alone."""
    poll: Poll | None
    cost: str
    todo: str = ""
    """What is to be supplied still: nothing is sent for a state that says so."""
    needs: dict[str, str] = field(factory=dict)
    """Name, as in `{NAME.EXPRESSION}` of the values above → the state whose answer these are taken from."""


def makes(state: State) -> bool:
    """Whether other states may need it: what one sets up at the provider is gone when it is left."""
    return state.status[0] == "2" and not (state.setup or state.command or state.burst or state.poll)


@frozen
class Serve:
    """How assay starts the target itself. `port` is where it has to listen; `env` is added to the environment."""

    app: str
    command: tuple[str, ...]
    env: dict[str, str] = field(repr=False)
    ready: str
    port: int


@frozen
class Edge:
    """What tells an answer of a WAF or CDN: it has the header, and `value` is part of it (empty: any)."""

    header: str
    value: str

    def sent(self, reply: Reply) -> bool:
        told = reply.header(self.header)
        return told is not None and self.value.lower() in told.lower()


@frozen
class Http:
    """How requests go out. `ca`, `certificate` and `key` are paths, empty where not given; so is `proxy`, a URL.

    `timeout`: seconds for one whole exchange; `connect`: for its connection.
    """

    timeout: float = 30.0
    connect: float = 30.0
    headers: dict[str, str] = field(factory=dict, repr=False)
    private: frozenset[str] = frozenset()
    """Names of those headers whose values come from the environment."""
    ca: str = ""
    certificate: str = ""
    key: str = ""
    key_password: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)
    edge: Edge | None = None
    probes: bool = True


@frozen
class Target:
    """`rate` is requests a second, 0 for no bound; `build_header` names the header that tells."""

    name: str
    base_url: str
    path: Path | None
    digest: str
    build: str
    build_header: str
    serve: Serve | None
    in_flight: int
    rate: float
    http: Http
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
        return Toml(self.path or Path("target.toml"), {}, self.text).where(pointer.join(*keys))

    @property
    def secrets(self) -> dict[str, str]:
        """Name → secret, of every kind: what no recording or output may hold."""
        found = self.sent
        for name, value in self.http.headers.items():
            for secret in secrets_in({name: value}):
                _add(found, name, secret)
        if password := unquote(urlsplit(self.http.proxy).password or ""):
            _add(found, "proxy", password)
        return found

    @property
    def sent(self) -> dict[str, str]:
        """Name → secret, of what shows the server who asks: credentials, and what states have in their place."""
        found: dict[str, str] = {}
        for credential in self.credentials.values():
            # a username without a password is the key itself, as payment APIs have it
            basic = credential.password or credential.username
            kinds = (credential.bearer, basic, credential.api_key, *credential.api_keys.values())
            # one name as a rule; a credential of several kinds gets one marker a kind
            present = [secret for secret in kinds if secret]
            for index, secret in enumerate(present):
                _add(found, credential.name if index == 0 else f"{credential.name}.{index + 1}", secret)
        for state in self.states:
            for secret in secrets_in(state.headers):
                _add(found, state.name, secret)
        return found

    @property
    def private(self) -> dict[str, str]:
        """Name → value of what goes out in headers, and may be a secret or may come back in good order."""
        return {name: value for name, value in self.http.headers.items() if name in self.http.private}

    def redactor(self, more: Mapping[str, str]) -> Redactor:
        """What takes out every secret of the target, and `more`, by name. Of one in a body an answer may speak."""
        told = (secret for state in self.states for secret in secrets_of(_text(state.body)))
        return Redactor({**more, **self.secrets}, self.private, told)


def _text(body: Any) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False)


def _add(secrets: dict[str, str], name: str, secret: str) -> None:
    while secrets.get(name, secret) != secret:
        name += "+"
    secrets[name] = secret


def secrets_in(headers: dict[str, str]) -> Iterator[str]:
    """Credentials among the headers of a state; what is short is a wrong one, made up to be refused."""
    for name, value in headers.items():
        found = [value.rpartition(" ")[2]] if _TELLING_HEADER.search(name) else []
        if name.lower() == "cookie":
            found = [pair.partition("=")[2].strip() for pair in value.split(";")]
        yield from (each for each in found if len(each) >= SHORTEST_SECRET)
