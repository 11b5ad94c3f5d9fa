"""The face of the product in a real browser: drawn whole, live in place, true about a lost server, readable at every size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.site import Site
from tests.layouts.sample_views import TILES

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/indicators/dossiers_fully_online?split=unit",
    "/screens/services",
    "/feeds",
    "/feeds/archive",
    "/milestones",
    "/indicators/no_such",
)
SIZES = ((3840, 2160), (1920, 1080), (1280, 800), (390, 844))
TILE = "#tile-dossiers_fully_online"


@pytest.fixture
def site(free_port: int) -> Iterator[Site]:
    running = Site(free_port)
    yield running
    if running.up:
        running.stop()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def opened(tab: Page, site: Site, path: str) -> Page:
    """The page, once its components have taken the place of what was drawn first."""
    tab.goto(site.url(path))
    expect(tab.locator("#react-entry-point .ioc")).to_be_visible()
    expect(tab.locator("#ioc-first")).to_have_count(0)
    return tab


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_drawn_without_a_fault_and_asks_nobody_else(tab: Page, site: Site, path: str) -> None:
    asked: list[str] = []
    faults: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text) if message.type == "error" and "404" not in message.text else None)
    opened(tab, site, path)
    expect(tab.locator(".ioc-graph .scatterlayer")).to_have_count({PAGES[1]: 2}.get(path, 0))
    tab.wait_for_timeout(1500)
    assert not faults
    assert not [url for url in asked if not url.startswith((site.url("/"), "data:"))]
    assert not [url for url in asked if "/_dash-layout" in url or "/_dash-dependencies" in url]
    # Only what comes after the rest is asked for, once.
    assert len([url for url in asked if "/_dash-update" in url]) == (1 if path == PAGES[1] else 0)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off(tab: Page, site: Site, path: str) -> None:
    opened(tab, site, path)
    for size in SIZES:
        tab.set_viewport_size({"width": size[0], "height": size[1]})
        assert fits(tab, size[0]), size
        _nothing_stands_out(tab, size)


def fits(tab: Page, width: int) -> bool:
    """Whether a page is no wider than the window, once charts have followed it, which they do a moment later."""
    for _ in range(60):
        if tab.evaluate("document.documentElement.scrollWidth") <= width:
            return True
        tab.wait_for_timeout(50)
    return False


def _nothing_stands_out(tab: Page, size: tuple[int, int]) -> None:
    outside = """() => [...document.querySelectorAll('.ioc-tile > *, .ioc-header > *')].filter(node => {
        const box = node.getBoundingClientRect(), room = node.parentElement.getBoundingClientRect();
        return !node.matches('.ioc-skip') && (box.right > room.right + 1 || box.bottom > room.bottom + 1);
    }).map(node => node.textContent)"""
    assert tab.evaluate(outside) == [], size


@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_board_fits_a_wall(tab: Page, site: Site, size: tuple[int, int]) -> None:
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    opened(tab, site, "/")
    assert tab.evaluate("document.querySelector('.ioc-board').getBoundingClientRect().bottom") <= size[1]
    assert tab.evaluate("parseFloat(getComputedStyle(document.querySelector('.ioc-value')).fontSize)") >= size[1] / 24


def test_a_change_arrives_by_itself_and_leaves_focus_where_it_is(tab: Page, site: Site) -> None:
    opened(tab, site, "/")
    value = tab.locator(f"{TILE} .ioc-value")
    expect(value).to_have_text("82,0%")
    tab.wait_for_timeout(500)
    tab.locator(TILE).focus()
    tab.evaluate(f"window.tile = document.querySelector('{TILE}')")
    site.views.changed["dossiers_fully_online"] = replace(TILES["dossiers_fully_online"], value=Decimal("83.46"))
    site.views.version_ += 1
    expect(value).to_have_text("83,5%", timeout=3000)
    assert tab.evaluate("window.tile.isConnected && document.activeElement === window.tile")


def test_a_lost_server_is_said_within_ten_seconds_and_comes_back_by_itself(tab: Page, site: Site) -> None:
    opened(tab, site, "/")
    tab.wait_for_timeout(500)
    site.stop()
    expect(tab.locator(".ioc-lost")).to_be_visible(timeout=10_000)
    expect(tab.locator(f"{TILE} .ioc-value")).to_have_text("82,0%")
    site.views.changed["dossiers_fully_online"] = replace(TILES["dossiers_fully_online"], value=Decimal(84))
    site.views.version_ += 1
    site.start()
    expect(tab.locator(".ioc-lost")).to_be_hidden(timeout=8000)
    expect(tab.locator(f"{TILE} .ioc-value")).to_have_text("84%", timeout=5000)


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


@pytest.mark.parametrize("path", PAGES[:5])
def test_what_a_screen_reader_gets(tab: Page, site: Site, path: str) -> None:
    opened(tab, site, path)
    for landmark in ("banner", "main", "navigation"):
        expect(tab.get_by_role(landmark).first).to_be_visible()
    nameless = """() => [...document.querySelectorAll('.ioc :is(a, button, input:not([type=hidden]), [role=img], [role=region])')]
        .filter(node => !(node.getAttribute('aria-label') || node.textContent.trim() || (node.labels && node.labels.length)))
        .map(node => node.outerHTML.slice(0, 200))"""
    assert tab.evaluate(nameless) == []
    levels = tab.evaluate("[...document.querySelectorAll('.ioc :is(h1, h2, h3)')].map(node => Number(node.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_without_scripts_the_numbers_are_there(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url("/"))
    assert page.locator(f"{TILE} .ioc-value").inner_text() == "82,0%"
    context.close()


def test_charts_grow_with_the_screen(tab: Page, site: Site) -> None:
    sizes = []
    for width, height in SIZES[:2]:
        tab.set_viewport_size({"width": width, "height": height})
        opened(tab, site, "/indicators/dossiers_fully_online")
        expect(tab.locator(".ioc-graph .xtick text").first).to_be_visible()
        tab.wait_for_timeout(300)
        sizes.append(tab.locator(".ioc-graph .xtick text").first.evaluate("node => parseFloat(getComputedStyle(node).fontSize)"))
    assert sizes[0] == pytest.approx(2 * sizes[1], rel=0.05)
