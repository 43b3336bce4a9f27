"""One recorded request and response, as a value."""

from collections.abc import Callable

import pytest

from assay.recording.exchange import Exchange, Reply, marker, throttled

Made = Callable[..., Exchange]


class TestHeader:
    def test_its_name_is_compared_without_case(self) -> None:
        assert Reply(200, (("ETag", '"1"'),), b"").header("etag") == '"1"'

    def test_several_of_one_name_are_joined_by_commas(self) -> None:
        assert Reply(200, (("Allow", "GET"), ("X", "1"), ("allow", "HEAD")), b"").header("Allow") == "GET, HEAD"

    def test_none_stands_for_one_that_is_not_there(self) -> None:
        assert Reply(200, (("X", "1"),), b"").header("Y") is None

    def test_an_empty_one_is_there(self) -> None:
        assert Reply(200, (("X", ""),), b"").header("X") == ""


class TestMediaType:
    def test_it_has_neither_parameters_nor_capitals(self) -> None:
        assert (
            Reply(200, (("content-type", " Application/JSON ; charset=utf-8"),), b"").media_type == "application/json"
        )

    def test_it_is_empty_without_the_header(self) -> None:
        assert Reply(200, (), b"").media_type == ""


class TestThrottled:
    def test_429_asks_to_come_again_later(self) -> None:
        assert throttled(Reply(429, (), b""), due=False)

    def test_503_does_with_retry_after_only(self) -> None:
        assert throttled(Reply(503, (("retry-after", "1"),), b""), due=False)
        assert not throttled(Reply(503, (), b""), due=False)

    @pytest.mark.parametrize("status", [429, 503])
    def test_what_is_due_is_the_answer_itself(self, status: int) -> None:
        assert not throttled(Reply(status, (("Retry-After", "1"),), b""), due=True)

    def test_another_status_with_retry_after_does_not(self) -> None:
        assert not throttled(Reply(202, (("Retry-After", "1"),), b""), due=False)


class TestRequestId:
    def test_it_is_found_in_a_usual_header(self, made: Made) -> None:
        assert made(headers=(("X-Request-ID", "r-1"),)).request_id == "r-1"

    def test_it_is_found_in_the_body_where_no_header_has_it(self, made: Made) -> None:
        assert made(404, {"request_id": "r-2"}).request_id == "r-2"

    def test_the_header_comes_first(self, made: Made) -> None:
        assert made(404, {"request_id": "r-2"}, headers=(("x-request-id", "r-1"),)).request_id == "r-1"

    def test_an_empty_header_tells_nothing(self, made: Made) -> None:
        assert made(headers=(("X-Request-Id", ""), ("CF-Ray", "c-1"))).request_id == "c-1"

    @pytest.mark.parametrize(
        "body", [{"request_id": None}, {"request_id": 7}, ["request_id"], b'{"request_id": "r', {"detail": "none"}]
    )
    def test_it_is_empty_where_nothing_tells(self, body: object, made: Made) -> None:
        assert made(404, body).request_id == ""

    def test_a_fault_has_none(self, made: Made) -> None:
        assert made(None).request_id == ""


def test_markers_name_their_credential() -> None:
    assert marker("default") == "«credential:default»"
    assert marker("default") != marker("other")
