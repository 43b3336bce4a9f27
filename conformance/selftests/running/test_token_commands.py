"""A token that a command prints: fetched once, again when it ends or is refused, and recorded nowhere."""

import base64
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.errors import UserError
from assay.run import tokens
from selftests.running.miniatures import NOTHING, THING, Answer, Asked, Behaviour, Miniature, Ran, things

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

COMMAND = """\
[credentials.default]
bearer = {{ command = ["python3", "{script}"] }}
"""


class Vault:
    """A script that prints a token, another each time; and Things, which takes only the last one that it printed."""

    def __init__(self, folder: Path, printed: str = "print(token)") -> None:
        self.count = folder / "count"
        self.count.write_text("0")
        self.script = folder / "vault.py"
        self.script.write_text(
            f"import json, pathlib, sys\ncount = pathlib.Path({str(self.count)!r})\n"
            f"count.write_text(str(int(count.read_text()) + 1))\ntoken = 'a-token-of-the-vault-' + count.read_text()\n"
            + printed
        )
        self.taken = {"a-token-of-the-vault-1"}

    @property
    def credentials(self) -> str:
        return COMMAND.format(script=self.script)

    @property
    def times(self) -> int:
        return int(self.count.read_text())

    def __call__(self, asked: Asked) -> Answer:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.taken:
            return Answer(401, {"error": f"not {token}"})
        return THING if asked.path == "/things/one" else NOTHING


ONE = '[states."getThing 200"]\npath = { id = "one" }\n'


class TestCommand:
    def test_it_is_run_once_for_all_requests(self, start: Start, ran: Run, tmp_path: Path) -> None:
        vault = Vault(tmp_path)
        came = ran(start(vault).url, ONE, credentials=vault.credentials)
        assert came.given("200").verdict == "held"
        assert vault.times == 1

    @pytest.mark.parametrize(
        "printed", ["print(json.dumps({'access_token': token, 'expires_in': 3600}))", "print('  ' + token + '  ')"]
    )
    def test_it_may_print_json_or_space(self, printed: str, start: Start, ran: Run, tmp_path: Path) -> None:
        vault = Vault(tmp_path, printed)
        assert ran(start(vault).url, ONE, credentials=vault.credentials).given("200").verdict == "held"

    def test_a_token_that_was_refused_is_followed_by_another_and_both_requests_are_recorded(
        self, start: Start, ran: Run, tmp_path: Path
    ) -> None:
        vault = Vault(tmp_path)
        vault.taken = {"a-token-of-the-vault-2"}
        came = ran(start(vault).url, ONE, credentials=vault.credentials)
        assert [each.reply and each.reply.status for each in came.of("getThing 200")] == [401, 200]
        assert came.given("200").verdict == "held"
        assert vault.times == 2

    def test_a_token_from_a_command_is_spoiled_too_and_none_is_fetched_because_it_is_refused(
        self, start: Start, ran: Run, tmp_path: Path
    ) -> None:
        vault = Vault(tmp_path)
        server = start(vault)
        ran(server.url, '[states."getThing 200"]\npath = { id = "1" }', credentials=vault.credentials, probed=True)
        sent = {each.headers.get("authorization") for each in server.asked}
        assert {"Bearer a-token-of-the-vaulu-1", "Bearer a-token-of-the-vault-1f"} <= sent
        assert vault.times == 1

    def test_no_token_that_it_ever_gave_is_recorded(self, start: Start, ran: Run, tmp_path: Path) -> None:
        vault = Vault(tmp_path)
        vault.taken = {"a-token-of-the-vault-2"}
        ran(start(vault).url, ONE, credentials=vault.credentials)
        recorded = (tmp_path / "report/recording.jsonl").read_text()
        assert "a-token-of-the-vault" not in recorded
        assert "credential:default" in recorded

    def test_a_server_that_takes_none_is_not_asked_for_ever(self, start: Start, ran: Run, tmp_path: Path) -> None:
        vault = Vault(tmp_path)
        vault.taken = set()
        later = '[states."getThing 429"]\nburst = 2\npath = { id = "one" }\n'
        came = ran(start(vault).url, ONE + later, credentials=vault.credentials)
        assert came.given("200").verdict == "violated"
        assert vault.times == 2

    def test_a_401_that_is_due_renews_nothing(self, start: Start, ran: Run, tmp_path: Path) -> None:
        vault = Vault(tmp_path)
        vault.taken = set()
        states = '[states."getThing 401 nobody is known"]\npath = { id = "one" }\n'
        came = ran(start(vault).url, states, credentials=vault.credentials)
        assert len(came.of("getThing 401 nobody is known")) == 1

    def test_it_is_run_again_before_its_token_expires(self, start: Start, ran: Run, tmp_path: Path) -> None:
        vault = Vault(tmp_path, "print(json.dumps({'access_token': token, 'expires_in': 0.05}))")
        seen = set[str]()

        def growing(asked: Asked) -> Answer:
            if "authorization" in asked.headers:
                seen.add(asked.headers["authorization"])
            return Answer(200, {"id": "one", "status": "growing"})

        poll = ONE + "poll = { every = 0.03, watch = 0.4 }\n"
        ran(start(growing).url, poll, credentials=vault.credentials)
        assert vault.times >= 2
        assert len(seen) >= 2

    @pytest.mark.parametrize(
        ("claims_of_it", "least", "most"),
        [
            ({"exp": 1000}, 990, 1000),
            ({"exp": -5}, math.inf, math.inf),
            ({"sub": "me"}, math.inf, math.inf),
            ({"exp": "soon"}, math.inf, math.inf),
        ],
    )
    def test_a_jwt_says_when_it_expires(self, claims_of_it: dict[str, Any], least: float, most: float) -> None:
        """One that expired before it came was made by another clock."""
        told = {name: time.time() + each if isinstance(each, int) else each for name, each in claims_of_it.items()}
        body = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
        assert least <= tokens._read(f"e30.{body}.c2ln", "default")[1] <= most

    @pytest.mark.parametrize("text", ["a.b", "a.b.c", "sk_live_123"])
    def test_what_is_no_jwt_is_kept_until_it_is_refused(self, text: str) -> None:
        assert tokens._read(text, "default") == (text, math.inf)

    def test_one_that_does_not_end_is_given_up(
        self, start: Start, ran: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tokens, "_WITHIN", 0.2)
        vault = Vault(tmp_path, "sys.stdin.read(); import time; time.sleep(60)")
        with pytest.raises(UserError, match=r"did not end within 0\.2 s"):
            ran(start(vault).url, ONE, credentials=vault.credentials)

    @pytest.mark.parametrize(
        ("printed", "said"),
        [
            ("sys.exit('token was ' + token)", "the command of [credentials.default] ended with status 1"),
            ("", "the command of [credentials.default] printed no token: one word is expected"),
            ("print(token, token)", "the command of [credentials.default] printed no token: one word is expected"),
            (
                "print(json.dumps({'token': token}))",
                "the command of [credentials.default] printed JSON without an `access_token`",
            ),
        ],
    )
    def test_one_that_fails_is_named_and_nothing_that_it_printed(
        self, printed: str, said: str, start: Start, ran: Run, tmp_path: Path
    ) -> None:
        vault = Vault(tmp_path, printed)
        with pytest.raises(UserError) as told:
            ran(start(vault).url, ONE, credentials=vault.credentials)
        assert told.value.what == said
        assert "a-token-of" not in str(told.value)
        assert told.value.where.endswith("target.toml:10")
        assert "run it by hand" in told.value.todo

    def test_one_that_is_not_there_is_named(self, start: Start, ran: Run) -> None:
        credentials = '[credentials.default]\nbearer = { command = ["./no-such-program"] }'
        with pytest.raises(UserError, match="cannot be started: No such file"):
            ran(start(things).url, ONE, credentials=credentials)

    def test_one_that_fails_later_is_the_steps_fault_and_is_not_run_for_each_request(
        self, start: Start, ran: Run, tmp_path: Path
    ) -> None:
        vault = Vault(tmp_path, "print(token) if count.read_text() == '1' else sys.exit(3)")
        vault.taken = set()
        came = ran(start(vault).url, ONE, credentials=vault.credentials)
        assert [each.fault for each in came.of("getThing 200")][-1] == (
            "the command of [credentials.default] ended with status 3"
        )
        assert came.row("200").verdict == "inconclusive"
        assert vault.times == 3

    def test_a_burst_without_a_token_is_not_sent(self, start: Start, ran: Run, tmp_path: Path) -> None:
        once = "json.dumps({'access_token': token, 'expires_in': 0.0001})"
        vault = Vault(tmp_path, f"print({once}) if count.read_text() == '1' else sys.exit(3)")
        burst = '[states."getThing 429"]\nburst = 5\npath = { id = "one" }\n'
        came = ran(start(vault).url, burst, credentials=vault.credentials)
        said = "the command of [credentials.default] ended with status 3"
        assert [(each.role, each.fault) for each in came.of("getThing 429")] == [("control", said), ("state", said)]
        assert came.row("429").verdict == "inconclusive"
