"""Defects that only an odd request meets: methods that are not there, and ids that nobody would type."""

import re
from collections.abc import Callable

from jobs_provider import seed
from jobs_provider.around import JOBS, Asked, Reply
from jobs_provider.switches.hands import Making, Switch, anew, as_if, broken, in_request

PATH, VALUE = "getJob/hygiene/hostile-path", "getJob/hygiene/hostile-value"
BREAKS = "getJob/any/server-error"

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


def _emptied(reply: Reply) -> Reply:
    return anew(reply, 204)


def _done(reply: Reply) -> Reply:
    return anew(reply, 200, {"ok": True})


def _method(name: str, change: Callable[[Reply], Reply]) -> Making:
    return in_request(lambda asked: asked.method == name, change)


def _id(pattern: str) -> Making:
    """Reads break whose id has this in it."""
    found = re.compile(pattern)
    return in_request(lambda asked: asked.method == "GET" and bool(found.search(_asked_id(asked))), broken)


def _asked_id(asked: Asked) -> str:
    return asked.path.removeprefix(JOBS)


def _asks_for_nothing(asked: Asked) -> bool:
    return asked.path == JOBS


METHODS = tuple(
    Switch(
        f"{method.lower()}-{does}",
        f"{method} of a job is answered {status}, whether the job is there or not.",
        (f"getJob/hygiene/method/{method}",),
        _method(method, change),
    )
    for method, does, status, change in (
        ("DELETE", "succeeds", 204, _emptied),
        ("DELETE", "breaks", 500, broken),
        ("POST", "succeeds", 200, _done),
        ("POST", "breaks", 500, broken),
        ("PUT", "succeeds", 200, _done),
        ("PUT", "breaks", 500, broken),
        ("PATCH", "succeeds", 200, _done),
        ("PATCH", "breaks", 500, broken),
    )
)

IDS = (
    Switch("nul-breaks", "A NUL in the id is answered 500.", (PATH,), _id(r"\0")),
    Switch(
        "control-character-breaks",
        "A control character in the id is answered 500.",
        (PATH,),
        _id(r"[\x01-\x1f\x7f]"),
    ),
    Switch("slash-breaks", "An encoded slash in the id is answered 500.", (PATH,), _id("/")),
    Switch("backslash-breaks", "A backslash in the id is answered 500.", (PATH,), _id(r"\\")),
    Switch("dots-break", "Dots for an id are answered 500.", (PATH,), _id(r"^\.{1,2}$")),
    Switch("very-long-id-breaks", "An id of 2 kB or more is answered 500.", (PATH,), _id(r"(?s)^.{2048}")),
    Switch("long-id-breaks", "An id of 200 characters or more is answered 500.", (VALUE, BREAKS), _id(r"(?s)^.{200}")),
    Switch("non-ascii-breaks", "An id beyond ASCII is answered 500.", (VALUE, BREAKS), _id(r"[^\0-\x7f]")),
    Switch("quote-breaks", "A quote in the id is answered 500.", (VALUE, BREAKS), _id(r"['\"]")),
    Switch("template-breaks", "Braces in the id are answered 500.", (VALUE, BREAKS), _id(r"\{")),
    Switch(
        "malformed-id-breaks",
        "An id that is not a UUID is answered 500.",
        ("getJob/400/status", VALUE, BREAKS),
        in_request(lambda asked: asked.reads_job and not _UUID.fullmatch(_asked_id(asked)), broken),
    ),
    Switch(
        "empty-id-is-the-first",
        "Without an id the account's first job is answered.",
        (PATH,),
        as_if(_asks_for_nothing, lambda asked: asked.as_if(path=f"{JOBS}{seed.PENDING}")),
    ),
)

REQUESTS = (*METHODS, *IDS)
