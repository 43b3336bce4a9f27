"""Exchanges → what of them the page shows, and of which. Not how they are laid out: that is the templates' part.

Bodies stand as they were recorded, but for line ends in JSON that has none, and cut where they are long; the recording
has all of them as they were.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from attrs import frozen

from assay.judge.verdicts import ClaimVerdict, Verdicts
from assay.recording.exchange import Exchange, Headers
from assay.report.curl import curl_to_show
from assay.report.visible import cut, lines, visible

_MOST_EVIDENCE, _FEW = 5, 1
"""Exchanges of one claim that the page shows beside those that violate it; fewer where there are many claims."""

MOST_FAILURES = 5
"""Failures of one violated claim that the page shows; results.json has all of them."""

_LONGEST_BODY, _LONGEST_VALUE, _LONGEST_URL = 4_000, 500, 160
_MOST_HEADERS = 40
_DEEPEST = 12


@frozen
class Transcript:
    """One exchange, redacted as it was recorded. `asked` and `answered` are several lines each."""

    id: int
    title: str
    outcome: str
    about: str
    asked: str
    answered: str
    curl: str


def transcript(exchange: Exchange) -> Transcript:
    request, reply = exchange.request, exchange.reply
    title = f"{request.method} {cut(visible(_path(request.url)), _LONGEST_URL)}"
    asked = _message(f"{request.method} {request.url}", request.headers, request.body)
    return Transcript(
        id=exchange.id,
        title=title,
        outcome=str(reply.status) if reply else "no answer",
        about=f"{exchange.role}, {exchange.step}, {round((exchange.received - exchange.sent) * 1000)} ms",
        asked=asked,
        answered=_message(f"{reply.status}", reply.headers, reply.body) if reply else f"no answer: {exchange.fault}",
        curl=curl_to_show(exchange),
    )


def evidence(verdict: ClaimVerdict, *, few: bool) -> tuple[int, ...]:
    """The exchanges that the page shows for a claim, those that violate it first."""
    failing = (failure.exchange.id for failure in verdict.failures[:MOST_FAILURES])
    return tuple(dict.fromkeys((*failing, *verdict.evidence[: _FEW if few else _MOST_EVIDENCE])))


def by_operation(verdicts: Verdicts, exchanges: Sequence[Exchange], *, few: bool) -> dict[str, list[Exchange]]:
    """Operation → the exchanges that its claims point to, in the order of the recording; each once on the page."""
    known = {each.id: each for each in exchanges}
    found: dict[str, set[int]] = {}
    seen = set[int]()
    for each in verdicts.all_claims:
        wanted = {id_ for id_ in evidence(each, few=few) if id_ in known} - seen
        found.setdefault(each.claim.operation, set()).update(wanted)
        seen |= wanted
    return {operation: [known[id_] for id_ in sorted(ids)] for operation, ids in found.items()}


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _message(first: str, headers: Headers, body: bytes) -> str:
    return "\n".join([visible(first), *_headers(headers), *_body(body)])


def _headers(headers: Headers) -> Iterator[str]:
    for name, value in headers[:_MOST_HEADERS]:
        yield f"{visible(name)}: {cut(visible(value), _LONGEST_VALUE)}"
    if len(headers) > _MOST_HEADERS:
        yield f"… and {len(headers) - _MOST_HEADERS:,} headers more, in recording.jsonl"


def _body(body: bytes) -> Iterator[str]:
    if not body:
        return
    text = body.decode("utf-8", "backslashreplace")
    yield ""
    yield from lines(indented(text[:_LONGEST_BODY]))
    if len(text) > _LONGEST_BODY:
        yield f"… cut here: {len(body):,} bytes in all, in recording.jsonl"


_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|$)|[{\[]\s*[}\]]|[{}\[\],:]|[^"{}\[\],:]+')


def indented(text: str) -> str:
    """JSON that stands on one line, with line ends and spaces between its tokens; each of them stays as it came.

    A parser would lose what is wrong with a body: a name that stands twice, how a number is written, a missing brace.
    """
    if not text.startswith(("{", "[")) or "\n" in text:
        return text
    laid_out, depth = list[str](), 0
    for piece in _TOKENS.findall(text):
        if piece in ("{", "["):
            depth += 1
            laid_out.append(piece + _line_end(depth))
        elif piece in ("}", "]"):
            depth = max(depth - 1, 0)
            laid_out.append(_line_end(depth) + piece)
        elif piece in (",", ":"):
            laid_out.append(piece + (_line_end(depth) if piece == "," else " "))
        else:
            laid_out.append(piece if piece.startswith('"') else piece.strip())
    return "".join(laid_out)


def _line_end(depth: int) -> str:
    """A body that is nested a thousand levels deep would be indented out of sight, and the page out of bounds."""
    return "\n" + "  " * min(depth, _DEEPEST)
