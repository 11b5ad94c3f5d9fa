"""A wall in a real browser: whole at every size, live in place, turned by clock and keys, true about a lost server, flat for weeks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from ioc.access.devices import Devices
from tests.browser.site import Site
from tests.layouts.sample_views import NOW, TILES

pytestmark = pytest.mark.browser

NODES = """() => {
    let count = 0;
    for (const walker = document.createTreeWalker(document); walker.nextNode();) count++;
    return count;
}"""
# Notes how long after now the page no longer says that the server is lost, and when it shows another number.
RETURN = """() => {
    const began = Date.now();
    const note = (node, is, name) => new MutationObserver((_, watch) => {
        if (!is(node)) return;
        window[name] = Date.now() - began;
        watch.disconnect();
    }).observe(node, {attributes: true, childList: true, characterData: true, subtree: true});
    note(document.querySelector('.ioc-wall-lost'), (node) => node.hidden, 'alive');
    note(document.querySelector('#panel-0'), (node) => node.querySelector('.ioc-digits').textContent === '84', 'changed');
}"""
SIZES = ((3840, 1080), (1920, 1080))
NUMBER = "#panel-0 .ioc-digits"


def opened(tab: Page, site: Site, query: str = "") -> Page:
    """The wall, once its script listens."""
    with tab.expect_request(lambda request: "/live?" in request.url):
        tab.goto(site.url(f"/wall/hall{query}"))
    return tab


def change(site: Site, value: str) -> None:
    """The first number becomes another one."""
    site.views.changed["dossiers_fully_online"] = replace(TILES["dossiers_fully_online"], value=Decimal(value))
    site.views.version_ += 1


def measured(tab: Page) -> dict[str, float]:
    """Heap after collecting what nobody holds, DOM nodes and listeners."""
    session = tab.context.new_cdp_session(tab)
    session.send("HeapProfiler.enable")
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
        tab.wait_for_timeout(100)
    session.send("Performance.enable")
    found: Any = session.send("Performance.getMetrics")
    session.detach()
    return {each["name"]: each["value"] for each in found["metrics"]}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_a_wall_fills_its_canvas_and_scrolls_nowhere(tab: Page, site: Site, size: tuple[int, int]) -> None:
    site.views.turns = ("services", "other")
    faults: list[str] = []
    asked: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    opened(tab, site)
    panes = 2 if size[0] / size[1] > 2.7 else 1
    expect(tab.locator(".ioc-pane")).to_have_count(panes)
    assert tab.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == list(size)
    assert tab.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == pytest.approx(size[1] / 67.5, rel=0.01)
    assert tab.evaluate("getComputedStyle(document.documentElement).cursor") == "none"
    tab.set_viewport_size({"width": size[0] - 200, "height": size[1]})
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    expect(tab.locator(".ioc-pane")).to_have_count(panes)
    assert not faults
    assert not [url for url in asked if not url.startswith((site.url("/"), "data:"))]


# Which numbers and names stick out of the panel that they are in, or of the display.
CUT = """() => [...document.querySelectorAll('.ioc-cell')].flatMap((cell) => {
    const room = cell.getBoundingClientRect();
    const inside = (box) => box.left >= room.left - 1 && box.right <= room.right + 1 && box.top >= room.top - 1 && box.bottom <= room.bottom + 1;
    const told = cell.querySelectorAll('.ioc-digits, .ioc-unit, .ioc-panel-title, .ioc-plot-last, .ioc-panel-untold span, .ioc-bars b, .ioc-between');
    return [...told].filter((each) => !inside(each.getBoundingClientRect())).map((each) => `${cell.id} ${each.className} ${each.textContent}`);
})"""


def test_whatever_is_awkward_stays_whole_and_within_its_panel(tab: Page, site: Site) -> None:
    site.views.turns = ("awkward",)
    opened(tab, site)
    assert tab.evaluate(CUT) == []
    assert tab.locator(".ioc-cell").last.bounding_box()["x"] < 1920  # type: ignore[index]
    assert tab.locator(".ioc-panel-ranking .ioc-between").inner_text() == "… 54 đơn vị ở giữa …"
    told = [each.replace("\u00a0", " ") for each in tab.locator(".ioc-panel-number .ioc-value").all_inner_texts()]
    assert [each.split() for each in told] == [["–", "Chưa", "có", "dữ", "liệu"], ["1.000", "tỷ"], ["−4.000%"]]
    assert all(
        size >= 16 * 0.7
        for size in tab.locator(".ioc-panel-ranking .ioc-bars").evaluate_all(
            "all => all.map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
    )


def test_one_cell_of_a_canvas_of_two_displays(tab: Page, site: Site) -> None:
    site.views.turns = ("services", "other")
    for cell, left in ((1, 0), (2, -1920)):
        opened(tab, site, f"?grid=2x1&cell={cell}")
        expect(tab.locator(".ioc-pane")).to_have_count(2)
        box = tab.locator(".ioc-stage").bounding_box()
        assert box and (box["x"], box["width"]) == (left, 3840)


def test_a_change_rolls_in_by_itself_and_only_the_panels_touched_ask(tab: Page, site: Site) -> None:
    opened(tab, site)
    expect(tab.locator(NUMBER)).to_have_text("82,0")
    tab.evaluate("window.pane = document.querySelector('.ioc-pane')")
    with tab.expect_request(lambda request: "/changes?" in request.url) as asked:
        change(site, "83.46")
    assert "panels=" in asked.value.url
    expect(tab.locator(NUMBER)).to_have_text("83,5")
    assert tab.evaluate("window.pane.isConnected"), "nothing else was drawn again"


def test_a_change_in_the_midst_of_another_is_what_stays(apart: Page, site: Site) -> None:
    apart.emulate_media(reduced_motion="no-preference")
    apart.clock.install()
    opened(apart, site)
    apart.clock.pause_at(apart.evaluate("Date.now()") / 1000 + 1)
    for value in ("83.46", "91"):
        change(site, value)
        with apart.expect_response("**/changes?*"):
            apart.wait_for_timeout(200)
            apart.clock.run_for(100)
        apart.wait_for_timeout(100)
        apart.clock.run_for(100)
    assert apart.locator(NUMBER).inner_text() == "91"
    apart.clock.run_for(1000)  # the first would have ended by now
    assert apart.locator(NUMBER).inner_text() == "91"


def test_a_change_that_comes_while_the_next_screen_is_fetched_is_on_it(apart: Page, site: Site) -> None:
    """No timer runs, so that nothing else could have asked."""
    site.views.turns, site.views.dwell = ("services", "other"), 3600.0
    apart.clock.install()
    opened(apart, site, "?hold=services")
    apart.clock.pause_at(apart.evaluate("Date.now()") / 1000 + 1)

    def late(route: Route) -> None:
        fetched = route.fetch()
        change(site, "84")
        expect(apart.locator(NUMBER)).to_have_text("84")  # the screen before has heard of it
        route.fulfill(response=fetched)

    apart.route("**/wall/hall/other", late)
    with apart.expect_request("**/changes?*"):
        apart.keyboard.press("2")
        apart.wait_for_timeout(300)
        apart.clock.run_for(100)
    expect(apart.locator(".ioc-pane")).to_have_attribute("data-screen", "other")
    apart.clock.run_for(100)
    expect(apart.locator(NUMBER)).to_have_text("84")


def test_the_day_goes_on_without_the_server(apart: Page, site: Site) -> None:
    apart.clock.install()
    opened(apart, site)
    day = apart.locator(".ioc-wall-clock [data-clock=day]")
    expect(day).to_have_text("Thứ Hai, 23/11/2026")
    site.stop()
    apart.clock.fast_forward("10:00:00")
    expect(day).to_have_text("Thứ Ba, 24/11/2026")


def test_what_is_urgent_is_not_dimmed(tab: Page, site: Site) -> None:
    opened(tab, site)
    shade = "getComputedStyle(document.querySelector('.ioc-wall-night')).opacity"
    tab.add_style_tag(content=".ioc-wall { --night: 0.6 !important } .ioc-wall-night { transition: none !important }")
    assert tab.evaluate(shade) == "0.6"
    tab.evaluate("document.querySelector('.ioc-wall-urgent').hidden = false")
    assert tab.evaluate(shade) == "0"


def test_the_walls_of_one_browser_are_told_apart(tab: Page, site: Site) -> None:
    def who(query: str) -> str:
        with tab.expect_request(lambda request: "/live?" in request.url) as asked:
            tab.goto(site.url(f"/wall/hall{query}"))
        return parse_qs(urlsplit(asked.value.url).query)["wall"][0]

    one, two, again = who("?name=East"), who("?name=West"), who("?name=East")
    assert one == again != two


@pytest.mark.parametrize("way", ["only by asking", "only by its stream"])
def test_a_lost_server_is_said_within_ten_seconds_and_all_is_back_within_five(apart: Page, site: Site, way: str) -> None:
    """Silence is told by the page's own clock; the way back, each of the two by itself, takes real seconds."""
    apart.clock.install()
    opened(apart, site)
    apart.clock.pause_at(apart.evaluate("Date.now()") / 1000 + 1)
    site.stop()
    apart.clock.run_for(10_000)
    expect(apart.locator(".ioc-wall-lost")).to_be_visible()
    expect(apart.locator(NUMBER)).to_have_text("82,0")
    apart.route("**/live?*" if way == "only by asking" else "**/live/seen?*", lambda route: route.abort())
    change(site, "84")
    apart.clock.resume()
    apart.evaluate(RETURN)
    site.start()
    expect(apart.locator(NUMBER)).to_have_text("84")
    alive, changed = apart.evaluate("[window.alive, window.changed]")
    assert alive <= changed <= 5000


@pytest.mark.parametrize("way", ["cannot be drawn", "is not answered"])
def test_a_screen_that_is_not_told_keeps_its_numbers_says_so_and_is_well_by_itself(tab: Page, site: Site, way: str) -> None:
    site.views.turns = ("services", "other")
    tab.clock.install()
    opened(tab, site)
    site.views.broken = way == "cannot be drawn"
    if way == "is not answered":
        tab.route("**/changes?*", lambda route: route.abort())
    change(site, "84")
    expect(tab.locator(".ioc-wall-lost")).to_be_visible()
    expect(tab.locator(NUMBER)).to_have_text("82,0")
    site.views.broken = False
    tab.unroute("**/changes?*")
    change(site, "85")
    tab.clock.run_for(3000)
    expect(tab.locator(NUMBER)).to_have_text("85")
    expect(tab.locator(".ioc-wall-lost")).to_be_hidden()


def test_without_the_server_the_rotation_goes_on_with_what_is_known(tab: Page, site: Site) -> None:
    site.views.turns, site.views.dwell = ("services", "other"), 3600.0
    opened(tab, site)
    for key, screen in (("2", "other"), ("1", "services")):
        tab.keyboard.press(key)
        expect(tab.locator(".ioc-pane")).to_have_attribute("data-screen", screen)
    site.stop()
    tab.keyboard.press("ArrowRight")
    expect(tab.locator(".ioc-pane")).to_have_attribute("data-screen", "other")
    expect(tab.locator(NUMBER)).to_have_text("82,0")


def test_keys_turn_choose_and_hold(tab: Page, site: Site) -> None:
    site.views.turns = ("services", "other")
    opened(tab, site)
    pane, held = tab.locator(".ioc-pane"), tab.locator(".ioc-wall-paused")
    tab.keyboard.press("2")
    expect(pane).to_have_attribute("data-screen", "other")
    tab.keyboard.press(" ")
    expect(held).to_be_visible()
    assert "hold=other" in tab.url
    tab.reload()
    expect(pane).to_have_attribute("data-screen", "other")
    expect(held).to_be_visible()
    tab.keyboard.press("MediaPlayPause")
    expect(held).to_be_hidden()
    expect(pane).to_have_attribute("data-screen", "other")
    tab.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ChannelUp'}))")
    expect(pane).to_have_attribute("data-screen", "services")


def test_screens_turn_by_the_servers_clock(tab: Page, site: Site) -> None:
    site.views.turns, site.views.dwell = ("services", "other"), 2.0
    opened(tab, site)
    for screen in (*site.views.turns, site.views.turns[0]):
        expect(tab.locator(".ioc-pane")).to_have_attribute("data-screen", screen)


def test_a_wall_of_an_older_build_loads_itself_anew_at_its_next_turn(tab: Page, site: Site) -> None:
    site.views.turns = ("services", "other")
    opened(tab, site)
    tab.evaluate("window.old = true; document.querySelector('.ioc-wall').dataset.build = 'older'")
    with tab.expect_event("load"):
        for screen in ("other", "services", "other"):
            tab.keyboard.press(str(1 + site.views.turns.index(screen)))
            expect(tab.locator(".ioc-pane")).to_have_attribute("data-screen", screen)
    assert tab.evaluate("window.old === undefined")


def test_a_page_is_left_only_for_one_that_lives(apart: Page, site: Site) -> None:
    """A browser never leaves an error page by itself, so a wall does not go there."""
    site.views.turns, site.views.dwell = ("services", "other"), 3600.0
    apart.clock.install()
    opened(apart, site, "?hold=services")
    apart.evaluate("window.old = true; document.querySelector('.ioc-wall').dataset.build = 'older'")
    apart.route("**/wall/hall?hold=*", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    apart.keyboard.press("2")
    expect(apart.locator(".ioc-pane")).to_have_attribute("data-screen", "other")
    with apart.expect_response(lambda answer: answer.status == 502):
        apart.clock.run_for(25_000)
    assert apart.evaluate("window.old")
    with apart.expect_event("load"):
        apart.unroute("**/wall/hall?hold=*")
        apart.clock.run_for(3000)
    assert apart.evaluate("window.old === undefined")


@pytest.mark.parametrize("missing", ["the playlist", "the screen"])
def test_what_comes_later_is_shown_by_itself(apart: Page, site: Site, missing: str) -> None:
    site.views.turns = () if missing == "the playlist" else ("services",)
    site.views.broken = missing == "the screen"
    apart.clock.install()
    apart.goto(site.url("/wall/hall"))
    expect(apart.locator(".ioc-pane-calm")).to_be_visible()
    site.views.turns, site.views.broken = ("services",), False
    site.views.version_ += 1
    apart.clock.run_for(35_000)
    expect(apart.locator(NUMBER)).to_have_text("82,0")


def test_a_wall_whose_token_is_revoked_says_so_and_comes_back_with_another(tab: Page, tmp_path: Path) -> None:
    devices, site = Devices(tmp_path), Site(tmp_path)
    tab.clock.install()
    try:
        token = devices.issue("hall", NOW)
        tab.goto(site.url(f"/wall/hall?token={token}"))
        expect(tab.locator(NUMBER)).to_have_text("82,0")
        assert "token" not in tab.url
        devices.revoke("hall", NOW)
        change(site, "84")
        expect(tab.locator(".ioc-pane-calm")).to_be_visible()
        expect(tab.locator(".ioc-cell")).to_have_count(0)
        tab.route("**/live/seen?*", lambda route: route.fulfill(status=401, body="{}"))
        tab.clock.run_for(15_000)
        expect(tab.locator(".ioc-wall-lost")).to_be_hidden()  # the server is there, and has said no
        tab.goto(site.url(f"/wall/hall?token={devices.issue('hall', NOW)}"))
        expect(tab.locator(NUMBER)).to_have_text("84")
    finally:
        site.stop()


@pytest.mark.parametrize("seen", ["theme=dark&lang=vi", "theme=light&lang=en"])
def test_the_audit_finds_nothing_on_a_wall(tab: Page, site: Site, seen: str) -> None:
    for query in (f"?{seen}", f"?{seen}&grid=2x1&cell=1"):
        opened(tab, site, query)
        found = Axe().run(tab)
        assert not found.response["violations"], found.generate_report()


def test_after_days_of_changes_nothing_has_grown(tab: Page, site: Site) -> None:
    """Many changes and turns as fast as they go: what a day leaves behind would show as growth."""
    site.views.turns = ("services", "other")
    opened(tab, site)

    def days(count: int) -> dict[str, float]:
        for number in range(count):
            change(site, f"{60 + number % 40}.{number % 10}")
            tab.wait_for_timeout(40)
            if number % 5 == 4:
                tab.keyboard.press("ArrowRight")
        tab.wait_for_timeout(1000)
        return measured(tab) | {"Shown": tab.evaluate(NODES)}

    first, last = days(20), days(40)
    assert last["JSHeapUsedSize"] <= first["JSHeapUsedSize"] + 500_000, "a screen that stayed behind each time would be megabytes"
    assert last["Nodes"] <= 6 * first["Shown"] and first["Shown"] == last["Shown"], "of 12 turns all but the last are gone"
    assert last["JSEventListeners"] <= first["JSEventListeners"], "what was under way at the first look has ended"
