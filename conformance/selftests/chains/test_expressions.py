"""What an expression names in an exchange."""

import re
from typing import Any

import pytest
from attrs import evolve

from assay.plan.expressions import Made, filled, is_expression
from assay.recording.exchange import Exchange, Reply, Request

BODY = b'{"id": 7, "author": {"name": "Jane"}, "tags": ["a", "b"], "none": null, "empty": "", "a.b": 1}'
ASKED = Request("POST", "http://h/v1/books?shelf=A%201", (("X-Mine", "m"),), b'{"title": "Emma"}')
CAME = Reply(201, (("Location", "/v1/books/b%207"), ("ETag", '"e"')), BODY)
MADE = Made(Exchange(1, "s", "make", "addBook", "", "natural", 0.0, 0.1, ASKED, CAME), {"shop": 3})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("id", 7),
        ("author.name", "Jane"),
        ("tags.1", "b"),
        ("$response.body#/author/name", "Jane"),
        ("$response.body#/tags/0", "a"),
        ("$response.body#/a.b", 1),
        ("$response.header.etag", '"e"'),
        ("$request.body#/title", "Emma"),
        ("$request.body", {"title": "Emma"}),
        ("$request.path.shop", 3),
        ("$request.query.shelf", "A 1"),
        ("$request.header.x-mine", "m"),
        ("$url", "http://h/v1/books?shelf=A%201"),
        ("$method", "POST"),
        ("$statusCode", 201),
        ("$location", "b 7"),
    ],
)
def test_the_value_that_it_names(expression: str, value: Any) -> None:
    assert is_expression(expression)
    assert MADE.value(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "isbn",
        "author.age",
        "tags.2",
        "none",
        "empty",
        "$response.body#/isbn",
        "$response.header.X",
        "$request.path.book",
    ],
)
def test_what_is_not_there_is_told(expression: str) -> None:
    with pytest.raises(LookupError, match=re.escape(f"the answer to addBook (201) has no {expression!r}")):
        MADE.value(expression)


@pytest.mark.parametrize("location", ["/v1/books/a/b", "/v1/films/7", "https://h/other/7", ""])
def test_a_location_elsewhere_is_not_what_was_made(location: str) -> None:
    reply = Reply(201, (("Location", location),), b"")
    with pytest.raises(LookupError):
        evolve(MADE, exchange=evolve(MADE.exchange, reply=reply)).value("$location")


@pytest.mark.parametrize("location", ["http://h/v1/books/9", "/v1/books/9/", "9"])
def test_a_location_below_what_was_asked_is(location: str) -> None:
    reply = Reply(201, (("Location", location),), b"")
    assert evolve(MADE, exchange=evolve(MADE.exchange, reply=reply)).value("$location") == "9"


def test_a_body_that_is_no_json_has_no_members() -> None:
    reply = Reply(201, (), b"<id>7</id>")
    with pytest.raises(LookupError):
        evolve(MADE, exchange=evolve(MADE.exchange, reply=reply)).value("id")


def test_a_credential_is_not_passed_on() -> None:
    reply = Reply(201, (), '{"id": "x«credential:default»"}'.encode())
    with pytest.raises(LookupError, match="is a credential, which is not passed on"):
        evolve(MADE, exchange=evolve(MADE.exchange, reply=reply)).value("id")


@pytest.mark.parametrize("text", ["$response", "$response.path.x", "$request.body.title", "$responses.body", "$"])
def test_what_is_no_expression(text: str) -> None:
    assert not is_expression(text)


def test_a_placeholder_alone_keeps_the_type_and_others_are_left_alone() -> None:
    given = {"a": "{it.id}", "b": "n-{it.id}", "c": ["{other.id}"], "d": "{it}"}
    assert filled(given, {"it": MADE}) == {"a": 7, "b": "n-7", "c": ["{other.id}"], "d": "{it}"}
