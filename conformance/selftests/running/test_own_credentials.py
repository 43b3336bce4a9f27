"""A credential that a state has in headers of its own: probed without it, recorded without it, whoever gave it."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from assay import claims, contract, judge, plan, run
from assay.claims import Ledger
from assay.target import target_file
from selftests.running import miniatures
from selftests.running.miniatures import NOTHING, THING, Answer, Asked, Behaviour, Miniature, Ran

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

OWN = "own-key-that-nobody-may-see"
REFUSED = Answer(401, {"error": "who are you?"})
PROBES = [f"getThing/security/{variant}" for variant in ("missing", "wrong", "malformed", "other-scheme")]


def shown_by(name: str, value: str) -> Behaviour:
    """Things, for whoever has that header."""

    def answer(asked: Asked) -> Answer:
        if asked.headers.get(name) != value:
            return REFUSED
        return THING if asked.path.partition("?")[0] == "/things/one" else NOTHING

    return answer


@pytest.fixture
def secured(tmp_path: Path) -> Callable[[str], Ledger]:
    """Things with another security scheme."""

    def make(scheme: str) -> Ledger:
        path = tmp_path / "things.yaml"
        path.write_text(miniatures.THINGS.replace("{type: http, scheme: bearer}", scheme))
        return claims.ledger(contract.load(path))

    return make


@pytest.mark.parametrize(
    ("scheme", "name", "value"),
    [
        ("{type: http, scheme: bearer}", "authorization", f"Bearer {OWN}"),
        ("{type: http, scheme: hmac}", "authorization", f"HMAC {OWN}"),
        ("{type: http, scheme: hmac}", "x-signature", OWN),
        ("{type: apiKey, in: header, name: X-Key}", "x-key", OWN),
        ("{type: apiKey, in: cookie, name: sid}", "cookie", f"lang=en; sid={OWN}"),
    ],
    ids=["bearer", "scheme unknown to assay", "header unknown to the document", "key", "cookie"],
)
def test_no_probe_shows_it(
    scheme: str, name: str, value: str, secured: Callable[[str], Ledger], start: Start, ran: Run, tmp_path: Path
) -> None:
    server = start(shown_by(name, value))
    state = f'[states."getThing 200"]\npath = {{ id = "one" }}\nheaders = {{ {name} = "{value}" }}\n'
    came = ran(server.url, state, credentials="", ledger=secured(scheme), probed=True)
    assert came.row("200").verdict == "held"
    assert {claim: came.verdicts.of(claim).verdict for claim in PROBES} == dict.fromkeys(PROBES, "held")
    assert OWN not in (tmp_path / "report/recording.jsonl").read_text()


def test_what_a_probe_needs_beside_it_stays(secured: Callable[[str], Ledger], start: Start, ran: Run) -> None:
    server = start(shown_by("cookie", f"lang=en; sid={OWN}"))
    state = f'[states."getThing 200"]\npath = {{ id = "one" }}\nheaders = {{ Cookie = "lang=en; sid={OWN}" }}\n'
    ran(server.url, state, credentials="", ledger=secured("{type: apiKey, in: cookie, name: sid}"), probed=True)
    assert "lang=en" in [each.headers.get("cookie") for each in server.asked_of("/things/one")]


def test_what_a_setup_gives_is_recorded_nowhere(start: Start, ran: Run, tmp_path: Path) -> None:
    made = "made-key-that-nobody-may-see"

    def answer(asked: Asked) -> Answer:
        if asked.path == "/states":
            return Answer(200, {"key": made})
        known = asked.headers.get("authorization") == f"Bearer {made}"
        return Answer(200, {"id": f"for {made}"}) if known else REFUSED

    server = start(answer)
    setup = f'setup = {{ url = "{server.url}/states", state = "a key" }}'
    headers = 'headers = { Authorization = "Bearer {setup.key}" }'
    state = f'[states."getThing 200"]\npath = {{ id = "one" }}\n{setup}\n{headers}\n'
    came = ran(server.url, state, credentials="")
    assert came.row("200").verdict == "held"
    assert made not in (tmp_path / "report/recording.jsonl").read_text()
    assert came.verdicts.of("getThing/security/echo").verdict == "violated"


def test_a_key_that_shows_nobody_may_come_back(start: Start, ran: Run) -> None:
    """It says which request it is (draft-ietf-httpapi-idempotency-key-header), and servers give it back."""

    def answer(asked: Asked) -> Answer:
        came = miniatures.things(asked)
        key = asked.headers.get("idempotency-key", "none")
        return Answer(came.status, came.body, (("Idempotency-Key", key),))

    server = start(answer)
    state = '[states."getThing 200"]\npath = { id = "one" }\nheaders = { Idempotency-Key = "request-1234" }\n'
    assert ran(server.url, state).verdicts.of("getThing/security/echo").verdict == "held"


LOGIN = """\
openapi: 3.1.0
info: {title: Login, version: 1.0.0}
paths:
  /users:
    post:
      operationId: addUser
      requestBody: {content: {application/json: {schema: {type: object}}, application/x-www-form-urlencoded: {}}}
      responses:
        "201": {description: Added., content: {application/json: {schema: {$ref: "#/components/schemas/User"}}}}
        "400": {description: Not so.}
        "409": {description: There is one.}
components:
  schemas:
    User:
      type: object
      properties: {name: {type: string}, push_token: {type: string, pattern: "^[a-z-]+$"}, password: {maxLength: 5}}
"""


class Users:
    """Keeps what it is told, and gives all of it back; a name only once."""

    def __init__(self) -> None:
        self.known: list[dict[str, str]] = []

    def __call__(self, asked: Asked) -> Answer:
        form = asked.headers.get("content-type", "").endswith("urlencoded")
        try:
            user = dict(parse_qsl(asked.body.decode())) if form else asked.json
        except ValueError:
            return Answer(400)
        if any(each["name"] == user["name"] for each in self.known):
            return Answer(409)
        self.known.append(user)
        return Answer(201, user)


@pytest.mark.parametrize(
    "body",
    [
        'body = { name = "ada", password = { env = "LOGIN_PASSWORD" }, push_token = "a-token-of-hers" }',
        (
            'headers = { Content-Type = "application/x-www-form-urlencoded" }\n'
            'raw = "name=ada&password=only+between+us&push_token=a-token-of-hers"'
        ),
    ],
    ids=["JSON", "form"],
)
def test_what_a_body_tells_is_recorded_nowhere(
    body: str, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may come back: it shows nobody. What it was promised to be cannot be told then."""
    monkeypatch.setenv("LOGIN_PASSWORD", "only between us")
    (tmp_path / "login.yaml").write_text(LOGIN)
    ledger, users = claims.ledger(contract.load(tmp_path / "login.yaml")), Users()
    state = f'name = "users"\nbase_url = "{start(users).url}"\n[states."addUser 201"]\n{body}\n'
    (tmp_path / "target.toml").write_text(state)
    loaded = target_file.load(tmp_path / "target.toml")
    planned = plan.plan(ledger, loaded, seed=1, writes=True)
    recorded = run.record(ledger, loaded, planned, tmp_path / "report", seed=1)
    text = (tmp_path / "report/recording.jsonl").read_text()
    assert [each for each in ("only between us", "only+between+us", "a-token-of-hers") if each in text] == []
    said = {each.claim.id: each.verdict for each in judge.judge(ledger, recorded).claims}
    assert said["addUser/201/body/properties/name/type"] == "held"
    assert said["addUser/201/body/properties/push_token/pattern"] == "not-exercised"
    assert said["addUser/201/body/properties/password/maxLength"] == "not-exercised"
    # sent once more as it was, not as it was recorded
    assert {each["password"] for each in users.known} == {"only between us"}
    if body.startswith("body"):
        assert said["addUser/409/status"] == "held"
