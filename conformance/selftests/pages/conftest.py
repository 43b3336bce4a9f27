"""Reports of real runs, and a real browser that opens them from disk."""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from attrs import frozen

from selftests.pages import reporting
from selftests.pages.reporting import Report

if TYPE_CHECKING:  # the library is there in the session `pages` only, and other sessions pass by this folder
    from playwright.sync_api import Browser, Page

OPERATIONS = int(os.environ.get("ASSAY_PAGES_OPERATIONS", "100"))
"""Of the large page. A thousand take ten seconds to make, and show no more."""


@frozen
class Opened:
    """A page in the browser. `said` is what its console said, `asked` every address but its own that it asked for."""

    page: "Page"
    said: list[str]
    asked: list[str]


Open = Callable[..., Opened]


@pytest.fixture(scope="session")
def reports(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """Of the reference provider, right and with defects, of a hostile server, and of many operations."""
    folder = tmp_path_factory.mktemp("reports")
    made = reporting.of_provider(pytestconfig.rootpath, folder)
    made["hostile"] = reporting.of_hostile_server(folder)
    assert {name: each.told["exit_status"] for name, each in made.items()} == {"passing": 0, "failing": 1, "hostile": 1}
    return {**made, "large": reporting.of_many(OPERATIONS, folder)}


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - see above

    with sync_playwright() as playwright, reporting.chromium(playwright) as launched:
        yield launched


@pytest.fixture
def opened(browser: "Browser", reports: dict[str, Report]) -> Iterator[Open]:
    """Open a report by its name. `hash` is what the address ends in; all else is the browser's context."""
    contexts = []

    def open_(name: str, hash: str = "", **context: Any) -> Opened:  # noqa: A002 - as it is called
        made = browser.new_context(**{"viewport": {"width": 1240, "height": 1000}, **context})
        contexts.append(made)
        made.set_default_timeout(10_000)
        shown = Opened(made.new_page(), [], [])
        address = reports[name].page.as_uri()
        shown.page.on("console", lambda message: shown.said.append(message.text))
        shown.page.on("pageerror", lambda error: shown.said.append(str(error)))
        shown.page.on("dialog", lambda dialog: shown.said.append(f"dialog: {dialog.message}"))
        shown.page.on("request", lambda request: shown.asked.append(request.url))
        shown.page.goto(address + hash)
        if context.get("java_script_enabled", True):
            shown.page.wait_for_selector("html.js")
        shown.asked[:] = [each for each in shown.asked if each.partition("#")[0] != address]
        return shown

    yield open_
    for each in contexts:
        each.close()
