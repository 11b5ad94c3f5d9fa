"""The face of the product in a real browser: live in place, its address its state, its keyboard and its charts. What holds for every page: see ``test_every_page``."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site, opened
from tests.layouts.sample_views import TILES

pytestmark = pytest.mark.browser

SIZES = ((3840, 2160), (1920, 1080))
TILE = "#tile-dossiers_fully_online"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_board_fits_a_wall(tab: Page, site: Site, size: tuple[int, int]) -> None:
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    opened(tab, site, "/")
    assert tab.evaluate("document.querySelector('.ioc-board').getBoundingClientRect().bottom") <= size[1]
    assert tab.evaluate("parseFloat(getComputedStyle(document.querySelector('.ioc-value')).fontSize)") >= size[1] / 24


def test_a_change_arrives_by_itself_and_leaves_focus_where_it_is(tab: Page, site: Site) -> None:
    opened(tab, site, "/")
    value = tab.locator(f"{TILE} .ioc-value")
    expect(value).to_have_text("82,0%")
    tab.locator(TILE).focus()
    tab.evaluate(f"window.tile = document.querySelector('{TILE}')")
    site.views.changed["dossiers_fully_online"] = replace(TILES["dossiers_fully_online"], value=Decimal("83.46"))
    site.views.version_ += 1
    expect(value).to_have_text("83,5%")
    assert tab.evaluate("window.tile.isConnected && document.activeElement === window.tile")


def test_the_address_is_the_state(tab: Page, site: Site) -> None:
    opened(tab, site, "/indicators/dossiers_fully_online")
    tab.evaluate("window.same = true")
    chosen = tab.locator(".ioc-panel-course .ioc-panel-head .ioc-chosen")
    tab.get_by_role("link", name="Quý", exact=True).click()
    expect(chosen).to_have_text("Quý")
    tab.locator("a.ioc-bars-row").first.click()
    expect(tab.locator(".ioc-chip")).to_have_count(1)
    tab.get_by_role("link", name="English").click()
    expect(tab.locator("html")).to_have_attribute("lang", "en")
    tab.get_by_role("link", name="Light").click()
    expect(tab.locator("html")).to_have_attribute("data-scheme", "light")
    assert tab.url.endswith("?period=quarter&where=unit%3Au0&lang=en&theme=light")
    for _ in range(3):
        tab.go_back()
    expect(tab.locator(".ioc-chip")).to_have_count(0)
    expect(chosen).to_have_text("Quý")
    tab.go_forward()
    expect(tab.locator(".ioc-chip")).to_have_count(1)
    assert tab.evaluate("window.same"), "no step of this loaded the page anew"


def test_an_answer_that_comes_late_does_not_take_the_place_of_a_newer_one(tab: Page, site: Site) -> None:
    opened(tab, site, "/indicators/dossiers_fully_online")
    # The first question of the callback is answered last.
    tab.evaluate("""() => {
        const ask = window.fetch;
        let late = true;
        window.fetch = async (address, options) => {
            const answer = await ask(address, options);
            if (!String(address).includes("_dash-update-component") || !late) return answer;
            late = false;
            await new Promise((done) => setTimeout(done, 1500));
            window.late = true;
            return answer;
        };
    }""")
    chosen = tab.locator(".ioc-panel-course .ioc-panel-head .ioc-chosen")
    tab.get_by_role("link", name="Quý", exact=True).click()
    tab.get_by_role("link", name="Năm", exact=True).click()
    expect(chosen).to_have_text("Năm")
    tab.wait_for_function("window.late")
    tab.wait_for_timeout(300)
    expect(chosen).to_have_text("Năm")


def test_days_are_typed_by_hand(tab: Page, site: Site) -> None:
    opened(tab, site, "/indicators/dossiers_fully_online?period=month&lang=vi")
    tab.get_by_label("Từ ngày").fill("01/01/2026")
    tab.get_by_role("button", name="Áp dụng").click()
    tab.wait_for_url("**from=01*")
    assert "period=month" in tab.url
    expect(tab.get_by_label("Từ ngày")).to_have_value("01/01/2026")


def test_the_keyboard_reaches_everything(tab: Page, site: Site) -> None:
    opened(tab, site, "/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "ioc-skip"
    reached = set()
    for _ in range(80):  # each tile, and what takes it along
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert {f"tile-{name}" for name in TILES} | {"English", "Nền sáng", "Màn hình"} <= reached


def test_without_scripts_the_numbers_are_there(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url("/"))
    assert page.locator(f"{TILE} .ioc-value").inner_text() == "82,0%"
    context.close()


def test_charts_grow_with_the_screen(tab: Page, site: Site) -> None:
    sizes = []
    for width, height in SIZES:
        tab.set_viewport_size({"width": width, "height": height})
        opened(tab, site, "/indicators/dossiers_fully_online")
        expect(tab.locator(".ioc-graph .xtick text").first).to_be_visible()
        for _ in range(100):  # a chart that is just drawn anew has no size for a moment
            size = tab.locator(".ioc-graph .xtick text").first.evaluate("node => parseFloat(getComputedStyle(node).fontSize) || 0")
            if size:
                break
            tab.wait_for_timeout(100)
        sizes.append(size)
    assert sizes[0] == pytest.approx(2 * sizes[1], rel=0.05)
