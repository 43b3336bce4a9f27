"""The answer to a probe → whether it keeps the rule that was probed.

What is asked of an answer is the least that every correct server gives: 405 is always fine, and for values that meet
routers and intermediaries so is any media type and any status of theirs.
"""

from collections.abc import Callable

from attrs import frozen

from assay.claims.probes import Rule
from assay.contract import Response
from assay.recording.exchange import CREDENTIAL, Exchange, Reply

GENERIC_RULES_ONLY = ("no-such-method", "hostile-path", "any-path")
"""Probes whose answers may come from a router or an intermediary: nothing that is documented is asked of them."""


@frozen
class Answer:
    """What a rule looks at. `response`: the documented response that the status falls under; `resource`: whether
    the body is one that the operation's good response would have.
    """

    reply: Reply
    response: Response | None
    resource: bool


def expected(rule: Rule) -> str:
    """The words for what the rule asks."""
    return _RULES[rule][0]


def keeps(rule: Rule, answer: Answer) -> bool:
    return _RULES[rule][1](answer)


def echoed(exchange: Exchange, *, cookie: bool) -> str | None:
    """Where the reply gives a credential back; None where it does not.

    `cookie`: the credential is a cookie, which a server may well set anew.
    """
    if exchange.reply is None:
        return None
    for name, value in exchange.reply.headers:
        if CREDENTIAL in name + value and not (cookie and name.lower() == "set-cookie"):
            return f"the header {name}"
    return "the body" if CREDENTIAL.encode() in exchange.reply.body else None


def carries_credential(exchange: Exchange) -> bool:
    """Whether the request had a credential in it, right or wrong, that could have come back."""
    request = exchange.request
    return CREDENTIAL in request.url or any(CREDENTIAL in value for _, value in request.headers)


def _refused(answer: Answer) -> bool:
    return not 200 <= answer.reply.status < 300 and answer.reply.status < 500


def _documented_4xx(answer: Answer) -> bool:
    return 400 <= answer.reply.status < 500 and answer.response is not None


_RULES: dict[Rule, tuple[str, Callable[[Answer], bool]]] = {
    "refused": ("a refusal: neither a 2xx nor a 5xx", _refused),
    "unauthorized": ("401", lambda answer: answer.reply.status == 401),
    "unauthorized-or-bad": (
        "401, or 400 where it is documented",
        lambda answer: answer.reply.status == 401 or (answer.reply.status == 400 and answer.response is not None),
    ),
    "documented-refusal": ("a documented 4xx", _documented_4xx),
    "no-such-method": (
        "no 2xx, and no 5xx but 501",
        lambda answer: _refused(answer) or answer.reply.status == 501,
    ),
    "hostile-path": (
        "no 5xx, and no resource of this operation",
        lambda answer: answer.reply.status < 500 and not (200 <= answer.reply.status < 300 and answer.resource),
    ),
    "any-path": ("no 5xx", lambda answer: answer.reply.status < 500),
    "hostile-value": ("a documented 4xx", _documented_4xx),
    "any-value": ("no 5xx", lambda answer: answer.reply.status < 500),
    "no-echo": ("no credential", lambda _: True),
}
