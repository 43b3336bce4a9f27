"""Bytes that two parsers would read alike, and why others are refused."""

import contextlib
import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.strict_json import NotJsonError, parse

_CHARACTERS = st.characters(codec="utf-8")
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**299), 10**299)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(_CHARACTERS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(_CHARACTERS), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_what_is_json_is_read_as_what_it_says(value: Any, ascii_only: bool, indent: int | str | None) -> None:
    """Every JSON value, written with or without escapes and white space, comes back as it was."""
    assert parse(json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()) == value


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_value_or_an_error_of_this_kind(body: bytes) -> None:
    """No bytes end in another exception."""
    with contextlib.suppress(NotJsonError):
        assert json.dumps(parse(body))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the body is empty"),
        (b" \r\n", "the body is empty"),
        (b'\xef\xbb\xbf{"a": 1}', "starts with a byte order mark"),
        (b'{"a": "\xff"}', "not UTF-8: byte 7 is 0xff"),
        (b'"\xed\xa0\x80"', "not UTF-8: byte 1 is 0xed"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8: byte 0 is 0xff"),
        (b'{"a": 1, "b": 2, "a": 3}', "the name 'a' stands twice in one object"),
        (b'[{"b": {"a": 1, "\\u0061": 1}}]', "the name 'a' stands twice in one object"),
        (b"[NaN]", "NaN is no JSON number"),
        (b"-Infinity", "-Infinity is no JSON number"),
        (b'{"a": Infinity}', "Infinity is no JSON number"),
        (b'"\\ud800"', "an escape stands for half a surrogate pair"),
        (b'{"a": [{"\\udc00": 1}]}', "an escape stands for half a surrogate pair"),
        (b"<html>", "Expecting value at character 0"),
        (b'{"a": 1} x', "Extra data at character 9"),
        (b'{"a": 1', "Expecting ',' delimiter at character 7"),
        (b'["a\nb"]', "Invalid control character at at character 3"),
    ],
)
def test_it_says_why_something_is_none(body: bytes, why: str) -> None:
    with pytest.raises(NotJsonError) as caught:
        parse(body)
    assert str(caught.value) == why


@pytest.mark.parametrize("depth", [501, 900, 5_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("inside", [b"1", b'"\\u0041"'])
def test_deep_nesting_is_an_error_of_this_kind(depth: int, opening: bytes, closing: bytes, inside: bytes) -> None:
    with pytest.raises(NotJsonError, match="nested too deep"):
        parse(opening * depth + inside + closing * depth)


def test_nesting_that_is_not_that_deep_is_read() -> None:
    assert parse(b"[" * 500 + b'"\\u0041"' + b"]" * 500)


def test_width_is_no_depth() -> None:
    assert parse(b"[" + b"[]," * 1_000 + b'{"a":"["}]')[-1] == {"a": "["}


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert parse(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_an_escaped_backslash_is_no_escape() -> None:
    assert parse(b'"\\\\ud800"') == "\\ud800"


def test_one_name_in_two_objects_is_fine() -> None:
    assert parse(b'[{"a": 1}, {"a": 2}]') == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9" * 300, int("9" * 300)),
        ("1" + "0" * 300, 1e300),
        ("-" + "9" * 400, -sys.float_info.max),
        ("9" * 10_000, sys.float_info.max),
        ("1e999999999", sys.float_info.max),
        ("-1e400", -sys.float_info.max),
        ("1e-400", 0.0),
    ],
)
def test_a_number_beyond_a_double_is_the_nearest_one(text: str, value: float) -> None:
    assert parse(text.encode()) == value


def test_whole_numbers_keep_every_digit() -> None:
    assert parse(b"12345678901234567890123") == 12345678901234567890123
