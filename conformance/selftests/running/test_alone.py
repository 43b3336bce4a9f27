"""What disturbs a server for everybody runs alone and one at a time; all else runs together, within the limits."""

import threading
from collections.abc import Callable

from assay import run
from selftests.running.miniatures import KEY, Answer, Asked, Behaviour, Miniature, Ran, things

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

ONE = '[states."getThing 200"]\npath = { id = "one" }\n'
CONFLICT, DOWN = Answer(409, {"error": "busy"}), Answer(503, {"error": "down"})
SLOWLY = 0.15


class Stateful:
    """Things that answer slowly, with a state handler: the state `<thing> <status>` makes that thing answer so."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.reads = 0
        self.lock = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/states":
            thing, status = asked.json["state"].split()
            return self.change(thing, status, asked.json["action"])
        if asked.path == "/things/growing":
            return Answer(200, {"id": "growing", "status": "grown"})
        if asked.headers.get("authorization") == f"Bearer {KEY}" and asked.path.startswith("/things/slow"):
            return Answer(200, {"id": "slow"}, after=SLOWLY)
        return self.answers.get(asked.path, things(asked))

    def change(self, thing: str, status: str, action: str) -> Answer:
        if action == "setup":
            self.answers[f"/things/{thing}"] = Answer(int(status), {"error": "x"}, after=SLOWLY)
        else:
            self.answers.pop(f"/things/{thing}", None)
        return Answer(200, {}, after=SLOWLY)


def state(url: str, status: str, thing: str, rest: str = "") -> str:
    name = f"getThing {status} {thing}"
    setup = f'setup = {{ url = "{url}/states", state = "{thing} {status}" }}'
    return f'[states."{name}"]\n{setup}\npath = {{ id = "{thing}" }}\n{rest}\n'


def window(server: Miniature, thing: str) -> tuple[float, float]:
    """From the beginning of its setup to the end of its teardown."""
    changes = [each for each in server.asked_of("/states") if each.json["state"].startswith(f"{thing} ")]
    assert [each.json["action"] for each in changes] == ["setup", "teardown"]
    return changes[0].began, changes[1].ended


def beside(server: Miniature, thing: str) -> list[str]:
    """What was under way while the thing's state was entered, asked and left, and is not its own."""
    began, ended = window(server, thing)
    foreign = [
        each for each in server.asked
        if each.path != f"/things/{thing}"
        and not (each.path == "/states" and each.json["state"].startswith(f"{thing} "))
    ]  # fmt: skip
    return [each.path for each in foreign if each.began < ended and began < each.ended]


def test_states_are_entered_one_at_a_time_with_nothing_beside_them(start: Start, ran: Run) -> None:
    server = start(Stateful())
    slow = "".join(f'[states."getThing 200 slow{number}"]\npath = {{ id = "slow{number}" }}\n' for number in range(4))
    exclusive = state(server.url, "409", "a") + state(server.url, "409", "b") + state(server.url, "503", "c")
    came = ran(server.url, exclusive + ONE + slow)
    assert [beside(server, thing) for thing in "abc"] == [[], [], []]
    assert came.of("getThing 409 b")[-1].reply is not None


def test_states_come_after_everything_that_disturbs_nobody(start: Start, ran: Run) -> None:
    server = start(Stateful())
    slow = "".join(f'[states."getThing 200 slow{number}"]\npath = {{ id = "slow{number}" }}\n' for number in range(4))
    ran(server.url, state(server.url, "409", "a") + ONE + slow)
    began, _ = window(server, "a")
    assert all(each.ended <= began for each in server.asked if each.path.startswith("/things/slow"))


def test_polls_pause_and_neither_begin_nor_end_while_a_state_is_entered(start: Start, ran: Run) -> None:
    server = start(Stateful())
    poll = state(server.url, "200", "growing", "poll = { every = 0.02, within = 20 }")
    states = [state(server.url, "409", thing) for thing in ("a", "b", "c")]
    came = ran(server.url, poll + ONE + "".join(states))
    assert [beside(server, thing) for thing in "abc"] == [[], [], []]
    assert len(came.of("getThing 200 growing")) == run.READS_AFTER_END


def test_a_burst_is_sent_alone(start: Start, ran: Run) -> None:
    server = start(Stateful())
    burst = '[states."getThing 429"]\nburst = 6\npath = { id = "slow" }\n'
    slow = "".join(f'[states."getThing 200 slow{number}"]\npath = {{ id = "slow{number}" }}\n' for number in range(4))
    came = ran(server.url, burst + ONE + slow)
    own = server.asked_of("/things/slow")[1:]  # without its control
    assert len(own) == len([each for each in came.of("getThing 429") if each.role == "state"]) == 6
    began, ended = min(each.began for each in own), max(each.ended for each in own)
    others = [each for each in server.asked if each.path != "/things/slow"]
    assert [each.path for each in others if each.began < ended and began < each.ended] == []


def test_no_more_requests_are_in_flight_than_the_target_allows(start: Start, ran: Run) -> None:
    server = start(Stateful())
    slow = "".join(f'[states."getThing 200 slow{number}"]\npath = {{ id = "slow{number}" }}\n' for number in range(6))
    ran(server.url, slow, limits="in_flight = 2")
    assert max(server.at_once) == 2


def test_steps_that_disturb_nobody_are_in_flight_together(start: Start, ran: Run) -> None:
    together = threading.Barrier(5, timeout=10)

    def all_or_none(asked: Asked) -> Answer:
        if asked.path.startswith("/things/slow"):
            together.wait()
        return Answer(200, {"id": "slow"}) if asked.path.startswith("/things/slow") else things(asked)

    slow = "".join(f'[states."getThing 200 slow{number}"]\npath = {{ id = "slow{number}" }}\n' for number in range(5))
    came = ran(start(all_or_none).url, slow)
    assert came.given("200").verdict == "held"


def test_the_rate_of_the_target_is_kept(start: Start, ran: Run) -> None:
    server = start(Stateful())
    came = ran(server.url, ONE, limits='rate = "10/s"')
    # n requests have n - 1 intervals of 1/10 s between them; when the first of them arrives is the machine's matter, so
    # they are counted from the beginning of the run, less what its clock is rounded to
    last = max(each.sent for each in came.recording.exchanges)
    assert last >= (len(server.asked) - 1) * 0.1 - 0.001
    assert len(server.asked) >= 3
