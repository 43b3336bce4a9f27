"""Verdicts → JUnit XML, the face for CI: one suite an operation, one case a claim. Not a run of pytest.

A claim that gates and was not shown is an error with its reason, because a skip reads as green. Skipped is only what
does not count towards the exit status. What concerns no single claim stands in a suite of its own, so that the file
is red whenever the exit status is.

The file is valid by the schema of Jenkins' xUnit plugin, and by that of Ant's JUnit task, the strictest of those in
use, so it lacks what only others know: counts of the whole, and a type of what was skipped.
"""

import io
from collections import defaultdict
from urllib.parse import urlsplit

import junitparser

from assay.judge.summary import gates, must_be_exercised
from assay.judge.verdicts import ClaimVerdict, Failure, Verdicts
from assay.report import wording
from assay.report.curl import curl_to_show
from assay.report.visible import cut, lines, told, visible

_MOST_FAILURES = 5
"""Failures of one claim that are written out; results.json has all of them."""

_LONGEST_MESSAGE, _LONGEST_TEXT = 300, 2_000


def junit(verdicts: Verdicts) -> bytes:
    document = junitparser.JUnitXml()
    by_operation: dict[str, list[ClaimVerdict]] = defaultdict(list)
    for claim in verdicts.all_claims:
        by_operation[claim.claim.operation].append(claim)
    suites = {name: [_case(each, verdicts) for each in claims] for name, claims in by_operation.items()}
    suites["(the run)"] = _run(verdicts)
    for number, (name, cases) in enumerate(suites.items()):
        document.append(_suite(number, name, cases, verdicts))  # type: ignore[no-untyped-call]
    written = io.BytesIO()
    document.write(written)
    return written.getvalue()


def _suite(number: int, name: str, cases: list[junitparser.TestCase], verdicts: Verdicts) -> junitparser.TestSuite:
    header = verdicts.header
    suite = _Suite(visible(name))
    suite.package = visible(header.target.get("name", ""))
    suite.id = number
    suite.hostname = visible(urlsplit(header.target.get("base_url", "")).hostname or "localhost")
    # an instant in UTC, as the schema wants it: without fractions and zone
    suite.timestamp = visible(header.started).partition(".")[0].removesuffix("Z")
    for key, value in {
        "target": header.target.get("name", ""),
        "base_url": header.target.get("base_url", ""),
        "build": verdicts.build,
        "document": wording.document(verdicts),
        "recorded_for": wording.recorded_for(verdicts),
        "seed": str(header.seed),
    }.items():
        if value or key != "recorded_for":
            suite.add_property(key, visible(value))
    # that counts them; none tells how long it took, since claims are judged together, after the run
    suite.add_testcases(cases)
    for name_of_output in ("system-out", "system-err"):
        suite.append(junitparser.Element(name_of_output))  # type: ignore[no-untyped-call]
    return suite


class _Suite(junitparser.TestSuite):
    """With what the schema wants beside what the library knows."""

    package = junitparser.Attr()
    id = junitparser.IntAttr()


def _new(name: str, classname: str) -> junitparser.TestCase:
    return junitparser.TestCase(visible(name), visible(classname), time=0)


def _run(verdicts: Verdicts) -> list[junitparser.TestCase]:
    """What speaks of no single claim: whether the run was whole, and whether what the target takes out is in order."""
    troubles = {
        "complete": list(verdicts.incomplete),
        "waivers": [note.text for note in verdicts.waiver_notes],
        "exclusions": [f"{claim} is excluded, but the response came" for claim in verdicts.excluded_but_seen],
    }
    cases = []
    for name, reasons in troubles.items():
        case = _new(name, "(the run)")
        if reasons:
            error = junitparser.Error(visible(reasons[0]), name)
            error.text = "\n".join(line for reason in reasons for line in lines(reason))
            case.result = error
        cases.append(case)
    return cases


def _case(verdict: ClaimVerdict, verdicts: Verdicts) -> junitparser.TestCase:
    claim = verdict.claim
    classname = f"{claim.operation}/{claim.response}" if claim.response else claim.operation
    case = _new(claim.id, classname)
    result = _result(verdict, verdicts)
    if result is not None:
        case.result = result
    return case


def _result(verdict: ClaimVerdict, verdicts: Verdicts) -> junitparser.junitparser.FinalResult | None:
    if verdict.verdict == "held":
        return None
    reason = visible(verdict.reason) or verdict.verdict
    result: junitparser.junitparser.FinalResult
    if not _counts(verdict, strict=verdicts.header.strict):
        level = "should, " if verdict.claim.level == "should" else ""
        result = junitparser.Skipped(f"{level}{verdict.verdict}: {reason}")
    elif verdict.verdict == "violated":
        message = told(verdict.failures[0], _LONGEST_MESSAGE) if verdict.failures else reason
        result = junitparser.Failure(message, verdict.verdict)
    else:
        result = junitparser.Error(f"{verdict.verdict}: {reason}", verdict.verdict)
    result.text = "\n".join(_text(verdict, verdicts))
    return result


def _counts(verdict: ClaimVerdict, *, strict: bool) -> bool:
    """Whether the exit status is not 0 because of it."""
    if verdict.verdict == "violated":
        return gates(verdict.claim, strict=strict)
    return verdict.verdict in ("not-exercised", "inconclusive") and must_be_exercised(verdict.claim, strict=strict)


def _text(verdict: ClaimVerdict, verdicts: Verdicts) -> list[str]:
    claim = verdict.claim
    stands = verdicts.ledger.contract.where(claim.pointer)
    text = [*lines(claim.sentence), visible(f"{stands} ({claim.pointer})"), *lines(verdict.reason)]
    for failure in verdict.failures[:_MOST_FAILURES]:
        text += ["", *_failure_text(failure)]
    more = len(verdict.failures) - _MOST_FAILURES
    return [*text, "", f"and {more} more in results.json"] if more > 0 else text


def _failure_text(failure: Failure) -> list[str]:
    exchange = failure.exchange
    request_id = f", request id {visible(exchange.request_id)}" if exchange.request_id else ""
    expected = wording.expected(failure)
    return [
        *([f"expected: {visible(expected)}"] if expected else []),
        f"got: {cut(visible(failure.got), _LONGEST_TEXT)}",
        *([f"at: {visible(failure.at)}"] if failure.at else []),
        f"exchange: {exchange.id} ({visible(exchange.step)}){request_id}",
        curl_to_show(exchange),
        *([visible(note)] if (note := wording.not_there(failure)) else []),
    ]
