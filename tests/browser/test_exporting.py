"""What is seen is taken along by keyboard alone, and found again in the register; an automated audit finds nothing on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.api.serving import served
from tests.api.test_api import ROW, Server
from tests.commands.test_commands import CONFIG
from tests.office import CATALOGUE

pytestmark = pytest.mark.browser


def audited(tab: Page, name: str) -> None:
    found = Axe().run(tab)
    assert not found.response["violations"], (name, found.generate_report())


def test_a_trend_is_taken_along_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    config = CONFIG.replace("catalogue: office", f"catalogue: {CATALOGUE.name}")
    with served(tmp_path, config) as (application, port):
        server = Server(application, port)
        server.put(*({**ROW, "id": str(key), "online": key % 3 == 0} for key in range(10)))
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        tab.goto(f"{server.base}/indicators/online_rate?lang=en&theme=light")
        button = tab.locator("#react-entry-point .ioc-panel-course .ioc-export-open")
        expect(button).to_have_accessible_name("Export: Fully online – Trend")
        button.focus()
        tab.keyboard.press("Enter")
        menu = tab.locator("form:popover-open")
        expect(menu).to_be_visible()
        audited(tab, "the menu")
        tab.keyboard.press("Escape")
        expect(menu).to_have_count(0)
        expect(button).to_be_focused()
        tab.keyboard.press("Enter")
        while tab.evaluate("document.activeElement.textContent.trim()") != "CSV":
            tab.keyboard.press("Tab")
        with tab.expect_download() as taken:
            tab.keyboard.press("Enter")
        assert taken.value.suggested_filename == "fully-online-trend_2026-11-23_1200.csv"
        tab.goto(f"{server.base}/snapshots?lang=en&theme=light")
        expect(tab.locator(".ioc-lines tbody tr")).to_have_count(1)
        audited(tab, "the register")
        tab.get_by_role("link", name="CSV").wait_for()
        tab.locator(".ioc-lines-code a").click()
        expect(tab.get_by_role("heading", name="The code is in the register")).to_be_visible()
        tab.locator("input[name=file]").set_input_files(taken.value.path())
        tab.locator("form[method=post] button").click()
        expect(tab.get_by_role("heading", name="Genuine", exact=True)).to_be_visible()
        audited(tab, "the verdict")
        tab.goto(f"{server.base}/snapshots/new?what=/indicators/online_rate&lang=vi&theme=dark")
        audited(tab, "all choices")
        tab.close()
