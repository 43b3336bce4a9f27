"""An answer + chance → the same answer as another correct server might give it.

Everything here is allowed by the document and by what its prose says: fields that are optional or unknown to it, the
order of members, the case of hexadecimal digits, how UTC is written, white space, headers. Instants stay the same
instants. Not what a server does beyond answering: that is `legal`'s.
"""

import json
from collections.abc import Mapping
from random import Random
from typing import Any, Literal, TypeVar

from attrs import evolve, frozen

from jobs_provider.around import Asked, Reply

Router = Literal["own", "plain", "page"]
Body = dict[str, Any]

TIMES = ("created_at", "started_at", "completed_at")
UTC = ("Z", "+00:00", "-00:00")
SPACE = ("", "", "", "\n", " ", "\r\n\t")
MEDIA_TYPES = ("application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8")
REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id")

UNKNOWN_OF_A_JOB: Mapping[str, object] = {
    "kind": "story",
    "priority": 5,
    "region": "eu-2",
    "labels": ["draft", "Hafen bei Nacht ☾"],
    "links": {"self": None, "docs": "https://generation-jobs.example/docs"},
    "load": 0.125,
    "archived": False,
}
UNKNOWN_OF_AN_ERROR: Mapping[str, object] = {"retryable": False, "docs": "https://generation-jobs.example/errors"}
DETAILS: tuple[object, ...] = (None, [], "see the documentation", {"hint": "contact support"})
EXTRA_HEADERS: Mapping[str, str] = {
    "vary": "Accept-Encoding",
    "strict-transport-security": "max-age=31536000",
    "server-timing": "total;dur=1.5",
    "via": "1.1 edge-4",
    "x-cache": "MISS",
    "set-cookie": "route=a7; Path=/; HttpOnly",
}
WORDS = {404: "Not Found", 405: "Method Not Allowed"}

T = TypeVar("T")


@frozen
class Habit:
    """What one job does alike in all its readings, since it would seem to change otherwise.

    `counted`: it tells its scenes; only a story has to. `tells_start`: a job that failed before its first scene may
    never have been started.
    """

    counted: bool = True
    tells_start: bool = True

    @classmethod
    def at_first_sight(cls, job: Body, draw: Random) -> "Habit":
        """Only a job that is finished when it is first seen shows nothing of how it came there."""
        finished = job["status"] in ("completed", "failed")
        stillborn = job["status"] == "failed" and job["scenes_completed"] == 0
        return cls(
            counted=not finished or draw.random() < 0.7,
            tells_start=not stillborn or draw.random() < 0.5,
        )


def varied_job(reply: Reply, habit: Habit, draw: Random, *, news: bool) -> Reply:
    """`news`: the job is further than it was at the last reading, which is told in any case."""
    job: Body = reply.json()
    for name in TIMES:
        if name in job:
            job[name] = _instant(job[name], draw)
    job["job_id"] = _hexadecimal(job["job_id"], draw)
    if not habit.counted or (not news and draw.random() < 0.2):
        del job["scenes_total"]
    if not habit.counted or (not news and draw.random() < 0.4):
        del job["scenes_completed"]
    if not habit.tells_start:
        del job["started_at"]
    if "error" in job:
        job["error"] |= _some(UNKNOWN_OF_AN_ERROR, draw)
    return _written(reply, job | _some(UNKNOWN_OF_A_JOB, draw), draw)


def varied_error(reply: Reply, draw: Random) -> Reply:
    error: Body = reply.json()
    error["request_id"] = _hexadecimal(error["request_id"], draw)
    # All 404s have the same members: any more might tell a job of somebody else from one that does not exist.
    if reply.status != 404:
        error |= _some(UNKNOWN_OF_AN_ERROR, draw)
        if draw.random() < 0.3:
            error["details"] = draw.choice(DETAILS)
    if reply.status == 401 and draw.random() < 0.5:
        reply = reply.without_header("www-authenticate")
    return _written(reply, error, draw)


def varied_routing(asked: Asked, reply: Reply, router: Router, draw: Random) -> Reply:
    """What no documented operation answers: unknown routes and methods, OPTIONS. Each framework has its own words."""
    if asked.method == "OPTIONS":
        methods = ["GET", "HEAD", "OPTIONS"]
        draw.shuffle(methods)
        allowed = reply.with_headers(allow=", ".join(methods)) if "allow" in reply.headers else reply
        return _headed(evolve(allowed, status=draw.choice((200, 204)) if reply.status == 204 else reply.status), draw)
    if router == "own" or reply.status not in WORDS:
        return varied_error(reply, draw)
    words = WORDS[reply.status]
    text, kind = (words, "plain") if router == "plain" else (f"<!doctype html>\n<title>{words}</title>\n", "html")
    return _headed(evolve(reply, body=text.encode()).with_headers(content_type=f"text/{kind}; charset=utf-8"), draw)


def _some(unknown: Mapping[str, object], draw: Random) -> Body:
    return {name: value for name, value in unknown.items() if draw.random() < 0.25}


def _instant(text: str, draw: Random) -> str:
    """RFC 3339: the zone may be written as an offset, and zeros at the end of a fraction say nothing."""
    seconds, _, fraction = text.removesuffix("Z").partition(".")
    digits = fraction.rstrip("0").ljust(draw.choice((0, 1, 3, 6, 9)), "0")
    return seconds + (f".{digits}" if digits else "") + draw.choice(UTC)


def _hexadecimal(text: str, draw: Random) -> str:
    return text.upper() if draw.random() < 0.5 else text


def _written(reply: Reply, value: object, draw: Random) -> Reply:
    """RFC 8259: the order of members, white space between tokens, and how a character is escaped mean nothing."""
    style: dict[str, Any] = draw.choice(({}, {"separators": (",", ":")}, {"indent": 2}, {"indent": "\t"}))
    text = json.dumps(_shuffled(value, draw), ensure_ascii=draw.random() < 0.5, **style)
    around = draw.choice(SPACE), draw.choice(SPACE)
    told = evolve(reply, body=f"{around[0]}{text}{around[1]}".encode())
    return _headed(told.with_headers(content_type=draw.choice(MEDIA_TYPES)), draw)


def _shuffled(value: Any, draw: Random) -> Any:
    if isinstance(value, list):
        return [_shuffled(each, draw) for each in value]
    if not isinstance(value, dict):
        return value
    names = list(value)
    draw.shuffle(names)
    return {name: _shuffled(value[name], draw) for name in names}


def _headed(reply: Reply, draw: Random) -> Reply:
    headers = dict(reply.headers)
    request_id = headers.pop("x-request-id")
    if draw.random() < 0.8:
        headers[draw.choice(REQUEST_ID_HEADERS)] = request_id
    headers |= {name: value for name, value in EXTRA_HEADERS.items() if draw.random() < 0.2}
    return evolve(reply, headers=headers)
