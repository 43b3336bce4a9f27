"""Defects of who may see what: credentials that are not asked for, jobs of others, and keys that come back."""

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from jobs_provider import seed
from jobs_provider.around import Ask, Asked, Reply
from jobs_provider.switches.hands import Making, Switch, as_if, broken, in_request, said

KEYS = {account.name: key for key, account in seed.ACCOUNTS.items()}
DEFAULT = f"Bearer {KEYS['default']}"

_WELL_FORMED = re.compile(r"([A-Za-z][A-Za-z0-9-]*) +[A-Za-z0-9._~+/-]+=*")
"""A scheme and one token (RFC 9110, 11.4)."""


def _form(asked: Asked) -> str:
    """missing, malformed, other scheme, wrong or right: exactly one of them for each request."""
    if asked.authorization is None:
        return "missing"
    formed = _WELL_FORMED.fullmatch(asked.authorization)
    if formed is None:
        return "malformed"
    if formed[1].lower() != "bearer":
        return "other scheme"
    return "right" if asked.authorization.split()[1] in KEYS.values() else "wrong"


def _is(form: str) -> Callable[[Asked], bool]:
    return lambda asked: _form(asked) == form


def _accepted(form: str) -> Making:
    return as_if(_is(form), lambda asked: asked.as_if(authorization=DEFAULT))


def _asks_again(account: str) -> Making:
    """What the caller has no job of is looked for in another account."""

    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        if reply.status != 404 or not asked.reads_job:
            return reply
        return await ask(asked.as_if(authorization=f"Bearer {KEYS[account]}"))

    return lambda: hand


def _tells_apart(told: Callable[[Reply], Reply]) -> Making:
    """What the caller has no job of is looked for in another account, and if it is there that is what is said."""

    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        if reply.status != 404 or not asked.reads_job:
            return reply
        others = await ask(asked.as_if(authorization=f"Bearer {KEYS['neighbour']}"))
        return told(reply) if others.status == 200 else reply

    return lambda: hand


def _echo(put: Callable[[Reply, str], Reply], *statuses: int) -> Making:
    """`put` puts the last word of Authorization, with what it is right or wrong, into answers of these statuses."""

    async def hand(asked: Asked, ask: Ask) -> Reply:
        reply = await ask(asked)
        words = (asked.authorization or "").split()
        return put(reply, words[-1]) if words and asked.reads_job and reply.status in statuses else reply

    return lambda: hand


def _member(name: str, value: Callable[[str], Any]) -> Callable[[Reply, str], Reply]:
    return lambda reply, token: reply.with_json(reply.json() | {name: value(token)})


def _in_base64(reply: Reply, token: str) -> Reply:
    return reply.with_headers(x_account=b64encode(token.encode()).decode())


_CREDENTIALS = (
    Switch(
        "missing-credential-accepted",
        "Who sends no credential is taken for the default account.",
        ("getJob/security/missing",),
        _accepted("missing"),
    ),
    Switch(
        "wrong-credential-accepted",
        "Any bearer token is taken for the default account's.",
        ("getJob/security/wrong",),
        _accepted("wrong"),
    ),
    Switch(
        "malformed-credential-accepted",
        "An Authorization of no known form is taken for the default account's.",
        ("getJob/security/malformed",),
        _accepted("malformed"),
    ),
    Switch(
        "other-scheme-accepted",
        "Credentials of another scheme, such as Basic, are taken for the default account's.",
        ("getJob/security/other-scheme",),
        _accepted("other scheme"),
    ),
    Switch(
        "malformed-credential-breaks",
        "An Authorization of no known form is answered 500.",
        ("getJob/security/malformed", "getJob/any/server-error"),
        in_request(_is("malformed"), broken),
    ),
    Switch(
        "other-scheme-breaks",
        "Credentials of another scheme, such as Basic, are answered 500.",
        ("getJob/security/other-scheme", "getJob/any/server-error"),
        in_request(_is("other scheme"), broken),
    ),
)

_OTHERS = (
    Switch(
        "foreign-job-readable",
        "A neighbour's job can be read like one's own.",
        ("getJob/404/status",),
        _asks_again("neighbour"),
    ),
    Switch(
        "foreign-job-forbidden",
        "A neighbour's job is answered 403, which tells that it is there.",
        ("getJob/404/status",),
        _tells_apart(said(403, "forbidden", "This job belongs to another account.")),
    ),
)

_ECHOES = (
    Switch(
        "key-in-body",
        "A job tells the key with which it was asked for.",
        ("getJob/security/echo",),
        _echo(_member("account_key", str), 200),
    ),
    Switch(
        "key-in-header",
        "A job comes with the key in a header.",
        ("getJob/security/echo",),
        _echo(lambda reply, token: reply.with_headers(x_api_key=token), 200),
    ),
    Switch(
        "key-in-base64",
        "A job comes with the key in a header, in base64.",
        ("getJob/security/echo",),
        _echo(_in_base64, 200),
    ),
    Switch(
        "key-in-error",
        "A 404 has the caller's Authorization among its details.",
        ("getJob/security/echo",),
        _echo(_member("details", lambda token: {"headers": {"authorization": f"Bearer {token}"}}), 404),
    ),
    Switch(
        "wrong-key-in-message",
        "The message of a 401 names the token that is not a key.",
        ("getJob/security/echo",),
        _echo(_member("message", lambda token: f"{token} is not an API key."), 401),
    ),
    Switch(
        "wrong-key-in-header",
        "A 401 names the token that is not a key in its challenge.",
        ("getJob/security/echo",),
        _echo(lambda reply, token: reply.with_headers(www_authenticate=f'Bearer token="{token}"'), 401),
    ),
)

ACCESS = (*_CREDENTIALS, *_OTHERS, *_ECHOES)
