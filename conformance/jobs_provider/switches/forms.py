"""Defects of the form of an answer: its media type, its JSON, and what every error body has."""

from collections.abc import Callable

from attrs import evolve

from jobs_provider.around import Reply
from jobs_provider.switches.hands import ERRORS, Body, Making, Switch, in_error, in_reply, without

HTML = b"<!doctype html><title>404 Not Found</title><h1>Not Found</h1>"


def _bytes(change: Callable[[bytes], bytes]) -> Making:
    """In what a good read is written as."""
    return in_reply(lambda reply: evolve(reply, body=change(reply.body)), 200)


def _with_first(member: bytes) -> Making:
    return _bytes(lambda body: b"{" + member + b", " + body.removeprefix(b"{"))


def _page(reply: Reply) -> Reply:
    return evolve(reply, body=HTML).with_headers(content_type="text/html; charset=utf-8")


def _problem(reply: Reply) -> Reply:
    return reply.with_headers(content_type="application/problem+json")


def _in_each(claim: str) -> tuple[str, ...]:
    return tuple(f"getJob/{status}/{claim}" for status in ERRORS)


def _lacking(name: str) -> Making:
    return in_error(lambda body: without(body, name))


def _error_as(write: Callable[[Body], object]) -> Making:
    return in_error(lambda body: body | {"error": write(body)})


_MEDIA_TYPES = (
    Switch(
        "plain-text",
        "A job comes as text/plain.",
        ("getJob/200/media-type",),
        in_reply(lambda reply: reply.with_headers(content_type="text/plain; charset=utf-8"), 200),
    ),
    Switch(
        "no-media-type",
        "A job comes without a Content-Type.",
        ("getJob/200/media-type",),
        in_reply(lambda reply: reply.without_header("content-type"), 200),
    ),
    Switch(
        "html-404",
        "A 404 is a page for people.",
        ("getJob/404/media-type", "getJob/404/json"),
        in_reply(_page, 404),
    ),
    Switch(
        "problem-json",
        "Errors come as application/problem+json.",
        _in_each("media-type"),
        in_reply(_problem, *ERRORS),
    ),
)

_JSON = (
    Switch(
        "not-a-number",
        "A job has a member that is NaN.",
        ("getJob/200/json",),
        _with_first(b'"progress": NaN'),
    ),
    Switch(
        "member-twice",
        "A job has its status twice.",
        ("getJob/200/json",),
        _with_first(b'"status": "pending"'),
    ),
    Switch(
        "half-a-character",
        "A job has a member with one half of a surrogate pair.",
        ("getJob/200/json",),
        _with_first(b'"mood": "\\ud83d"'),
    ),
    Switch(
        "latin-1",
        "A job is written in ISO 8859-1.",
        ("getJob/200/json",),
        _with_first(b'"artist": "Ren\xe9e"'),
    ),
    Switch(
        "byte-order-mark",
        "A job begins with a byte order mark.",
        ("getJob/200/json",),
        _bytes(lambda body: b"\xef\xbb\xbf" + body),
    ),
    Switch(
        "trailing-garbage",
        "A job ends with a second closing brace.",
        ("getJob/200/json",),
        _bytes(lambda body: body + b"}"),
    ),
    Switch(
        "empty-job",
        "A job has an empty body.",
        ("getJob/200/json",),
        _bytes(lambda _body: b""),
    ),
    Switch(
        "empty-errors",
        "Errors have empty bodies.",
        _in_each("json"),
        in_reply(lambda reply: evolve(reply, body=b""), *ERRORS),
    ),
)

_ERROR_BODIES = (
    Switch(
        "errors-without-code",
        "The body of an error has no error code.",
        _in_each("body/required/error"),
        _lacking("error"),
    ),
    Switch(
        "errors-without-message",
        "The body of an error has no message.",
        _in_each("body/required/message"),
        _lacking("message"),
    ),
    Switch(
        "errors-without-request-id",
        "The body of an error has no request id.",
        _in_each("body/allOf/0/required/request_id"),
        _lacking("request_id"),
    ),
    Switch(
        "errors-with-empty-code",
        "The code of an error is empty.",
        _in_each("body/properties/error/minLength"),
        _error_as(lambda _body: ""),
    ),
    Switch(
        "errors-in-objects",
        "The code of an error stands in an object of its own.",
        _in_each("body/properties/error/type"),
        _error_as(lambda body: {"code": body["error"]}),
    ),
)

FORMS = (*_MEDIA_TYPES, *_JSON, *_ERROR_BODIES)
