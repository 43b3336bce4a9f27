"""A call as it goes over the wire: URL, headers, credential, body."""

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from assay.contract import Operation, Security
from assay.plan.calls import Call, Encoded, wire
from assay.recording.exchange import Request
from assay.target import Credential

OPERATION = Operation(
    id="getThing",
    method="GET",
    path="/things/{id}/parts/{part-no}",
    pointer="",
    parameters=(),
    body=None,
    responses=(),
    security=(),
    relations=(),
)
BEARER = Security("b", "bearer", "", "")
BASIC = Security("p", "basic", "", "")
BASE = "http://h/v1"
FORM = "application/x-www-form-urlencoded"


def _wired(
    path: dict[str, Any] | None = None,
    query: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    body: Any = None,
    credential: Credential | None = None,
    **changes: Any,
) -> Request:
    operation = evolve(OPERATION, **changes)
    return wire(Call(operation, path or {"id": 1, "part-no": 2}, query or {}, headers or {}, body, credential), BASE)


def _headers(request: Request) -> dict[str, str]:
    return dict(request.headers)


class TestPath:
    @pytest.mark.parametrize(
        ("value", "segment"),
        [
            ("abc", "abc"),
            (5, "5"),
            (1.5, "1.5"),
            (True, "true"),
            ("", ""),
            ("a/b", "a%2Fb"),
            ("a b", "a%20b"),
            ("100%", "100%25"),
            ("%2F", "%252F"),
            ("a?b#c", "a%3Fb%23c"),
            ("é☃", "%C3%A9%E2%98%83"),
            (".", "%2E"),
            ("..", "%2E%2E"),
            ("...", "..."),
            ("a.b", "a.b"),
            ("../x", "..%2Fx"),
            ("\x00\r\n", "%00%0D%0A"),
            ("{id}", "%7Bid%7D"),
            (["a", "b,c"], "a,b%2Cc"),
        ],
    )
    def test_a_value_stays_in_its_segment(self, value: Any, segment: str) -> None:
        assert _wired({"id": value, "part-no": 2}).url == f"{BASE}/things/{segment}/parts/2"

    @given(st.text(st.characters(codec="utf-8"), min_size=1))
    def test_any_text_is_one_segment_that_says_it(self, value: str) -> None:
        """Whatever the value, the path has as many segments as its template, and that one decodes to the value."""
        segments = urlsplit(_wired({"id": value, "part-no": 2}).url).path.split("/")
        assert len(segments) == 6
        assert unquote(segments[3]) == value
        assert segments[3] not in (".", "..")

    def test_what_is_encoded_already_is_not_encoded_again(self) -> None:
        assert _wired({"id": Encoded("%2E%2e%00"), "part-no": 2}).url == f"{BASE}/things/%2E%2e%00/parts/2"


class TestQuery:
    @pytest.mark.parametrize(
        ("query", "text"),
        [
            ({}, ""),
            ({"a": 1, "b": False}, "?a=1&b=false"),
            ({"tag": ["x", "y"]}, "?tag=x&tag=y"),
            ({"tag": []}, ""),
            ({"a": "x y&z=1+2"}, "?a=x%20y%26z%3D1%2B2"),
            ({"a": ""}, "?a="),
            ({"a": None, "b": 1}, "?b=1"),
            ({"filter": {"from": 1, "to": True}}, "?from=1&to=true"),
            ({"a[b]": [["x", "y"]]}, "?a%5Bb%5D=x%2Cy"),
        ],
    )
    def test_it_is_a_form_exploded(self, query: dict[str, Any], text: str) -> None:
        assert _wired(query=query).url == f"{BASE}/things/1/parts/2{text}"

    @given(
        st.lists(
            st.tuples(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8"))),
            max_size=3,
        )
    )
    def test_any_text_comes_back_from_it(self, pairs: list[tuple[str, str]]) -> None:
        """Whatever names and values are sent, the query decodes to them."""
        url = _wired(query=dict(pairs)).url
        assert dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)) == dict(pairs)


class TestCredential:
    @pytest.mark.parametrize(
        ("scheme", "credential", "headers"),
        [
            (BEARER, Credential("c", bearer="tok"), {"Authorization": "Bearer tok"}),
            (BASIC, Credential("c", username="me", password="p:w"), {"Authorization": "Basic bWU6cDp3"}),
            (BASIC, Credential("c", username="me"), {"Authorization": "Basic bWU6"}),
            (BASIC, Credential("c", password="pw"), {"Authorization": "Basic OnB3"}),
            (Security("k", "apiKey", "header", "X-Key"), Credential("c", api_key="k1"), {"X-Key": "k1"}),
            (Security("k", "apiKey", "cookie", "sid"), Credential("c", api_key="k1"), {"Cookie": "sid=k1"}),
        ],
    )  # fmt: skip
    def test_each_scheme_has_its_header(
        self, scheme: Security, credential: Credential, headers: dict[str, str]
    ) -> None:
        assert _headers(_wired(credential=credential, security=((scheme,),))) == headers

    def test_an_api_key_may_be_in_the_query(self) -> None:
        scheme = Security("k", "apiKey", "query", "key")
        request = _wired(query={"a": 1}, credential=Credential("c", api_key="k 1"), security=((scheme,),))
        assert request.url.endswith("?a=1&key=k%201")

    def test_none_sends_none(self) -> None:
        assert _wired(security=((BEARER,),)).headers == ()

    def test_one_of_another_kind_is_not_sent(self) -> None:
        assert _wired(credential=Credential("c", api_key="k"), security=((BEARER,),)).headers == ()

    def test_an_operation_without_security_gets_none(self) -> None:
        assert _wired(credential=Credential("c", bearer="tok")).headers == ()

    def test_the_first_alternative_that_it_serves_is_used(self) -> None:
        key = Security("k", "apiKey", "header", "X-Key")
        alternatives = ((), (key, BEARER), (BASIC,), (BEARER,))
        credential = Credential("c", bearer="tok", username="me", password="pw")
        assert _headers(_wired(credential=credential, security=alternatives)) == {"Authorization": "Basic bWU6cHc="}

    def test_all_schemes_of_one_alternative_are_sent(self) -> None:
        key = Security("k", "apiKey", "header", "X-Key")
        request = _wired(credential=Credential("c", bearer="tok", api_key="k1"), security=((key, BEARER),))
        assert _headers(request) == {"X-Key": "k1", "Authorization": "Bearer tok"}

    @pytest.mark.parametrize("scheme", [BEARER, BASIC])
    def test_a_header_of_the_state_comes_first(self, scheme: Security) -> None:
        credential = Credential("c", bearer="tok", username="me", password="pw")
        request = _wired(headers={"authorization": "own"}, credential=credential, security=((scheme,),))
        assert request.headers == (("authorization", "own"),)

    def test_a_cookie_goes_beside_those_of_the_state(self) -> None:
        scheme = Security("k", "apiKey", "cookie", "sid")
        request = _wired(headers={"cookie": "a=1"}, credential=Credential("c", api_key="k1"), security=((scheme,),))
        assert request.headers == (("cookie", "a=1; sid=k1"),)


class TestBody:
    @pytest.mark.parametrize(
        ("types", "value", "kind", "body"),
        [
            (("application/json",), {"a": "é"}, "application/json", b'{"a": "\\u00e9"}'),
            (("application/xml", "application/vnd.x+json"), [1], "application/vnd.x+json", b"[1]"),
            ((FORM,), {"a": ["x y", 1], "b": None, "c": True}, FORM, b"a=x+y&a=1&c=true"),
            (("text/plain; charset=utf-8",), "é", "text/plain; charset=utf-8", "é".encode()),
            (("text/plain",), 5, "text/plain", b"5"),
            (("*/*",), "a", "application/json", b'"a"'),
            ((), False, "application/json", b"false"),
            (("application/json",), b'{"', "application/json", b'{"'),
        ],
    )  # fmt: skip
    def test_it_is_of_the_documented_type(self, types: tuple[str, ...], value: Any, kind: str, body: bytes) -> None:
        operation = evolve(OPERATION, body={"content": {each: {} for each in types}})
        request = wire(Call(operation, {"id": 1, "part-no": 2}, {}, {}, value), BASE)
        assert (_headers(request), request.body) == ({"Content-Type": kind}, body)

    def test_a_content_type_of_the_state_comes_first(self) -> None:
        request = _wired(headers={"content-type": "text/csv"}, body=b"a,b")
        assert request.headers == (("content-type", "text/csv"),)

    def test_none_has_no_type(self) -> None:
        request = _wired()
        assert (request.headers, request.body) == ((), b"")

    def test_bodies_that_are_json_are_read_as_what_was_meant(self) -> None:
        assert json.loads(_wired(body={"a": [None, 1.5, "x"]}).body) == {"a": [None, 1.5, "x"]}


class TestMethod:
    def test_it_is_the_operations(self) -> None:
        assert _wired().method == "GET"

    def test_a_call_may_have_another_one(self) -> None:
        call = Call(OPERATION, {"id": 1, "part-no": 2}, {}, {}, method="DELETE")
        assert wire(call, BASE).method == "DELETE"


class TestInjection:
    CALL = Call(
        OPERATION,
        {"id": "{setup.job_id}", "part-no": "p-{setup.n}-{setup.n}"},
        {"q": ["{setup.job_id}"]},
        {"X-A": "{setup.a.b-c}"},
        {"deep": [{"v": "{setup.n}"}], "{setup.n}": 1},
    )

    def test_a_value_alone_keeps_its_type(self) -> None:
        filled = self.CALL.filled({"job_id": 7, "n": 3, "a.b-c": "x"})
        assert filled.path["id"] == 7
        assert filled.body == {"deep": [{"v": 3}], "{setup.n}": 1}

    def test_one_within_text_becomes_text(self) -> None:
        filled = self.CALL.filled({"job_id": 7, "n": 3, "a.b-c": "x"})
        assert (filled.path["part-no"], filled.query, filled.headers) == ("p-3-3", {"q": [7]}, {"X-A": "x"})

    def test_one_that_the_setup_did_not_answer_is_named(self) -> None:
        with pytest.raises(KeyError, match="job_id"):
            self.CALL.filled({"n": 3})

    @pytest.mark.parametrize(
        ("changes", "injects"),
        [
            ({"path": {"id": "{setup.x}"}}, True),
            ({"query": {"q": ["a {setup.x}"]}}, True),
            ({"headers": {"X": "{setup.x}"}}, True),
            ({"body": {"a": "{setup.x}"}}, True),
            ({"body": b"{setup"}, False),
            ({"path": {"id": "{id}"}}, False),
        ],
    )
    def test_a_call_knows_whether_it_waits_for_one(self, changes: dict[str, Any], injects: bool) -> None:
        plain = Call(OPERATION, {"id": 1}, {}, {})
        assert evolve(plain, **changes).injects is injects


def test_a_call_does_not_show_its_credential() -> None:
    assert "sk_live" not in repr(Call(OPERATION, {}, {}, {}, credential=Credential("c", bearer="sk_live")))
