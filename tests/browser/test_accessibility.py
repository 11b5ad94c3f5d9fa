"""An automated audit finds nothing on any page, in either scheme and language, on a wall and on a phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.browser.test_face import PAGES, browser, opened, site, tab

__all__ = ["browser", "site", "tab"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", [*PAGES, "/?as_of=2026-11-01", "/screens"])
def test_the_audit_finds_nothing(tab: Page, site: Site, path: str) -> None:
    for seen, width, height in (("theme=dark&lang=vi", 1920, 1080), ("theme=light&lang=en", 390, 844)):
        tab.set_viewport_size({"width": width, "height": height})
        opened(tab, site, f"{path}{'&' if '?' in path else '?'}{seen}")
        found = Axe().run(tab)
        assert not found.response["violations"], (seen, found.generate_report())


def test_the_audit_finds_nothing_on_the_list_of_walls(tab: Page, site: Site) -> None:
    for seen, width, height in (("theme=dark&lang=vi", 1920, 1080), ("theme=light&lang=en", 390, 844)):
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(site.url(f"/admin/screens?{seen}"))
        picture = tab.frame_locator(".ioc-picture iframe")
        expect(picture.locator(".ioc-cell").first).to_be_attached()
        box = tab.locator(".ioc-picture").first.bounding_box()
        pane = picture.locator(".ioc-pane").bounding_box()
        assert box and pane and 0.9 * box["width"] < pane["width"] <= box["width"], "the whole wall is in its picture"
        found = Axe().run(tab)
        assert not found.response["violations"], (seen, found.generate_report())
