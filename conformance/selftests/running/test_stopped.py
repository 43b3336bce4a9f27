"""A run that is told to stop: what was recorded is kept and judged, and the provider is left as it was found.

The signal comes from the server, in the middle of a request, so that the moment is the same each time.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from assay import recording
from selftests.running.miniatures import Answer, Asked, Behaviour, Miniature, Ran, things

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

STATES = """\
[states."getThing 200"]
path = { id = "one" }
[states."getThing 409"]
setup = { url = "URL/states", state = "busy" }
path = { id = "busy" }
[states."getThing 503"]
setup = { url = "URL/states", state = "down" }
path = { id = "down" }
"""


class Stopping:
    """Things whose state handler is told of each change; `stops` names the moment at which the run is told to stop."""

    def __init__(self, stops: str, by: signal.Signals = signal.SIGINT, teardown: int = 200) -> None:
        self.stops, self.by, self.teardown = stops, by, teardown
        self.changes: list[str] = []

    def __call__(self, asked: Asked) -> Answer:
        moment = asked.path.removeprefix("/things/")
        if asked.path == "/states":
            moment = f"{asked.json['action']} {asked.json['state']}"
            self.changes.append(moment)
        elif asked.path == "/things/busy" and self.changes:
            moment = "in the state"
        if moment in self.stops.split(", "):
            os.kill(os.getpid(), self.by)
            return Answer(200, {}, after=0.3)
        if asked.path == "/states":
            return Answer(self.teardown if moment.startswith("teardown") else 200, {})
        return Answer(409, {"error": "busy"}) if moment == "in the state" else things(asked)


def stopped(start: Start, ran: Run, behaviour: Stopping) -> Ran:
    server = start(behaviour)
    came = ran(server.url, STATES.replace("URL", server.url))
    assert came.recording.interrupted
    return came


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_what_was_recorded_until_then_is_on_disk_and_whole(
    start: Start, ran: Run, tmp_path: Path, by: signal.Signals
) -> None:
    came = stopped(start, ran, Stopping("in the state", by))
    kept = recording.load(tmp_path / "report" / "recording.jsonl")
    assert (kept.complete, kept.interrupted) == (True, True)
    assert kept.exchanges == came.recording.exchanges
    assert {each.step for each in kept.exchanges} >= {"getThing 200", "getThing 404"}


def test_it_is_judged_as_incomplete(start: Start, ran: Run) -> None:
    came = stopped(start, ran, Stopping("in the state"))
    assert came.verdicts.exit_status == 3
    assert came.verdicts.interrupted
    assert "the run was interrupted" in came.verdicts.incomplete
    assert "the run ended before its request was sent" in came.row("503").reason
    assert came.row("503").todo == ""  # a state that is declared is not what it lacked


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_the_state_that_it_was_in_is_left(start: Start, ran: Run, by: signal.Signals) -> None:
    behaviour = Stopping("in the state", by)
    stopped(start, ran, behaviour)
    assert behaviour.changes == ["setup busy", "teardown busy"]


def test_a_state_that_was_just_being_entered_is_left(start: Start, ran: Run) -> None:
    behaviour = Stopping("setup busy")
    stopped(start, ran, behaviour)
    assert behaviour.changes == ["setup busy", "teardown busy"]


def test_a_state_that_was_just_being_left_is_left_once_and_no_other_entered(start: Start, ran: Run) -> None:
    behaviour = Stopping("teardown busy")
    stopped(start, ran, behaviour)
    assert behaviour.changes == ["setup busy", "teardown busy"]


def test_a_teardown_that_fails_does_not_make_the_run_go_on(start: Start, ran: Run) -> None:
    behaviour = Stopping("in the state", teardown=500)
    came = stopped(start, ran, behaviour)
    assert behaviour.changes == ["setup busy", "teardown busy"]
    assert came.of("getThing 503") == []


def test_a_second_signal_does_not_cut_a_teardown_short(start: Start, ran: Run) -> None:
    behaviour = Stopping("in the state, teardown busy", signal.SIGTERM)
    server = start(behaviour)
    ran(server.url, STATES.replace("URL", server.url))
    changes = server.asked_of("/states")
    assert [each.json["action"] for each in changes] == ["setup", "teardown"]
    assert changes[1].ended - changes[1].began >= 0.3


def test_a_poll_is_stopped_and_its_state_left(start: Start, ran: Run) -> None:
    reads = 0

    def growing(asked: Asked) -> Answer:
        nonlocal reads
        if asked.path == "/states":
            changes.append(asked.json["action"])
            return Answer(200, {})
        if asked.path != "/things/tree":
            return things(asked)
        reads += 1
        if reads == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return Answer(200, {"id": "tree", "status": "growing"})

    changes = list[str]()
    server = start(growing)
    poll = 'path = { id = "tree" }\npoll = { every = 0.02, within = 60 }'
    setup = f'setup = {{ url = "{server.url}/states", state = "a tree was planted" }}'
    came = ran(server.url, f'[states."getThing 200"]\n{setup}\n{poll}\n')
    assert came.recording.interrupted
    assert changes == ["setup", "teardown"]
