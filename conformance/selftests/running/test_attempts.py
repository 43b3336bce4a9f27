"""Answers that are no answers yet: throttled ones are waited out, broken connections tried again, and all recorded."""

import datetime as dt
import threading
from collections.abc import Callable
from email.utils import format_datetime

import pytest

from assay.errors import UserError
from assay.recording.exchange import Reply
from assay.run import asking
from selftests.running.miniatures import (
    NOTHING,
    THING,
    Answer,
    Asked,
    Behaviour,
    Miniature,
    Ran,
    Raw,
    always,
    things,
)

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

ONE = '[states."getThing 200"]\npath = { id = "one" }\n'
LATER = Answer(429, {"error": "later"}, (("Retry-After", "0"),))
DOWN = Answer(503, {"error": "down"}, (("Retry-After", "0"),))


def at_one(*answers: Answer | Raw) -> Behaviour:
    """/things/one gives these in turn, the last for ever; all else is right."""
    left, lock = list(answers), threading.Lock()

    def answer(asked: Asked) -> Answer | Raw:
        if asked.path != "/things/one":
            return things(asked)
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return answer


def statuses(ran: Ran, step: str) -> list[int | None]:
    return [each.reply.status if each.reply else None for each in ran.of(step)]


def test_a_throttled_answer_is_waited_out_and_each_attempt_recorded(start: Start, ran: Run) -> None:
    came = ran(start(at_one(LATER, LATER, THING)).url, ONE)
    assert statuses(came, "getThing 200") == [429, 429, 200]
    assert came.given("200").verdict == "held"


def test_a_server_that_stays_down_is_asked_four_times_and_then_inconclusive(start: Start, ran: Run) -> None:
    came = ran(start(at_one(DOWN)).url, ONE)
    assert statuses(came, "getThing 200") == [503] * 4
    assert came.row("200").verdict == "inconclusive"
    assert "asks to come again later" in came.given("200").reason
    assert came.verdicts.exit_status == 3


def test_503_without_retry_after_is_not_waited_out(start: Start, ran: Run) -> None:
    came = ran(start(at_one(Answer(503, {"error": "down"}))).url, ONE)
    assert statuses(came, "getThing 200") == [503]
    assert came.given("200").verdict == "violated"


def test_429_that_is_due_is_not_waited_out(start: Start, ran: Run) -> None:
    come_of_it = ran(start(at_one(THING, LATER)).url, ONE + '[states."getThing 429"]\npath = { id = "one" }\n')
    assert len(come_of_it.of("getThing 429")) == 1


def test_a_connection_that_breaks_once_is_tried_again(start: Start, ran: Run) -> None:
    came = ran(start(at_one(Raw(), THING)).url, ONE)
    assert [bool(each.fault) for each in came.of("getThing 200")] == [True, False]
    assert came.given("200").verdict == "held"


def test_a_connection_that_always_breaks_is_inconclusive_and_the_other_steps_go_on(start: Start, ran: Run) -> None:
    came = ran(start(at_one(Raw())).url, ONE)
    assert [bool(each.fault) for each in came.of("getThing 200")] == [True] * 3
    assert came.row("200").verdict == "inconclusive"
    assert "RemoteProtocolError" in came.given("200").reason
    assert came.given("404").verdict == "held"


def test_an_answer_that_drips_in_is_inconclusive_and_the_other_steps_go_on(start: Start, ran: Run) -> None:
    drip = Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *[b" "] * 1000], every=0.1)
    came = ran(start(at_one(drip)).url, ONE, timeout=0.4)
    assert "no complete answer within 0.4 s" in came.given("200").reason
    assert came.given("404").verdict == "held"


def test_a_server_that_answers_nothing_at_all_is_the_users_to_mend(start: Start, ran: Run) -> None:
    server = start(always(Raw()))
    with pytest.raises(UserError, match=f"{server.url} answered none of") as told:
        ran(server.url, ONE)
    assert told.value.where.endswith("target.toml:2")
    assert told.value.todo


def test_a_port_where_nothing_listens_is_the_users_to_mend(ran: Run) -> None:
    with pytest.raises(UserError, match=r"nothing listens at http://127\.0\.0\.1:9: ") as told:
        ran("http://127.0.0.1:9", ONE)
    assert told.value.where.endswith("target.toml:2")


def test_a_server_that_answers_503_to_everything_shows_no_503(start: Start, ran: Run) -> None:
    states = ONE + '[states."getThing 503"]\nburst = 2\npath = { id = "one" }\n'
    came = ran(start(always(DOWN)).url, states)
    assert came.row("503").verdict == "inconclusive"
    assert "the same request without the state, gives 503 too" in came.row("503").reason


def test_a_status_that_comes_only_under_load_is_shown(start: Start, ran: Run) -> None:
    """The same server, but one that is right: the control passes."""
    busy = threading.Barrier(2, timeout=10)

    def one_is_too_many(asked: Asked) -> Answer:
        if asked.path == "/things/full" and asked.headers["x-assay-run"] and burst.is_set():
            return THING if busy.wait() else LATER
        if asked.path == "/things/full":
            burst.set()
            return THING
        return things(asked)

    burst = threading.Event()
    came = ran(start(one_is_too_many).url, ONE + '[states."getThing 429"]\nburst = 2\npath = { id = "full" }\n')
    assert sorted(str(status) for status in statuses(came, "getThing 429")) == ["200", "200", "429"]
    assert came.row("429").verdict == "held"


def test_a_control_that_is_throttled_by_chance_is_asked_again(start: Start, ran: Run) -> None:
    """Requests before it may have used up what is allowed: that the burst gives 429 is still shown."""
    server = start(at_one(THING, LATER, THING, LATER))
    came = ran(server.url, ONE + '[states."getThing 429"]\nburst = 2\npath = { id = "one" }\n')
    controls = [each.reply and each.reply.status for each in came.of("getThing 429") if each.role == "control"]
    assert controls == [429, 200]
    assert came.row("429").verdict == "held"


def test_a_redirect_where_a_thing_was_due_is_violated(start: Start, ran: Run) -> None:
    came = ran(start(at_one(Answer(302, {}, (("Location", "/things/two"),)))).url, ONE)
    assert came.given("200").verdict == "violated"
    assert "302" in came.given("200").reason


def test_an_html_error_where_json_was_due_is_violated(start: Start, ran: Run) -> None:
    page = Answer(404, b"<html>not found</html>", (("Content-Type", "text/html"),))
    came = ran(start(lambda asked: page if things(asked) is NOTHING else things(asked)).url, ONE)
    assert came.verdicts.of("getThing/404/media-type").verdict == "violated"
    assert came.verdicts.of("getThing/404/json").verdict == "violated"
    assert came.verdicts.exit_status == 1


@pytest.mark.parametrize(
    ("told", "attempt", "seconds"),
    [
        ("7", 1, 7),
        ("0", 3, 0),
        ("", 1, 1),
        ("", 2, 2),
        ("", 3, 4),
        ("soon", 2, 2),
        ("-5", 1, 1),
        ("1.5", 1, 1),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 1, 0),
        ("Mon, 01 Jan 2001 00:00:00 -0000", 2, 2),
        ("Mon, 01 Jan 99999 00:00:00 GMT", 2, 2),
        ("99999999", 1, asking.LONGEST_WAIT),
        ("9" * 400, 1, asking.LONGEST_WAIT),
    ],
)
def test_retry_after_says_how_long_to_wait(told: str, attempt: int, seconds: float) -> None:
    headers = (("Retry-After", told),) if told else ()
    assert asking._wait(Reply(429, headers, b""), attempt) == seconds


def test_retry_after_may_be_a_date() -> None:
    told = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30), usegmt=True)
    assert 20 < asking._wait(Reply(503, (("Retry-After", told),), b""), 1) <= 30


def test_a_build_that_the_server_names_is_recorded(start: Start, ran: Run) -> None:
    def named(asked: Asked) -> Answer:
        return Answer(200, {"id": "one"}, (("X-Build", "b-42"),)) if asked.path == "/things/one" else things(asked)

    came = ran(start(named).url, ONE, head='build = { header = "X-Build" }')
    assert came.recording.builds == ("b-42",)


def test_each_build_that_answered_is_recorded(start: Start, ran: Run) -> None:
    """As during a rolling deployment: no verdict on the whole is a verdict on one of them."""

    def deploying(asked: Asked) -> Answer:
        answer = things(asked)
        return Answer(answer.status, answer.body, (("X-Build", "new" if asked.path == "/things/one" else "old"),))

    builds = ran(start(deploying).url, ONE, head='build = { header = "X-Build" }').recording.builds
    assert sorted(builds) == ["new", "old"]
