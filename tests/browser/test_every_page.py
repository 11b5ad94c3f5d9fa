"""What holds for every page: drawn without a fault, nothing cut off at any size, read out, audited in both schemes, asks nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, expect

from tests.access.journeys import CONFIG, PASSWORD
from tests.api.serving import served
from tests.browser.site import Site, opened
from tests.office import NOW

pytestmark = pytest.mark.browser

EXPLAINED = "/indicators/dossiers_fully_online?split=unit"
PAGES = (
    "/",
    EXPLAINED,
    "/screens/services",
    "/feeds",
    "/feeds/archive",
    "/milestones",
    "/alerts",
    "/indicators/no_such",
    "/?as_of=2026-11-01",
    "/screens",
)
SIZES = ((3840, 2160), (1280, 800), (390, 844), (1920, 1080))
NAMELESS = """() => [...document.querySelectorAll('.ioc :is(a, button, input:not([type=hidden]), [role=img], [role=region])')]
    .filter(node => !(node.getAttribute('aria-label') || node.textContent.trim() || (node.labels && node.labels.length)))
    .map(node => node.outerHTML.slice(0, 200))"""
LEVELS = "[...document.querySelectorAll('.ioc :is(h1, h2, h3)')].map(node => Number(node.tagName[1]))"
OUTSIDE = """() => [...document.querySelectorAll('.ioc-tile > *, .ioc-header > *')].filter(node => {
    const box = node.getBoundingClientRect(), room = node.parentElement.getBoundingClientRect();
    return !node.matches('.ioc-skip') && (box.right > room.right + 1 || box.bottom > room.bottom + 1);
}).map(node => node.textContent)"""
REPORTS = """
access: {}
reports:
  weekly:
    label: {vi: Báo cáo tuần, en: Weekly report}
    body: {vi: VP, en: Office}
    place: {vi: Hà Nội, en: Hanoi}
    sections: [{show: online_rate}]
"""
# Those of the product itself, as an administrator sees them.
SIGNED_IN = (
    "/snapshots", "/snapshots/new?what=/indicators/online_rate", "/verify", "/verify/AAAA-AAAA", "/reports", "/reports/weekly", "/views",
    "/account", "/admin", "/admin/audit", "/admin/screens/edit", "/admin/playlists/lobby", "/admin/secrets", "/search?q=phong", "/units/a", "/records/dossier", "/nowhere",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_read_out_and_audited_and_asks_nobody_else(tab: Page, site: Site, path: str) -> None:
    asked: list[str] = []
    faults: list[str] = []
    later: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("request", lambda request: later.append(request.url) if is_of_the_page(request) else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text) if message.type == "error" and "404" not in message.text else None)
    opened(tab, site, path)
    expect(tab.locator(".ioc-graph .scatterlayer")).to_have_count({EXPLAINED: 1}.get(path, 0))
    read_out(tab)
    audited(tab, "dark, vi")
    for width, height in SIZES:
        tab.set_viewport_size({"width": width, "height": height})
        assert fits(tab, width), (width, height)
        assert tab.evaluate(OUTSIDE) == [], (width, height)
    assert not faults
    assert not [url for url in asked if not url.startswith((site.url("/"), "data:"))]
    assert not [url for url in asked if "/_dash-layout" in url or "/_dash-dependencies" in url]
    # Only what comes after the rest is asked for, once.
    assert len(later) == (1 if path in {EXPLAINED, "/screens/services"} else 0)
    tab.set_viewport_size({"width": 390, "height": 844})
    opened(tab, site, f"{path}{'&' if '?' in path else '?'}theme=light&lang=en")
    audited(tab, "light, en")


def is_of_the_page(request: Request) -> bool:
    """Whether a page asks for more of itself; not when it looks, every few seconds, whether anything is new."""
    return "/_dash-update" in request.url and '"changedPropIds":["ioc-version.data"]' not in (request.post_data or "")


def fits(tab: Page, width: int) -> bool:
    """Whether a page is no wider than the window, once charts have followed it, which they do a moment later."""
    for _ in range(200):
        if tab.evaluate("document.documentElement.scrollWidth") <= width:
            return True
        tab.wait_for_timeout(50)
    return False


def read_out(tab: Page) -> None:
    """What a screen reader gets: landmarks, a name for everything, headings in order."""
    for landmark in ("banner", "main", "navigation"):
        expect(tab.get_by_role(landmark).first).to_be_visible()
    assert tab.evaluate(NAMELESS) == []
    levels = tab.evaluate(LEVELS)
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def audited(tab: Page, seen: str) -> None:
    """An automated audit finds nothing."""
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
        audited(tab, seen)


def test_on_paper_a_screen_is_what_it_is_on_a_wall_and_nothing_is_there_to_be_pressed(tab: Page, site: Site) -> None:
    tab.set_viewport_size({"width": 1047, "height": 718})  # A4 on its side, within its margins
    tab.emulate_media(media="print")
    try:
        opened(tab, site, "/screens/services")
        spans = tab.locator(".ioc-main .ioc-cell").evaluate_all(
            "all => all.map(each => [getComputedStyle(each).gridColumn, `span ${each.style.getPropertyValue('--w')}`])"
        )
        assert spans and all(shown == meant for shown, meant in spans), spans
        opened(tab, site, EXPLAINED)
        assert tab.locator(".ioc :is(form, select, button, .ioc-choice):visible").all_inner_texts() == []
    finally:
        tab.emulate_media(media="screen")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a deployment into which one signs in."""
    with served(tmp_path_factory.mktemp("closed"), CONFIG + REPORTS) as (application, port):
        application.accounts.add("quan", "administrator", None, PASSWORD, NOW, must_change=False)
        yield f"http://127.0.0.1:{port}"


def test_the_audit_finds_nothing_on_what_one_signs_in_for(tab: Page, closed: str) -> None:
    audited_in_both(tab, closed, "/login", "vi")
    tab.locator("input[name=name]").fill("quan")
    tab.locator("input[name=password]").fill(PASSWORD)
    tab.locator("input[name=password]").press("Enter")
    tab.wait_for_url(f"{closed}/**")
    for number, path in enumerate(SIGNED_IN):
        audited_in_both(tab, closed, path, ("vi", "en")[number % 2])
    wall = tab.context.new_page()
    with wall.expect_response("**/live/seen?*"):  # it lives, and says what it shows
        wall.goto(f"{closed}/wall/lobby")
    tab.goto(f"{closed}/admin/screens")
    expect(tab.frame_locator(".ioc-picture iframe").locator(".ioc-pane")).to_be_visible()  # as the headers of a real answer let it


def audited_in_both(tab: Page, closed: str, path: str, language: str) -> None:
    """The audit in either scheme: large and dark, small and light; nothing is wider than the screen."""
    for scheme, width, height in (("dark", 1920, 1080), ("light", 390, 844)):
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(f"{closed}{path}{'&' if '?' in path else '?'}lang={language}&theme={scheme}")
        expect(tab.locator("main").last).to_be_visible()
        audited(tab, f"{path} {scheme}")
        assert fits(tab, width), (path, width)
