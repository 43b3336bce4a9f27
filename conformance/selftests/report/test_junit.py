"""junit.xml: what is red there, what is skipped, and that any content is XML."""

from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, Verdicts, WaiverNote
from assay.recording import Waiver
from assay.recording.exchange import Exchange, Reply
from assay.report.junit import junit
from selftests.report import schemas

Judged = Callable[..., Verdicts]
Broken = Callable[..., ClaimVerdict]

ID = "getThing/200/body/properties/id/format"
SHOULD = "getThing/200/body/properties/size/maximum"
STATUS = "getThing/502/status"
RELATION = "getThing/relations/echo/id"


def parsed(verdicts: Verdicts) -> ET.Element:
    return ET.fromstring(junit(verdicts))  # noqa: S314 - our own output


def outcome(verdicts: Verdicts, name: str) -> ET.Element | None:
    """What stands in the case of that name; None where it passed."""
    [case] = [each for each in parsed(verdicts).iter("testcase") if each.get("name") == name]
    return next(iter(case), None)


def tag(verdicts: Verdicts, name: str) -> str:
    found = outcome(verdicts, name)
    return "passed" if found is None else found.tag


def test_a_suite_an_operation_and_one_for_the_run(judged: Judged) -> None:
    suites = [suite.get("name") for suite in parsed(judged()).iter("testsuite")]
    assert suites == ["getThing", "createThing", "(the run)"]


def test_a_case_a_claim(judged: Judged, ledger: Ledger) -> None:
    cases = [each.get("name") for each in parsed(judged()).iter("testcase")]
    assert cases == [*ledger.claims, "complete", "waivers", "exclusions"]


def test_a_case_is_classed_by_its_response(judged: Judged) -> None:
    classes = {each.get("name"): each.get("classname") for each in parsed(judged()).iter("testcase")}
    assert (classes[ID], classes[RELATION]) == ("getThing/200", "getThing")


def test_a_conformant_run_has_nothing_red(judged: Judged) -> None:
    for suite in parsed(judged()).iter("testsuite"):
        assert (suite.get("failures"), suite.get("errors"), suite.get("skipped")) == ("0", "0", "0")


def test_a_suite_names_target_build_and_document(judged: Judged) -> None:
    properties = {each.get("name"): each.get("value") for each in parsed(judged()).iter("property")}
    assert properties == {
        "target": "staging",
        "base_url": "https://things.example",
        "build": "abc123",
        "document": "Things 1.2.3",
        "seed": "5",
    }


def test_a_violated_claim_fails(judged: Judged, broken: Broken) -> None:
    found = outcome(judged(broken(ID)), ID)
    assert found is not None
    assert (found.tag, found.get("message")) == ("failure", 'expected a uuid, got "x"')


def test_a_failure_tells_all_that_is_needed_to_see_it_again(judged: Judged, broken: Broken) -> None:
    found = outcome(judged(broken(ID)), ID)
    assert found is not None
    text = (found.text or "").splitlines()
    assert text[0] == "`/id` is in the format uuid"
    assert text[1].endswith("(/components/schemas/Thing/properties/id/format)")
    assert text[4:] == [
        "expected: a uuid",
        'got: "x"',
        "at: /id",
        "exchange: 7 (getThing 200), request id req-42",
        "curl -sS -i --url 'https://things.example/things/1'",
    ]


def test_of_many_failures_some_are_written_out(
    judged: Judged, broken: Broken, exchange: Callable[..., Exchange]
) -> None:
    found = outcome(judged(broken(ID, *[exchange()] * 7)), ID)
    assert found is not None
    assert (found.text or "").count("expected: ") == 5
    assert (found.text or "").endswith("and 2 more in results.json")


@pytest.mark.parametrize("verdict", ["not-exercised", "inconclusive"])
@pytest.mark.parametrize("claim", [STATUS, RELATION, "getThing/404/media-type", "getThing/404/json"])
def test_what_makes_a_run_incomplete_is_an_error(verdict: str, claim: str, judged: Judged, ledger: Ledger) -> None:
    unseen = ClaimVerdict(ledger.claims[claim], verdict, reason="nobody declared its state")  # type: ignore[arg-type]
    found = outcome(judged(unseen), claim)
    assert found is not None
    assert (found.tag, found.get("message")) == ("error", f"{verdict}: nobody declared its state")


@pytest.mark.parametrize("verdict", ["waived", "not-applicable"])
def test_what_the_target_file_takes_out_is_skipped(verdict: str, judged: Judged, ledger: Ledger) -> None:
    taken_out = ClaimVerdict(ledger.claims[STATUS], verdict, reason="agreed")  # type: ignore[arg-type]
    assert tag(judged(taken_out, header={"strict": True}), STATUS) == "skipped"


def test_a_keyword_that_was_not_exercised_is_skipped(judged: Judged, ledger: Ledger) -> None:
    assert tag(judged(ClaimVerdict(ledger.claims[ID], "not-exercised")), ID) == "skipped"


def test_a_keyword_that_was_not_exercised_is_an_error_when_strict(judged: Judged, ledger: Ledger) -> None:
    unseen = ClaimVerdict(ledger.claims[ID], "not-exercised")
    assert tag(judged(unseen, header={"strict": True}), ID) == "error"


def test_a_violated_should_is_skipped_and_says_so(judged: Judged, broken: Broken) -> None:
    found = outcome(judged(broken(SHOULD)), SHOULD)
    assert found is not None
    assert found.tag == "skipped"
    assert (found.get("message") or "").startswith("should, violated: ")


def test_a_violated_should_fails_when_strict(judged: Judged, broken: Broken) -> None:
    assert tag(judged(broken(SHOULD), header={"strict": True}), SHOULD) == "failure"


def test_an_incomplete_run_is_red_without_any_claim(judged: Judged) -> None:
    found = outcome(judged(incomplete=("the run was interrupted", "and partial")), "complete")
    assert found is not None
    assert (found.tag, found.text) == ("error", "the run was interrupted\nand partial")


def test_a_waiver_that_needs_attention_is_red(judged: Judged) -> None:
    note = WaiverNote(Waiver("getThing/404/*", "known", "team", "2026-01-31"), "expired", "it ended on 2026-01-31")
    found = outcome(judged(waiver_notes=(note,)), "waivers")
    assert found is not None
    assert (found.tag, found.get("message")) == ("error", "it ended on 2026-01-31")


def test_an_excluded_response_that_came_is_red(judged: Judged) -> None:
    assert tag(judged(excluded_but_seen=("getThing/404/status",)), "exclusions") == "error"


def test_it_is_valid_by_the_schema_that_readers_agree_with(
    judged: Judged, broken: Broken, exchange: Callable[..., Exchange], ledger: Ledger
) -> None:
    schema = schemas.junit()
    odd = exchange(step="<\0>", reply=Reply(500, (("cf-ray", "\x1b"),), b""))
    made = judged(
        broken(ID, odd, odd), broken(SHOULD), ClaimVerdict(ledger.claims[STATUS], "not-exercised"),
        incomplete=("nothing came",), header={"target": {"name": "", "base_url": ""}},
    )  # fmt: skip
    for verdicts in (judged(), made):
        schema.validate(junit(verdicts).decode())


class TestAnyContentIsXml:
    """XML 1.0, 2.2: most control characters, U+FFFE and surrogates are no characters, not even escaped."""

    @settings(deadline=None, derandomize=True, max_examples=50)
    @given(text=st.text(st.characters()))
    @example(text="\0\x1b\ufffe\ud800]]><&\"'\r\n")
    def test_in_every_place_that_a_server_fills(
        self, text: str, judged: Judged, broken: Broken, exchange: Callable[..., Exchange]
    ) -> None:
        odd = exchange(text, text, ((text, text),), b"", step=text, reply=Reply(200, (("cf-ray", text),), b""))
        failing = evolve(broken(ID, odd, expected=text, got=text), reason=text)
        found = outcome(judged(failing, build=text, incomplete=(text,), header={"target": {"name": text}}), ID)
        assert found is not None
        assert found.tag == "failure"
