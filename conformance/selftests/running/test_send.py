"""What goes over the wire and what comes back from it, from servers that do it right and that do not."""

import asyncio
import gzip
import importlib.metadata
import time
import zlib
from collections.abc import Callable

import pytest

from assay.recording.exchange import Request
from assay.run import send
from assay.run.send import Sender, Sent
from assay.target import Http
from selftests.running.miniatures import Answer, Asked, Behaviour, Miniature, Raw, always, in_turn

Start = Callable[[Behaviour], Miniature]


def sent(
    *requests: Request, timeout: float = 10.0, in_flight: int = 8, rate: float = 0.0, one_by_one: bool = False
) -> list[Sent]:
    async def all_of_them() -> list[Sent]:
        async with Sender(
            http=Http(timeout=timeout, connect=timeout), in_flight=in_flight, rate=rate, run_id="run-1"
        ) as sender:
            if one_by_one:
                return [await sender.send(each) for each in requests]
            return list(await asyncio.gather(*(sender.send(each) for each in requests)))

    return asyncio.run(all_of_them())


def got(server: Miniature, **limits: float) -> Sent:
    return sent(Request("GET", f"{server.url}/", ()), timeout=limits.get("timeout", 10.0))[0]


def test_what_was_asked_arrives_as_it_was_asked(start: Start) -> None:
    server = start(always(Answer(200, {})))
    headers = (("X-Twice", "a"), ("Content-Type", "text/plain"))
    sent(Request("POST", f"{server.url}/a%2Fb?q=%00&q=2", headers, b"body"))
    asked = server.asked[0]
    assert (asked.method, asked.path, asked.body) == ("POST", "/a%2Fb?q=%00&q=2", b"body")
    assert asked.headers["content-type"] == "text/plain"


def test_every_request_says_who_sends_it_and_in_which_run(start: Start) -> None:
    server = start(always(Answer(200, {})))
    got(server)
    assert server.asked[0].headers["user-agent"] == f"assay/{importlib.metadata.version('assay-conformance')}"
    assert server.asked[0].headers["x-assay-run"] == "run-1"


def test_a_header_beyond_ascii_goes_out_as_utf8(start: Start) -> None:
    server = start(always(Answer(200, {})))
    answer = sent(Request("GET", server.url, (("X-Name", "Zoë"),)))[0]
    assert answer.fault == ""
    assert server.asked[0].headers["x-name"].encode("latin-1").decode() == "Zoë"


def test_a_redirect_is_the_answer(start: Start) -> None:
    server = start(in_turn(Answer(307, {}, (("Location", "/elsewhere"),)), Answer(200, {})))
    reply = got(server).reply
    assert reply is not None
    assert (reply.status, reply.header("location")) == (307, "/elsewhere")
    assert len(server.asked) == 1


def test_a_cookie_does_not_come_along_with_the_next_request(start: Start) -> None:
    server = start(always(Answer(200, {}, (("Set-Cookie", "session=yes; Path=/"),))))
    request = Request("GET", f"{server.url}/", ())
    sent(request, request, one_by_one=True)
    assert [asked.headers.get("cookie") for asked in server.asked] == [None, None]


def test_a_proxy_of_the_environment_is_not_used(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    server, proxy = start(always(Answer(200, {}))), start(always(Answer(502, {})))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    reply = got(server).reply
    assert reply is not None
    assert reply.status == 200
    assert proxy.asked == []


def test_bytes_of_an_html_error_come_back_as_they_are(start: Start) -> None:
    page = b"<html>\xff not found</html>"
    reply = got(start(always(Answer(404, page, (("Content-Type", "text/html"),))))).reply
    assert reply is not None
    assert (reply.status, reply.media_type, reply.body) == (404, "text/html", page)


def test_a_compressed_body_comes_back_unpacked_and_says_that_it_was_compressed(start: Start) -> None:
    encoded = Answer(200, gzip.compress(b'{"id": 1}'), (("Content-Encoding", "gzip"),))
    reply = got(start(always(encoded))).reply
    assert reply is not None
    assert reply.body == b'{"id": 1}'
    assert reply.header("content-encoding") == "gzip"


def test_a_body_that_cannot_be_unpacked_is_a_fault(start: Start) -> None:
    answer = got(start(always(Answer(200, b"no gzip", (("Content-Encoding", "gzip"),)))))
    assert answer.reply is None
    assert "DecodingError" in answer.fault


@pytest.mark.parametrize("coding", ["compress", "gzip, x-compress"])
def test_a_coding_that_was_not_asked_for_is_a_fault(coding: str, start: Start) -> None:
    answer = got(start(always(Answer(200, {"id": 1}, (("Content-Encoding", coding),)))))
    assert answer.reply is None
    assert answer.fault.endswith(f"the body is encoded as {coding.rpartition(' ')[2]}, which was not asked for")


@pytest.mark.parametrize("word", ["identity", "UTF-8", ""])
def test_a_word_that_is_no_coding_leaves_the_body_as_it_is(word: str, start: Start) -> None:
    reply = got(start(always(Answer(200, b"{}", (("Content-Encoding", word),))))).reply
    assert reply is not None
    assert reply.body == b"{}"


def test_a_body_beyond_all_measure_is_a_fault(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "MOST_BODY", 1000)
    answer = got(start(always(Answer(200, b"x" * 1001))))
    assert (answer.reply, answer.fault) == (None, "the body is longer than 1000 bytes")


def test_a_small_body_that_unpacks_beyond_all_measure_is_a_fault(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "MOST_BODY", 1000)
    bomb = Answer(200, zlib.compress(bytes(100_000)), (("Content-Encoding", "deflate"),))
    assert got(start(always(bomb))).fault == "the body is longer than 1000 bytes"


def test_a_server_that_never_answers_is_given_up(start: Start) -> None:
    answer = got(start(always(Answer(200, {}, after=30))), timeout=0.2)
    assert answer.reply is None
    assert "within 0.2 s" in answer.fault


def test_a_body_that_drips_in_is_given_up(start: Start) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    answer = got(start(always(Raw([head, *[b"x"] * 1000], every=0.1))), timeout=0.5)
    assert answer.fault == "no complete answer within 0.5 s"
    assert answer.received - answer.sent < 5


def test_headers_that_drip_in_are_given_up(start: Start) -> None:
    drip = [bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000]
    answer = got(start(always(Raw(drip, every=0.1))), timeout=0.5)
    assert "within 0.5 s" in answer.fault


@pytest.mark.parametrize(
    "raw",
    [
        Raw([]),
        Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"]),
        Raw([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"]),
        Raw([b"SSH-2.0-OpenSSH_9.6\r\n"]),
        Raw([b"HTTP/1.1 abc Hm\r\n\r\n"]),
        Raw([b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"]),
    ],
    ids=["nothing", "half a body", "half a chunk", "not HTTP", "no status", "no header"],
)
def test_what_is_no_whole_http_answer_is_a_fault(start: Start, raw: Raw) -> None:
    answer = got(start(always(raw)))
    assert answer.reply is None
    assert answer.fault.startswith("RemoteProtocolError")


@pytest.mark.parametrize("url", ["http://a..b/", "http://127.0.0.1:1/\x00", "http://127.0.0.1:1/"])
def test_a_url_that_leads_nowhere_is_a_fault(url: str) -> None:
    answer = sent(Request("GET", url, ()))[0]
    assert answer.reply is None
    assert answer.fault


def test_no_more_are_in_flight_than_is_allowed(start: Start) -> None:
    server = start(always(Answer(200, {}, after=0.03)))
    sent(*[Request("GET", server.url, ())] * 12, in_flight=3)
    assert len(server.asked) == 12
    assert max(server.at_once) <= 3


def test_a_burst_is_in_flight_at_once_whatever_is_allowed(start: Start) -> None:
    enough, arrived = 12, list[Asked]()

    def wait_for_all(asked: Asked) -> Answer:
        arrived.append(asked)
        until = time.monotonic() + 10
        while len(arrived) < enough and time.monotonic() < until:
            time.sleep(0.005)
        return Answer(200, {})

    server = start(wait_for_all)

    async def burst() -> list[Sent]:
        async with Sender(http=Http(timeout=20), in_flight=1, rate=1, run_id="") as sender:
            return await asyncio.gather(*(sender.at_once(Request("GET", server.url, ())) for _ in range(enough)))

    assert [each.reply is not None for each in asyncio.run(burst())] == [True] * enough
    assert max(server.at_once) == enough


def test_the_rate_is_kept(start: Start) -> None:
    server = start(always(Answer(200, {})))
    began = time.monotonic()
    sent(*[Request("GET", server.url, ())] * 6, rate=20)
    # six requests have five intervals of 1/20 s between them
    assert time.monotonic() - began >= 0.25


def test_times_of_sending_and_receiving_enclose_the_exchange(start: Start) -> None:
    server = start(always(Answer(200, {}, after=0.05)))
    answer = got(server)
    assert answer.sent <= server.asked[0].began <= server.asked[0].ended <= answer.received
