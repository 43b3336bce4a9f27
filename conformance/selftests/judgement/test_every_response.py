"""Every response is judged, however it came about: status, media type, headers, body."""

from collections.abc import Callable
from typing import Any

import pytest

from assay.claims import Ledger
from assay.judge import judge
from assay.judge.verdicts import ClaimVerdict, Verdicts
from assay.recording import PlannedStep, Recording
from assay.recording.exchange import Exchange

Made = Callable[..., Exchange]
Judged = Callable[..., Verdicts]

ID = "a1000000-0000-4000-8000-0000000000cc"
FORMAT = "getThing/200/body/properties/id/format"


class TestDocumentedStatus:
    @pytest.mark.parametrize("role", ["state", "control", "poll", "explore", "minimal", "probe"])
    def test_an_undocumented_one_is_a_violation_in_any_role(self, role: str, made: Made, judged: Judged) -> None:
        verdict = judged(made(418, role=role, step="x")).of("getThing/any/status")
        assert verdict.verdict == "violated"
        assert verdict.failures[0].expected == "one of 200, 404, 409, 429, 500"

    def test_what_was_sent_while_shrinking_counts_for_nothing(self, made: Made, judged: Judged) -> None:
        assert judged(made(418, role="shrink")).of("getThing/any/status").exercised == 0

    def test_a_throttled_answer_exercises_nothing(self, made: Made, judged: Judged) -> None:
        verdicts = judged(made(503, due="", role="explore", headers=(("Retry-After", "1"),)))
        assert verdicts.of("getThing/any/status").verdict == "not-exercised"
        assert verdicts.of("getThing/any/server-error").verdict == "not-exercised"

    def test_a_fault_exercises_nothing(self, made: Made, judged: Judged) -> None:
        assert judged(made(None)).of("getThing/any/status").verdict == "not-exercised"


class TestServerError:
    @pytest.mark.parametrize(
        ("due", "status", "verdict"),
        [
            ("200", 500, "violated"),
            ("", 500, "violated"),
            ("200", 502, "violated"),
            ("500", 500, "held"),
            ("200", 404, "held"),
        ],
    )
    def test_one_that_is_not_due_is_a_violation(
        self, due: str, status: int, verdict: str, made: Made, judged: Judged
    ) -> None:
        assert judged(made(status, due=due, role="explore")).of("getThing/any/server-error").verdict == verdict

    def test_a_documented_one_is_judged_as_what_it_is(self, made: Made, judged: Judged) -> None:
        verdicts = judged(made(500, {}, due="200"))
        assert verdicts.of("getThing/500/body/required/code").verdict == "violated"


class TestMediaType:
    def test_another_one_is_a_violation(self, made: Made, judged: Judged) -> None:
        failure = judged(made(404, {"code": "e"}, media_type="text/html")).of("getThing/404/media-type").failures[0]
        assert (failure.expected, failure.got) == ("application/json", "text/html")

    def test_none_is_a_violation(self, made: Made, judged: Judged) -> None:
        failure = judged(made(404, {"code": "e"}, media_type=None)).of("getThing/404/media-type").failures[0]
        assert failure.got == "no Content-Type"

    def test_its_parameters_are_free(self, made: Made, judged: Judged) -> None:
        answer = made(404, {"code": "e"}, media_type="application/JSON; charset=utf-8")
        assert judged(answer).of("getThing/404/media-type").verdict == "held"

    def test_a_body_of_another_one_is_held_against_the_schema_all_the_same(self, made: Made, judged: Judged) -> None:
        verdicts = judged(made(404, {}, media_type="text/plain"))
        assert verdicts.of("getThing/404/body/required/code").verdict == "violated"

    def test_where_none_is_documented_anything_goes(self, made: Made, judged: Judged) -> None:
        verdicts = judged(made(409, b"<html>", media_type="text/html", due="409"))
        assert [each.claim.id for each in verdicts.claims if each.verdict == "violated"] == []


class TestJson:
    def test_what_is_none_is_a_violation(self, made: Made, judged: Judged) -> None:
        failure = judged(made(404, b"<html>")).of("getThing/404/json").failures[0]
        assert failure.got == "Expecting value at character 0: <html>"

    def test_no_keyword_is_exercised_by_it(self, made: Made, judged: Judged) -> None:
        assert judged(made(404, b"<html>")).of("getThing/404/body/required/code").verdict == "not-exercised"

    def test_a_long_body_is_cut_in_the_message(self, made: Made, judged: Judged) -> None:
        failure = judged(made(404, b"x" * 5_000)).of("getThing/404/json").failures[0]
        assert len(failure.got) == 200

    @pytest.mark.parametrize("status", [200, 404])
    def test_an_empty_body_is_a_violation(self, status: int, made: Made, judged: Judged) -> None:
        failure = judged(made(status, b"")).of(f"getThing/{status}/json").failures[0]
        assert failure.got.startswith("the body is empty")


class TestKeyword:
    def test_the_failure_says_where_and_what(self, made: Made, judged: Judged) -> None:
        failure = judged(made(body={"id": "x"})).of(FORMAT).failures[0]
        assert (failure.at, failure.exchange.id) == ("/id", 1)
        assert '"x"' in failure.got

    def test_a_value_of_another_type_does_not_exercise_it(self, made: Made, judged: Judged) -> None:
        assert judged(made(body={"id": 5})).of(FORMAT).verdict == "not-exercised"

    def test_an_optional_property_that_is_absent_does_not_either(self, made: Made, judged: Judged) -> None:
        verdict = judged(made(body={"id": ID})).of("getThing/200/body/properties/size/minimum")
        assert (verdict.verdict, verdict.reason) == ("not-exercised", "no recorded response could have broken it")


class TestHeader:
    @pytest.mark.parametrize(
        ("value", "broken"),
        [("7", None), ("0", None), ("-1", "minimum"), ("x", "type"), ("1.5", "type"), ("1_0", "type"), ("", "type")],
    )
    def test_its_text_is_read_as_its_type(self, value: str, broken: str | None, made: Made, judged: Judged) -> None:
        verdicts = judged(made(body={"id": ID}, headers=(("x-total", value),)))
        found = [each.claim.id for each in verdicts.claims if each.verdict == "violated"]
        assert found == ([f"getThing/200/headers/X-Total/{broken}"] if broken else [])

    def test_one_that_is_required_has_to_be_there(self, made: Made, judged: Judged) -> None:
        verdicts = judged(made(body={"id": ID}))
        assert verdicts.of("getThing/200/headers/X-Total/required").verdict == "violated"
        assert verdicts.of("getThing/200/headers/X-Total/type").verdict == "not-exercised"


class TestEvidence:
    def test_failures_come_first_and_there_are_few(self, made: Made, judged: Judged) -> None:
        answers = [made(body={"id": ID if n < 6 else "x"}, id=n) for n in range(1, 20)]
        verdict = judged(*answers).of(FORMAT)
        assert verdict.evidence == (6, 7, 8, 9, 10)
        assert verdict.exercised == 19
        assert len(verdict.failures) == 5
        assert verdict.reason.endswith("14 of 19 times)")

    def test_the_strongest_grade_is_told(self, made: Made, judged: Judged) -> None:
        answers = [
            made(body={"id": ID}, grade=grade) for grade in ("hinted", "observed", "provoked", "natural", "hinted")
        ]
        assert [judged(*answers[: n + 1]).of(FORMAT).grade for n in range(4)] == [
            "hinted", "observed", "provoked", "natural",
        ]  # fmt: skip
        assert judged(*answers).of(FORMAT).grade == "natural"

    def test_what_was_not_seen_has_no_grade(self, judged: Judged) -> None:
        assert judged().of(FORMAT).grade is None

    def test_the_minimal_request_is_shown_first_and_said_to_reproduce(self, made: Made, judged: Judged) -> None:
        found = made(body={"id": "x"}, role="explore", id=1)
        minimal = [made(body={"id": "x"}, role="minimal", step=f"getThing minimal {FORMAT}", id=n) for n in (2, 3)]
        verdict = judged(found, *minimal).of(FORMAT)
        assert [each.exchange.id for each in verdict.failures][-1] == 1
        assert "reproduces: 2 of 2 times" in verdict.reason

    def test_one_that_does_not_always_is_intermittent(self, made: Made, judged: Judged) -> None:
        step = f"getThing minimal {FORMAT}"
        again = [made(body={"id": each}, role="minimal", step=step, id=n) for n, each in enumerate(("x", ID), 2)]
        assert "intermittent: 1 of 2 times" in judged(made(body={"id": "x"}), *again).of(FORMAT).reason


KINDS = """\
openapi: 3.1.0
info: {title: Kinds, version: 1.0.0}
paths:
  /x:
    head:
      operationId: headX
      responses: {"200": {description: OK, content: {application/json: {schema: {type: object}}}}}
    get:
      operationId: getX
      responses:
        "200":
          description: OK
          headers:
            X-Flag: {schema: {type: boolean}}
            X-Share: {schema: {type: number, maximum: 1}}
            X-Tags: {schema: {type: array, maxItems: 2}}
            X-Any: {schema: {type: ["null", integer]}}
            X-Counts: {schema: {type: array, items: {type: integer}}}
            X-Members: {schema: {type: object, required: [role]}}
          content:
            application/*: {schema: {type: object, required: [wide]}}
            application/json: {schema: {type: object, required: [near]}}
            text/plain: {schema: {type: string, maxLength: 3}}
            image/png: {}
        "202": {description: Later, content: {"*/*": {schema: {type: object, required: [any]}}}}
        "204": {description: Gone, content: {application/json: {schema: {type: object}}}}
        "205": {description: Part, content: {application/json: {}}}
        "206":
          description: Key
          content:
            application/json:
              schema:
                type: object
                required: [key]
                properties: {key: {type: string, maxLength: 3}, other: {type: string, maxLength: 3}}
"""


@pytest.fixture(scope="module")
def kinds(ledger_of: Callable[[str], Ledger]) -> Ledger:
    return ledger_of(KINDS)


@pytest.fixture(scope="module")
def told(kinds: Ledger, made: Made, recorded: Callable[..., Recording]) -> Callable[..., dict[str, str]]:
    """The verdict of each claim on one response of `getX`, by what follows its status."""

    def make(status: int, body: Any, media_type: str | None = "application/json", **changes: Any) -> dict[str, str]:
        operation = changes.setdefault("operation", "getX")
        verdicts = judge(kinds, recorded(made(status, body, media_type=media_type, due="", role="explore", **changes)))
        prefix = f"{operation}/{status}/"
        return {each.claim.id.removeprefix(prefix): each.verdict for each in verdicts.claims if each.exercised}

    return make


Told = Callable[..., dict[str, str]]


class TestWhatWasTakenOut:
    def test_a_credential_in_a_value_leaves_open_what_the_value_was(self, told: Told) -> None:
        said = told(206, '{"key": "«credential:default»", "other": "abcd"}'.encode())
        assert said["body/properties/key/type"] == "held"
        assert "body/properties/key/maxLength" not in said
        assert said["body/properties/other/maxLength"] == "violated"

    def test_and_in_a_name_which_member_it_was(self, told: Told) -> None:
        said = told(206, '{"«credential:default»": 1}'.encode())
        assert said["body/type"] == "held"
        assert not [claim for claim in said if "required" in claim]


class TestSeveralMediaTypes:
    def test_the_nearest_is_the_one_that_counts(self, told: Told) -> None:
        said = told(200, {"wide": 1})
        assert said["body/application~1json/required/near"] == "violated"
        assert "body/application~1*/required/wide" not in said

    def test_another_json_falls_under_a_range(self, told: Told) -> None:
        assert told(200, {}, "application/hal+json")["body/application~1*/required/wide"] == "violated"

    def test_under_a_range_what_is_no_json_is_not_read(self, told: Told) -> None:
        assert told(200, b"\x00", "application/pdf")["media-type"] == "held"
        assert not any("required" in name for name in told(200, b"\x00", "application/pdf"))

    def test_any_type_is_one_too(self, told: Told) -> None:
        assert told(202, {})["body/required/any"] == "violated"
        assert told(202, {"any": 1}, None)["media-type"] == "held"

    def test_what_falls_under_any_type_and_says_that_it_is_json_is_json(self, told: Told) -> None:
        assert (told(202, b"{")["media-type"], told(202, b"{")["json"]) == ("held", "violated")
        assert "violated" not in told(202, b"{", "text/plain").values()

    def test_text_is_held_against_its_schema(self, told: Told) -> None:
        assert told(200, b"abcd", "text/plain")["body/text~1plain/maxLength"] == "violated"
        assert told(200, b"a\xff", "text/plain")["body/text~1plain/maxLength"] == "held"

    @pytest.mark.parametrize("written", ["ISO-8859-1", '"iso-8859-1"', "latin1"])
    def test_it_is_read_as_it_says_that_it_is_written(self, written: str, told: Told) -> None:
        """Each of these letters is a byte there, and two in UTF-8."""
        said = told(200, "ééé".encode("iso-8859-1"), f"text/plain; charset={written}")
        assert said["body/text~1plain/maxLength"] == "held"
        assert told(200, "ééé".encode(), f"text/plain; charset={written}")["body/text~1plain/maxLength"] == "violated"

    @pytest.mark.parametrize("written", ["utf-8", "punycode", "no-such-thing", "base64", "undefined"])
    def test_it_is_read_as_utf_8_where_that_is_nothing_known(self, written: str, told: Told) -> None:
        said = told(200, "ééé".encode(), f"text/plain; charset={written}")
        assert said["body/text~1plain/maxLength"] == "held"

    @pytest.mark.parametrize("body", ["«credential:default»", "key «redacted»", "%C2%ABredacted%C2%BB"])
    def test_of_what_was_taken_out_nothing_is_said(self, body: str, told: Told) -> None:
        assert "body/text~1plain/maxLength" not in told(200, body.encode(), "text/plain")

    def test_bytes_are_not(self, told: Told) -> None:
        assert set(told(200, b"\x89PNG", "image/png")) == {"media-type", "getX/any/status", "getX/any/server-error"}

    def test_one_that_is_not_documented_is_read_as_none_of_them(self, told: Told) -> None:
        said = told(200, b"<a/>", "text/html")
        assert said["media-type"] == "violated"
        assert "json" not in said

    def test_json_without_a_schema_is_json_at_least(self, told: Told) -> None:
        assert told(205, b"{")["json"] == "violated"
        assert told(205, b"[]")["json"] == "held"


class TestWithoutBody:
    def test_a_head_has_none(self, told: Told) -> None:
        assert told(200, b"", operation="headX", method="HEAD") == {
            "headX/any/status": "held",
            "headX/any/server-error": "held",
        }

    def test_a_204_has_none(self, told: Told) -> None:
        assert "json" not in told(204, b"", None)


class TestHeaderTypes:
    @pytest.mark.parametrize(
        ("name", "value", "broken"),
        [
            ("X-Flag", "true", None),
            ("X-Flag", "yes", "type"),
            ("X-Share", "0.5", None),
            ("X-Share", "1e-2", None),
            ("X-Share", "2", "maximum"),
            ("X-Share", "nan", "type"),
            ("X-Share", "half", "type"),
            ("X-Tags", "a, b", None),
            ("X-Tags", "a,b,c", "maxItems"),
            ("X-Any", "5", None),
            ("X-Any", "five", "type"),
            ("X-Counts", "1, 2", None),
            ("X-Counts", "1, two", "items/type"),
            ("X-Members", "role,admin", None),
        ],
    )
    def test_each_is_read_as_its_type(self, name: str, value: str, broken: str | None, told: Told) -> None:
        said = told(200, {"near": 1}, headers=((name, value),))
        assert [key for key, verdict in said.items() if verdict == "violated"] == (
            [f"headers/{name}/{broken}"] if broken else []
        )


class TestSecurityAndMocks:
    def test_a_mock_is_not_asked_for_behaviour(
        self, made: Made, judged: Judged, step: Callable[..., PlannedStep]
    ) -> None:
        verdicts = judged(made(body={"id": ID}), steps=(step(driver="hint"),), mock=True)
        told: list[ClaimVerdict] = [each for each in verdicts.claims if each.claim.kind == "hygiene"]
        assert told
        assert {each.verdict for each in told} == {"not-applicable"}
