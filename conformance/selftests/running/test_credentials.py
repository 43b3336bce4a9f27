"""A credential of each kind really reaches the server, where the operation's security scheme says, and only there."""

import base64
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from assay import claims, contract
from assay.claims import Ledger
from selftests.running.miniatures import THING, Answer, Asked, Behaviour, Miniature, Ran, things

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
