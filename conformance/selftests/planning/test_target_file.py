"""What a target file says."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

from assay.recording import Exclusion, Waiver
from assay.target import Credential, Poll, Setup, Target, target_file

Loaded = Callable[..., Target]

SERVED = """\
name = "own"
[serve]
command = ["run", "--port", "{port.http}", "--control", "{port.control}"]
ports = ["control"]
env = { CONTROL = "{port.control}", env = "production" }
[states."getThing 409"]
setup = { url = "http://127.0.0.1:{port.control}/states", state = "moved" }
"""


@pytest.fixture(scope="module")
def served(loaded: Loaded) -> Target:
    return loaded(head=SERVED)


class TestServer:
    def test_a_name_and_a_url_are_enough(self, loaded: Loaded) -> None:
        made = loaded()
        assert (made.name, made.base_url, made.serve) == ("staging", "https://things.example", None)

    def test_a_slash_at_the_end_of_the_url_goes(self, loaded: Loaded) -> None:
        assert loaded(head='name = "x"\nbase_url = "http://h:1/api/"\n').base_url == "http://h:1/api"

    def test_limits_have_defaults(self, loaded: Loaded) -> None:
        made = loaded()
        assert (made.in_flight, made.rate, made.http.timeout) == (8, 0, 30)

    @pytest.mark.parametrize(("rate", "per_second"), [("20/s", 20), ("0.5/s", 0.5), ("300/m", 5)])
    def test_a_rate_is_by_second_or_by_minute(self, rate: str, per_second: float, loaded: Loaded) -> None:
        assert loaded(f'[limits]\nrate = "{rate}"\nin_flight = 3').rate == per_second

    def test_a_timeout_may_be_set(self, loaded: Loaded) -> None:
        assert loaded("[http]\ntimeout = 5").http.timeout == 5

    def test_a_build_is_said_or_read_from_a_header(self, loaded: Loaded) -> None:
        assert loaded('build = "abc"').build == "abc"
        assert loaded('build = { header = "X-Build" }').build_header == "X-Build"

    def test_a_hint_has_a_name_and_a_value(self, loaded: Loaded) -> None:
        assert loaded('[hint]\nheader = "Prefer: code={status}, dynamic=true"').hint == (
            "Prefer", "code={status}, dynamic=true",
        )  # fmt: skip

    def test_without_one_it_is_no_mock(self, loaded: Loaded) -> None:
        assert loaded().hint is None

    def test_levels_are_passed_on(self, loaded: Loaded) -> None:
        assert loaded('[levels]\nsecurity = "should"').levels == {"security": "should"}


class TestServed:
    def test_one_name_is_one_port_everywhere(self, served: Target) -> None:
        assert served.serve is not None
        control = served.serve.env["CONTROL"]
        assert served.serve.command == ("run", "--port", str(served.serve.port), "--control", control)
        assert served.states[0].setup == Setup(f"http://127.0.0.1:{control}/states", "moved", {})

    def test_two_names_are_two_ports(self, served: Target) -> None:
        assert served.serve is not None
        assert served.serve.env["CONTROL"] != str(served.serve.port)

    def test_its_url_is_the_port_that_it_listens_at(self, served: Target) -> None:
        assert served.serve is not None
        assert served.base_url == f"http://127.0.0.1:{served.serve.port}"

    def test_a_url_of_its_own_comes_first(self, loaded: Loaded) -> None:
        assert loaded('[serve]\napp = "a:b"').base_url == "https://things.example"

    def test_its_environment_may_have_a_variable_called_env(self, served: Target) -> None:
        assert served.serve is not None
        assert served.serve.env["env"] == "production"

    def test_an_environment_of_that_variable_alone_is_one_too(self, loaded: Loaded) -> None:
        serve = loaded('[serve]\napp = "a.b:make"\nenv = { env = "production" }').serve
        assert serve is not None
        assert (serve.app, serve.env, serve.ready) == ("a.b:make", {"env": "production"}, "/")

    def test_a_port_that_is_taken_by_another_name_is_not_given_again(
        self, loaded: Loaded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = iter([4001, 4001, 4002])

        class Socket:
            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                """Nothing was opened."""

            def bind(self, address: tuple[str, int]) -> None:
                assert address == ("127.0.0.1", 0)

            def getsockname(self) -> tuple[str, int]:
                return ("127.0.0.1", next(found))

        monkeypatch.setattr("assay.target.placeholders.socket.socket", Socket)
        serve = loaded(head=SERVED).serve
        assert serve is not None
        assert {serve.port, int(serve.env["CONTROL"])} == {4001, 4002}


class TestCommand:
    @pytest.mark.parametrize("table", ["[serve]", '[states."a 500"]'])
    def test_a_path_to_it_begins_at_the_file(self, table: str, file: Callable[..., Path]) -> None:
        path = file(f'{table}\ncommand = ["../scripts/run", "x/y"]')
        made = target_file.load(path)
        command = made.serve.command if made.serve else made.states[0].command
        assert command == (str(path.parents[1].resolve() / "scripts/run"), "x/y")

    def test_a_program_that_is_a_link_is_started_as_that_link(self, loaded: Loaded, tmp_path: Path) -> None:
        """As the Python of a virtual environment is, which would be the machine's where the link is followed."""
        (tmp_path / "python").symlink_to(sys.executable)
        made = loaded(f'[serve]\ncommand = ["{tmp_path}/python", "-V"]')
        assert made.serve is not None
        assert made.serve.command[0] == str(tmp_path.resolve() / "python")

    def test_a_name_is_looked_for_as_ever(self, loaded: Loaded) -> None:
        assert loaded('[states."a 500"]\ncommand = ["python3", "-V"]').states[0].command == ("python3", "-V")


class TestState:
    def test_its_name_tells_which_response_is_due(self, loaded: Loaded) -> None:
        names = ("getJob 200", "getJob 200 read by its owner", "GET /v1/jobs/{id} 4XX", "list all default x")
        states = loaded("".join(f'[states."{name}"]\n' for name in names)).states
        assert [(each.operation, each.status) for each in states] == [
            ("getJob", "200"), ("getJob", "200"), ("GET /v1/jobs/{id}", "4XX"), ("list all", "default"),
        ]  # fmt: skip

    def test_it_overrides_values_of_the_request(self, loaded: Loaded) -> None:
        state = loaded(
            '[states."a 200"]\npath = { id = 5 }\nquery = { q = ["a", "b"] }\n'
            'headers = { X-A = "1" }\nbody = { a = 1.5 }'
        ).states[0]
        assert (state.path, state.query, state.headers, state.body) == (
            {"id": 5},
            {"q": ["a", "b"]},
            {"X-A": "1"},
            {"a": 1.5},
        )

    def test_it_overrides_nothing_by_itself(self, loaded: Loaded) -> None:
        state = loaded('[states."a 200"]').states[0]
        assert (state.path, state.query, state.headers, state.body) == ({}, {}, {}, None)
        assert (state.credentials, state.setup, state.command, state.burst, state.poll) == ("", None, (), 0, None)

    def test_dates_are_text(self, loaded: Loaded) -> None:
        state = loaded('[states."a 200"]\nquery = { day = 2026-03-01, at = [2026-03-01T12:00:00Z, 12:30:00] }').states[
            0
        ]
        assert state.query == {"day": "2026-03-01", "at": ["2026-03-01T12:00:00+00:00", "12:30:00"]}

    @pytest.mark.parametrize(
        ("given", "poll"),
        [
            ("every = 3, within = 2700", Poll(3, 2700, promised=True)),
            ("every = 0.5, watch = 60", Poll(0.5, 60, promised=False)),
        ],
    )
    def test_a_poll_promises_or_only_observes(self, given: str, poll: Poll, loaded: Loaded) -> None:
        assert loaded(f'[states."a 200"]\npoll = {{ {given} }}').states[0].poll == poll

    @pytest.mark.parametrize("table", ["path", "query", "headers", "body"])
    def test_a_value_may_be_called_env(self, table: str, loaded: Loaded) -> None:
        state = loaded(f'[states."a 200"]\n{table} = {{ env = "production" }}').states[0]
        assert getattr(state, table) == {"env": "production"}

    def test_so_may_a_parameter_of_a_setup(self, loaded: Loaded) -> None:
        text = '[states."GET /a/b 200"]\nsetup = { url = "http://h/", state = "x", params = { env = "production" } }'
        assert loaded(text).states[0].setup == Setup("http://h/", "x", {"env": "production"})


def test_waivers_and_exclusions_have_owners(loaded: Loaded) -> None:
    made = loaded(
        '[waivers."getJob/451/*"]\nreason = "r"\nowner = "o"\nissue = "i"\nuntil = 2027-01-31\n'
        '[excluded."getJob 409"]\nreason = "blanket"\nowner = "o"'
    )
    assert made.waivers == (Waiver("getJob/451/*", "r", "o", "2027-01-31", "i"),)
    assert made.excluded == (Exclusion("getJob 409", "blanket", "o"),)


class TestEnvironment:
    def test_any_string_may_come_from_there(self, loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOST_URL", "http://h:8080")
        monkeypatch.setenv("KEY", "sk_live_1234")
        made = loaded(
            'base_url = { env = "HOST_URL" }\n[credentials.default]\nbearer = { env = "KEY" }\n'
            '[states."a 200"]\nquery = { q = [{ env = "KEY" }] }',
            head='name = "x"\n',
        )
        assert (made.base_url, made.credentials["default"].bearer) == ("http://h:8080", "sk_live_1234")
        assert made.states[0].query == {"q": ["sk_live_1234"]}

    def test_a_table_that_has_more_is_no_variable(self, loaded: Loaded) -> None:
        state = loaded('[states."a 200"]\nbody = { a = { env = "NONE", b = 1 }, c = { env = 5 } }').states[0]
        assert state.body == {"a": {"env": "NONE", "b": 1}, "c": {"env": 5}}


class TestDigest:
    def test_it_is_the_same_whatever_ports_are_free(self, loaded: Loaded) -> None:
        assert loaded(head=SERVED).digest == loaded(head=SERVED).digest

    def test_it_is_the_same_whatever_the_environment_says(
        self, loaded: Loaded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = '[credentials.default]\nbearer = { env = "KEY" }'
        monkeypatch.setenv("KEY", "one-secret")
        one = loaded(text).digest
        monkeypatch.setenv("KEY", "another-secret")
        assert loaded(text).digest == one

    def test_it_does_not_follow_comments_and_order(self, loaded: Loaded) -> None:
        one = loaded("# a remark\n[limits]\nin_flight = 1\n[http]\ntimeout = 1")
        assert loaded("[http]\ntimeout = 1\n[limits]\nin_flight = 1").digest == one.digest

    @pytest.mark.parametrize("text", ['[states."a 200"]', "[limits]\nin_flight = 2", '[levels]\nhttp = "should"'])
    def test_it_is_another_one_for_another_target(self, text: str, loaded: Loaded) -> None:
        assert loaded(text).digest != loaded().digest


class TestUrlAlone:
    def test_it_is_a_target_without_states_and_credentials(self) -> None:
        made = target_file.from_url("https://things.example:8443/api/")
        assert (made.name, made.base_url, made.path) == ("things.example:8443", "https://things.example:8443/api", None)
        assert (made.states, made.credentials, made.secrets) == ((), {}, {})

    def test_its_digest_follows_from_the_host(self) -> None:
        assert target_file.from_url("http://me:pw@h:1/a").digest == target_file.from_url("http://h:1/b").digest
        assert target_file.from_url("http://h:1").digest != target_file.from_url("http://h:2").digest

    def test_its_file_is_called_by_its_option(self) -> None:
        made = target_file.from_url("http://h")
        assert (made.shown, made.where("states")) == ("the target file (--target)", "target.toml")


def test_the_reference_target_is_read(root: Path) -> None:
    made = target_file.load(root / "conformance/targets/reference.toml")
    assert made.serve is not None
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", made.base_url)
    assert made.credentials["default"] == Credential("default", bearer=made.secrets["default"])
    assert made.shown.endswith("reference.toml")
