"""Contract + recorded traffic (a HAR) → a recording, to be judged like any other.

Which entries are about an operation of the contract, without their secrets, on one clock. There was no plan, so no
status was due: what an answer says of its body counts, and not that it came. Nothing is judged here.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from assay.contract import Contract, Operation
from assay.errors import UserError
from assay.recording import Recording, RunHeader, har
from assay.recording.exchange import Exchange
from assay.recording.har import Archive, Entry
from assay.recording.redacting import Redacting
from assay.recording.routes import Base, Routes, bases, origin, split

_HTTPS_OWN = {101: ("upgrade",), 206: ("range",), 304: ("if-none-match", "if-modified-since"), 416: ("range",)}
"""Status → the request headers of which it is the answer. HTTP documents it, whatever the API's document says."""
_MOST_NAMED = 3
"""Servers or requests that a note lists."""


def load(path: Path, contract: Contract, url: str = "") -> Recording:
    """The exchanges of a HAR. `url` is the base of the server that is meant; else it follows from the document.

    Raises UserError: the file is no HAR; nothing in it is about the API.
    """
    archive = har.load(path)
    if not archive.entries:
        raise UserError("the HAR has no entries", where=str(path), todo="record traffic with the server, and export it")
    asked = ((each.request.method, each.request.url) for each in archive.entries)
    known = bases(contract, asked, url, where=str(path))
    sorting = _Sorting(contract, known)
    kept = [(entry, operation) for entry in archive.entries if (operation := sorting.operation(entry)) is not None]
    exchanges, short = _exchanges(archive, contract, kept)
    started = min((each.started for each in archive.entries), default=0.0)
    shown = ", ".join(each.shown for each in known)
    contents = {"title": contract.title, "version": contract.version, "digest": contract.digest}
    header = RunHeader(
        contract=contents,
        target={"name": f"traffic with {shown}", "base_url": known[0].shown, "build": "", "digest": ""},
        seed=0,
        started=_moment(started),
        versions={},
        short_secrets=short,
        observed=True,
        notes=(_note(archive, shown, len(kept), sorting.left_out),),
    )
    ended = started + max((each.received for each in exchanges), default=0.0)
    return Recording(header, exchanges, finished=_moment(ended), complete=True, interrupted=False)


def _moment(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Which entries ------------------------------------------------------------------------------------------------------


class _Sorting:
    """`left_out`: why → what was asked → how often."""

    def __init__(self, contract: Contract, known: Sequence[Base]) -> None:
        self._known = known
        self._routes = Routes(contract)
        self.left_out: dict[str, Counter[str]] = {}

    def operation(self, entry: Entry) -> Operation | None:
        """The operation that an entry shows something of; None where it is left out."""
        found = self._operation_or_why(entry)
        if isinstance(found, Operation):
            return found
        why, what = found
        self.left_out.setdefault(why, Counter())[what] += 1
        return None

    def _operation_or_why(self, entry: Entry) -> Operation | tuple[str, str]:
        request, reply = entry.request, entry.reply
        path = next((rest for each in self._known if (rest := each.rest(request.url)) is not None), None)
        if path is None:
            parts = split(request.url)
            return "of other servers", origin(parts) if parts else request.url.partition(":")[0]
        operation = self._routes.find(request.method, path)
        if operation is None:
            return "of no documented operation", f"{request.method} {path}"
        if reply is None:
            return "without an answer", operation.id
        if entry.cached:
            return "answered by a cache", operation.id
        sent = {name.lower() for name, _ in request.headers}
        if operation.response_for(reply.status) is None and sent.intersection(_HTTPS_OWN.get(reply.status, ())):
            return "answered as HTTP has it", f"{operation.id} {reply.status}"
        return operation


def _note(archive: Archive, shown: str, kept: int, left_out: dict[str, Counter[str]]) -> str:
    by = f", recorded by {archive.creator}" if archive.creator else ""
    text = f"{archive.path.name}{by}: {kept} of {len(archive.entries)} entries are about {shown}"
    return text + "".join(f"; {counts.total()} {why} ({_most(counts)})" for why, counts in left_out.items())


def _most(counts: Counter[str]) -> str:
    named = ", ".join(f"{what} {count}" for what, count in counts.most_common(_MOST_NAMED))
    return named + (", …" if len(counts) > _MOST_NAMED else "")


# As exchanges -------------------------------------------------------------------------------------------------------


def _exchanges(
    archive: Archive, contract: Contract, kept: Sequence[tuple[Entry, Operation]]
) -> tuple[tuple[Exchange, ...], tuple[str, ...]]:
    """Without secrets, in the order of their sending; and the names of the credentials too short to be looked for."""
    redacting = Redacting(contract, (each.request for each in archive.entries))
    return tuple(redacting.exchange(*each) for each in _timed(archive, kept)), redacting.short


def _timed(archive: Archive, kept: Sequence[tuple[Entry, Operation]]) -> Iterator[tuple[Exchange, Operation]]:
    first = min((each.started for each in archive.entries), default=0.0)
    # an answer of which nobody wrote when it came precedes nothing
    last = max((each.started + (each.took or 0.0) for each in archive.entries), default=0.0)
    in_order = sorted(kept, key=lambda pair: pair[0].started)
    for number, (entry, operation) in enumerate(in_order, 1):
        received = last if entry.took is None else entry.started + entry.took
        exchange = Exchange(
            id=number,
            step=f"entry {entry.number} of {archive.path.name}",
            role="traffic",
            operation=operation.id,
            due="",
            grade="observed",
            sent=round(entry.started - first, 6),
            received=round(received - first, 6),
            request=entry.request,
            reply=entry.reply,
        )
        yield exchange, operation
