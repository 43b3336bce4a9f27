"""An HTTP Archive (HAR 1.2) of a browser or a proxy → its entries, as requests and replies.

Not which of them are about the API, and nothing is redacted here: that is `traffic`'s and `redacting`'s. What an
exporter left out is never made up: a reply says which of its parts were not seen.
"""

import base64
import binascii
import datetime as dt
import gzip
import io
import json
import re
import zlib
from pathlib import Path
from typing import Any

from attrs import field, frozen

from assay import pointer, shapes
from assay.errors import UserError
from assay.recording.exchange import MOST_BODY, Headers, Part, Reply, Request

_FROM_CACHE = ("_fromCache", "_fromDiskCache", "_fetchedViaServiceWorker")
"""What browsers write beside an answer that the server did not give just then."""
_BEGINNING = re.compile(r'\s*\{\s*"log"\s*:')
_PEEKED = 1000
"""Characters that tell a HAR from a recording."""
_LONGEST = 100_000_000
"""Seconds that an entry may take, by the format's schema: its end has to be a moment too."""
_GZIP = b"\x1f\x8b"


@frozen
class Entry:
    """One entry: `number` counts from 0; `started` in seconds since 1970, `took` in seconds, None where untold.

    `reply` is None where none came. `cached`: the browser answered itself.
    """

    number: int
    request: Request = field(repr=False)
    reply: Reply | None = field(repr=False)
    started: float
    took: float | None
    cached: bool


@frozen
class Archive:
    """`creator` is the program that wrote it, with its version, as far as it says so."""

    path: Path
    creator: str
    entries: tuple[Entry, ...] = field(repr=False)


def is_archive(path: Path) -> bool:
    """Whether a file looks like a HAR, by its name or by how it begins. A file that is not there does not."""
    if path.suffix.lower() == ".har":
        return True
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return _BEGINNING.match(file.read(_PEEKED)) is not None
    except OSError:
        return False


def load(path: Path) -> Archive:
    """Read a HAR. Raises UserError with the place in it: no such file, no JSON, no HAR, a body that does not decode."""
    file = _File(path, _parsed(path))
    shapes.check("har", file)
    log = file.data["log"]
    creator = log.get("creator") or {}
    return Archive(
        path,
        " ".join(filter(None, (creator.get("name"), creator.get("version")))),
        tuple(_entry(file, number, raw) for number, raw in enumerate(log["entries"])),
    )


@frozen
class _File:
    path: Path
    data: Any

    def where(self, at: str = "") -> str:
        return f"{self.path}: {at}" if at else str(self.path)


def _parsed(path: Path) -> Any:
    try:
        # a byte order mark is allowed in a HAR
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise UserError("there is no such file", where=str(path), todo="check the path") from None
    except json.JSONDecodeError as error:
        raise UserError(
            f"this is no HAR: {error.msg}", where=f"{path}:{error.lineno}", todo="export the traffic again, as HAR 1.2"
        ) from None
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"cannot be read as a HAR: {error}", where=str(path)) from None


def _entry(file: _File, number: int, raw: dict[str, Any]) -> Entry:
    at = f"/log/entries/{number}"
    request, response, time = raw["request"], raw["response"], raw.get("time")
    data = request.get("postData") or {}
    body = _decoded(file, f"{at}/request/postData", data.get("text") or "", data.get("encoding"))
    content = response.get("content") or {}
    stored = response.get("bodySize") == 0 and (content.get("size") or 0) > 0
    return Entry(
        number,
        Request(request["method"].upper(), request["url"], _headers(request), body or b""),
        _reply(file, f"{at}/response", response) if response["status"] > 0 else None,
        _seconds(file, f"{at}/startedDateTime", raw["startedDateTime"]),
        time / 1000 if time and time > 0 else None,
        # HAR 1.2: bodySize is 0 where the response comes from the cache
        cached=any(raw.get(each) for each in _FROM_CACHE) or stored,
    )


def _seconds(file: _File, at: str, text: str) -> float:
    try:
        moment = dt.datetime.fromisoformat(text)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp()
        for each in (seconds, seconds + _LONGEST):
            dt.datetime.fromtimestamp(each, dt.UTC)
    except (ValueError, OverflowError):
        todo = "write an ISO 8601 date and time, as 2026-03-01T10:00:00.000Z"
        raise UserError(f"{text!r} is no moment", where=file.where(at), todo=todo) from None
    return seconds


def _headers(message: dict[str, Any]) -> Headers:
    """Without those of HTTP/2 itself; several values of a name may stand in one, a line each."""
    pairs = [(each["name"], each["value"] or "") for each in message.get("headers") or ()]
    return tuple((name, line) for name, value in pairs if name[:1] != ":" for line in value.split("\n"))


def _reply(file: _File, at: str, raw: dict[str, Any]) -> Reply:
    headers, content = _headers(raw), raw.get("content") or {}
    unseen: list[Part] = []
    if not headers:
        # no server says nothing at all: the exporter left them out
        unseen.append("headers")
        headers = (("Content-Type", content["mimeType"]),) if content.get("mimeType") else ()
    body = _body(file, at, raw, {name.lower(): value for name, value in headers})
    if body is None:
        unseen.append("body")
    return Reply(raw["status"], headers, body or b"", tuple(unseen))


def _body(file: _File, at: str, raw: dict[str, Any], headers: dict[str, str]) -> bytes | None:
    """The whole body as it was decoded; None where the exporter left out all of it, or a part."""
    content = raw.get("content") or {}
    text, size = content.get("text"), content.get("size") or 0
    if text is None:
        return None
    body = _decoded(file, f"{at}/content", text, content.get("encoding"))
    if not body:
        empty = (content.get("size"), raw.get("bodySize")) == (0, 0) or headers.get("content-length") == "0"
        return b"" if empty and body is not None else None
    if body.startswith(_GZIP) and "gzip" in headers.get("content-encoding", ""):
        try:
            return _decompressed(body)
        except (OSError, EOFError, zlib.error):
            return None
    return None if len(body) < size else body


def _decompressed(body: bytes) -> bytes | None:
    """None where it would be longer than what is kept of any answer."""
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
        whole = file.read(MOST_BODY + 1)
    return whole if len(whole) <= MOST_BODY else None


def _decoded(file: _File, at: str, text: str, encoding: str | None) -> bytes | None:
    """None where the text cannot have come like that: it was not kept as it was."""
    if encoding == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise UserError(
                f"this is no base64: {error}", where=file.where(f"{at}{pointer.join('text')}"), todo="export it again"
            ) from None
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return None
