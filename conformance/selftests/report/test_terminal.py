"""The report that a person reads: first and last words, each trouble once, and nothing a server could forge."""

from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts, WaiverNote
from assay.recording import Exclusion, Waiver
from assay.recording.exchange import Exchange, Reply, marker

Judged = Callable[..., Verdicts]
Broken = Callable[..., ClaimVerdict]
Shown = Callable[..., str]

ID = "getThing/200/body/properties/id/format"
SHOULD = "getThing/200/body/properties/size/maximum"


class TestFirstWords:
    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (0, "staging: conformant"),
            (1, "staging: NOT conformant"),
            (3, "staging: incomplete"),
            (4, "staging: waivers or exclusions are out of date"),
        ],
    )
    def test_they_name_target_and_verdict(self, status: int, words: str, judged: Judged, shown: Shown) -> None:
        assert shown(judged(exit_status=status)).splitlines()[0] == words

    def test_they_say_that_it_is_not_the_users_server(self, judged: Judged, shown: Shown) -> None:
        text = shown(judged(header={"target": {"name": "reference provider", "served": "true"}}))
        assert text.startswith("reference provider, started by assay, not your server: conformant\n")

    def test_they_say_that_it_is_a_mock(self, judged: Judged, shown: Shown) -> None:
        assert shown(judged(header={"mock": True})).startswith("staging, a mock, asked for its answers only: conf")

    def test_they_say_what_was_waived(self, judged: Judged, ledger: Ledger, shown: Shown) -> None:
        waived = [ClaimVerdict(ledger.claims[each], "waived", reason="agreed") for each in (ID, SHOULD)]
        waiver = Waiver("getThing/200/*", "agreed", "team a", "2026-12-31")
        text = shown(judged(*waived, header={"waivers": (waiver,)})).splitlines()
        assert text[0] == "staging: conformant with 1 waiver"
        assert text[-1].startswith(f"{text[0]}: ")


class TestMatrix:
    def test_a_row_an_operation_and_a_cell_a_status(self, judged: Judged, shown: Shown) -> None:
        assert shown(judged()).splitlines()[2:4] == [
            "getThing     200 ✓ held natural   404 ✓ held natural   502 ✓ held provoked",
            "createThing  201 ✓ held natural",
        ]

    def test_a_row_is_as_wide_as_the_terminal(self, judged: Judged, shown: Shown) -> None:
        assert shown(judged(), width=60).splitlines()[2:5] == [
            "getThing     200 ✓ held natural   404 ✓ held natural",
            "             502 ✓ held provoked",
            "createThing  201 ✓ held natural",
        ]

    def test_one_that_was_not_seen_says_why_and_what_to_supply(self, judged: Judged, shown: Shown) -> None:
        todo = 'add to the target file:\n  [states."getThing 502"]\n  burst = 30'
        unseen = ResponseVerdict("getThing", "502", "not-exercised", None, 0, "no state leads to it", todo)
        text = shown(judged(unseen), width=100).splitlines()
        assert text[2] == "getThing     200 ✓ held natural   404 ✓ held natural   502 ○ not-exercised"
        assert text[5:10] == [
            "getThing 502: not-exercised",
            "    no state leads to it",
            "    add to the target file:",
            '      [states."getThing 502"]',
            "      burst = 30",
        ]

    def test_a_long_name_has_a_line_of_its_own(self, judged: Judged, shown: Shown) -> None:
        made = judged()
        long = evolve(made.responses[0], operation="GET /a/very/long/path/that/no/column/holds")
        text = shown(evolve(made, responses=(long, *made.responses[1:]))).splitlines()
        assert text[2] == "GET /a/very/long/path/that/no/column/holds"
        assert text[3] == "             200 ✓ held natural"

    def test_of_many_operations_those_that_held_are_only_counted(self, judged: Judged, shown: Shown) -> None:
        made = judged()
        one = made.responses[0]
        many = [evolve(one, operation=f"get{number}") for number in range(99)]
        unseen = evolve(one, operation="last", verdict="not-exercised", grade=None)
        text = shown(evolve(made, responses=(*many, unseen))).splitlines()
        assert text[2:4] == ["last  200 ○ not-exercised", "99 more operations, all of whose documented responses held"]


class TestSummary:
    def test_how_the_responses_came_about(self, judged: Judged, shown: Shown) -> None:
        assert "4/4 documented responses held (3 natural, 1 provoked)\n" in shown(judged())

    def test_what_became_of_the_others(self, judged: Judged, shown: Shown) -> None:
        unseen = ResponseVerdict("getThing", "502", "not-exercised", None, 0)
        excluded = ResponseVerdict("getThing", "404", "not-applicable", None, 0)
        text = shown(judged(unseen, excluded))
        assert "2/4 documented responses held (2 natural); 1 not-exercised, 1 not-applicable\n" in text

    def test_claims_by_level(self, judged: Judged, broken: Broken, shown: Shown, ledger: Ledger) -> None:
        must = sum(claim.level == "must" for claim in ledger.claims.values())
        text = shown(judged(broken(ID)))
        assert f"{must} claims that must hold: {must - 1} held, 1 violated\n" in text
        assert "2 claims that should hold: 2 held\n" in text


class TestViolated:
    def test_it_tells_all_that_is_needed_to_see_it_again(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        text = shown(judged(broken(ID), exit_status=1))
        block = text[text.index("violated: ") :].splitlines()
        assert block[0] == "violated: `/id` is in the format uuid"
        joined = " ".join(block)
        assert "openapi.yaml:" in joined
        assert "/components/schemas/Thing/properties/id/format" in joined
        assert f"  claims: {ID}" in block
        at = block.index("  expected: a uuid")
        assert block[at + 1 : at + 4] == [
            '  got at /id: "x"',
            "  exchange: 7, request id req-42",
            "  curl -sS -i --url 'https://things.example/things/1'",
        ]

    def test_claims_of_one_sentence_are_told_once(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        shared = [f"getThing/{status}/body/properties/code/type" for status in ("404", "502")]
        text = shown(judged(*map(broken, shared), exit_status=1))
        assert text.count("violated: `/code` is of type string") == 1
        assert text.count("curl -sS") == 1
        assert "exchange: 7, request id req-42; 1 more in results.json\n" in text
        assert all(claim in text for claim in shared)

    def test_sentences_stand_apart(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        text = shown(judged(broken(ID), broken("getThing/404/body/properties/code/type"), exit_status=1))
        assert text.count("\n\nviolated: ") == 2

    def test_the_shrunk_example_is_the_one_shown(
        self, judged: Judged, broken: Broken, exchange: Callable[..., Exchange], shown: Shown
    ) -> None:
        text = shown(judged(broken(ID, exchange(id=8), exchange(id=9, role="minimal")), exit_status=1))
        assert "  exchange: 9, " in text

    def test_one_without_an_exchange_tells_its_reason(self, judged: Judged, ledger: Ledger, shown: Shown) -> None:
        text = shown(judged(ClaimVerdict(ledger.claims[ID], "violated", reason="it never ended"), exit_status=1))
        assert "\n  it never ended\n" in text

    def test_what_came_is_cut(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        text = shown(judged(broken(ID, got="y" * 5_000), exit_status=1))
        assert text.count("y") < 300
        assert "(5,000 characters)" in text

    def test_the_curl_line_is_never_wrapped(
        self, judged: Judged, broken: Broken, exchange: Callable[..., Exchange], shown: Shown
    ) -> None:
        url = "https://things.example/" + "segment/" * 30
        text = shown(judged(broken(ID, exchange(url=url)), exit_status=1))
        assert f"  curl -sS -i --url '{url}'\n" in text

    def test_a_should_is_told_briefly(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        text = shown(judged(broken(SHOULD)))
        assert "should, not gating without --strict:\n  A size stays below a thousand.\n" in text.replace(" (", "\n(")
        assert "curl" not in text

    def test_a_should_is_told_in_full_when_strict(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        text = shown(judged(broken(SHOULD), header={"strict": True}, exit_status=1))
        assert "violated (should): A size stays below a thousand.\n" in text
        assert "not gating" not in text


class TestWhatTheTargetFileChanges:
    def test_an_exclusion(self, judged: Judged, shown: Shown) -> None:
        text = shown(judged(header={"excluded": (Exclusion("getThing 404", "cannot be", "team a"),)}))
        assert "excluded: getThing 404: cannot be (team a)\n" in text

    def test_a_waiver_in_force(self, judged: Judged, shown: Shown) -> None:
        text = shown(judged(header={"waivers": (Waiver("getThing/404/*", "known", "team a", "2026-12-31"),)}))
        assert "waived until 2026-12-31: getThing/404/*: known (team a)\n" in text

    def test_a_waiver_that_needs_attention(self, judged: Judged, shown: Shown) -> None:
        waiver = Waiver("getThing/404/*", "known", "team a", "2026-01-31")
        note = WaiverNote(waiver, "expired", "it ended on 2026-01-31")
        text = shown(judged(header={"waivers": (waiver,)}, waiver_notes=(note,), exit_status=4))
        assert "\n\nit ended on 2026-01-31\n" in text
        assert "waived until" not in text

    def test_an_exclusion_that_was_wrong(self, judged: Judged, shown: Shown) -> None:
        text = shown(judged(excluded_but_seen=("getThing/404/status",), exit_status=4))
        assert "getThing/404/status is excluded, but the response came: delete the exclusion\n" in text

    def test_a_level(self, judged: Judged, shown: Shown) -> None:
        assert "level set by the target: security is should\n" in shown(
            judged(header={"levels": {"security": "should"}})
        )

    def test_credentials_that_cannot_be_looked_for(self, judged: Judged, shown: Shown) -> None:
        text = shown(judged(header={"short_secrets": ("default",)}))
        assert "too short to be looked for in answers: the credentials default\n" in text


class TestIncomplete:
    def test_each_reason_is_told(self, judged: Judged, shown: Shown) -> None:
        text = shown(judged(incomplete=("the run was interrupted", "nothing at all was exercised"), exit_status=3))
        assert "incomplete: the run was interrupted\nincomplete: nothing at all was exercised\n" in text

    def test_claims_share_a_reason(self, judged: Judged, ledger: Ledger, shown: Shown) -> None:
        ids = ("getThing/any/status", "getThing/any/server-error")
        unseen = [ClaimVerdict(ledger.claims[each], "not-exercised", reason="nothing was sent") for each in ids]
        told = tuple(f"{each} is not-exercised: nothing was sent" for each in ids)
        text = " ".join(shown(judged(*unseen, incomplete=told, exit_status=3)).split())
        assert f"incomplete: not-exercised: nothing was sent ({', '.join(ids)})" in text

    def test_what_a_row_says_is_not_said_again(self, judged: Judged, ledger: Ledger, shown: Shown) -> None:
        unseen = ClaimVerdict(ledger.claims["getThing/502/json"], "not-exercised", reason="no state leads to it")
        row = ResponseVerdict("getThing", "502", "not-exercised", None, 0, "no state leads to it")
        told = ("getThing/502/json is not-exercised: no state leads to it",)
        assert shown(judged(unseen, row, incomplete=told, exit_status=3)).count("no state leads to it") == 1


@pytest.mark.parametrize(
    ("status", "verdict", "meaning"),
    [
        (0, "conformant", "conformant."),
        (1, "NOT conformant", "a `must` claim is violated."),
        (3, "incomplete", "incomplete: not everything was shown."),
        (4, "waivers or exclusions are out of date", "a waiver or an exclusion is wrong."),
    ],
)
def test_the_last_words_are_where_the_files_are_and_a_sentence_for_a_ticket(
    status: int, verdict: str, meaning: str, judged: Judged, shown: Shown, ledger: Ledger
) -> None:
    count = len(ledger.claims)
    files, sentence = shown(judged(exit_status=status)).splitlines()[-2:]
    assert files == f"The files are in report; exit status {status}: {meaning}"
    assert sentence == f"staging: {verdict}: 4/4 responses, {count}/{count} claims, build abc123, document 1.2.3"


def test_the_sentence_for_a_ticket_counts_the_waivers_that_were_needed(
    judged: Judged, ledger: Ledger, shown: Shown
) -> None:
    waivers = (Waiver("getThing/404/*", "known", "a", "2026-12-31"), Waiver(ID, "known", "a", "2026-12-31"))
    waived = ClaimVerdict(ledger.claims[ID], "waived", reason="agreed")
    text = shown(judged(waived, header={"waivers": waivers, "target": {"name": "staging"}}, build=""))
    count = len(ledger.claims)
    assert text.splitlines()[-1] == (
        f"staging: conformant with 1 waiver: 4/4 responses, {count - 1}/{count} claims, "
        "an unnamed build, document 1.2.3"
    )


class TestPlainTerminals:
    def test_a_passing_run_fits_on_a_screen(self, judged: Judged, shown: Shown) -> None:
        text = shown(judged()).splitlines()
        assert len(text) <= 24
        assert max(map(len, text)) <= 80

    def test_ascii_has_symbols_too(self, judged: Judged, shown: Shown) -> None:
        assert "getThing     200 + held natural   404 + held" in shown(judged(), encoding="ascii")

    def test_what_an_encoding_lacks_is_escaped(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        assert "got at /id: \\u65e5é\n" in shown(judged(broken(ID, got="日é"), exit_status=1), encoding="latin-1")

    def test_colour_says_nothing_that_words_do_not(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        coloured = shown(judged(broken(ID), exit_status=1), colour=True)
        assert "\x1b[" in coloured
        assert "NOT conformant" in coloured


class TestNothingIsForged:
    """What a server says is shown as text, whatever it is."""

    @settings(deadline=None, derandomize=True, max_examples=50)
    @given(text=st.text(st.characters()))
    @example(text="\x1b[2J\x9b0m\u202e\r\nexit status 0: conformant.\u2028")
    def test_no_control_character_reaches_the_terminal(
        self, text: str, judged: Judged, broken: Broken, exchange: Callable[..., Exchange], shown: Shown
    ) -> None:
        odd = exchange(text, text, ((text, text),), text.encode("utf-8", "replace"), reply=named(text))
        failing = evolve(broken(ID, odd, expected=text, got=text), reason=text)
        unseen = ResponseVerdict("getThing", "502", "inconclusive", None, 1, reason=text)
        made = judged(failing, unseen, exit_status=1, incomplete=(text,), build=text, header={"partial": text})
        assert shown(made).replace("\n", "").isprintable()

    def test_markup_is_text(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        text = shown(judged(broken(ID, got="[bold]x[/] :smile: [link=https://x.example]"), exit_status=1), colour=True)
        assert "[bold]x[/] :smile: [link=https://x.example]" in text

    def test_a_line_end_in_an_answer_makes_no_line(self, judged: Judged, broken: Broken, shown: Shown) -> None:
        text = shown(judged(broken(ID, got="x\nstaging: conformant"), exit_status=1))
        assert "staging: conformant" not in text.splitlines()

    def test_headers_are_shown_by_curl_only(
        self, judged: Judged, broken: Broken, exchange: Callable[..., Exchange], shown: Shown
    ) -> None:
        odd = exchange(headers=(("Authorization", f"Bearer {marker('default')}"),), reply=named("r", cookie="secret"))
        text = shown(judged(broken(ID, odd), exit_status=1))
        assert "secret" not in text
        assert text.count("Authorization") == 1


def named(request_id: str, cookie: str = "") -> Reply:
    return Reply(200, (("X-Request-Id", request_id), ("Set-Cookie", cookie)), b"{}")
