"""The editor of screens in a real browser: a panel moved by keys and by pointer, resized, mended and saved is what the wall shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.api.serving import served
from tests.api.test_arranging import OFFICE

pytestmark = pytest.mark.browser

KINDS = (
    "[...document.querySelectorAll('.ioc-cell')].map((cell) => cell.firstElementChild.className.match(/ioc-panel-([a-z]+)/)[1]).join(' ')"
)


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    panels = "[{kind: number, indicator: online_rate}, {kind: clock}, {kind: feeds}, {kind: trend, indicator: online_rate}]"
    with served(tmp_path, OFFICE.replace("[{kind: number, indicator: online_rate}, {kind: clock}]", panels)) as (_, port):
        yield f"http://127.0.0.1:{port}"


def opened(tab: Page, base: str, screen: str = "hall") -> Page:
    """The editor, once its panels are drawn."""
    tab.goto(f"{base}/admin/screens/{screen}/edit?lang=en")
    expect(tab.locator(".ioc-cell .ioc-panel").first).to_be_visible()
    return tab


def shows(tab: Page, kinds: str) -> None:
    """Waits until a page shows panels of these kinds, in order."""
    for _ in range(400):  # no page of ours may have a text run as a script, which is how Playwright itself would wait
        if tab.evaluate(f"document.querySelector('.ioc-cell .ioc-panel') && {KINDS} === '{kinds}'"):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(tab.evaluate(KINDS))


def test_a_panel_is_moved_by_keys_and_by_pointer_and_the_wall_shows_it(tab: Page, base: str) -> None:
    faults: list[str] = []
    wall = tab.context.new_page()
    for page in (tab, wall):
        page.on("pageerror", lambda error: faults.append(str(error)))
    wall.goto(f"{base}/wall/hall")
    shows(wall, "number clock feeds trend")
    opened(tab, base)
    tab.locator(".ioc-cell").first.focus()
    tab.keyboard.press("ArrowRight")
    shows(tab, "clock number feeds trend")
    expect(tab.locator("#editor-told")).to_have_text("Panel 2 of 4")
    tab.keyboard.press("Shift+ArrowRight")
    expect(tab.locator(".ioc-cell").nth(1)).to_have_attribute("style", "--w: 4; --h: 2;")
    trend, clock = tab.locator(".ioc-cell").nth(3).bounding_box(), tab.locator(".ioc-cell").first.bounding_box()
    assert trend and clock
    tab.mouse.move(trend["x"] + trend["width"] / 2, trend["y"] + trend["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(clock["x"] + 10, clock["y"] + clock["height"] / 2, steps=8)
    tab.mouse.up()
    shows(tab, "trend clock number feeds")
    tab.get_by_role("button", name="Undo").click()
    shows(tab, "clock number feeds trend")
    expect(tab.locator(".ioc-cell").nth(1)).to_have_attribute("aria-label", "Panel 2: Number, 4 columns, 2 rows. Fully online")
    tab.mouse.move(trend["x"] + trend["width"] / 2, trend["y"] + trend["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(clock["x"] + 10, clock["y"] + clock["height"] / 2, steps=8)
    expect(tab.locator("#editor-told")).to_have_text("Panel 1 of 4")
    tab.keyboard.press("Escape")
    tab.mouse.up()
    shows(tab, "clock number feeds trend")
    expect(tab.locator("#editor-told")).to_have_text("Undone.")
    shows(wall, "number clock feeds trend")
    posted: list[str] = []

    def slowly(route: Route) -> None:  # what is changed while it is on its way is not saved with it
        posted.append(route.request.url)
        tab.wait_for_timeout(300)
        tab.get_by_label("Name (English)").fill("Great hall")
        route.continue_()

    tab.route("**/admin/screens/hall?lang=en", slowly)
    for _ in range(3):
        tab.keyboard.press("Control+s")
    expect(tab.locator("#editor-past li")).to_have_count(1)
    expect(tab.locator("#editor-told")).to_have_text("Not saved")
    tab.unroute("**/admin/screens/hall?lang=en")
    assert len(posted) == 1
    tab.keyboard.press("Control+s")
    expect(tab.locator("#editor-told")).to_contain_text("Saved.")
    expect(tab.locator(".ioc-editor-notice")).to_be_hidden()
    shows(wall, "clock number feeds trend")
    assert "--w:4" in (wall.locator(".ioc-cell").nth(1).get_attribute("style") or "")
    assert not faults


def test_a_fault_is_told_beside_its_field_and_two_editors_meet(tab: Page, base: str) -> None:
    opened(tab, base)
    other = opened(tab.context.new_page(), base)
    tab.get_by_role("button", name="Add a panel").click()
    fault = tab.locator("#editor-fault-indicator")
    expect(fault).to_contain_text("needs “indicator”")
    expect(tab.locator('.ioc-cell[aria-selected="true"]')).to_have_attribute("aria-label", "Panel 5: Number, 3 columns, 2 rows. at fault")
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator("#editor-told")).to_contain_text("Mend what is told")
    tab.get_by_label("Indicator", exact=True).fill("On time")
    expect(fault).to_be_hidden()
    tab.get_by_role("button", name="Save").click()
    expect(tab.locator("#editor-told")).to_contain_text("Saved.")
    other.locator(".ioc-cell").nth(1).focus()
    other.keyboard.press("Delete")
    expect(other.locator(".ioc-editor-notice")).to_contain_text("changed elsewhere")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.locator("#editor-told")).to_contain_text("Nothing has been overwritten")
    found = Axe().run(other, options={"rules": {"landmark-one-main": {"enabled": True}}})
    assert not found.response["violations"], found.generate_report()
    other.get_by_role("button", name="Save mine over it").click()
    expect(other.locator("#editor-told")).to_contain_text("Saved.")
    expect(other.locator("#editor-past li")).to_have_count(2)
