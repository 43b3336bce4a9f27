"""States that a setup URL or a command brings about: entered, controlled, left whatever happens."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from assay.run import drivers
from selftests.running.miniatures import (
    KEY,
    THING,
    Answer,
    Asked,
    Behaviour,
    Miniature,
    Ran,
    Raw,
    things,
)

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

ONE = '[states."getThing 200"]\npath = { id = "one" }\n'
CONFLICT = Answer(409, {"error": "busy"})


class Provider:
    """Things with a state handler beside them: what was set up and torn down, and what happens then."""

    def __init__(self, setup: Answer | Raw | None = None, teardown: Answer | None = None) -> None:
        self.setup = setup or Answer(200, {})
        self.teardown = teardown or Answer(200, {})
        self.changes: list[tuple[str, str]] = []
        self.conflict = threading.Event()

    def __call__(self, asked: Asked) -> Answer | Raw:
        if asked.path == "/states":
            self.changes.append((asked.json["action"], asked.json["state"]))
            if asked.json["action"] == "setup":
                self.conflict.set()
                return self.setup
            self.conflict.clear()
            return self.teardown
        return CONFLICT if self.conflict.is_set() and asked.path == "/things/one" else things(asked)


def conflict(url: str, rest: str = 'path = { id = "one" }') -> str:
    return (
        f'[states."getThing 409"]\nsetup = {{ url = "{url}/states", state = "busy", params = {{ n = 1 }} }}\n{rest}\n'
    )


def test_a_state_is_controlled_entered_asked_and_left(start: Start, ran: Run) -> None:
    provider = Provider()
    server = start(provider)
    came = ran(server.url, ONE + conflict(server.url))
    assert provider.changes == [("setup", "busy"), ("teardown", "busy")]
    assert [(each.role, each.reply and each.reply.status) for each in came.of("getThing 409")] == [
        ("control", 200),
        ("state", 409),
    ]
    assert came.row("409").verdict == "held"
    assert came.row("409").grade == "provoked"


def test_a_setup_is_posted_as_pact_does_it(start: Start, ran: Run) -> None:
    server = start(Provider())
    ran(server.url, ONE + conflict(server.url))
    asked = server.asked_of("/states")[0]
    assert asked.method == "POST"
    assert asked.headers["content-type"] == "application/json"
    assert asked.json == {"state": "busy", "params": {"n": 1}, "action": "setup"}


def test_what_a_setup_answers_goes_into_the_request(start: Start, ran: Run) -> None:
    server = start(Provider(Answer(200, {"thing": "new/one"})))
    came = ran(server.url, ONE + conflict(server.url, 'path = { id = "{setup.thing}" }'))
    assert came.of("getThing 409")[-1].request.url == f"{server.url}/things/new%2Fone"


def test_a_value_that_the_setup_does_not_answer_is_named(start: Start, ran: Run) -> None:
    provider = Provider(Answer(200, {"other": 1}))
    server = start(provider)
    came = ran(server.url, ONE + conflict(server.url, 'path = { id = "{setup.thing}" }'))
    assert "answered other, but the request needs 'thing'" in came.row("409").reason
    assert provider.changes[-1] == ("teardown", "busy")


@pytest.mark.parametrize(
    ("setup", "why"),
    [
        (Answer(200, b"not JSON"), "the answer is no JSON"),
        (Answer(200, [1]), "the answer is no JSON object"),
        (Answer(400, {"error": "no such state"}), 'answered 400: {"error": "no such state"}'),
        (Answer(302, {}, (("Location", "/"),)), "answered 302"),
        (Answer(200, {}, after=30), "no answer within 0.5 s"),
        (Raw([b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b" "] * 99], every=0.1), "no answer within 0.5 s"),
        (Raw(), "RemoteProtocolError"),
    ],
    ids=["no JSON", "no object", "400", "a redirect", "never", "drips", "breaks"],
)
def test_a_setup_that_fails_is_told_and_left_and_the_others_go_on(
    start: Start, ran: Run, monkeypatch: pytest.MonkeyPatch, setup: Answer | Raw, why: str
) -> None:
    monkeypatch.setattr(drivers, "_SETUP_WITHIN", 0.5)
    provider = Provider(setup)
    server = start(provider)
    came = ran(server.url, ONE + conflict(server.url))
    assert came.row("409").verdict == "inconclusive"
    assert "setup of 'getThing 409': " in came.row("409").reason
    assert why in came.row("409").reason
    assert provider.changes == [("setup", "busy"), ("teardown", "busy")]
    assert came.row("200").verdict == "held"
    assert came.verdicts.exit_status == 3


@pytest.mark.parametrize("nothing", [b"", b"  \n", b"null"], ids=["empty", "blank", "null"])
def test_a_setup_may_answer_nothing(start: Start, ran: Run, nothing: bytes) -> None:
    server = start(Provider(Answer(200, nothing)))
    assert ran(server.url, ONE + conflict(server.url)).row("409").verdict == "held"


def test_a_teardown_that_fails_is_told(start: Start, ran: Run) -> None:
    server = start(Provider(teardown=Answer(500, {"error": "stuck"})))
    came = ran(server.url, ONE + conflict(server.url))
    assert came.row("409").verdict == "inconclusive"
    assert "teardown of 'getThing 409'" in came.row("409").reason


def test_a_state_is_left_when_its_request_fails(start: Start, ran: Run) -> None:
    provider = Provider()
    server = start(lambda asked: Raw() if (asked.path, provider.conflict.is_set()) == ("/things/one", True)
                   else provider(asked))  # fmt: skip
    came = ran(server.url, ONE + conflict(server.url))
    assert "RemoteProtocolError" in came.row("409").reason
    assert provider.changes[-1] == ("teardown", "busy")


def test_a_password_in_a_setup_url_is_not_told(start: Start, ran: Run) -> None:
    server = start(Provider(Answer(500, {})))
    with_password = server.url.replace("http://", "http://me:pass-word-1@")
    came = ran(server.url, ONE + conflict(with_password))
    assert "answered 500" in came.row("409").reason
    assert "pass-word-1" not in str(came.recording)


def test_a_credential_that_a_setup_repeats_is_not_told(start: Start, ran: Run) -> None:
    server = start(Provider(Answer(500, {"error": f"no use for {KEY}"})))
    came = ran(server.url, ONE + conflict(server.url))
    assert "no use for «credential:default»" in came.row("409").reason


def program(folder: Path, text: str) -> str:
    """The `command` of a program in Python, as TOML."""
    file = folder / "state.py"
    file.write_text(text)
    return f"command = {json.dumps([sys.executable, str(file)])}\n"


CALLED = """
import json, os, sys, urllib.request
log = open({log!r}, "a")
print(os.environ["ASSAY_ACTION"], os.environ["ASSAY_STATE"], file=log, flush=True)
change = {{"state": "busy", "action": os.environ["ASSAY_ACTION"]}}
urllib.request.urlopen("{url}/states", json.dumps(change).encode()).read()
"""


def by_command(folder: Path, url: str, then: str = "", rest: str = 'path = { id = "one" }') -> str:
    text = CALLED.format(log=str(folder / "log"), url=url) + then
    return f'{ONE}[states."getThing 409"]\n{program(folder, text)}{rest}\n'


def test_a_command_enters_and_leaves_a_state(start: Start, ran: Run, tmp_path: Path) -> None:
    server = start(Provider())
    came = ran(server.url, by_command(tmp_path, server.url))
    assert (tmp_path / "log").read_text() == "setup getThing 409\nteardown getThing 409\n"
    assert came.row("409").verdict == "held"
    assert came.row("409").grade == "provoked"


def test_what_a_command_prints_goes_into_the_request(start: Start, ran: Run, tmp_path: Path) -> None:
    server = start(Provider())
    states = by_command(tmp_path, server.url, 'print(json.dumps({"thing": "two"}))', 'path = { id = "{setup.thing}" }')
    came = ran(server.url, states)
    assert came.of("getThing 409")[-1].request.url == f"{server.url}/things/two"


def test_a_command_that_fails_is_told_with_its_last_words(start: Start, ran: Run, tmp_path: Path) -> None:
    server = start(Provider())
    then = 'if os.environ["ASSAY_ACTION"] == "setup": sys.exit("first\\nthe database is locked")'
    came = ran(server.url, by_command(tmp_path, server.url, then))
    assert came.row("409").verdict == "inconclusive"
    assert "ended 1: the database is locked" in came.row("409").reason
    assert (tmp_path / "log").read_text().endswith("teardown getThing 409\n")


def test_a_command_that_does_not_end_is_ended_with_what_it_started(
    start: Start, ran: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drivers, "_SETUP_WITHIN", 0.5)
    server = start(Provider())
    command = 'command = ["sh", "-c", "sleep 600 & echo $! >> pids; wait"]\n'
    monkeypatch.chdir(tmp_path)
    came = ran(server.url, f'{ONE}[states."getThing 409"]\n{command}path = {{ id = "one" }}\n')
    assert "no answer within 0.5 s" in came.row("409").reason
    assert [pid for pid in (tmp_path / "pids").read_text().split() if is_running(pid)] == []


def is_running(pid: str) -> bool:
    state = subprocess.run(["/bin/ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_a_command_that_is_not_there_is_told(start: Start, ran: Run) -> None:
    server = start(Provider())
    came = ran(server.url, f'{ONE}[states."getThing 409"]\ncommand = ["/no/such/program"]\npath = {{ id = "one" }}\n')
    assert came.row("409").verdict == "inconclusive"
    assert "/no/such/program" in came.row("409").reason
    assert came.row("200").verdict == "held"


def test_a_thing_that_gives_the_status_without_the_state_shows_nothing(start: Start, ran: Run) -> None:
    server = start(lambda asked: CONFLICT if asked.path == "/things/two" else Provider()(asked))
    came = ran(server.url, ONE + conflict(server.url, 'path = { id = "two" }'))
    assert came.row("409").verdict == "inconclusive"
    assert "without the state, gives 409 too" in came.row("409").reason


def test_a_state_that_brings_nothing_about_is_violated(start: Start, ran: Run) -> None:
    server = start(lambda asked: Answer(200, {}) if asked.path == "/states" else
                   THING if asked.path == "/things/one" else things(asked))  # fmt: skip
    came = ran(server.url, ONE + conflict(server.url))
    assert came.row("409").verdict == "violated"


def test_a_refusal_that_is_polled_has_its_control_too(start: Start, ran: Run) -> None:
    server = start(Provider())
    polled = conflict(server.url, 'path = { id = "one" }\npoll = { every = 0.01, watch = 0.05 }')
    came = ran(server.url, ONE + polled)
    roles = [each.role for each in came.of("getThing 409")]
    assert roles[:3] == ["control", "state", "poll"]
    assert came.row("409").verdict == "held"


def test_a_refusal_that_is_polled_and_always_there_shows_nothing(start: Start, ran: Run) -> None:
    provider = Provider()
    server = start(lambda asked: CONFLICT if asked.path == "/things/one" else provider(asked))
    polled = conflict(server.url, 'path = { id = "one" }\npoll = { every = 0.01, watch = 0.05 }')
    came = ran(server.url, polled)
    assert came.row("409").verdict == "inconclusive"
    assert "the same request without the state, gives 409 too" in came.row("409").reason
