"""A recorded response → what the generated client makes of it: the client's own claims, and the verdict on each.

Every recorded response is played to the client again, through a transport that answers from the recording: no
network. What came as documented has to decode to the documented type and to encode back to the same JSON. All else
has to end in an exception of the client's own, which keeps the response; a body that is wrong under a documented
status may be decoded all the same.

| response | decoded | None | its own exception, which keeps the response | another exception |
|---|---|---|---|---|
| as documented | held, if of its type and unchanged | violated | held, if it has the decoded body | violated |
| documented status, another body | held | violated | held | violated |
| undocumented status | violated | violated | held | violated |

Never an oracle: what is right the contract says, and the verdicts on the server come about without the client.
"""

import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from attrs import define, field, frozen

from assay import pointer, strict_json
from assay.claims import Ledger, checks, client_claims, id_of
from assay.client import Client
from assay.contract import Operation, Response, media_types
from assay.contract.overlay import Level
from assay.judge.relations import comparable, instant
from assay.judge.verdicts import GRADES, ClaimVerdict, ClientVerdicts, Failure
from assay.recording import Recording
from assay.recording.exchange import Exchange, Reply

_MOST_EVIDENCE = 5
_LONGEST_SHOWN = 200
"""Characters of a message that are quoted."""
_NOT_PLAYED = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie"})
"""Headers that speak of the body as it was before it was decoded and recorded; and cookies, which the client would send
with the next request: that is another exchange, of another user maybe, and a marker in one no header can carry."""


@frozen
class _Made:
    """What the client made of one response: what it decoded, the exception it raised, and whether that is clear."""

    value: Any = None
    error: Exception | None = None
    clear: bool = False

    @property
    def shown(self) -> str:
        if self.error is None:
            return "None" if self.value is None else _shown(self.value)
        return f"{type(self.error).__qualname__}: {_shown(self.error)}"


@frozen
class _Documented:
    """A response as documented: `body` is what decodes and has to come back; without `media` there is none."""

    media: str = ""
    schema: str = ""
    body: Any = None


@define
class _Tally:
    """What was seen of one claim so far."""

    seen: list[Exchange] = field(factory=list)
    violated: int = 0
    failures: dict[tuple[Any, ...], Failure] = field(factory=dict)
    """The first of each kind."""


def verdicts(client: Client, ledger: Ledger, recording: Recording, *, gates: bool) -> ClientVerdicts:
    """Play every recorded response to the client, and judge what it makes of each."""
    subject = _Subject(client, ledger, "must" if gates else "should")
    with _played(client) as play:
        for exchange in recording.exchanges:
            operation = ledger.contract.operation(exchange.operation)
            reply = exchange.reply
            if operation is not None and reply is not None and not reply.unseen and exchange.role != "shrink":
                subject.see(operation, exchange, reply, play(operation, reply))
    return ClientVerdicts(client.package, gates, tuple(subject.verdicts()))


# Playing ------------------------------------------------------------------------------------------------------------


@contextmanager
def _played(client: Client) -> Iterator[Callable[[Operation, Reply], _Made]]:
    """One client for all responses, as a program has one; what it warns of is its own affair."""
    current: list[Reply] = []
    transport = httpx.MockTransport(lambda _: _response(current[-1]))

    def play(operation: Operation, reply: Reply) -> _Made:
        current[:] = [reply]
        function = client.functions.get(operation.id)
        if function is None:
            return _Made(error=LookupError(f"it has no function for {operation.method} {operation.path}"))
        try:
            return _Made(function.call(client=made, **function.arguments).parsed)
        except Exception as error:  # whatever it raises is what is judged
            clear = client.is_own(error) and _keeps(error, reply)
            attached = getattr(error, "__dict__", {}).values()
            return _Made(next(filter(client.is_model, attached), None) if clear else None, error, clear)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with client.make(httpx_args={"transport": transport}) as made:
            yield play


def _response(reply: Reply) -> httpx.Response:
    headers = [
        (name.encode("latin-1", "replace"), value.encode("utf-8", "replace"))
        for name, value in reply.headers
        if name.lower() not in _NOT_PLAYED
    ]
    return httpx.Response(reply.status, headers=headers, content=reply.body)


def _keeps(error: Exception, reply: Reply) -> bool:
    """Whether an exception has the response, or at least its status and its body."""
    kept: Any = getattr(error, "response", error)
    try:
        return (kept.status_code, kept.content) == (reply.status, reply.body)
    except Exception:  # there may be neither, or a body that was never read
        return False


# Judging ------------------------------------------------------------------------------------------------------------


class _Subject:
    def __init__(self, client: Client, ledger: Ledger, level: Level) -> None:
        self._client = client
        self._ledger = ledger
        self._claims = {each.id: each for each in client_claims.of(ledger, level)}
        self._tallies: dict[str, _Tally] = defaultdict(_Tally)

    def see(self, operation: Operation, exchange: Exchange, reply: Reply, made: _Made) -> None:
        response = operation.response_for(reply.status)
        as_documented = self._as_documented(operation, response, reply) if response else None
        if response is None or as_documented is None:
            decoded = response is not None and made.error is None and made.value is not None
            fault = "" if decoded or made.clear else f"{reply.status} {reply.media_type} gave {made.shown}"
            kind = (reply.status, reply.media_type, type(made.error))
            self._tell(id_of(operation.id, "client", "undocumented"), exchange, fault, kind)
            return
        fault = self._undecoded(operation, as_documented, made)
        self._tell(
            id_of(operation.id, response.status, "client", "decodes"),
            exchange,
            fault,
            (type(made.error),),
        )
        if as_documented.media and (made.value is not None or not fault):
            at, change = _change(as_documented.body, made.value)
            self._tell(id_of(operation.id, response.status, "client", "round-trip"), exchange, change, (at,), at)

    def _as_documented(self, operation: Operation, response: Response, reply: Reply) -> _Documented | None:
        """What a body that keeps every `must` of the contract decodes from; None for one that does not."""
        if not response.media or operation.method == "HEAD" or reply.status in (204, 304):
            return _Documented()
        media = media_types.nearest(reply.header("content-type") or "", response.types)
        schema = next((each.schema for each in response.media if each.type == media), "")
        if not media:
            return None
        if not media_types.as_json(media, reply.media_type):
            text = media_types.is_text(media)
            return _Documented(media, schema, _response(reply).text if text else reply.body)
        try:
            body = strict_json.parse(reply.body)
        except strict_json.NotJsonError:
            return None
        tree = self._ledger.responses[operation.id, response.status].bodies.get(media)
        broken = (each.check for each in checks.walk(tree, body) if each.fault is not None) if tree else ()
        if any(self._ledger.of_check[each].level == "must" for each in broken):
            return None
        return _Documented(media, schema, body)

    def _undecoded(self, operation: Operation, due: _Documented, made: _Made) -> str:
        """Why a response as documented is not decoded to what the document says; empty if it is."""
        if made.error is not None and made.value is None:
            return made.shown
        if not due.media:
            return ""
        if made.value is None:
            return "" if due.body is None else made.shown
        cls = self._client.documented(self._ledger.contract, due.schema)
        if cls is not None and not isinstance(made.value, cls):
            return f"{type(made.value).__qualname__}, not {cls.__qualname__}"
        return self._client.misfit(made.value, self._client.functions[operation.id].promised)

    def _tell(self, claim: str, exchange: Exchange, fault: str, kind: tuple[Any, ...], at: str = "") -> None:
        tally = self._tallies[claim]
        tally.seen.append(exchange)
        if fault:
            tally.violated += 1
            failure = Failure(self._claims[claim], self._claims[claim].sentence, fault, at, exchange)
            tally.failures.setdefault(kind, failure)

    def verdicts(self) -> Iterator[ClaimVerdict]:
        for claim in self._claims.values():
            tally = self._tallies[claim.id]
            failures = tuple(tally.failures.values())[:_MOST_EVIDENCE]
            shown = dict.fromkeys(each.id for each in (*(failure.exchange for failure in failures), *tally.seen))
            yield ClaimVerdict(
                claim,
                "violated" if failures else "held" if tally.seen else "not-exercised",
                len(tally.seen),
                min((each.grade for each in tally.seen), key=GRADES.index, default=None),
                tuple(shown)[:_MOST_EVIDENCE],
                _reason(tally),
                failures,
            )


def _reason(tally: _Tally) -> str:
    if not tally.seen:
        return "no recorded response could have broken it"
    if not tally.failures:
        return ""
    kinds = [failure.got for failure in tally.failures.values()]
    more = f"; and {len(kinds) - 1} other kinds" if len(kinds) > 2 else f"; {kinds[1]}" if len(kinds) == 2 else ""
    return f"{kinds[0]}{more} ({tally.violated} of {len(tally.seen)} times)"


# Round trip ---------------------------------------------------------------------------------------------------------


def _change(body: Any, value: Any) -> tuple[str, str]:
    """Where what was decoded encodes to something else than it came from, and how; two empty strings if nowhere."""
    try:
        encoded = _encoded(value)
    except Exception as error:  # its code may raise anything
        return "", f"it cannot be encoded: {type(error).__qualname__}: {_shown(error)}"
    return next(_changes(body, encoded), ("", ""))


def _encoded(value: Any) -> Any:
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [_encoded(each) for each in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "payload"):
        return value.payload.read()
    return value if value is None or isinstance(value, bool | int | float | bytes | dict) else str(value)


def _changes(body: Any, encoded: Any) -> Iterator[tuple[str, str]]:
    """Each place at which two JSON values differ, and how. Not recursive: a body may be nested deep."""
    waiting = [("", body, encoded)]
    while waiting:
        at, was, now = waiting.pop()
        if isinstance(was, dict) and isinstance(now, dict):
            apart = [(at + pointer.join(name), "is lost") for name in was if name not in now]
            apart += [(at + pointer.join(name), "was not there") for name in now if name not in was]
            yield from ((where, f"{where} {what}") for where, what in apart)
            waiting += [(at + pointer.join(name), was[name], now[name]) for name in reversed(was) if name in now]
        elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
            waiting += [(f"{at}/{index}", was[index], now[index]) for index in reversed(range(len(was)))]
        elif isinstance(was, bool) is not isinstance(now, bool) or not _alike(was, now):
            yield at, f"{_shown(was)} became {_shown(now)}" + (f" at {at}" if at else "")


def _alike(was: Any, now: Any) -> bool:
    """UUIDs case-insensitively, date-times as instants, to the last digit."""
    if isinstance(was, str) and isinstance(now, str) and instant(was) is not None:
        return comparable(was) == comparable(now) and _fraction(was) == _fraction(now)
    return bool(comparable(was) == comparable(now))


def _fraction(moment: str) -> str:
    """The digits of a date-time's part of a second: a datetime has six of them at most."""
    return moment.partition(".")[2].upper().partition("Z")[0].partition("+")[0].partition("-")[0].rstrip("0")


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, Exception) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
