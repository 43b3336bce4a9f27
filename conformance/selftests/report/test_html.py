"""report.html: that everything is in it, where its links lead, and that it is one file which obeys nobody else."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable

import pytest
from attrs import evolve

from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts
from assay.recording import Recording, Waiver
from assay.recording.exchange import Exchange, Reply
from assay.report.html import html, rendering
from assay.report.html.anchors import claim_anchor
from selftests.report.reading import Element, parsed, unpacked

Judged = Callable[..., Verdicts]
Recorded = Callable[..., Recording]
Broken = Callable[..., ClaimVerdict]
Exchanges = Callable[..., Exchange]
Paged = Callable[..., Element]

ID = "getThing/200/body/properties/id/format"
SHOULD = "getThing/200/body/properties/size/maximum"


@pytest.fixture(scope="session")
def record() -> Recorded:
    """The recording that verdicts are of: the exchanges given, and those of their failures."""

    def make(verdicts: Verdicts, *exchanges: Exchange) -> Recording:
        of_failures = {each.exchange.id: each.exchange for each in verdicts.failures}
        known = {**of_failures, **{each.id: each for each in exchanges}}
        return Recording(verdicts.header, tuple(known.values()), verdicts.finished, complete=True, interrupted=False)

    return make


@pytest.fixture(scope="session")
def paged(judged: Judged, record: Recorded, exchange: Exchanges) -> Paged:
    """The page on verdicts that differ so, parsed; exchange 1 is evidence of all that is held."""

    def make(*differing: ClaimVerdict | ResponseVerdict, **changes: object) -> Element:
        verdicts = judged(*differing, **changes)
        return parsed(html(verdicts, record(verdicts, exchange(id=1))))

    return make


class TestOneFile:
    def test_it_begins_as_html_and_every_element_ends(self, judged: Judged, record: Recorded) -> None:
        page = html(judged(), record(judged()))
        assert page.startswith(b"<!doctype html>\n<html lang=")
        assert [each.tag for each in parsed(page).children] == ["html"]

    def test_nothing_in_it_is_fetched_from_elsewhere(self, paged: Paged, broken: Broken) -> None:
        page = paged(broken(ID))
        links = [each.attributes["href"] for each in page.all("a")]
        assert links
        assert [each for each in links if not each.startswith("#")] == []
        loaders = {"src", "srcset", "data", "action", "background", "poster", "style"}
        assert [each for each in page.all() if loaders & each.attributes.keys() or each.tag in ("link", "base")] == []
        assert "url(" not in page.one("style").text
        assert "@import" not in page.one("style").text

    def test_the_policy_allows_its_own_style_and_script_and_nothing_else(self, paged: Paged) -> None:
        page = paged()
        [policy] = [each for each in page.all("meta") if each.attributes.get("http-equiv") == "Content-Security-Policy"]

        def digest(tag: str) -> str:
            return base64.b64encode(hashlib.sha256(page.one(tag).text.encode()).digest()).decode()

        assert policy.attributes["content"] == (
            f"default-src 'none'; style-src 'sha256-{digest('style')}'; script-src 'sha256-{digest('script')}'; "
            "base-uri 'none'; form-action 'none'"
        )

    def test_no_handler_stands_in_an_attribute(self, paged: Paged, broken: Broken) -> None:
        names = {name for each in paged(broken(ID)).all() for name in each.attributes}
        assert [name for name in names if name.startswith("on")] == []

    def test_each_id_is_there_once_and_each_link_leads_somewhere(self, paged: Paged, broken: Broken) -> None:
        page = paged(broken(ID), broken(SHOULD))
        ids = Counter(each.id for each in page.all() if each.id)
        assert [each for each, count in ids.items() if count > 1] == []
        assert {each.attributes["href"][1:] for each in page.all("a")} <= ids.keys()
        described = {
            name
            for each in page.all()
            for key in ("aria-labelledby", "aria-describedby")
            for name in each.attributes.get(key, "").split()
        }
        assert described <= ids.keys()


class TestContent:
    def test_its_title_and_its_heading_are_the_verdict(self, paged: Paged) -> None:
        page = paged(exit_status=1)
        assert page.one("title").text == "staging: NOT conformant"
        assert page.by_id("headline").text.split(maxsplit=1)[1] == "staging: NOT conformant"

    def test_the_sentence_for_a_ticket_can_be_copied(self, paged: Paged, ledger: Ledger) -> None:
        count = len(ledger.claims)
        assert paged().one("p", "ticket").one(name="copied").text == (
            f"staging: conformant: 4/4 responses, {count}/{count} claims, build abc123, document 1.2.3"
        )

    def test_every_claim_is_there_with_what_it_says_and_where_it_stands(
        self, paged: Paged, judged: Judged, ledger: Ledger
    ) -> None:
        page = paged()
        for claim in ledger.claims.values():
            shown = page.by_id(claim_anchor(claim.id))
            assert shown.one(name="s").text == claim.sentence.replace("`", "")
            assert shown.one(name="i").one("code").text == claim.id
            assert shown.one(name="p").text == claim.pointer
            assert shown.one(name="w").text == ledger.contract.where(claim.pointer)
        assert len(page.all("details", "c")) == len(judged().claims)

    def test_a_verdict_is_a_word_and_not_only_a_symbol_or_a_colour(self, paged: Paged, ledger: Ledger) -> None:
        page = paged(ClaimVerdict(ledger.claims[ID], "inconclusive", reason="it was throttled"))
        shown = page.by_id(claim_anchor(ID))
        assert shown.one(name="badge").text == "? inconclusive"
        assert "it was throttled" in shown.text

    def test_the_matrix_has_a_cell_for_each_documented_response(self, paged: Paged) -> None:
        unseen = ResponseVerdict("getThing", "502", "not-exercised", None, 0, "no state", "burst = 3")
        cells = [" ".join(each.text.split()) for each in paged(unseen).one("table", "matrix").all("td") if each.text]
        assert cells == [
            "200 ✓ held natural 2× exchanged",
            "404 ✓ held natural 2× exchanged",
            "502 ○ not-exercised not seen",
            "201 ✓ held natural 2× exchanged",
        ]

    def test_what_was_not_seen_says_why_and_what_to_supply(self, paged: Paged) -> None:
        unseen = ResponseVerdict("getThing", "502", "not-exercised", None, 0, "nobody said how", "burst = 3")
        assert "nobody said how. burst = 3" in paged(unseen).one("ul", "notes").text

    def test_a_waiver_is_told_every_time(self, paged: Paged) -> None:
        waiver = Waiver("getThing/404/*", "a known fault", "team A", "2026-12-31")
        page = paged(header={"waivers": (waiver,)})
        assert "waived until 2026-12-31 getThing/404/*: a known fault (team A)" in page.one("ul", "notes").text


class TestFromTheSummaryToTheEvidence:
    def test_a_violated_sentence_leads_to_its_claim_which_has_the_exchange(
        self, paged: Paged, broken: Broken, exchange: Exchanges
    ) -> None:
        page = paged(broken(ID, exchange(body=b"asked", reply=Reply(200, (("X-Request-Id", "req-42"),), b"answered"))))
        [link] = page.by_id("violated").all("a", "sentence")
        claim = page.by_id(link.attributes["href"][1:])
        assert {each.one("dt").text: " ".join(each.one("dd").text.split()) for each in claim.one("dl").all("div")} == {
            "expected": "a uuid",
            "got": 'at /id "x"',
            "exchange": "7 · request id req-42",
        }
        shown = page.by_id(claim.one("a", "ex").attributes["href"][1:])
        assert [each.text for each in shown.all("pre")] == [
            "GET https://things.example/things/1\n\nasked",
            "200\nX-Request-Id: req-42\n\nanswered",
        ]
        line = shown.one(name="curl").one(name="copied").text
        assert line.startswith("curl -sS -i ")
        assert line.endswith("--data-binary 'asked'")

    def test_one_sentence_stands_once_though_several_claims_break_it(self, paged: Paged, broken: Broken) -> None:
        shared = [f"getThing/{status}/body/required/code" for status in ("404", "502")]
        [entry] = paged(*map(broken, shared)).by_id("violated").all("li")
        assert [each.attributes["href"][1:] for each in entry.all("a")][1:] == [claim_anchor(each) for each in shared]

    def test_what_does_not_gate_comes_last_and_says_so(self, paged: Paged, broken: Broken) -> None:
        told = [" ".join(each.text.split()) for each in paged(broken(SHOULD), broken(ID)).by_id("violated").all("p")]
        assert told == [f"must hold · {ID}", f"does not gate · {SHOULD}"]

    def test_of_many_failures_some_are_written_out(self, paged: Paged, broken: Broken, exchange: Exchanges) -> None:
        page = paged(broken(ID, *(exchange(id=number) for number in range(10, 17))))
        claim = page.by_id(claim_anchor(ID))
        assert [each.text for each in claim.all("a", "ex")][:5] == ["10", "11", "12", "13", "14"]
        assert "and 2 more in results.json" in claim.text

    def test_an_exchange_that_two_claims_point_to_is_there_once(self, paged: Paged, broken: Broken) -> None:
        page = paged(broken(ID), broken(SHOULD))
        assert [each.id for each in page.all("details", "x")] == ["exchange=1", "exchange=7"]

    def test_evidence_that_is_not_in_the_recording_is_named_and_no_link(self, judged: Judged, record: Recorded) -> None:
        page = parsed(html(judged(), record(judged())))
        assert page.all("a", "ex") == []
        assert "1" in page.by_id(claim_anchor(ID)).one("p", "evidence").text.split()


class TestLongThings:
    def test_a_long_body_is_cut_and_says_so(self, paged: Paged, broken: Broken, exchange: Exchanges) -> None:
        page = paged(broken(ID, exchange(reply=Reply(200, (), b"a" * 10_000))))
        told = page.by_id("exchange=7").all("pre")[1].text.splitlines()
        assert (len(told[2]), told[3]) == (4_000, "… cut here: 10,000 bytes in all, in recording.jsonl")

    def test_headers_beyond_number_and_length_are_cut_and_say_so(
        self, paged: Paged, broken: Broken, exchange: Exchanges
    ) -> None:
        many = (("long", "b" * 1_000), *(("n", str(number)) for number in range(99)))
        told = paged(broken(ID, exchange(reply=Reply(200, many, b"")))).by_id("exchange=7").all("pre")[1].text
        assert "... (1,000 characters)" in told
        assert told.endswith("… and 60 headers more, in recording.jsonl")

    def test_bytes_that_are_no_text_are_shown_as_such(self, paged: Paged, broken: Broken, exchange: Exchanges) -> None:
        page = paged(broken(ID, exchange(reply=Reply(200, (), b"\xff\x00\x1b[2J"))))
        assert page.by_id("exchange=7").all("pre")[1].text == "200\n\n\\xff\\x00\\x1b[2J"

    def test_what_held_is_packed_where_there_is_much_of_it(
        self, judged: Judged, record: Recorded, broken: Broken, exchange: Exchanges, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        verdicts = judged(broken(ID))
        whole = html(verdicts, record(verdicts, exchange(id=1)))
        monkeypatch.setattr(rendering, "_LARGE", 3)
        packed = html(verdicts, record(verdicts, exchange(id=1)))
        assert claim_anchor(ID) in {each.id for each in parsed(packed).all("details", "c")}
        assert claim_anchor("createThing/201/status") not in {each.id for each in parsed(packed).all("details", "c")}
        claims = {each.id for each in parsed(unpacked(packed)).all("details", "c")}
        assert claims == {each.id for each in parsed(whole).all("details", "c")}
        assert re.search(r"<noscript>.*needs JavaScript", packed.decode())


HOSTILE = (
    "</script></style></title></pre><script>alert(1)</script><img src=x onerror=alert(2)> \"'`&amp;<!-- {{7*7}} "
    "\u202e\x00\x1b"
)


class TestWhatComesFromOutsideStaysText:
    @pytest.mark.parametrize("text", [HOSTILE, "\ud800\udcff", "%s{0}{{x}}{% raw %}"])
    def test_in_every_place_it_makes_no_element_and_no_attribute(
        self, text: str, judged: Judged, broken: Broken, exchange: Exchanges, record: Recorded
    ) -> None:
        """The same page with an innocent word in its place has the same elements with the same attributes."""

        def page(word: str) -> bytes:
            headers = ((word, word), ("cf-ray", word))
            odd = exchange(
                word, f"https://x.example/{word}", headers, word.encode("utf-8", "surrogatepass"), step=word,
                reply=Reply(200, headers, word.encode("utf-8", "surrogatepass")), fault=word,
            )  # fmt: skip
            failing = evolve(broken(ID, odd, expected=word, got=word), reason=word)
            failing = evolve(failing, failures=tuple(evolve(each, at=word) for each in failing.failures))
            relabelled = evolve(failing.claim, sentence=word)
            failing = evolve(failing, claim=relabelled)
            row = ResponseVerdict("getThing", "502", "not-exercised", None, 0, word, word)
            waiver = Waiver(word, word, word, word)
            verdicts = judged(
                failing, row, build=word, incomplete=(word,), finished=word,
                header={
                    "target": {"name": word, "base_url": word}, "waivers": (waiver,), "short_secrets": (word,),
                    "contract": {"title": word, "version": word, "digest": word}, "started": word,
                    "levels": {word: "should"}, "versions": {word: word},
                },
            )  # fmt: skip
            return html(verdicts, record(verdicts, exchange(id=1)))

        differing = [
            pair
            for pair in zip(parsed(page(text)).shape(), parsed(page("word")).shape(), strict=True)
            if len({*pair}) > 1
        ]
        assert differing == []
        assert b"<script>alert" not in page(text)
        assert "\u202e".encode() not in page(text)
        assert b"\x00" not in page(text)
