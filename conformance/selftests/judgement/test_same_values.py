"""When two values that are written differently are the same, and which exchanges are about one resource."""

import datetime as dt
from collections.abc import Callable

import pytest

from assay.judge.relations import comparable, instant, resource
from assay.recording.exchange import Exchange

Made = Callable[..., Exchange]

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOST = "https://things.example"


class TestInstant:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-01T12:00:00Z",
            "2026-03-01t12:00:00z",
            "2026-03-01 12:00:00Z",
            "2026-03-01T12:00:00+00:00",
            "2026-03-01T12:00:00-00:00",
            "2026-03-01T12:00:00.0Z",
            "2026-03-01T12:00:00.000000000Z",
            "2026-03-01T14:30:00+02:30",
            "2026-02-28T23:00:00-13:00",
        ],
    )
    def test_one_moment_may_be_written_in_many_ways(self, text: str) -> None:
        assert instant(text) == NOON

    @pytest.mark.parametrize(
        ("text", "microseconds"), [("12:00:00.5Z", 500_000), ("12:00:00.25z", 250_000), ("12:00:00.1234567Z", 123_456)]
    )
    def test_a_fraction_may_have_any_number_of_digits(self, text: str, microseconds: int) -> None:
        assert instant(f"2026-03-01T{text}") == NOON + dt.timedelta(microseconds=microseconds)

    @pytest.mark.parametrize("text", ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5Z", "2017-01-01T00:59:60+01:00"])
    def test_a_leap_second_lies_before_the_next_day(self, text: str) -> None:
        assert instant(text) == dt.datetime(2016, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        "text",
        [
            "2026-03-01",
            "2026-03-01T12:00:00",
            "2026-03-01T12:00Z",
            "2026-02-30T12:00:00Z",
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59-23:59",
            "2026-03-01T12:00:00.Z",
            "20260301T120000Z",
            "x2026-03-01T12:00:00Z",
        ],
    )
    def test_what_is_no_moment_is_none(self, text: str) -> None:
        assert instant(text) is None


class TestComparable:
    def test_uuids_have_no_case(self) -> None:
        upper = "A1000000-0000-4000-8000-0000000000CC"
        assert comparable(upper) == comparable(upper.lower())

    @pytest.mark.parametrize("value", ["Abc", "A1000000", "2026-03-01", 1, 1.5, True, None, [], {"a": "B"}])
    def test_all_else_is_as_it_is(self, value: object) -> None:
        assert comparable(value) == value


class TestResource:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("/things/A1000000-0000-4000-8000-0000000000CC", "/things/a1000000-0000-4000-8000-0000000000cc"),
            ("/things/%7Ea", "/things/~a"),
            ("/things?a=1&b=2", "/things?b=2&a=1"),
            ("/things/1#x", "/things/1"),
        ],
    )
    def test_it_is_the_same_however_it_is_written(self, one: str, other: str, made: Made) -> None:
        assert resource(made(url=HOST + one)) == resource(made(url=HOST + other))

    @pytest.mark.parametrize(
        ("one", "other"),
        [("/things/a", "/things/A"), ("/things/a%2Fb", "/things/a/b"), ("/things?id=1", "/things?id=2"), ("/a", "/a/")],
    )
    def test_another_path_or_query_is_another_one(self, one: str, other: str, made: Made) -> None:
        assert resource(made(url=HOST + one)) != resource(made(url=HOST + other))

    def test_it_may_be_another_one_for_another_user(self, made: Made) -> None:
        mine = made(url=f"{HOST}/me", asked=(("Authorization", "Bearer «credential:me»"),))
        yours = made(url=f"{HOST}/me", asked=(("Authorization", "Bearer «credential:you»"),))
        assert resource(mine) != resource(yours)

    def test_other_headers_make_no_difference(self, made: Made) -> None:
        assert resource(made(asked=(("Accept", "*/*"),))) == resource(made())
