"""What the answer to a probe means: credentials that have to be refused, methods and paths that lead nowhere."""

from collections.abc import Callable
from typing import Any

import pytest

from assay.claims import Ledger
from assay.judge import judge
from assay.judge.verdicts import Verdicts
from assay.recording import Recording
from assay.recording.exchange import Exchange

Made = Callable[..., Exchange]

DOCUMENT = """\
openapi: 3.1.0
info: {title: Secured, version: 1.0.0}
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
    session: {type: apiKey, in: cookie, name: sid}
paths:
  /things/{id}:
    get:
      operationId: getThing
      security: [{key: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses:
        "200":
          description: OK
          content: {application/json: {schema: {type: object, required: [id]}}}
        "400": {description: Bad Request}
        "401": {description: Unauthorized}
        "404": {description: Not Found}
  /names/{name}:
    get:
      operationId: getName
      security: [{session: []}]
      parameters: [{name: name, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: OK}, "403": {description: Forbidden}}
  /notes/{title}:
    get:
      operationId: getNote
      parameters: [{name: title, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: OK, content: {application/json: {schema: {type: object, required: [id]}}}}
"""

SENT = (("Authorization", "Bearer «credential:default»"),)
THING = {"id": 1}


@pytest.fixture(scope="module")
def secured(ledger_of: Callable[[str], Ledger]) -> Ledger:
    return ledger_of(DOCUMENT)


@pytest.fixture(scope="module")
def verdicts(secured: Ledger, recorded: Callable[..., Recording]) -> Callable[..., Verdicts]:
    def make(*exchanges: Exchange, **header: Any) -> Verdicts:
        return judge(secured, recorded(*exchanges, **header))

    return make


@pytest.fixture(scope="module")
def after(verdicts: Callable[..., Verdicts], made: Made) -> Callable[..., str]:
    """The verdict on one claim after one answer to its probe."""

    def make(claim: str, status: int | None, body: Any = b"", of: str = "", **changes: Any) -> str:
        operation = claim.partition("/")[0]
        probe = made(status, body, role="probe", step=claim, due="", operation=operation, **changes)
        return verdicts(probe).of(of or claim.partition("#")[0]).verdict

    return make


After = Callable[..., str]


class TestCredentialThatHasToBeRefused:
    @pytest.mark.parametrize("variant", ["missing", "wrong", "malformed", "other-scheme"])
    @pytest.mark.parametrize(
        ("status", "verdict"),
        [(401, "held"), (404, "held"), (302, "held"), (200, "violated"), (204, "violated"), (500, "violated")],
    )
    def test_it_gives_neither_a_resource_nor_an_error(
        self, variant: str, status: int, verdict: str, after: After
    ) -> None:
        assert after(f"getThing/security/{variant}", status, THING) == verdict

    @pytest.mark.parametrize(
        ("variant", "status", "verdict"),
        [
            ("missing", 401, "held"),
            ("missing", 400, "violated"),
            ("wrong", 404, "violated"),
            ("malformed", 400, "held"),
            ("other-scheme", 401, "held"),
            ("other-scheme", 404, "violated"),
        ],
    )
    def test_the_status_is_401_where_that_is_documented(
        self, variant: str, status: int, verdict: str, after: After
    ) -> None:
        assert after(f"getThing/security/{variant}", status, of=f"getThing/security/{variant}/status") == verdict

    @pytest.mark.parametrize(("status", "verdict"), [(403, "held"), (401, "violated"), (418, "violated")])
    def test_else_it_is_a_documented_4xx(self, status: int, verdict: str, after: After) -> None:
        assert after("getName/security/missing", status, of="getName/security/missing/status") == verdict

    def test_its_answer_is_documented_like_any_other(self, after: After) -> None:
        assert after("getThing/security/missing", 403, of="getThing/any/status") == "violated"

    @pytest.mark.parametrize("status", [429, None])
    def test_what_was_throttled_or_failed_shows_nothing(self, status: int | None, after: After) -> None:
        assert after("getThing/security/missing", status) == "inconclusive"


class TestUndocumentedMethod:
    @pytest.mark.parametrize(
        ("status", "verdict"),
        [
            (405, "held"),
            (404, "held"),
            (501, "held"),
            (307, "held"),
            (200, "violated"),
            (204, "violated"),
            (500, "violated"),
        ],
    )
    def test_it_does_nothing(self, status: int, verdict: str, after: After) -> None:
        assert after("getThing/hygiene/method/DELETE", status, method="DELETE") == verdict

    def test_its_answer_may_come_from_a_router(self, after: After) -> None:
        assert after("getThing/hygiene/method/POST", 405, b"<html>", of="getThing/any/status") == "not-exercised"


class TestHostilePath:
    @pytest.mark.parametrize(
        ("status", "body", "verdict"),
        [
            (404, b"<html>", "held"),
            (414, b"", "held"),
            (200, b"<html>the front page", "held"),
            (200, {"other": 1}, "held"),
            (200, THING, "violated"),
            (500, b"", "violated"),
        ],
    )
    def test_it_gives_neither_an_error_nor_a_resource(self, status: int, body: Any, verdict: str, after: After) -> None:
        assert after("getThing/hygiene/hostile-path#dots", status, body) == verdict

    @pytest.mark.parametrize(("status", "verdict"), [(200, "held"), (404, "held"), (500, "violated")])
    def test_where_every_text_is_a_name_a_resource_may_go_by_an_odd_one(
        self, status: int, verdict: str, after: After
    ) -> None:
        assert after("getNote/hygiene/hostile-path#over 2 kB", status, THING) == verdict

    def test_where_a_resource_has_no_schema_none_can_be_told(self, after: After) -> None:
        assert after("getName/hygiene/hostile-path#dots", 200, THING) == "held"


class TestHostileValue:
    @pytest.mark.parametrize(
        ("status", "verdict"), [(400, "held"), (404, "held"), (200, "violated"), (418, "violated"), (500, "violated")]
    )
    def test_one_that_is_no_valid_value_gives_a_documented_4xx(self, status: int, verdict: str, after: After) -> None:
        assert after("getThing/hygiene/hostile-value#quotes", status) == verdict

    @pytest.mark.parametrize(("status", "verdict"), [(200, "held"), (403, "held"), (500, "violated")])
    def test_one_that_may_be_valid_gives_no_error(self, status: int, verdict: str, after: After) -> None:
        assert after("getName/hygiene/hostile-value#quotes", status) == verdict


class TestEcho:
    ECHO = "getThing/security/echo"

    @pytest.mark.parametrize(
        ("body", "headers", "got"),
        [
            ("«credential:default»".encode(), (), "one in the body"),
            (b"{}", (("X-Debug", "Bearer «credential:wrong»"),), "one in the header X-Debug"),
        ],
    )
    def test_a_credential_that_comes_back_is_a_violation(
        self, body: bytes, headers: tuple[tuple[str, str], ...], got: str, verdicts: Callable[..., Verdicts], made: Made
    ) -> None:
        assert verdicts(made(body=body, asked=SENT, headers=headers)).of(self.ECHO).failures[0].got == got

    def test_any_answer_to_one_exercises_it(self, verdicts: Callable[..., Verdicts], made: Made) -> None:
        assert verdicts(made(404, b"", asked=SENT)).of(self.ECHO).verdict == "held"
        assert (
            verdicts(made(404, b"", url="https://h/things/1?key=«credential:default»")).of(self.ECHO).verdict == "held"
        )

    def test_without_one_there_is_nothing_to_come_back(self, verdicts: Callable[..., Verdicts], made: Made) -> None:
        assert verdicts(made(404, b"")).of(self.ECHO).verdict == "not-exercised"

    def test_one_that_is_too_short_cannot_be_told(self, verdicts: Callable[..., Verdicts], made: Made) -> None:
        verdict = verdicts(made(404, b"", asked=SENT), short_secrets=("default",)).of(self.ECHO)
        assert verdict.verdict == "inconclusive"
        assert "'default' is too short" in verdict.reason

    def test_a_cookie_may_be_set_anew(self, verdicts: Callable[..., Verdicts], made: Made) -> None:
        def answer(name: str) -> Exchange:
            headers = ((name, "sid=«credential:default»"),)
            return made(403, b"", operation="getName", asked=(("Cookie", "sid=«credential:default»"),), headers=headers)

        assert verdicts(answer("Set-Cookie")).of("getName/security/echo").verdict == "held"
        assert verdicts(answer("X-Cookie")).of("getName/security/echo").verdict == "violated"
