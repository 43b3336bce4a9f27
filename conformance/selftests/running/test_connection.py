"""How requests go out: over TLS with certificates of one's own, through a proxy, with headers that say who asks."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme
from attrs import evolve

from assay.errors import UserError
from assay.run.connection import USER_AGENT
from selftests.running import miniatures, proxies
from selftests.running.miniatures import NOTHING, THING, Answer, Asked, Behaviour, Miniature, Ran, things

Start = Callable[[Behaviour], Miniature]
Run = Callable[..., Ran]

ONE = '[states."getThing 200"]\npath = { id = "one" }\n'
SECRET = "nobody-may-see-this-either"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def context(authority: trustme.CA) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "things.invalid").configure_cert(made)
    return made


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Miniature]:
    """Things, over TLS."""
    with miniatures.running(things, context(authority)) as server:
        yield server


class TestAuthority:
    def test_a_certificate_that_nobody_vouches_for_is_refused(self, secure: Miniature, ran: Run) -> None:
        with pytest.raises(UserError, match="CERTIFICATE_VERIFY_FAILED"):
            ran(secure.url, ONE)

    def test_one_of_the_target_file_may_vouch(self, secure: Miniature, ca: Path, ran: Run) -> None:
        assert ran(secure.url, ONE, http=f'ca = "{ca.name}"').given("200").verdict == "held"

    def test_it_vouches_for_setups_too(self, authority: trustme.CA, ca: Path, start: Start, ran: Run) -> None:
        conflict, actions = Answer(409, {"error": "busy"}), list[str]()

        def states(asked: Asked) -> Answer:
            actions.append(asked.json["action"])
            return Answer(200, {})

        server = start(lambda asked: conflict if actions and actions[-1] == "setup" else things(asked))
        with miniatures.running(states, context(authority)) as control:
            setup = f'setup = {{ url = "{control.url}/states", state = "busy" }}'
            came = ran(server.url, f'[states."getThing 409"]\npath = {{ id = "one" }}\n{setup}', http=f'ca = "{ca}"')
        assert came.row("409").verdict == "held"
        assert actions == ["setup", "teardown"]
        assert control.asked[0].headers["user-agent"] == USER_AGENT


class TestClientCertificate:
    @pytest.fixture
    def strict(self, authority: trustme.CA) -> Iterator[Miniature]:
        """Things, for who shows a certificate of the same authority."""
        demanding = context(authority)
        demanding.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(demanding)
        with miniatures.running(things, demanding) as server:
            yield server

    @pytest.fixture
    def shown(self, authority: trustme.CA, tmp_path: Path) -> trustme.LeafCert:
        leaf = authority.issue_cert("assay@things.invalid")
        leaf.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
        leaf.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
        leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "both.pem"))
        return leaf

    def test_without_one_there_is_no_answer(self, strict: Miniature, ca: Path, ran: Run) -> None:
        with pytest.raises(UserError, match="answered none of"):
            ran(strict.url, ONE, http=f'ca = "{ca}"')

    @pytest.mark.usefixtures("shown")
    @pytest.mark.parametrize("files", ['cert = "cert.pem", key = "key.pem"', 'cert = "both.pem"'])
    def test_it_is_shown_to_a_server_that_asks(self, files: str, strict: Miniature, ca: Path, ran: Run) -> None:
        came = ran(strict.url, ONE, http=f'ca = "{ca}"\nclient_certificate = {{ {files} }}')
        assert came.given("200").verdict == "held"

    @pytest.mark.usefixtures("shown")
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('ca = "none.pem"', "`ca`: there is no file"),
            ('ca = "target.toml"', "`ca`: it cannot be used"),
            ('client_certificate = { cert = "cert.pem", key = "none.pem" }', "there is no file"),
            ('client_certificate = { cert = "cert.pem" }', "`client_certificate`: it cannot be used"),
        ],
    )
    def test_files_that_cannot_be_used_are_named(self, text: str, said: str, ran: Run) -> None:
        with pytest.raises(UserError, match=said) as told:
            ran("http://127.0.0.1:9", http=text)
        assert ":6" in told.value.where
        assert told.value.todo

    def test_a_key_with_a_password(self, strict: Miniature, ca: Path, shown: trustme.LeafCert, ran: Run) -> None:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - nothing else needs it

        key = serialization.load_pem_private_key(shown.private_key_pem.bytes(), None)
        locked = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(SECRET.encode()),
        )
        (ca.parent / "locked.pem").write_bytes(locked)
        files = 'cert = "cert.pem", key = "locked.pem"'
        http = f'ca = "{ca}"\nclient_certificate = {{ {files}, password = "{SECRET}" }}'
        assert ran(strict.url, ONE, http=http).given("200").verdict == "held"
        with pytest.raises(UserError, match="it cannot be used"):
            ran(strict.url, ONE, http=f"client_certificate = {{ {files} }}")


class TestProxy:
    def test_requests_go_through_it(self, start: Start, ran: Run) -> None:
        server = start(things)
        with proxies.running({"things.invalid": server.port}) as proxy:
            came = ran("http://things.invalid/", ONE, http=f'proxy = "http://127.0.0.1:{proxy.port}"')
        assert came.given("200").verdict == "held"
        assert "GET http://things.invalid/things/one" in proxy.asked

    def test_tls_goes_through_a_tunnel(self, secure: Miniature, ca: Path, ran: Run) -> None:
        with proxies.running({"things.invalid": secure.port}) as proxy:
            http = f'ca = "{ca}"\nproxy = "http://127.0.0.1:{proxy.port}"'
            came = ran("https://things.invalid", ONE, http=http)
        assert came.given("200").verdict == "held"
        assert set(proxy.asked) == {"CONNECT things.invalid:443"}

    def test_its_password_is_sent_to_it_and_told_nobody(self, start: Start, ran: Run, tmp_path: Path) -> None:
        server = start(things)
        with proxies.running({"things.invalid": server.port}) as proxy:
            ran("http://things.invalid", ONE, http=f'proxy = "http://me:{SECRET}@127.0.0.1:{proxy.port}"')
        assert all(proxy.credentials)
        assert "proxy-authorization" not in server.asked[0].headers
        assert SECRET not in (tmp_path / "report/recording.jsonl").read_text()

    def test_one_that_is_not_there_is_named_without_its_password(self, ran: Run) -> None:
        with pytest.raises(UserError, match=r"nothing listens at http://127\.0\.0\.1:9: ") as told:
            ran("http://things.invalid", ONE, http=f'proxy = "http://me:{SECRET}@127.0.0.1:9"')
        assert SECRET not in str(told.value)
        assert told.value.where.endswith("target.toml:6")

    def test_setups_on_this_machine_do_not_go_through_it(self, start: Start, ran: Run) -> None:
        actions = list[str]()

        def with_states(asked: Asked) -> Answer:
            if asked.path == "/states":
                actions.append(asked.json["action"])
                return Answer(200, {})
            return Answer(409, {"error": "busy"}) if actions[-1:] == ["setup"] else things(asked)

        server = start(with_states)
        setup = f'path = {{ id = "one" }}\nsetup = {{ url = "{server.url}/states", state = "busy" }}'
        with proxies.running({"things.invalid": server.port}) as proxy:
            http = f'proxy = "http://127.0.0.1:{proxy.port}"'
            came = ran("http://things.invalid", f'[states."getThing 409"]\n{setup}', http=http)
        assert came.row("409").verdict == "held"
        assert not [each for each in proxy.asked if "states" in each]


class TestHeaders:
    def test_every_request_says_who_sends_it_and_in_which_run(self, start: Start, ran: Run) -> None:
        server = start(things)
        came = ran(server.url, ONE)
        assert {each.headers["user-agent"] for each in server.asked} == {USER_AGENT}
        assert USER_AGENT.startswith("assay/")
        assert {each.headers["x-assay-run"] for each in server.asked} == {came.recording.header.run_id}

    def test_those_of_the_target_file_go_out_with_each(self, start: Start, ran: Run) -> None:
        server = start(things)
        came = ran(server.url, ONE, http='headers = { X-Tenant = "acme" }')
        assert {each.headers.get("x-tenant") for each in server.asked} == {"acme"}
        assert {dict(each.request.headers)["X-Tenant"] for each in came.recording.exchanges} == {"acme"}

    def test_those_of_a_state_come_first(self, start: Start, ran: Run) -> None:
        server = start(things)
        ran(server.url, ONE + 'headers = { x-tenant = "own" }\n', http='headers = { X-Tenant = "acme" }')
        assert [each.headers["x-tenant"] for each in server.asked_of("/things/one")] == ["own"]

    def test_cookies_are_sent_in_one(self, start: Start, ran: Run) -> None:
        server = start(things)
        ran(server.url, ONE + 'headers = { Cookie = "b=2" }\n', http='headers = { Cookie = "a=1" }')
        assert [each.headers["cookie"] for each in server.asked_of("/things/one")] == ["a=1; b=2"]

    @pytest.mark.parametrize(
        ("header", "value"), [("X-Bypass", f'"{SECRET}"'), ("Cookie", f'"pass={SECRET}"'), ("X-Who", '{ env = "WHO" }')]
    )
    def test_secrets_in_them_are_recorded_nowhere(
        self, header: str, value: str, start: Start, ran: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("WHO", SECRET)
        server = start(things)
        ran(server.url, ONE, http=f"headers = {{ {header} = {value} }}")
        assert SECRET in server.asked[0].headers[header.lower()]
        assert SECRET not in (tmp_path / "report/recording.jsonl").read_text()

    def test_a_plain_value_of_the_environment_may_come_back(
        self, start: Start, ran: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It may be a word of the API's own, and no secret that the server gives away."""
        monkeypatch.setenv("TENANT", "northern-branch")

        def named(asked: Asked) -> Answer:
            return Answer(200, {"id": "northern-branch"}) if things(asked) is THING else NOTHING

        came = ran(start(named).url, ONE, http='headers = { X-Tenant = { env = "TENANT" } }')
        assert b"northern-branch" in next(each.reply.body for each in came.of("getThing 200") if each.reply)


class TestTimeouts:
    def test_a_connection_that_nobody_takes_is_given_up(self, ran: Run) -> None:
        """A backlog that is full answers no further connection, nor refuses it."""
        with ExitStack() as held:
            listening = held.enter_context(socket.socket())
            listening.bind(("127.0.0.1", 0))
            listening.listen(0)
            for _ in range(4):
                waiting = held.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(listening.getsockname())
            with pytest.raises(UserError, match="nothing listens at"):
                ran(f"http://127.0.0.1:{listening.getsockname()[1]}", ONE, http="timeout = { connect = 0.2 }")


CHALLENGE = Answer(
    403, b"<html>are you human?</html>", (("Content-Type", "text/html"), ("X-Edge", "challenge; by=waf"))
)
EDGE = 'edge = { header = "X-Edge" }'


class TestEdge:
    def challenged(self, *answers: Answer) -> Behaviour:
        of_one = miniatures.in_turn(*answers)
        return lambda asked: of_one(asked) if asked.path == "/things/one" else things(asked)

    def test_its_answer_is_no_answer_and_the_request_is_repeated(self, start: Start, ran: Run) -> None:
        came = ran(start(self.challenged(CHALLENGE, THING)).url, ONE, http=EDGE)
        assert [each.fault for each in came.of("getThing 200")] == [
            "an answer of the edge, not of the server: 403 with X-Edge: challenge; by=waf",
            "",
        ]
        assert came.given("200").verdict == "held"

    def test_where_it_always_answers_the_response_is_inconclusive(self, start: Start, ran: Run) -> None:
        came = ran(start(self.challenged(CHALLENGE)).url, ONE, http=EDGE)
        assert len(came.of("getThing 200")) == 3
        assert came.row("200").verdict == "inconclusive"
        assert "an answer of the edge" in came.row("200").reason
        assert came.verdicts.exit_status == 3

    @pytest.mark.parametrize("status", [200, 403, 404, 409, 503])
    def test_nothing_of_it_is_ever_held_or_violated(self, status: int, start: Start, ran: Run) -> None:
        answer = Answer(status, {"id": 3}, (("X-Edge", "cached"),))
        came = ran(start(self.challenged(answer)).url, ONE, http=EDGE)
        assert [each.claim.id for each in came.verdicts.claims if each.verdict == "violated"] == []
        assert came.verdicts.of("getThing/200/body/properties/id/type").verdict == "not-exercised"

    def test_only_some_values_of_the_header_may_tell(self, start: Start, ran: Run) -> None:
        passed = Answer(200, THING.body, (("X-Edge", "HIT"),))
        server = start(self.challenged(CHALLENGE, passed))
        came = ran(server.url, ONE, http='edge = { header = "x-edge", value = "Challenge" }')
        assert [bool(each.fault) for each in came.of("getThing 200")] == [True, False]
        assert came.given("200").verdict == "held"

    def test_without_it_the_same_answer_is_judged(self, start: Start, ran: Run) -> None:
        came = ran(start(self.challenged(CHALLENGE)).url, ONE)
        assert came.given("200").verdict == "violated"

    def test_a_probe_that_it_stops_has_shown_nothing(self, start: Start, ran: Run) -> None:
        def guarded(asked: Asked) -> Answer:
            return CHALLENGE if "%00" in asked.path or asked.method == "PUT" else things(asked)

        came = ran(start(guarded).url, ONE, http=EDGE, probed=True)
        for claim, said in (("hostile-path", "NUL: an answer of the edge"), ("method/PUT", "an answer of the edge")):
            verdict = came.verdicts.of(f"getThing/hygiene/{claim}")
            assert verdict.verdict == "inconclusive"
            assert verdict.reason.startswith(said)
        assert came.verdicts.of("getThing/hygiene/method/POST").verdict == "held"


class TestNoProbes:
    @pytest.fixture
    def unprobed(self, start: Start, ran: Run) -> tuple[Miniature, Ran]:
        server = start(things)
        return server, ran(server.url, ONE, http="probes = false", probed=True)

    def test_none_is_sent(self, unprobed: tuple[Miniature, Ran]) -> None:
        server, came = unprobed
        assert {each.role for each in came.recording.exchanges} == {"state"}
        assert {each.method for each in server.asked} == {"GET"}

    def test_what_they_would_have_shown_was_not_seen(self, unprobed: tuple[Miniature, Ran]) -> None:
        came = unprobed[1]
        for claim in ("getThing/security/wrong", "getThing/hygiene/method/POST", "getThing/hygiene/hostile-path"):
            verdict = came.verdicts.of(claim)
            assert (verdict.verdict, verdict.reason) == ("not-exercised", "the target file says `probes = false`")

    def test_the_run_is_incomplete_and_says_why(self, unprobed: tuple[Miniature, Ran]) -> None:
        came = unprobed[1]
        assert came.verdicts.exit_status == 3
        assert [each for each in came.verdicts.incomplete if "security/wrong" in each and "probes = false" in each]

    def test_what_is_not_seen_may_be_waived_by_somebody(self, start: Start, ran: Run) -> None:
        waiver = '[waivers."*/security/*"]\nreason = "the WAF bans them"\nowner = "team a"\nuntil = 2999-01-31\n'
        came = ran(start(things).url, ONE + waiver, http="probes = false", probed=True)
        assert came.verdicts.of("getThing/security/wrong").verdict == "waived"
        assert not [each for each in came.verdicts.incomplete if "security" in each]
        assert came.verdicts.waiver_notes == ()

    def test_with_them_the_same_claims_hold(self, start: Start, ran: Run) -> None:
        came = ran(start(things).url, ONE, probed=True)
        assert came.verdicts.of("getThing/security/wrong").verdict == "held"


def test_the_path_of_a_url_comes_before_those_of_the_document(start: Start, ran: Run) -> None:
    def below(asked: Asked) -> Answer:
        return things(evolve(asked, path=asked.path.removeprefix("/api/v2")))

    server = start(below)
    came = ran(f"{server.url}/api/v2/", ONE)
    assert came.given("200").verdict == "held"
    assert all(each.path.startswith("/api/v2/things/") for each in server.asked)
