"""report.html in a real browser, opened from disk: it works, by keyboard and by screen reader, and obeys nobody else.

    nox -s pages

Not a test that the default run collects, for it needs Chromium: the session `pages` brings it.
"""

import re
import time
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from selftests.pages.conftest import OPERATIONS, Open
from selftests.pages.hostile import ATTACK
from selftests.pages.large import WRONG
from selftests.pages.reporting import Report

PHONE = {"viewport": {"width": 360, "height": 780}, "has_touch": True}
AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
NAMES = ("passing", "failing", "hostile", "large")
STAYS_DONE = "A scene that is done stays done."
NONDECREASING = "getJob/relations/nondecreasing/scenes_completed"


def claim(page: Page, id_: str) -> Any:
    return page.locator(f'details.c:has(.i code:text-is("{id_}"))').first


def shown(page: Page) -> Any:
    return page.locator("#claims details.c:not([hidden])")


def unfold(page: Page) -> None:
    """Everything that can be opened, but for what is packed."""
    page.evaluate(
        "document.querySelectorAll('details:not(:has(> script.pack))').forEach((each) => { each.open = true; })"
    )


def thin_out(page: Page) -> None:
    """Of what there is much of, some: a thousand rows say what a few do, and axe looks at each."""
    page.evaluate(
        """for (const one of [...document.querySelectorAll(".tree li li li")].slice(40)) one.remove();
           for (const each of document.querySelectorAll(".group"))
             for (const one of [...each.querySelectorAll(":scope > .c, :scope > .x")].slice(3)) one.remove();"""
    )


def wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("name", NAMES)
class TestOpens:
    def test_it_says_nothing_to_the_console_and_asks_nobody(self, name: str, opened: Open) -> None:
        at = opened(name)
        unfold(at.page)
        at.page.keyboard.press("/")
        at.page.keyboard.type("type")
        at.page.wait_for_timeout(300)
        assert (at.said, at.asked) == ([], [])

    def test_nothing_leaves_a_phones_width(self, name: str, opened: Open) -> None:
        page = opened(name, **PHONE).page
        assert not wide(page)
        unfold(page)
        assert not wide(page)


@pytest.mark.parametrize("name", ["passing", "failing", "hostile"])
@pytest.mark.parametrize(("scheme", "rules"), [("light", None), ("dark", "color-contrast")])
def test_axe_finds_nothing(name: str, scheme: str, rules: str | None, opened: Open) -> None:
    page = opened(name, color_scheme=scheme).page
    unfold(page)
    thin_out(page)
    page.locator("details.c > summary").first.click()  # shut
    page.locator("details.c > summary").first.click()  # and open, with an exchange in it
    page.wait_for_timeout(100)
    page.evaluate(AXE)
    found = page.evaluate("(options) => axe.run(options)", {"runOnly": [rules]} if rules else {})["violations"]
    assert [(each["impact"], each["id"], each["nodes"][0]["html"]) for each in found] == []


class TestKeyboard:
    def test_a_slash_searches_and_escape_shows_all_again(self, opened: Open) -> None:
        page = opened("failing").page
        page.keyboard.press("/")
        expect(page.locator("#find")).to_be_focused()
        page.keyboard.type("scenes_completed NONDECREASING")
        expect(shown(page)).to_have_count(1)
        expect(shown(page)).to_be_visible()
        expect(page.locator("#shown")).to_have_text(re.compile(r"^1 of \d+ claims$"))
        page.keyboard.press("Escape")
        expect(page.locator("#shown")).to_have_text(re.compile(r"^\d+ claims$"))

    def test_words_that_nothing_has_say_so(self, opened: Open) -> None:
        page = opened("passing").page
        page.keyboard.press("/")
        page.keyboard.type("no such thing anywhere")
        expect(page.get_by_text("No claim is like that.")).to_be_visible()

    def test_verdicts_are_taken_out_by_the_space_bar(self, opened: Open, reports: dict[str, Report]) -> None:
        page = opened("failing").page
        page.get_by_role("checkbox", name="held", exact=False).first.focus()
        page.keyboard.press("Space")
        told = [each for each in reports["failing"].told["claims"] if each["verdict"] != "held"]
        expect(shown(page)).to_have_count(len(told))

    def test_j_and_k_walk_the_claims_and_enter_opens_one(self, opened: Open) -> None:
        page = opened("failing", "#claims").page
        first, second = (page.locator("details.c:visible > summary").nth(index) for index in (0, 1))
        page.keyboard.press("j")
        expect(first).to_be_focused()
        page.keyboard.press("j")
        expect(second).to_be_focused()
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        expect(page.locator("details.c[open] .body pre").first).to_be_visible()

    def test_a_letter_that_is_typed_is_a_letter(self, opened: Open) -> None:
        page = opened("passing").page
        page.keyboard.press("/")
        page.keyboard.type("job/")
        expect(page.locator("#find")).to_have_value("job/")


class TestToTheEvidence:
    def test_two_steps_from_the_summary_to_exchange_and_curl_line(
        self, opened: Open, reports: dict[str, Report]
    ) -> None:
        page = opened("failing", permissions=["clipboard-read", "clipboard-write"]).page
        page.locator("#violated").get_by_role("link", name=STAYS_DONE).click()
        opened_claim = claim(page, NONDECREASING)
        expect(opened_claim.locator(".body > .x pre").nth(1)).to_be_in_viewport()
        opened_claim.locator(".body > .x button.copy").click()
        told = [each for each in reports["failing"].told["failures"] if each["claim"] == NONDECREASING]
        assert page.evaluate("navigator.clipboard.readText()") == told[0]["curl"]
        expect(opened_claim.locator(".body > .x button.copy")).to_have_text("Copied")

    def test_without_a_clipboard_the_line_is_selected(self, opened: Open) -> None:
        page = opened("failing").page
        page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        page.evaluate("document.execCommand = () => false")
        page.locator("button.copy:visible").first.click()
        assert page.evaluate("String(getSelection())") == page.locator(".copied").first.inner_text()

    def test_another_exchange_takes_the_place_of_the_first(self, opened: Open) -> None:
        page = opened("failing").page
        page.locator("#violated").get_by_role("link", name=STAYS_DONE).click()
        within = claim(page, NONDECREASING).locator(".body")
        link = within.locator("p.evidence a.ex").last
        link.click()
        expect(within.locator(":scope > .x")).to_have_count(1)
        expect(within.locator(":scope > .x .n")).to_have_text(link.inner_text())

    def test_an_address_leads_to_a_claim(self, opened: Open) -> None:
        page = opened("passing", "#claim=getJob/402/status").page
        expect(claim(page, "getJob/402/status").locator("pre").first).to_be_in_viewport()

    def test_an_address_leads_to_a_claim_that_is_packed(self, opened: Open) -> None:
        page = opened("large", f"#claim=getThing{OPERATIONS - 1}/404/status").page
        expect(claim(page, f"getThing{OPERATIONS - 1}/404/status").locator("pre").first).to_be_in_viewport()

    def test_a_cell_of_the_matrix_leads_to_its_claims(self, opened: Open) -> None:
        page = opened("passing").page
        page.locator("table.matrix").get_by_role("link", name="503").or_(page.locator(".matrix td a").last).last.click()
        expect(page.locator('[id="response=getJob/503"] details.c').first).to_be_in_viewport()

    def test_a_keyword_of_the_document_leads_to_all_its_claims(self, opened: Open) -> None:
        page = opened("passing").page
        page.locator('li[data-at="/components/schemas/Error/required/0"] > a.m').click()
        expect(shown(page)).to_have_count(12)

    def test_a_violation_in_a_picture_leads_to_its_claim(self, opened: Open) -> None:
        page = opened("failing").page
        expect(page.locator("#watched svg[role=img] .cross").first).to_be_visible()
        page.locator("#watched .breaks a").first.click()
        expect(claim(page, NONDECREASING).locator("pre").first).to_be_visible()


class TestColours:
    def test_the_button_overrides_the_system_and_is_remembered(self, opened: Open) -> None:
        page = opened("passing", color_scheme="light").page

        def background() -> Any:
            return page.evaluate("getComputedStyle(document.body).backgroundColor")

        light = background()
        page.locator("#theme").click()
        assert background() == light
        page.locator("#theme").click()
        dark = background()
        assert dark != light
        page.reload()
        assert background() == dark


class TestHostile:
    def test_what_a_server_and_a_document_say_is_text(self, opened: Open) -> None:
        at = opened("hostile")
        unfold(at.page)
        at.page.locator("details.c > summary").nth(1).click()
        at.page.keyboard.press("/")
        at.page.keyboard.type("<script>window")
        at.page.wait_for_timeout(300)
        assert at.page.evaluate("typeof window.taken") == "undefined"
        assert at.page.locator("img, svg[onload], script").count() == 1, "its own script alone"
        assert (at.said, at.asked) == ([], [])

    def test_and_it_can_be_read(self, opened: Open) -> None:
        page = opened("hostile").page
        unfold(page)
        for place in ("#headline", "table.matrix", "#document .tree", "details.c .s", "pre"):
            assert page.locator(place, has_text="<script>window.taken=1</script>").count() > 0, place
        assert page.locator("pre", has_text="\\u202e").count() > 0
        assert ATTACK in page.locator("#headline").inner_text()


class TestWithoutScript:
    def test_verdict_matrix_and_claims_can_be_read(self, opened: Open, reports: dict[str, Report]) -> None:
        page = opened("failing", java_script_enabled=False).page
        expect(page.locator("h1")).to_contain_text("NOT conformant")
        expect(page.locator("table.matrix td")).to_have_count(13)
        expect(page.locator("details.c")).to_have_count(len(reports["failing"].told["claims"]))
        page.locator("details.c.violated:visible > summary").first.click()
        expect(page.locator("details.c.violated[open] dl.failure").first).to_be_visible()
        for control in ("#find", "#theme", "button.copy", ".filters"):
            expect(page.locator(control).first).to_be_hidden()


class TestLarge:
    def test_it_is_small_and_opens_at_once(self, opened: Open, reports: dict[str, Report]) -> None:
        assert reports["large"].page.stat().st_size < 15_000_000
        started = time.monotonic()
        page = opened("large").page
        expect(page.locator("#violated li")).to_have_count(1)
        assert time.monotonic() - started < 10

    def test_what_is_packed_is_found(self, opened: Open) -> None:
        page = opened("large").page
        page.keyboard.press("/")
        page.keyboard.type("getThing77/200 maxlength")
        expect(shown(page)).to_have_count(1)
        expect(shown(page).locator(".s")).to_be_visible()

    def test_too_much_says_so(self, opened: Open) -> None:
        page = opened("large").page
        page.keyboard.press("/")
        page.keyboard.type("/404/status")
        expect(page.locator("#shown")).to_contain_text("narrow your search")

    def test_what_is_violated_is_not_packed(self, opened: Open) -> None:
        page = opened("large").page
        page.locator("#violated a.sentence").click()
        expect(claim(page, WRONG).locator("pre").first).to_be_in_viewport()
