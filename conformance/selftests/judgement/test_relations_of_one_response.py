"""`echo` and `order`: one response against its request, and within itself."""

from collections.abc import Callable
from typing import Any

import pytest

from assay.judge.verdicts import ClaimVerdict
from assay.recording.exchange import Exchange

Life = Callable[..., list[Exchange]]
Told = Callable[..., ClaimVerdict]

PATH = "https://lives.example/v1/areas/x/lives/"


class TestEchoOfThePath:
    def _after(self, asked: str, got: Any, life: Life, told: Told) -> ClaimVerdict:
        return told("echo/id", life({"id": got}, url=PATH + asked))

    @pytest.mark.parametrize(
        ("asked", "got"),
        [
            ("abc", "abc"),
            ("a%2Fb%20c", "a/b c"),
            ("7", 7),
            ("1.5", 1.5),
            ("true", True),
            ("A1000000-0000-4000-8000-0000000000CC", "a1000000-0000-4000-8000-0000000000cc"),
            ("2026-03-01T12:00:00%2B00:00", "2026-03-01T12:00:00Z"),
        ],
    )
    def test_it_holds_where_the_same_comes_back(self, asked: str, got: Any, life: Life, told: Told) -> None:
        assert self._after(asked, got, life, told).verdict == "held"

    @pytest.mark.parametrize(("asked", "got"), [("abc", "abd"), ("7", 8), ("1", True), ("true", "True"), ("a", ["b"])])
    def test_it_is_violated_where_another_comes_back(self, asked: str, got: Any, life: Life, told: Told) -> None:
        assert self._after(asked, got, life, told).verdict == "violated"

    def test_the_failure_says_what_was_asked_for(self, life: Life, told: Told) -> None:
        failure = self._after("abc", "abd", life, told).failures[0]
        assert (failure.expected, failure.got, failure.at) == ("'abc', as was asked for", "'abd'", "/id")

    @pytest.mark.parametrize("body", [{}, {"id": None}, [], "id"])
    def test_an_answer_without_the_field_does_not_exercise_it(self, body: Any, life: Life, told: Told) -> None:
        assert told("echo/id", life(body, url=PATH + "abc")).verdict == "not-exercised"

    def test_the_address_of_another_path_does_not_either(self, life: Life, told: Told) -> None:
        assert told("echo/id", life({"id": "1"}, url="https://lives.example/v1/elsewhere")).verdict == "not-exercised"

    def test_an_error_says_nothing_of_it(self, life: Life, told: Told) -> None:
        assert told("echo/id", life({"id": "2"}, status=404)).verdict == "not-exercised"


class TestEchoOfTheQuery:
    @pytest.mark.parametrize(
        ("query", "got", "verdict"),
        [
            ("tag=a", "a", "held"),
            ("tag=a%20b", "a b", "held"),
            ("tag=", "", "held"),
            ("tag=a", "b", "violated"),
            ("tag=a&tag=b", ["a", "b"], "held"),
            ("tag=a", ["a"], "held"),
            ("tag=1&tag=2", [1, 2], "held"),
            ("tag=a&tag=b", ["b", "a"], "violated"),
            ("tag=a&tag=b", ["a"], "violated"),
            ("other=a", "b", "not-exercised"),
        ],
    )
    def test_it_is_compared_by_value(self, query: str, got: Any, verdict: str, life: Life, told: Told) -> None:
        assert told("echo/tag", life({"tag": got}, url=f"{PATH}1?{query}")).verdict == verdict


class TestEchoOfAHeader:
    def test_its_name_has_no_case(self, life: Life, told: Told) -> None:
        exchanges = life({"from_header": "b"}, asked=(("Accept", "*/*"), ("x-tag", "a")))
        assert told("echo/from_header", exchanges).verdict == "violated"

    def test_a_request_without_it_does_not_exercise_it(self, life: Life, told: Told) -> None:
        assert told("echo/from_header", life({"from_header": "b"})).verdict == "not-exercised"


class TestEchoOfTheBody:
    @pytest.mark.parametrize(
        ("asks", "verdict"),
        [
            (b'{"user": {"name": "ada"}}', "held"),
            (b'{"user": {"name": "bob"}}', "violated"),
            (b'{"user": {}}', "not-exercised"),
            (b"", "not-exercised"),
            (b"name=bob", "not-exercised"),
        ],
    )
    def test_a_member_comes_back(self, asks: bytes, verdict: str, life: Life, told: Told) -> None:
        assert told("echo/user", life({"user": "ada"}, asks=asks)).verdict == verdict

    def test_true_is_not_1(self, life: Life, told: Told) -> None:
        assert told("echo/user", life({"user": 1}, asks=b'{"user": {"name": true}}')).verdict == "violated"

    def test_objects_are_the_same_in_any_order(self, life: Life, told: Told) -> None:
        exchanges = life({"user": {"b": [1.0], "a": None}}, asks=b'{"user": {"name": {"a": null, "b": [1]}}}')
        assert told("echo/user", exchanges).verdict == "held"

    def test_a_list_is_not_the_same_as_an_object(self, life: Life, told: Told) -> None:
        assert told("echo/user", life({"user": []}, asks=b'{"user": {"name": {}}}')).verdict == "violated"


class TestOrder:
    @pytest.mark.parametrize(
        "body",
        [
            {"a": 1, "b": 2, "c": 3},
            {"a": 1, "b": 1.0, "c": 1},
            {"a": 1, "c": 1},
            {"a": 5, "b": None, "c": 6},
            {"a": "2026-03-01T12:00:00+01:00", "b": "2026-03-01T11:00:00Z"},
            {"b": "2016-12-31T23:59:60Z", "c": "2017-01-01T00:00:00Z"},
        ],
    )
    def test_it_holds_where_each_is_at_most_the_next(self, body: dict[str, Any], life: Life, told: Told) -> None:
        assert told("order/a,b,c", life(body)).verdict == "held"

    @pytest.mark.parametrize(
        ("body", "at", "got"),
        [
            ({"a": 2, "b": 1, "c": 3}, "/b", "2 > 1"),
            ({"a": 2, "b": None, "c": 1}, "/c", "2 > 1"),
            ({"a": 2, "c": 1}, "/c", "2 > 1"),
            (
                {"a": "2026-03-01T12:00:01Z", "b": "2026-03-01T13:00:00+01:00"},
                "/b",
                "2026-03-01T12:00:01Z > 2026-03-01T13:00:00+01:00",
            ),
        ],
    )
    def test_it_is_violated_where_one_is_more(
        self, body: dict[str, Any], at: str, got: str, life: Life, told: Told
    ) -> None:
        verdict = told("order/a,b,c", life(body))
        assert verdict.verdict == "violated"
        assert (verdict.failures[0].at, verdict.failures[0].got) == (at, got)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"a": 1},
            {"a": 2, "b": "x"},
            {"a": 2, "b": "2026-03-01T12:00:00Z"},
            {"a": True, "b": 0},
            {"a": [2], "b": 1},
        ],
    )
    def test_what_cannot_be_compared_does_not_exercise_it(self, body: dict[str, Any], life: Life, told: Told) -> None:
        assert told("order/a,b,c", life(body)).verdict == "not-exercised"
