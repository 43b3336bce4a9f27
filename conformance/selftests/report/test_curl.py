"""The curl line: what a shell makes of it, and what curl then sends."""

import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import frozen
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.recording.exchange import Exchange, marker
from assay.report.curl import curl, curl_to_show

MakeExchange = Callable[..., Exchange]

STUB = """\
#!/bin/sh
for each; do printf '%s\\0' "$each"; done >"$OUT/argv"
cat >"$OUT/stdin"
"""


@frozen
class Called:
    arguments: tuple[bytes, ...]
    stdin: bytes

    def after(self, option: bytes) -> list[bytes]:
        return [value for flag, value in zip(self.arguments, self.arguments[1:], strict=False) if flag == option]

    @property
    def body(self) -> bytes:
        [data] = self.after(b"--data-binary")
        return self.stdin if data == b"@-" else data


@pytest.fixture(scope="session")
def call(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Called]:
    """Run a command line by `sh`, with a curl that only notes what it was given."""
    folder = tmp_path_factory.mktemp("curl")
    (folder / "curl").write_text(STUB)
    (folder / "curl").chmod(0o755)

    def run(line: str, **variables: str) -> Called:
        environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "OUT": str(folder), **variables}
        done = subprocess.run(
            ["/bin/sh", "-s"], input=f"{line}\n".encode(), env=environment, cwd=folder, capture_output=True, check=True
        )  # fmt: skip
        assert (done.stdout, done.stderr) == (b"", b"")
        assert sorted(each.name for each in folder.iterdir()) == ["argv", "curl", "stdin"]
        return Called(tuple((folder / "argv").read_bytes().split(b"\0")[:-1]), (folder / "stdin").read_bytes())

    return run


HOSTILE = ["'; touch broken; '", "$(touch broken)", "`touch broken`", '"; touch broken; "', "\\'; touch broken #", "!!"]


class TestQuoting:
    """What the request holds reaches curl as it is, byte for byte."""

    @settings(deadline=None, derandomize=True, max_examples=60)
    @given(body=st.binary(min_size=1, max_size=60))
    @example(body=b"-n")
    @example(body=b"@/etc/passwd")
    @example(body=b"\0")
    @example(body=b"100%s \\n '\n")
    @example(body=b"\x81\x88\xff7")
    @example(body=b"trailing newlines\n\n\n")
    def test_any_body(self, body: bytes, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        assert call(curl(exchange("POST", body=body))).body == body

    @settings(deadline=None, derandomize=True, max_examples=60)
    # « begins the marker of a credential, which becomes a variable
    @given(value=st.text(st.characters(exclude_characters="\r\n\0«", exclude_categories=["Cs"]), max_size=40))
    @example(value="\x81\x88é\u202e")
    def test_any_header(self, value: str, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        [header] = call(curl(exchange(headers=(("X-Any", value),)))).after(b"-H")
        assert header == (f"X-Any: {value.strip()}" if value.strip() else "X-Any;").encode()

    @settings(deadline=None, derandomize=True, max_examples=60)
    @given(path=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40))
    def test_any_printable_url(self, path: str, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        url = f"https://things.example/{path}"
        assert call(curl(exchange(url=url))).after(b"--url") == [url.encode()]

    @settings(deadline=None, derandomize=True, max_examples=60)
    @given(text=st.text(st.characters(), max_size=30))
    @example(text="\ud800\udcff")
    def test_the_line_is_printable_ascii_whatever_is_in_it(self, text: str, exchange: MakeExchange) -> None:
        line = curl(exchange(text, f"https://things.example/{text}", (("X", text), (text, "x")), repr(text).encode()))
        assert line.isascii()
        assert line.isprintable()

    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_in_a_request_is_run(self, text: str, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        made = exchange(text, f"https://things.example/{text}", ((text, "x"), ("X", text)), text.encode())
        called = call(curl(made))
        assert called.after(b"-X") == [text.encode()]
        assert f"X: {text}".encode() in called.after(b"-H")
        assert called.body == text.encode()

    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_in_a_body_that_goes_through_printf_is_run(
        self, text: str, exchange: MakeExchange, call: Callable[..., Called]
    ) -> None:
        body = b"\xff" + text.encode()
        assert call(curl(exchange("POST", body=body))).body == body

    def test_a_line_end_in_a_header_starts_no_other_header(
        self, exchange: MakeExchange, call: Callable[..., Called]
    ) -> None:
        made = exchange(headers=(("X", "one\r\nX-Injected: two"),))
        assert call(curl(made)).after(b"-H") == [b"X: one  X-Injected: two"]

    def test_a_raw_byte_in_a_header(self, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        assert call(curl(exchange(headers=(("X", "\udcff"),)))).after(b"-H") == [b"X: \xff"]

    def test_what_a_url_may_not_hold_is_escaped(self, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        made = exchange(url="https://things.example/a b\0é\n")
        assert call(curl(made)).after(b"--url") == [b"https://things.example/a%20b%00%C3%A9%0A"]

    def test_a_body_too_long_for_an_argument(self, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        body = b"a" * 300_000
        assert call(curl(exchange("POST", body=body))).body == body


class TestRequest:
    def test_a_get_is_short(self, exchange: MakeExchange) -> None:
        assert curl(exchange()) == "curl -sS -i --url 'https://things.example/things/1'"

    def test_a_method_is_named(self, exchange: MakeExchange) -> None:
        assert " -X DELETE " in curl(exchange("DELETE"))

    def test_head_waits_for_no_body(self, exchange: MakeExchange) -> None:
        assert curl(exchange("HEAD")).split()[3] == "--head"

    def test_a_get_with_a_body_stays_a_get(self, exchange: MakeExchange) -> None:
        assert " -X GET " in curl(exchange(body=b"x"))

    def test_headers_that_are_curls_own_are_left_to_it(self, exchange: MakeExchange) -> None:
        dropped = ("Host", "content-length", "Accept-Encoding", "Connection", "User-Agent", "Transfer-Encoding")
        line = curl(exchange(headers=(*((name, "x") for name in dropped), ("Accept", "text/html"))))
        assert line.endswith("-H 'Accept: text/html'")
        assert line.count("-H") == 1

    @pytest.mark.parametrize("name", [":authority", "@/etc/passwd", "", "a b"])
    def test_what_is_no_header_name_is_left_out(self, name: str, exchange: MakeExchange) -> None:
        assert "-H" not in curl(exchange(headers=((name, "x"),)))

    def test_an_empty_header_is_sent_empty(self, exchange: MakeExchange) -> None:
        assert curl(exchange(headers=(("X-Empty", ""),))).endswith("-H 'X-Empty;'")

    def test_curl_adds_no_content_type(self, exchange: MakeExchange) -> None:
        assert "-H 'Content-Type:'" in curl(exchange("POST", body=b"x"))

    def test_a_content_type_of_the_request_stays(self, exchange: MakeExchange) -> None:
        line = curl(exchange("POST", headers=(("content-type", "text/plain"),), body=b"x"))
        assert line.count("-H") == 1

    def test_an_empty_post_says_that_it_is_empty(self, exchange: MakeExchange) -> None:
        assert curl(exchange("POST")).endswith("--data-binary ''")

    @pytest.mark.parametrize("path", ["/a/../b", "/a/..", "/./b?x", "/%2E%2e/b", "/a/.%2e#x"])
    def test_dot_segments_are_kept(self, path: str, exchange: MakeExchange) -> None:
        assert "--path-as-is" in curl(exchange(url=f"https://things.example{path}"))

    def test_dots_in_names_need_nothing(self, exchange: MakeExchange) -> None:
        assert "--path-as-is" not in curl(exchange(url="https://things.example/..a/b../...?x=.."))

    def test_brackets_are_no_range(self, exchange: MakeExchange) -> None:
        assert "--globoff" in curl(exchange(url="https://things.example/?x[]={1,2}"))


class TestCredentials:
    """A marker of the recording becomes a variable that a person exports."""

    def test_in_a_header(self, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        line = curl(exchange(headers=(("Authorization", f"Bearer {marker('no-credit')}"),)))
        assert line.endswith("-H 'Authorization: Bearer '\"$NO_CREDIT_CREDENTIAL\"")
        assert call(line, NO_CREDIT_CREDENTIAL="k 'e\"y").after(b"-H") == [b"Authorization: Bearer k 'e\"y"]

    def test_in_a_url(self, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        line = curl(exchange(url=f"https://things.example/?key={marker('default')}&a=b"))
        assert call(line, DEFAULT_CREDENTIAL="k").after(b"--url") == [b"https://things.example/?key=k&a=b"]

    @pytest.mark.parametrize("around", [b"plain", b"\xff%s\n"])
    def test_in_a_body(self, around: bytes, exchange: MakeExchange, call: Callable[..., Called]) -> None:
        line = curl(exchange("POST", body=around + marker("default").encode() + around))
        assert call(line, DEFAULT_CREDENTIAL="k%s\\").body == around + b"k%s\\" + around

    @pytest.mark.parametrize(
        ("name", "variable"),
        [("2nd", "_2ND_CREDENTIAL"), ("$(id)", "__ID__CREDENTIAL"), ("a b", "A_B_CREDENTIAL"), ("", "_CREDENTIAL")],
    )
    def test_any_name_makes_a_variable(
        self, name: str, variable: str, exchange: MakeExchange, call: Callable[..., Called]
    ) -> None:
        line = curl(exchange(headers=(("X", marker(name)),)))
        assert call(line, **{variable: "key"}).after(b"-H") == [b"X: key"]


def test_an_endless_line_is_not_shown_but_named(exchange: MakeExchange) -> None:
    assert curl_to_show(exchange("POST", body=b"a" * 9_000)).endswith("characters, is in results.json)")


def test_a_short_line_is_shown_whole(exchange: MakeExchange) -> None:
    assert curl_to_show(exchange()) == curl(exchange())


@pytest.fixture
def seen() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """A loopback server that notes each request: its base URL, and (request line, headers, body)."""
    noted: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            noted.append((self.requestline, {key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it overrides
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", noted
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
@pytest.mark.parametrize("body", [b'{"name": "it\'s"}', b"\xff\0@\n", b"@/etc/passwd", b""])
def test_curl_sends_the_same_request(
    body: bytes, exchange: MakeExchange, seen: tuple[str, list[tuple[str, dict[str, str], bytes]]]
) -> None:
    base, noted = seen
    path = "/things/../%2e%2e/a%2Fb%00[1-3]?q={a,b}&c=$HOME|^"
    headers = (("X-Quoted", "'\"$HOME"), ("X-Empty", ""), ("Authorization", f"Bearer {marker('default')}"))
    done = subprocess.run(
        ["/bin/sh", "-c", curl(exchange("POST", base + path, headers, body))],
        env={"PATH": os.environ["PATH"], "DEFAULT_CREDENTIAL": "key", "no_proxy": "*", "HOME": str(Path("/nowhere"))},
        capture_output=True,
        check=True,
    )
    [(line, sent, content)] = noted
    assert done.stdout.split()[1] == b"204"
    assert line == f"POST {path} HTTP/1.1"
    assert content == body
    assert (sent["x-quoted"], sent["x-empty"], sent["authorization"]) == ("'\"$HOME", "", "Bearer key")
    assert "content-type" not in sent
