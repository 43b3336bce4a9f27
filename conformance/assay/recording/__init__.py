"""Exchanges → a file, and back. With what is needed to judge them, and nothing of what is thought of them.

One JSON object a line (`assay-recording/1`): a header, the exchanges as they come in, a footer. Each line is on disk
before the next request is judged worth sending, so a crash loses nothing; a file without its footer says so.
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO, TypeVar
from urllib.parse import urlsplit

import attrs
from attrs import field, frozen

from assay.contract.overlay import Level
from assay.errors import UserError
from assay.recording import typed
from assay.recording.exchange import Exchange, Reply, Request

FORMAT = "assay-recording/1"

_Made = TypeVar("_Made")


@frozen
class Unplanned:
    """A documented response for which there is no step: why, and what the target file would have to say."""

    operation: str
    status: str
    reason: str
    todo: str


@frozen
class Waiver:
    """`claim` is a claim's id, or a subtree (`getJob/451/*`). `until` is an ISO date, its last day, in UTC."""

    claim: str
    reason: str
    owner: str
    until: str
    issue: str = ""


@frozen
class Exclusion:
    """A documented response that cannot come about: `response` is `<operation> <status>`."""

    response: str
    reason: str
    owner: str


@frozen
class Watch:
    """A poll: the step, and whether a terminal state was promised within `within` seconds or is only observed."""

    step: str
    within: float
    promised: bool
    source: int = 0


@frozen
class PlannedStep:
    """A step as planned: its driver, and what became of its control (`uncontrolled` says why there can be none)."""

    id: str
    operation: str
    due: str
    driver: str
    controlled: bool
    uncontrolled: str = ""
    source: int = 0


@frozen
class Shard:
    """The `index`th of `of` parts of a plan, from 1. `plan` is the digest of the whole, `left_out` what that lacks."""

    index: int
    of: int
    plan: str
    left_out: str = ""


@frozen
class RunHeader:
    """What judging needs beside the exchanges. `started` is an ISO instant in UTC; `versions` name → version."""

    contract: dict[str, str]
    """title, version, digest"""
    target: dict[str, str]
    """name, base_url, build, digest; no credential"""
    seed: int
    started: str
    versions: dict[str, str]
    run_id: str = ""
    """What each request carried as `X-Assay-Run`, by which the server's own log finds them."""
    mock: bool = False
    probes: bool = True
    """Whether the rules of HTTP and security that a document does not state were probed."""
    strict: bool = False
    partial: str = ""
    """What was left out by choice (`--select …`); empty for a whole run."""
    steps: tuple[PlannedStep, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    watches: tuple[Watch, ...] = ()
    levels: dict[str, Level] = field(factory=dict)
    short_secrets: tuple[str, ...] = ()
    """Credentials too short to be looked for in bodies."""
    shard: Shard | None = None
    """Which part of a plan it is; None for all of it."""
    observed: bool = False
    """Found in recorded traffic: there was neither a plan nor a target."""
    notes: tuple[str, ...] = ()
    """What a reader has to know of where the exchanges come from, a sentence each."""


@frozen
class Recording:
    """`complete` is False where the footer is missing; `interrupted` where the run was stopped."""

    header: RunHeader
    exchanges: tuple[Exchange, ...]
    finished: str
    complete: bool
    interrupted: bool
    builds: tuple[str, ...] = ()
    """Each build that the target named in its answers, as they were seen; that of the target file where it says one."""
    left: tuple[str, ...] = ()
    """What was made at the server and could not be removed again, a sentence each."""
    removed: tuple[tuple[int, int], ...] = ()
    """What was made at the server and removed again: the exchange that made it, and the one that removed it; by id."""
    digest: str = field(default="", eq=False)
    """sha256 of the file's bytes; empty for one that is in no file."""

    @property
    def build(self) -> str:
        """In words: a run that met several is of no single one."""
        return " and ".join(self.builds)


class Recorder:
    """Writes a recording line by line. A context manager; only `finish` writes the footer, so a crash leaves none.

    `heard` is told of each exchange once it is written.
    """

    def __init__(self, path: Path, header: RunHeader, heard: Callable[[Exchange], None] | None = None) -> None:
        self.path = path
        self.header = header
        self._heard = heard
        self._file: TextIO | None = None
        self._digest = hashlib.sha256()
        self.exchanges: list[Exchange] = []
        self.interrupted = False
        self.builds = _named(header)
        self.left: tuple[str, ...] = ()
        self.removed: tuple[tuple[int, int], ...] = ()

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("w", encoding="utf-8", newline="\n")
        self._line({"format": FORMAT, **attrs.asdict(self.header)})
        return self

    def add(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)
        self._line(_exchange_to_json(exchange))
        if self._heard is not None:
            self._heard(exchange)

    def saw_build(self, build: str) -> None:
        """What an answer named; empty where it named none."""
        if build and build not in self.builds:
            self.builds.append(build)

    def finish(self, finished: str) -> Recording:
        """Write the footer. `finished` is an ISO instant in UTC."""
        footer = {
            "finished": finished, "interrupted": self.interrupted, "builds": self.builds, "left": self.left,
            "removed": self.removed,
        }  # fmt: skip
        self._line({"footer": {**footer, "exchanges": len(self.exchanges)}})
        return Recording(
            self.header, tuple(self.exchanges), finished,
            complete=True, interrupted=self.interrupted, builds=tuple(self.builds), left=self.left,
            removed=self.removed, digest=self.digest,
        )  # fmt: skip

    @property
    def digest(self) -> str:
        """sha256 of what was written so far."""
        return self._digest.hexdigest()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _line(self, value: Mapping[str, Any]) -> None:
        if self._file is None:
            raise RuntimeError("the recorder is used outside its with block")
        # surrogates in a header or URL survive as JSON escapes
        line = json.dumps(value, ensure_ascii=True) + "\n"
        self._file.write(line)
        self._file.flush()
        self._digest.update(line.encode("ascii"))


def save(recording: Recording, path: Path) -> Recording:
    """Write one as `Recorder` would have, without a footer where it has none; it, with the digest of that file."""
    with Recorder(path, recording.header) as recorder:
        for exchange in recording.exchanges:
            recorder.add(exchange)
        recorder.interrupted, recorder.builds = recording.interrupted, list(recording.builds)
        recorder.left, recorder.removed = recording.left, recording.removed
        if recording.complete:
            recorder.finish(recording.finished)
        return attrs.evolve(recording, digest=recorder.digest)


def load(path: Path) -> Recording:
    """Read a recording back.

    Raises UserError with the line: not a recording, of another format version, or a line that does not parse (other
    than a last one that was cut off, which only makes the recording incomplete).
    """
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8").split("\n")
    except FileNotFoundError:
        raise UserError("there is no such recording", where=str(path), todo="check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot be read as a recording: {error}", where=str(path)) from None
    cut = bool(lines[-1])
    values = [
        (number, _parsed(path, number, line, last=number == len(lines))) for number, line in enumerate(lines, 1) if line
    ]
    whole = [(number, value) for number, value in values if value is not None]
    head = whole[0][1] if whole else {}
    if head.get("format") != FORMAT:
        found = head.get("format")
        raise UserError(
            f"this is of the format {found}" if found else "this is no recording of assay",
            where=f"{path}:1",
            todo=f'give a file that starts with {{"format": "{FORMAT}"}}, as `assay check` writes it',
        )
    end = whole.pop() if len(whole) > 1 and "footer" in whole[-1][1] else None
    header = _read(path, whole[0], _header_from_json)
    exchanges = tuple(_read(path, each, _exchange_from_json) for each in whole[1:])
    footer = _read(path, end, _footer_from_json) if end else None
    return Recording(
        header,
        exchanges,
        finished=footer.finished if footer else header.started,
        complete=footer is not None and not cut and footer.exchanges == len(exchanges),
        interrupted=footer is not None and footer.interrupted,
        builds=tuple(footer.builds if footer else _named(header)),
        left=tuple(footer.left) if footer else (),
        removed=tuple(footer.removed) if footer else (),
        digest=hashlib.sha256(content).hexdigest(),
    )


def _named(header: RunHeader) -> list[str]:
    """The build that the target file names."""
    return [build] if (build := header.target.get("build", "")) else []


def _read(path: Path, line: tuple[int, dict[str, Any]], make: Callable[[dict[str, Any]], _Made]) -> _Made:
    number, value = line
    try:
        made = make(value)
        typed.check(made)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise UserError(f"this line lacks or mistakes {error}", where=f"{path}:{number}", todo="record again") from None
    return made


def _parsed(path: Path, number: int, line: str, *, last: bool) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        if last:
            return None
        raise UserError(f"this line is not JSON: {error}", where=f"{path}:{number}", todo="record again") from None
    if not isinstance(value, dict):
        raise UserError("this line is no JSON object", where=f"{path}:{number}", todo="record again")
    return value


def _header_from_json(value: dict[str, Any]) -> RunHeader:
    plain = {key: item for key, item in value.items() if key != "format"}
    lists: dict[str, type[Any]] = {
        "steps": PlannedStep,
        "unplanned": Unplanned, "waivers": Waiver, "excluded": Exclusion, "watches": Watch,
    }  # fmt: skip
    for key, kind in lists.items():
        plain[key] = tuple(kind(**each) for each in plain[key])
    for key in ("short_secrets", "notes"):
        plain[key] = tuple(plain.get(key, ()))
    plain["shard"] = Shard(**plain["shard"]) if plain.get("shard") else None
    dt.datetime.fromisoformat(plain["started"])
    for waiver in plain["waivers"]:
        dt.date.fromisoformat(waiver.until)
    urlsplit(plain["target"].get("base_url", ""))
    return RunHeader(**plain)


@frozen
class _Footer:
    finished: str
    interrupted: bool
    builds: list[str]
    exchanges: int
    left: list[str] = field(factory=list)
    removed: list[tuple[int, int]] = field(factory=list)


def _footer_from_json(value: dict[str, Any]) -> _Footer:
    plain = value["footer"]
    footer = _Footer(**plain | {"removed": [tuple(pair) for pair in plain.get("removed", ())]})
    dt.datetime.fromisoformat(footer.finished)
    return footer


def _exchange_to_json(exchange: Exchange) -> dict[str, Any]:
    value: dict[str, Any] = {
        key: getattr(exchange, key)
        for key in ("id", "step", "role", "operation", "due", "grade", "sent", "received", "fault")
    }
    value.update({key: told for key in ("asker", "source") if (told := getattr(exchange, key))})
    request, reply = exchange.request, exchange.reply
    value["request"] = {
        "method": request.method, "url": request.url, "headers": request.headers, **_body_to_json(request.body),
    }  # fmt: skip
    value["reply"] = reply and _reply_to_json(reply)
    return value


def _reply_to_json(reply: Reply) -> dict[str, Any]:
    value = {"status": reply.status, "headers": reply.headers, **_body_to_json(reply.body)}
    return value | ({"unseen": reply.unseen} if reply.unseen else {})


def _exchange_from_json(value: dict[str, Any]) -> Exchange:
    request, reply = value.pop("request"), value.pop("reply")
    urlsplit(request["url"])
    dt.timedelta(seconds=max(value["sent"], value["received"]))
    return Exchange(
        **value,
        request=Request(request["method"], request["url"], _pairs(request["headers"]), _body_from_json(request)),
        reply=None if reply is None else _reply_from_json(reply),
    )


def _reply_from_json(value: dict[str, Any]) -> Reply:
    unseen = tuple(value.get("unseen", ()))
    return Reply(value["status"], _pairs(value["headers"]), _body_from_json(value), unseen)


def _pairs(headers: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers)


def _body_to_json(body: bytes) -> dict[str, str]:
    if not body:
        return {}
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _body_from_json(value: dict[str, Any]) -> bytes:
    if "base64" in value:
        return base64.b64decode(value["base64"])
    text: str = value.get("text", "")
    return text.encode("utf-8")
