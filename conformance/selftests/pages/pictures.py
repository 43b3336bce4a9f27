"""Reports of real runs → their pictures in a folder: light, dark, on a phone; passing and failing.

    nox -s pages -- --pictures

Each is of what a reader sees first, or of a part that says most. None is compared with anything: they are looked at.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from selftests.pages import reporting
from selftests.pages.reporting import Report

DESK = {"width": 1240, "height": 900}
PHONE = {"width": 360, "height": 780}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        reports = reporting.of_provider(Path.cwd(), Path(made), target=_slower(Path.cwd(), Path(made)))
        with reporting.chromium(playwright) as browser:
            for name, report in reports.items():
                for scheme in ("light", "dark"):
                    _opened(browser, report, scheme, DESK).screenshot(path=folder / f"{name}-{scheme}.png")
                _opened(browser, report, "light", PHONE).screenshot(path=folder / f"{name}-phone.png")
            _parts(browser, reports["failing"], folder)


def _slower(root: Path, folder: Path) -> Path:
    """The reference provider with jobs that take long enough to be watched."""
    text = (root / "conformance/targets/reference.toml").read_text(encoding="utf-8")
    changed = text.replace("seconds = 0.8", "seconds = 4.0").replace("every = 0.05", "every = 0.25")
    assert changed != text
    (folder / "slower.toml").write_text(changed, encoding="utf-8")
    return folder / "slower.toml"


def _parts(browser: Browser, report: Report, folder: Path) -> None:
    """What was watched; the document; a claim with its evidence."""
    page = _opened(browser, report, "light", DESK)
    page.locator("#watched").screenshot(path=folder / "watched.png")
    page.locator("li[data-at='/paths'] > details > summary").click()  # shut: the schemas say more
    page.evaluate("document.querySelector('.tree').style.cssText = 'max-height: 900px; overflow: hidden'")
    page.locator("#document").screenshot(path=folder / "document.png")
    page = _opened(browser, report, "dark", DESK)
    page.locator("#violated a.sentence").nth(2).click()
    page.locator("details.c[open] .body > .x pre").first.wait_for()
    page.screenshot(path=folder / "claim.png")


def _opened(browser: Browser, report: Report, scheme: str, size: dict[str, int]) -> Page:
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(report.page.as_uri())
    page.wait_for_selector("html.js")
    return page


if __name__ == "__main__":
    main(Path(sys.argv[1]))
