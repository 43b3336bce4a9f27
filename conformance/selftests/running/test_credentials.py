"""A credential of each kind really reaches the server, where the operation's security scheme says, and only there."""

import base64
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from assay import claims, contract
from assay.claims import Ledger
from assay.errors import UserError
from assay.run import tokens
from selftests.running.miniatures import NOTHING, THING, Answer, Asked, Behaviour, Miniature, Ran, things

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

TOKEN, PASSWORD, APP, USER = "token-of-the-bearer", "password:of:basic", "key-of-the-app", "key-of-the-user"
PAIR = f"Basic {base64.b64encode(f'me:{PASSWORD}'.encode()).decode()}"
ALL = f"""\
[credentials.default]
bearer = "{TOKEN}"
basic = {{ username = "me", password = "{PASSWORD}" }}
api_key = {{ app = "{APP}", user = "{USER}", session = "{USER}" }}
"""

SECURITY = {
    "bearer": "[{token: []}]",
    "basic": "[{pair: []}]",
    "header": "[{app: []}]",
    "query": "[{user: []}]",
    "cookie": "[{session: []}]",
    "oauth": "[{oauth: [read]}]",
    "both": "[{token: [], app: []}]",
    "keys": "[{app: [], user: []}]",
    "either": "[{digest: []}, {user: []}]",
    "optional": "[{}, {token: []}]",
    "tunnel": "[{mutual: [], token: []}]",
    "open": "[]",
}
DOORS = """\
openapi: 3.1.0
info: {title: Doors, version: 1.0.0}
components:
  securitySchemes:
    token: {type: http, scheme: Bearer}
    pair: {type: http, scheme: basic}
    app: {type: apiKey, in: header, name: X-App}
    user: {type: apiKey, in: query, name: key}
    session: {type: apiKey, in: cookie, name: sid}
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: https://h/token, scopes: {read: it}}}}
    digest: {type: http, scheme: digest}
    mutual: {type: mutualTLS}
  responses:
    Refused: {description: Why not., content: {application/json: {schema: {type: object}}}}
    Open: {description: Come in., content: {application/json: {schema: {type: object}}}}
paths:
""" + "".join(
    f"""\
  /{name}:
    get:
      operationId: {name}
      security: {security}
      responses:
        "200": {{$ref: "#/components/responses/Open"}}
        {'"401": {$ref: "#/components/responses/Refused"}' if name not in ("open", "optional") else ""}
"""
    for name, security in SECURITY.items()
)

NEEDS: dict[str, dict[str, str]] = {
    "bearer": {"authorization": f"Bearer {TOKEN}"},
    "basic": {"authorization": PAIR},
    "header": {"x-app": APP},
    "query": {"?key": USER},
    "cookie": {"cookie": f"sid={USER}"},
    "oauth": {"authorization": f"Bearer {TOKEN}"},
    "both": {"authorization": f"Bearer {TOKEN}", "x-app": APP},
    "keys": {"x-app": APP, "?key": USER},
    "either": {"?key": USER},
    "optional": {"authorization": f"Bearer {TOKEN}"},
    "tunnel": {"authorization": f"Bearer {TOKEN}"},
    "open": {},
}


def shown(asked: Asked) -> dict[str, str]:
    """Every credential that a request has, by its place."""
    found = {name: asked.headers[name] for name in ("authorization", "x-app", "cookie") if name in asked.headers}
    return found | {f"?{name}": values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


def door(asked: Asked) -> Answer:
    name = urlsplit(asked.path).path[1:]
    return Answer(200, {}) if shown(asked) == NEEDS[name] else Answer(401, {"got": sorted(shown(asked))})


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    path = tmp_path_factory.mktemp("doors") / "doors.yaml"
    path.write_text(DOORS)
    return claims.ledger(contract.load(path))


class TestKinds:
    def test_each_door_opens_to_its_credential_and_is_shown_no_other(
        self, doors: Ledger, start: Start, ran: Run, tmp_path: Path
    ) -> None:
        came = ran(start(door).url, ledger=doors, credentials=ALL)
        opened = {each.operation: each.verdict for each in came.verdicts.responses if each.status == "200"}
        assert opened == dict.fromkeys(SECURITY, "held")
        recorded = (tmp_path / "report/recording.jsonl").read_text()
        assert [each for each in (TOKEN, PASSWORD, APP, USER, PAIR) if each in recorded] == []

    def test_one_key_may_serve_every_scheme_of_keys(self, doors: Ledger, start: Start, ran: Run) -> None:
        server = start(lambda _: Answer(200, {}))
        ran(server.url, ledger=doors, credentials=f'[credentials.default]\napi_key = "{APP}"')
        sent = {urlsplit(each.path).path[1:]: shown(each) for each in server.asked if shown(each)}
        assert sent["keys"] == {"x-app": APP, "?key": APP}
        assert sent["cookie"] == {"cookie": f"sid={APP}"}

    def test_schemes_that_belong_together_are_shown_together_or_not_at_all(
        self, doors: Ledger, start: Start, ran: Run
    ) -> None:
        server = start(lambda _: Answer(401, {}))
        came = ran(server.url, ledger=doors, credentials=f'[credentials.default]\nbearer = "{TOKEN}"')
        assert {str(shown(each)) for each in server.asked_of("/both")} == {"{}"}
        reasons = {each.operation: each.reason for each in came.recording.header.unplanned if each.status == "200"}
        assert reasons["both"] == (
            "both takes a bearer token with an API key in the header 'X-App' (app), "
            "and [credentials.default] is a bearer token"
        )

    def test_what_only_the_connection_shows_is_probed_by_no_request(self, doors: Ledger) -> None:
        tunnel = doors.contract.operation("tunnel")
        assert tunnel is not None
        assert [[scheme.name for scheme in each] for each in tunnel.security] == [["token"]]


def lax(needed: Callable[[str, str], bool]) -> Behaviour:
    """Doors that open to what is `needed(shown, right)`, each credential by itself."""

    def answer(asked: Asked) -> Answer:
        right, got = NEEDS[urlsplit(asked.path).path[1:]], shown(asked)
        opened = right.keys() == got.keys() and all(needed(got[each], right[each]) for each in right)
        return Answer(200, {}) if opened else Answer(401, {})

    return answer


LAX: dict[str, Callable[[str, str], bool]] = {
    "the form only": lambda got, right: len(got) == len(right) and got[:8] == right[:8],
    "its beginning only": lambda got, right: got[:12] == right[:12],
    "as far as the right one goes": lambda got, right: got.startswith(right),
}
"""How doors look at a credential that ought to be looked at wholly. Wrong ones that share nothing are refused."""


class TestNearlyRight:
    @pytest.mark.parametrize("needed", LAX.values(), ids=LAX)
    def test_a_token_or_key_that_is_nearly_the_right_one_opens_nothing(
        self, needed: Callable[[str, str], bool], doors: Ledger, start: Start, ran: Run, tmp_path: Path
    ) -> None:
        came = ran(start(lax(needed)).url, ledger=doors, credentials=ALL, probed=True)
        opened = {name for name in NEEDS if f"{name}/security/wrong" in _violated(came)}
        # a password is left alone: wrong ones may lock its user out
        assert opened == {"bearer", "header", "query", "cookie", "oauth", "both", "keys", "either", "tunnel"}
        recorded = (tmp_path / "report/recording.jsonl").read_text()
        assert "credential:probe.longer" in recorded
        assert [each for each in (TOKEN[:-2], APP[:-2], USER[:-2]) if each in recorded] == []

    def test_doors_that_look_at_all_of_it_are_not_accused(self, doors: Ledger, start: Start, ran: Run) -> None:
        came = ran(start(door).url, ledger=doors, credentials=ALL, probed=True)
        assert not [each for each in _violated(came) if "/security/" in each]
        tried = {each.step for each in came.recording.exchanges if each.step.startswith("bearer/security/wrong")}
        assert tried == {f"bearer/security/wrong{each}" for each in ("", "#altered", "#longer")}

    def test_a_token_from_a_command_is_spoiled_too_and_none_is_fetched_because_it_is_refused(
        self, start: Start, ran: Run, tmp_path: Path
    ) -> None:
        vault = Vault(tmp_path)
        server = start(vault)
        ran(server.url, '[states."getThing 200"]\npath = { id = "1" }', credentials=vault.credentials, probed=True)
        sent = {each.headers.get("authorization") for each in server.asked}
        assert {"Bearer a-token-of-the-vaulu-1", "Bearer a-token-of-the-vault-1f"} <= sent
        assert vault.times == 1

    @pytest.mark.parametrize("secret", ["short-1", "c2hvcnQ="])
    def test_what_it_is_made_of(self, secret: str, doors: Ledger, start: Start, ran: Run) -> None:
        server = start(lambda _: Answer(401, {}))
        ran(server.url, ledger=doors, credentials=f'[credentials.default]\nbearer = "{secret}"', probed=True)
        sent = {each.headers.get("authorization", "")[7:] for each in server.asked_of("/bearer")}
        assert {each for each in sent if secret[:5] in each and each != secret} == (
            set() if secret == "short-1" else {"c2hvcoQ=", "fc2hvcnQ="}
        )


def _violated(came: Ran) -> set[str]:
    return {each.claim.id for each in came.verdicts.claims if each.verdict == "violated"}


class TestEmpty:
    def test_a_scheme_without_a_token_is_refused(self, doors: Ledger, start: Start, ran: Run) -> None:
        def answer(asked: Asked) -> Answer:
            return Answer(200, {}) if asked.headers.get("authorization") == "Bearer" else door(asked)

        came = ran(start(answer).url, ledger=doors, credentials=ALL, probed=True)
        assert {each for each in _violated(came) if each.endswith("/security/malformed")} == {
            f"{name}/security/malformed" for name in ("bearer", "oauth", "both", "tunnel")
        }


def test_none_at_all_opens_no_resource_in_whatever_state_it_is(start: Start, ran: Run) -> None:
    def answer(asked: Asked) -> Answer:
        return THING if asked.path == "/things/two" else things(asked)

    states = "".join(f'[states."getThing 200 {each}"]\npath = {{ id = "{each}" }}\n' for each in ("one", "two"))
    came = ran(start(answer).url, states, probed=True)
    assert _violated(came) == {"getThing/security/missing", "getThing/security/missing/status"}


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


@pytest.mark.parametrize(
    ("credentials", "advice"),
    [
        ("", "give [credentials.default] in the target file: it was asked without a credential, and answered 401"),
        (
            '[credentials.default]\nbearer = "another-key-2fR8"',
            'declare [states."getThing 404"] in the target file, a state under which it is due',
        ),
    ],
)
def test_what_is_missing_is_the_credential_where_none_was_shown(
    credentials: str, advice: str, start: Start, ran: Run
) -> None:
    found = ran(start(things).url, credentials=credentials)
    assert next(each.todo for each in found.verdicts.responses if each.status == "404") == advice
