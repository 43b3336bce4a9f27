"""How an exchange is written down for the page: each token of it as it came."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.report.html.transcripts import indented

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None)
@given(VALUES)
def test_json_says_the_same_in_more_lines(value: Any) -> None:
    assert json.loads(indented(json.dumps(value, separators=(",", ":")))) == value


@settings(derandomize=True, deadline=None)
@given(st.text(alphabet='{}[]",:\\ ab1', max_size=40))
def test_what_is_no_json_loses_nothing_but_spaces(text: str) -> None:
    def dense(of: str) -> str:
        return re.sub(r"\s", "", of)

    assert dense(indented(text)) == dense(text)


def test_members_stand_below_each_other() -> None:
    assert indented('{"a":[1,{}],"b":"x, {y}"}') == '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": "x, {y}"\n}'


def test_a_name_that_stands_twice_and_a_number_stay_as_they_came() -> None:
    assert indented('{"a":1.0,"a":1e2}') == '{\n  "a": 1.0,\n  "a": 1e2\n}'


@pytest.mark.parametrize("text", ["<p>a, b</p>", '{\n"a": 1, "b": 2}', "", "a,b"])
def test_what_is_no_json_or_has_lines_already_stays(text: str) -> None:
    assert indented(text) == text


def test_nesting_without_end_does_not_blow_it_up() -> None:
    assert len(indented("[" * 4_000)) < 120_000
