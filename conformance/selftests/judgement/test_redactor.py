"""No credential reaches a recording, in whatever form it comes back."""

import base64
import html
import json
import re
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from assay.recording.exchange import Exchange, Redactor, Reply, Request, marker

Made = Callable[..., Exchange]

SECRET = "sk/live+7Ä\"q~\\z&9 (<o'k>)!"
MARK = marker("default")


def _escaped(characters: str, digits: str, text: str) -> str:
    return re.sub(characters, lambda found: f"\\u{ord(found[0]):{digits}}", text)


def _upper(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: "\\u" + found[1].upper(), text)


FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "Basic authentication": lambda text: base64.b64encode(f"me:{text}".encode()).decode(),
    "base64 of something longer": lambda text: base64.b64encode(f"key={text}&more".encode()).decode(),
    "base64 for URLs of something longer": lambda text: base64.urlsafe_b64encode(f'{{"k":"{text}"}}'.encode()).decode(),
    "base64 in a URL": lambda text: urllib.parse.quote(base64.b64encode(text.encode()).decode(), safe=""),
    "URL": lambda text: urllib.parse.quote(text, safe=""),
    "URL, small digits": lambda text: re.sub("%..", lambda code: code[0].lower(), urllib.parse.quote(text, safe="")),
    "path of a URL": urllib.parse.quote,
    "form": urllib.parse.quote_plus,
    "encodeURIComponent of JavaScript": lambda text: urllib.parse.quote(text, safe="!'()*"),
    "encodeURI of JavaScript": lambda text: urllib.parse.quote(text, safe="!#$&'()*+,/:;=?@"),
    "PathEscape of Go": lambda text: urllib.parse.quote(text, safe="$&+:=@"),
    "HTML": html.escape,
    "HTML of PHP and Go": lambda text: html.escape(text, quote=False).replace('"', "&#34;").replace("'", "&#39;"),
    "HTML of jQuery and lodash": lambda text: html.escape(text).replace("&#x27;", "&#39;"),
    "text of XML": lambda text: html.escape(text, quote=False),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON of PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON of Go": lambda text: _escaped("[<>&]", "04x", json.dumps(text, ensure_ascii=False)[1:-1]),
    "JSON of .NET": lambda text: _upper(_escaped("[<>&'+]", "04X", json.dumps(text)[1:-1])),
}
AS = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor({"default": SECRET})


@pytest.fixture(scope="module")
def short() -> Redactor:
    return Redactor({"default": "test"})


def _with_body(body: bytes) -> Exchange:
    request = Request("GET", "http://h/", ())
    return Exchange(1, "s", "state", "o", "200", "natural", 0, 1, request, Reply(200, (), body))


def _left(secret: str, text: str) -> list[str]:
    return [name for name, form in FORMS.items() if form(secret) in text]


class TestEveryForm:
    @AS
    def test_it_is_gone_from_a_body(self, form: Callable[[str], str], redactor: Redactor, made: Made) -> None:
        reply = redactor.exchange(made(body=f'{{"you sent": "{form(SECRET)}"}}'.encode())).reply
        assert reply is not None
        assert _left(SECRET, reply.body.decode()) == []
        assert MARK in reply.body.decode()

    @AS
    def test_it_is_gone_from_a_header(self, form: Callable[[str], str], redactor: Redactor, made: Made) -> None:
        reply = redactor.exchange(made(headers=(("X-Debug", f"got {form(SECRET)}!"),))).reply
        assert reply is not None
        assert _left(SECRET, reply.header("X-Debug") or "") == []

    @AS
    def test_it_is_gone_from_the_requests_own_header(
        self, form: Callable[[str], str], redactor: Redactor, made: Made
    ) -> None:
        request = redactor.exchange(made(asked=(("Authorization", f"Bearer {form(SECRET)}"),))).request
        assert _left(SECRET, request.headers[0][1]) == []

    @AS
    def test_it_is_gone_from_a_url(self, form: Callable[[str], str], redactor: Redactor, made: Made) -> None:
        url = redactor.exchange(made(url=f"https://things.example/x?key={form(SECRET)}&a=1")).request.url
        assert _left(SECRET, url) == []
        assert url.endswith("&a=1")

    @AS
    def test_it_is_gone_from_a_fault(self, form: Callable[[str], str], redactor: Redactor, made: Made) -> None:
        fault = redactor.exchange(made(None, fault=f"cannot send {form(SECRET)}")).fault
        assert _left(SECRET, fault) == []

    @AS
    def test_it_is_gone_from_a_body_that_was_sent(
        self, form: Callable[[str], str], redactor: Redactor, made: Made
    ) -> None:
        assert _left(SECRET, redactor.exchange(made(asks=form(SECRET).encode())).request.body.decode()) == []

    @AS
    def test_it_is_gone_from_a_message(self, form: Callable[[str], str], redactor: Redactor) -> None:
        assert _left(SECRET, redactor.text(f"said {form(SECRET)} twice")) == []


@given(
    secret=st.text(st.characters(codec="utf-8", exclude_characters="«»:"), min_size=8, max_size=40),
    before=st.binary(max_size=12),
    after=st.binary(max_size=12),
    form=st.sampled_from(list(FORMS.values())),
)
@example(secret="aaaaaaaa", before=b"aaa", after=b"aaaa", form=str)
def test_no_form_survives_in_any_body(secret: str, before: bytes, after: bytes, form: Callable[[str], str]) -> None:
    """For every credential of 8 characters or more, every form of it and whatever adjoins: the form is gone."""
    text = form(secret).encode()
    assume(text not in MARK.encode())
    exchange = _with_body(before + text + after)
    reply = Redactor({"default": secret}).exchange(exchange).reply
    assert reply is not None
    assert text not in reply.body


@given(
    secret=st.text(st.characters(codec="utf-8"), min_size=8, max_size=30),
    lead=st.binary(max_size=7),
    tail=st.binary(max_size=7),
)
def test_nothing_but_its_edges_is_left_of_it_in_longer_base64(secret: str, lead: bytes, tail: bytes) -> None:
    """Wherever a credential stands in something that is base64, what is left decodes to none of its inner bytes."""
    encoded = base64.b64encode(lead + secret.encode() + tail).decode()
    assert len(Redactor({"default": secret}).text(encoded).replace(MARK, "")) <= len(encoded) - 8


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_a_body_without_a_credential_stays_as_it_is(body: bytes, other: bytes) -> None:
    """What holds none of the credentials is recorded byte by byte."""
    secret = base64.b85encode(other).decode() + "-no-such-secret"
    exchange = _with_body(body)
    assert Redactor({"default": secret}).exchange(exchange) == exchange


class TestSeveralCredentials:
    def test_each_has_a_marker_of_its_own(self) -> None:
        redactor = Redactor({"one": "first-secret", "two": "second-secret"})
        assert redactor.text("first-secret second-secret") == f"{marker('one')} {marker('two')}"

    @pytest.mark.parametrize("order", [("short", "long"), ("long", "short")])
    def test_one_that_begins_like_another_is_not_taken_for_it(self, order: tuple[str, str]) -> None:
        secrets = {"short": "sk_live_1", "long": "sk_live_1234"}
        redactor = Redactor({name: secrets[name] for name in order})
        assert redactor.text("sk_live_1234 sk_live_1") == f"{marker('long')} {marker('short')}"

    def test_none_is_looked_for_in_the_marker_of_another(self) -> None:
        redactor = Redactor({"production": "a-longer-secret", "other": "production"})
        assert redactor.text("a-longer-secret") == marker("production")

    def test_an_empty_one_marks_nothing(self) -> None:
        assert Redactor({"default": ""}).text("abc") == "abc"


class TestBasicAuthentication:
    def test_the_requests_own_header_says_whose_it_was(self, made: Made) -> None:
        value = "Basic " + base64.b64encode(b"me:correct horse").decode()
        request = Redactor({"default": "correct horse"}).exchange(made(asked=(("Authorization", value),))).request
        assert request.headers == (("Authorization", f"Basic {MARK}"),)

    def test_a_short_password_goes_too(self, made: Made) -> None:
        value = "Basic " + base64.b64encode(b"me:pw").decode()
        request = Redactor({"default": "pw"}).exchange(made(asked=(("Authorization", value),))).request
        assert request.headers == (("Authorization", f"Basic {MARK}"),)

    def test_a_username_without_a_password_is_the_secret(self, made: Made) -> None:
        value = "Basic " + base64.b64encode(b"sk_live_1234:").decode()
        request = Redactor({"default": "sk_live_1234"}).exchange(made(asked=(("Authorization", value),))).request
        assert request.headers == (("Authorization", f"Basic {MARK}"),)

    @pytest.mark.parametrize("value", ["Basic !", "Basic /w==", "basic"])
    def test_what_is_none_stays(self, value: str, made: Made) -> None:
        request = Redactor({"default": "pw"}).exchange(made(asked=(("Authorization", value),))).request
        assert request.headers == (("Authorization", value),)


class TestShortCredentials:
    def test_a_body_is_not_mangled(self, short: Redactor, made: Made) -> None:
        reply = short.exchange(made(body={"name": "test", "latest": 1})).reply
        assert reply is not None
        assert reply.body == b'{"name": "test", "latest": 1}'

    def test_a_message_is_not_mangled(self, short: Redactor) -> None:
        assert short.text("the test failed") == "the test failed"

    def test_they_are_gone_from_the_requests_own_headers(self, short: Redactor, made: Made) -> None:
        asked = (("Authorization", "Bearer test"), ("Cookie", "a=1; key=test"), ("X-Key", "test"))
        request = short.exchange(made(asked=asked)).request
        assert [value for _, value in request.headers] == [f"Bearer {MARK}", f"a=1; key={MARK}", MARK]

    def test_a_word_that_has_them_in_it_stays(self, short: Redactor, made: Made) -> None:
        asked = (("X-Mode", "latest contest"),)
        assert short.exchange(made(asked=asked)).request.headers == asked

    def test_they_are_gone_from_the_query(self, short: Redactor, made: Made) -> None:
        url = short.exchange(made(url="https://test.example/test?mode=latest&key=test")).request.url
        assert url == f"https://test.example/test?mode=latest&key={MARK}"

    def test_long_ones_beside_them_go_in_the_same_pass(self, made: Made) -> None:
        redactor = Redactor({"default": "a-long-secret", "short": "default"})
        request = redactor.exchange(made(asked=(("X-Keys", "a-long-secret default"),))).request
        assert request.headers == (("X-Keys", f"{MARK} {marker('short')}"),)


def test_the_rest_of_an_exchange_stays_as_it_was(redactor: Redactor, made: Made) -> None:
    plain = made(404, {"error": "none"}, asked=(("Accept", "*/*"),), headers=(("X-A", "1"),), due="404")
    assert redactor.exchange(plain) == plain
