"""Which documented media type a Content-Type is, and which bodies are held against a schema."""

from collections.abc import Callable
from typing import Any

import pytest

from assay.contract import Contract, media_types

VERSIONED = ("application/json;version=1", "application/json;version=2", "application/json", "text/*", "*/*")


@pytest.mark.parametrize(
    ("came", "nearest"),
    [
        ("application/json", "application/json"),
        ("application/json; version=2", "application/json;version=2"),
        ('Application/JSON; Charset=utf-8; Version="1"', "application/json;version=1"),
        ("application/json; version=3", "application/json"),
        ("text/html; charset=utf-8", "text/*"),
        ("image/png", "*/*"),
        ("", "*/*"),
    ],
)
def test_a_content_type_is_the_nearest_documented_one(came: str, nearest: str) -> None:
    assert media_types.nearest(came, VERSIONED) == nearest


def test_without_a_parameter_that_is_documented_it_is_none_of_them() -> None:
    assert media_types.nearest("application/json", VERSIONED[:2]) == ""


def test_a_parameter_counts_only_where_several_differ_in_it() -> None:
    assert media_types.names(["Application/JSON; charset=utf-8", "text/plain;a=1", "text/plain; A = 2"]) == [
        "application/json", "text/plain;a=1", "text/plain;a=2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("media", "schema", "read"),
    [
        ("application/problem+json", {}, True),
        ("*/*", {"type": "object"}, True),
        ("text/plain", {"type": "string"}, True),
        ("text/plain", {"maxLength": 3}, True),
        ("text/csv", {"type": "array"}, False),
        ("text/event-stream", {"$ref": "#/components/schemas/Event"}, False),
        ("text/plain", {}, False),
        ("application/xml", {"type": "object"}, False),
        ("image/png", {"type": "string", "format": "binary"}, False),
    ],
)
def test_json_is_held_against_its_schema_and_text_that_is_called_a_string(
    loaded: Callable[..., Contract], document_of: Callable[..., dict[str, Any]], media: str, schema: Any, read: bool
) -> None:
    data = document_of({}, schemas={"Event": {"type": "object"}})
    data["paths"]["/x"]["get"]["responses"]["200"]["content"] = {media: {"schema": schema}}
    contract = loaded(data)
    assert contract.reads(contract.operations[0].responses[0].media[0]) is read
    assert [each.sentence for each in contract.not_checkable] == (
        [] if read else [f"`getX 200` as {media} has the body that its schema describes"]
    )
