"""summary.md: the verdict first, everything once, and whatever a server said stays text for a real Markdown parser."""

from collections.abc import Callable, Iterator

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts, WaiverNote
from assay.recording import Exclusion, Waiver
from assay.recording.exchange import Exchange, Reply
from assay.report import marked
from assay.report.markdown import markdown
from assay.report.visible import visible

Judged = Callable[..., Verdicts]
Broken = Callable[..., ClaimVerdict]

ID = "getThing/200/body/properties/id/format"
SHOULD = "getThing/200/body/properties/size/maximum"
HOSTILE = (
    "<script>alert(1)</script> | `` `x` ](http://evil.example) ![i](x) **b** ~~s~~ &lt; \\| @all #1 $x$ \n\n# h\n- x"
)
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
"""CommonMark with GitHub's tables, and with HTML as it is there: whatever is not escaped shows."""


def told(verdicts: Verdicts) -> str:
    return markdown(verdicts).decode()


def tokens(text: str) -> Iterator[Token]:
    for token in READER.parse(text):
        yield token
        yield from token.children or ()


def html(text: str) -> set[str]:
    return {token.content.strip() for token in tokens(text) if token.type.startswith("html")}


def test_a_conformant_run_is_its_verdict_and_its_matrix(judged: Judged) -> None:
    claims = len(judged().claims)
    verdict = f"staging: conformant: 4/4 responses, {claims}/{claims} claims, build abc123, document 1.2.3"
    assert told(judged()).splitlines() == [
        "## staging: conformant",
        "",
        f"**{verdict}**",
        "",
        "| operation | 200 | 201 | 404 | 502 |",
        "| --- | --- | --- | --- | --- |",
        "| getThing | ✓ held<br>natural |  | ✓ held<br>natural | ✓ held<br>provoked |",
        "| createThing |  | ✓ held<br>natural |  |  |",
    ]


def test_a_violated_sentence_leads_to_its_line_its_exchange_and_its_curl_line(judged: Judged, broken: Broken) -> None:
    text = told(judged(broken(ID), exit_status=1))
    assert text.startswith("## staging: NOT conformant\n")
    assert "#### ✗ `/id` is in the format uuid\n" in text
    _, _, group = text.partition("#### ")
    assert "openapi.yaml:" in group
    assert group.splitlines()[3:] == [
        f"- claims: `{ID}`",
        "- expected: `a uuid`",
        '- got at `/id`: `"x"`',
        "- exchange 7, request id `req-42`",
        "",
        "<details><summary>the request as a curl line</summary>",
        "",
        "```sh",
        "curl -sS -i --url 'https://things.example/things/1'",
        "```",
        "",
        "</details>",
    ]


def test_a_sentence_that_several_claims_share_is_said_once(judged: Judged, broken: Broken) -> None:
    shared = ["getThing/404/body/required/code", "getThing/502/body/required/code"]
    text = told(judged(*map(broken, shared), exit_status=1))
    assert text.count("#### ") == 1
    assert "- claims: `getThing/404/body/required/code`, `getThing/502/body/required/code`\n" in text


def test_what_does_not_gate_stands_apart(judged: Judged, broken: Broken) -> None:
    text = told(judged(broken(SHOULD)))
    assert "### Violated\n" not in text
    assert "### Violated, not gating\n" in text


def test_a_response_that_was_not_seen_is_told_once_with_what_to_supply(judged: Judged, ledger: Ledger) -> None:
    unseen = ResponseVerdict("getThing", "502", "not-exercised", None, 0, "no state", "declare one")
    open_claims = [
        ClaimVerdict(claim, "not-exercised", reason="no state")
        for claim in ledger.claims.values()
        if claim.id.startswith("getThing/502/")
    ]
    reasons = tuple(f"{each.claim.id} is not-exercised: no state" for each in open_claims)
    text = told(judged(unseen, *open_claims, incomplete=(*reasons, "the run was interrupted"), exit_status=3))
    assert text.partition("### Incomplete\n\n")[2].splitlines() == [
        "- getThing 502 is not-exercised: no state; declare one",
        "- the run was interrupted",
    ]
    assert "| ○ not-exercised |" in text


def test_what_the_target_takes_out_is_said_every_time(judged: Judged, ledger: Ledger) -> None:
    waiver = Waiver(ID, "known", "team a", "2026-12-31")
    old = Waiver("getThing/404/*", "past", "team b", "2026-01-31")
    text = told(
        judged(
            ClaimVerdict(ledger.claims[ID], "waived", 3, "natural"),
            header={
                "excluded": (Exclusion("getThing 404", "never", "team"),),
                "waivers": (waiver, old),
                "levels": {"http": "should"},
            },
            waiver_notes=(WaiverNote(old, "expired", "it ended on 2026-01-31"),),
            excluded_but_seen=("getThing/404/status",),
            exit_status=4,
        )
    )
    assert "conformant with 1 waiver" not in text
    for line in (
        "- it ended on 2026-01-31",
        "- getThing/404/status is excluded, but the response came: delete the exclusion",
        "- excluded: getThing 404: never (team)",
        f"- waived until 2026-12-31: {ID}: known (team a)",
        "- level: http is should",
    ):
        assert f"{line}\n" in text


def test_of_many_operations_those_that_held_are_counted(judged: Judged) -> None:
    rows = tuple(ResponseVerdict(f"op{number}", "200", "held", "natural", 1) for number in range(1_000))
    odd = ResponseVerdict("odd", "200", "violated", "natural", 1)
    text = told(judged(responses=(*rows, odd), exit_status=1))
    assert "| odd | ✗ violated<br>natural |" in text
    assert "and 1000 more operations, all of whose documented responses held\n" in text
    assert "op7" not in text


@given(st.text() | st.text(alphabet="<>&|`*_[]()~$@#\\ \n-x1.:/"))
@example(HOSTILE)
@example("https://evil.example www.evil.example")
@settings(max_examples=200, deadline=None)
def test_text_is_what_a_parser_gives_back(words: str) -> None:
    """As a cell of a table, an item of a list and a paragraph: one inline of nothing but text."""
    for before, after in (("| a |\n| --- |\n| ", " |"), ("- ", ""), ("", "")):
        parsed = READER.parse(f"{before}{marked.text('.' + words)}{after}")
        children = [token for token in parsed if token.type == "inline"][-1].children or []
        assert {child.type for child in children} <= {"text", "text_special"}
        assert "".join(child.content for child in children) == ("." + visible(words)).strip(" ")


@given(st.text() | st.text(alphabet="` x\n"))
@example(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_code_is_what_a_parser_gives_back(words: str) -> None:
    [found] = [token for token in READER.parse(f"- {marked.code(words)}") if token.type == "inline"]
    shown = visible(words)
    [child] = found.children or []
    assert (child.type, child.content) == (("code_inline", shown) if shown.strip() else ("text", repr(shown)))


@given(st.text() | st.text(alphabet="` ~x\n"))
@settings(max_examples=100, deadline=None)
def test_a_block_is_what_a_parser_gives_back(words: str) -> None:
    [found] = READER.parse(marked.block(words, "sh"))
    assert (found.type, found.content) == ("fence", visible(words) + "\n")


def test_nothing_that_a_server_or_a_file_says_means_anything(
    judged: Judged, broken: Broken, exchange: Callable[..., Exchange], ledger: Ledger
) -> None:
    odd = exchange(url=f"https://things.example/{HOSTILE}", reply=Reply(200, (("X-Request-Id", HOSTILE),), b""))
    broke = broken(ID, odd, expected=HOSTILE, got=HOSTILE)
    claim = evolve(broke.claim, sentence=HOSTILE)
    unseen = ResponseVerdict("getThing", "502", "inconclusive", None, 0, HOSTILE, HOSTILE)
    waiver = Waiver("getThing/404/*", HOSTILE, HOSTILE, "2026-12-31")
    text = told(
        judged(
            evolve(broke, claim=claim),
            ClaimVerdict(ledger.claims["getThing/404/status"], "waived"),
            unseen,
            header={"target": {"name": HOSTILE}, "waivers": (waiver,)},
            incomplete=(HOSTILE,),
            build=HOSTILE,
            exit_status=1,
        )
    )
    assert html(text) == {"<br>", "<details><summary>the request as a curl line</summary>", "</details>"}
    kinds = {token.type for token in tokens(text)}
    assert not kinds & {"link_open", "image", "s_open", "em_open"}
    assert [token.tag for token in READER.parse(text) if token.type == "heading_open"] == ["h2", "h3", "h4", "h3", "h3"]


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("`a` and `b`", ["code_inline", "text", "code_inline"]),
        ("a ` b", ["text"]),
        ("`<b>` is <b>", ["code_inline", "text"]),
        ("``", ["text"]),
    ],
)
def test_what_a_sentence_quotes_is_code(words: str, kinds: list[str]) -> None:
    [inline] = [token for token in READER.parse(f"- {marked.sentence(words + '.')}") if token.type == "inline"]
    children = inline.children or []
    shown = "".join(child.content for child in children)
    assert shown == (words if kinds == ["text"] else words.replace("`", "")) + "."
    assert [child.type for child in children][: len(kinds)] == kinds
