"""People at work in a real browser: what they do, and at every step the number that they see, recomputed by SQL of the test's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from ioc.clock import FrozenClock, SystemClock
from tests.api.serving import served
from tests.browser.conftest import PATIENCE_MS
from tests.commands.test_commands import CONFIG
from tests.office import open_store, put

pytestmark = pytest.mark.browser
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = SystemClock().now().astimezone(ZONE).date()
FIRST = TODAY - timedelta(days=300)
ENDS = TODAY.replace(day=1) - timedelta(days=1)
MONTH = (ENDS.replace(day=1), ENDS)
BEFORE = ((MONTH[0] - timedelta(days=1)).replace(day=1), MONTH[0] - timedelta(days=1))
DAY = "(received_at + INTERVAL 7 HOUR)::DATE"
CURRENT = "_until = 2147483647 AND NOT _gone"
LATE = f"completed_at IS NULL AND (due_at + INTERVAL 7 HOUR)::DATE < DATE '{TODAY}'"
TEXTS = {
    "vi": {
        "unit": "phong a",
        "overdue": "Quá hạn",
        "sort": "Hẹn trả",
        "exact": "Đúng bằng con số hiển thị",
        "rows": "bản ghi",
        "previous": "Kỳ trước",
        "room": "Phòng A",
        "past": "Đây không phải hiện tại",
        "since": "Đã đổi gì từ lúc đó",
        "present": "Xem trang hiện nay",
        "home": "Tổng quan",
        "definition": "Định nghĩa",
    },
    "en": {
        "unit": "room a",
        "overdue": "Overdue",
        "sort": "Due",
        "exact": "Exactly the number shown",
        "rows": "records",
        "previous": "Previous period",
        "room": "Room A",
        "past": "This is not the present",
        "since": "What has changed since",
        "present": "The page now",
        "home": "Overview",
        "definition": "Definition",
    },
}


class Office:
    """The office, served, and its store as files that SQL can read beside it."""

    def __init__(self, address: str, store: Path, between: datetime) -> None:
        self.address, self.between = address, between
        self._store = duckdb.connect(str(store), read_only=True)

    def sql(self, columns: str, where: str = "TRUE", known: str = CURRENT, then: str = "") -> list[tuple[Any, ...]]:
        return self._store.execute(f"SELECT {columns} FROM rec_dossier WHERE {known} AND {where} {then}").fetchall()

    def then(self) -> str:
        (found,) = self._store.execute("SELECT max(version) FROM commit_log WHERE committed_at <= ?", [self.between.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)]).fetchall()  # fmt: skip
        return f"_since <= {found[0]} AND _until > {found[0]} AND NOT _gone"


def dossiers(corrected: bool) -> Iterator[dict[str, Any]]:
    """A dossier of each room every few days; some online, some late; of the last month some are corrected later."""
    for number in range(240):
        received = FIRST + timedelta(days=number * 5 // 4)
        online = number % 7 > 1 if received <= BEFORE[1] else number % 7 > 4
        yield {
            "id": f"D-{number:03}",
            "unit": "ab"[number % 2],
            "received_at": f"{received} 09:00",
            "due_at": f"{received + timedelta(days=9 + number % 3)}",
            "completed_at": None if number % 3 == 0 else f"{received + timedelta(days=4)}",
            "online": online ^ (corrected and number % 20 == 0),
            "updated_at": f"{received} {'10:00' if corrected else '09:00'}",
        }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("journeys")
    corrected_at = SystemClock().now().replace(microsecond=0)
    clock = FrozenClock(corrected_at - timedelta(minutes=10))
    store = open_store(folder, clock=clock)
    put(store, "dossier", dossiers(corrected=False))
    clock.at = corrected_at
    put(store, "dossier", dossiers(corrected=True))
    store.close()
    (folder / "var").mkdir()
    shutil.copy(folder / "office.duckdb", folder / "var" / "ioc.duckdb")
    with served(folder, CONFIG, SystemClock()) as (_, port):
        yield Office(f"http://127.0.0.1:{port}", folder / "office.duckdb", (corrected_at - timedelta(minutes=5)).astimezone(ZONE))


@pytest.fixture(scope="module")
def visits(browser: Browser, office: Office) -> Iterator[BrowserContext]:
    """What visits share: what they have loaded; the product keeps nothing in a browser of somebody who has not signed in."""
    found = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=office.address)
    yield found
    found.close()


@pytest.fixture
def page(visits: BrowserContext) -> Iterator[Page]:
    """A page of somebody who has never been here."""
    found = visits.new_page()
    found.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    yield found
    found.close()
    assert not faults, f"scripts failed: {faults}"


def arrived(page: Page) -> Any:
    """The page once it is alive."""
    page.wait_for_selector("#react-entry-point .ioc")
    return page.locator("#react-entry-point .ioc")


def press(page: Page, words: str) -> None:
    """Go to a link by Tab alone, and follow it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(words):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{words} is not reached by the keyboard")


def between(start: date, end: date) -> str:
    return f"{DAY} BETWEEN DATE '{start}' AND DATE '{end}'"


class Hand:
    """Somebody's way with a page: ``pointer`` or ``keyboard``."""

    def __init__(self, page: Page, way: str) -> None:
        self.page, self.by_pointer = page, way == "pointer"

    def follow(self, what: Locator) -> None:
        """Clicks it, or comes to it and presses Enter."""
        what.click() if self.by_pointer else what.press("Enter")

    def follow_words(self, words: str) -> None:
        """Follows the first link of these words."""
        self.follow(self.page.locator("#react-entry-point a", has_text=words).first)

    def search(self) -> None:
        """Goes to the search, by its link or its key."""
        if self.by_pointer:
            self.page.locator("#react-entry-point .ioc-find").click()
        else:
            self.page.keyboard.press("/")


BOTH = pytest.mark.parametrize(("language", "way"), [("vi", "keyboard"), ("en", "pointer")])


def days(page: Page, start: date, end: date) -> None:
    """Choose days, by the keyboard."""
    page.locator("#react-entry-point .ioc-panel-course input[name=from]").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(f"{start:%d/%m/%Y}")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type(f"{end:%d/%m/%Y}")
    page.keyboard.press("Enter")
    page.wait_for_url("**from=**")
    arrived(page)


def counts(page: Page) -> list[int]:
    """Numerator and denominator at the top of an indicator's page."""
    return [int(re.sub(r"\D", "", each)) for each in page.locator("#react-entry-point .ioc-fraction .ioc-count").all_inner_texts()]


@BOTH
def test_the_secretary_who_is_asked_why_it_fell_last_month(page: Page, office: Office, language: str, way: str) -> None:
    hand, said_as = Hand(page, way), TEXTS[language]
    page.goto(f"/?lang={language}")
    arrived(page)
    hand.follow(page.locator("#react-entry-point #tile-online_rate"))
    page.wait_for_url("**/indicators/online_rate**")
    arrived(page)
    days(page, *MONTH)
    month = office.sql("count(*) FILTER (online), count(*)", between(*MONTH))[0]
    assert counts(page) == list(month)
    hand.follow(page.locator("#react-entry-point .ioc-panel-why a", has_text=said_as["previous"]))
    page.wait_for_url("**why=previous**")
    was = office.sql("count(*) FILTER (online), count(*)", between(*BEFORE))[0]
    said = page.locator("#react-entry-point .ioc-why-head")
    for online, of in (was, month):
        shown = f"{100 * online / of:.1f}".removesuffix(".0")
        expect(said).to_contain_text(shown.replace(".", "," if language == "vi" else ".") + "%")
    hand.follow(page.locator("#react-entry-point .ioc-bars-row", has_text=said_as["room"]))
    page.wait_for_url("**where=unit%3Aa**")
    mine = office.sql("count(*) FILTER (online), count(*)", f"{between(*MONTH)} AND unit = 'a'")[0]
    expect(page.locator("#react-entry-point .ioc-fraction .ioc-count").first).to_have_text(str(mine[0]))
    assert counts(page) == list(mine)
    hand.follow(page.locator("#react-entry-point .ioc-fraction .ioc-count").last)
    page.wait_for_url("**/records/dossier**")
    drawn = arrived(page)
    expect(drawn).to_contain_text(f"{mine[1]} {said_as['rows']}")
    expect(drawn).to_contain_text(f"{said_as['exact']}: {mine[1]}")
    page.go_back()
    page.wait_for_url("**/indicators/online_rate**")
    arrived(page)
    assert counts(page) == list(mine), "back is where it was"


@BOTH
def test_the_head_of_a_room_finds_the_oldest_overdue_and_opens_one(page: Page, office: Office, language: str, way: str) -> None:
    hand, said_as = Hand(page, way), TEXTS[language]
    follow = hand.follow_words if hand.by_pointer else lambda words: press(page, words)
    page.goto(f"/?lang={language}")
    arrived(page)
    hand.search()
    page.wait_for_url("**/search**")
    page.wait_for_selector("#react-entry-point #ioc-search:focus")
    page.keyboard.type(said_as["unit"])
    page.locator('#react-entry-point .ioc-hits a[href^="/units/a"]').wait_for()
    follow(said_as["room"])
    page.wait_for_url("**/units/a**")
    arrived(page)
    follow(said_as["overdue"])
    page.wait_for_url("**/indicators/overdue**")
    arrived(page)
    days(page, FIRST, TODAY)
    late = f"unit = 'a' AND {LATE} AND {between(FIRST, TODAY)}"
    ((count,),) = office.sql("count(*)", late)
    assert int(re.sub(r"\D", "", page.locator("#react-entry-point .ioc-headline .ioc-value").inner_text())) == count > 20
    hand.follow(page.locator("#react-entry-point .ioc-fraction .ioc-link"))
    page.wait_for_url("**/records/dossier**")
    arrived(page)
    hand.follow(page.locator("#react-entry-point thead a", has_text=said_as["sort"]))
    page.wait_for_url("**sort=-due_at**")
    arrived(page)
    column = page.locator("#react-entry-point thead a", has_text=said_as["sort"])
    expect(column).to_contain_text("↓")
    hand.follow(column)
    page.wait_for_url(re.compile("sort=due_at"))
    wanted = [key for (key,) in office.sql("id", late, then="ORDER BY due_at, id LIMIT 20")]
    expect(page.locator("#react-entry-point tbody th").first).to_have_text(wanted[0])
    assert page.locator("#react-entry-point tbody th").all_inner_texts()[:20] == wanted
    follow(wanted[0])
    page.wait_for_url(f"**/records/dossier/{wanted[0]}**")
    expect(arrived(page).locator("h1")).to_have_text(wanted[0])


@BOTH
def test_the_auditor_who_checks_a_figure_of_the_past(page: Page, office: Office, language: str, way: str) -> None:
    hand, said_as = Hand(page, way), TEXTS[language]
    page.goto(f"/indicators/online_rate?lang={language}&from={MONTH[0]}&to={MONTH[1]}")
    arrived(page)
    columns = "count(*) FILTER (online), count(*)"
    now, then = (office.sql(columns, between(*MONTH), known)[0] for known in (CURRENT, office.then()))
    assert now != then
    assert counts(page) == list(now)
    hand.follow(page.locator("#react-entry-point .ioc-moments summary"))
    page.locator("#react-entry-point input[name=as_of]").fill(f"{office.between:%Y-%m-%dT%H:%M:%S}")
    hand.follow(page.locator("#react-entry-point .ioc-moments button"))
    page.wait_for_url("**as_of=**")
    expect(arrived(page).locator(".ioc-past")).to_contain_text(said_as["past"])
    assert counts(page) == list(then)
    hand.follow(page.locator("#react-entry-point .ioc-fraction .ioc-count").first)
    page.wait_for_url("**/records/dossier**as_of**")
    expect(arrived(page)).to_contain_text(f"{said_as['exact']}: {then[0]}")
    page.go_back()
    page.wait_for_url("**/indicators/online_rate**")
    arrived(page)
    hand.follow(page.locator("#react-entry-point .ioc-past a", has_text=said_as["since"]))
    page.wait_for_url("**/changes/online_rate**")
    arrived(page)
    cells = f"unit, date_trunc('month', {DAY})::DATE, {columns}"
    before, after = (
        {row[:2]: row[2:] for row in office.sql(cells, known=known, then="GROUP BY ALL")} for known in (office.then(), CURRENT)
    )
    differ = [key for key in before if before[key] != after[key]]
    assert page.locator("#react-entry-point tbody tr").count() == len(differ) > 0
    hand.follow(page.locator("#react-entry-point a", has_text=said_as["present"]))
    page.wait_for_url(lambda url: "as_of" not in url)
    expect(arrived(page).locator(".ioc-past")).to_have_count(0)


@BOTH
def test_a_newcomer_finds_the_keys_a_definition_and_the_own_language(page: Page, office: Office, language: str, way: str) -> None:
    hand, said_as = Hand(page, way), TEXTS[language]
    follow = hand.follow_words if hand.by_pointer else lambda words: press(page, words)
    page.goto({"vi": "/?lang=en", "en": "/"}[language])
    arrived(page)
    if hand.by_pointer:
        hand.search()
    else:
        keys, here = page.locator("#react-entry-point #ioc-keys"), page.url
        page.keyboard.press("?")
        expect(keys).to_be_visible()
        assert Axe().run(page).response["violations"] == []
        page.keyboard.press("Escape")
        expect(keys).to_be_hidden()
        assert page.url == here, "they are told on the spot"
        page.keyboard.press("/")
    page.wait_for_url("**/search**")
    expect(arrived(page).locator(".ioc-search-page .ioc-keys")).to_be_visible()
    if not hand.by_pointer:
        page.keyboard.press("?")
        expect(page.locator("#react-entry-point #ioc-search")).to_have_value("?")
        expect(page.locator("#react-entry-point #ioc-keys")).to_be_hidden()
    follow({"vi": "Tiếng Việt", "en": "English"}[language])
    page.wait_for_url(f"**lang={language}**")
    arrived(page)
    follow(said_as["home"])
    page.wait_for_url(re.compile(rf"/\?lang={language}"))
    arrived(page)
    ((online, of),) = office.sql("count(*) FILTER (online), count(*)", f"year({DAY}) = {TODAY.year}")
    share = f"{100 * online / of:.1f}".removesuffix(".0").replace(".", "," if language == "vi" else ".")
    expect(page.locator("#react-entry-point #tile-online_rate .ioc-digits")).to_have_text(share)
    hand.follow(page.locator("#react-entry-point #tile-online_rate"))
    page.wait_for_url("**/indicators/online_rate**")
    expect(arrived(page).locator(".ioc-terms")).to_contain_text(said_as["definition"])


def test_a_point_and_a_brushed_period_of_the_trend_are_looked_at_alone(page: Page, office: Office) -> None:
    page.goto("/indicators/online_rate?lang=en")
    arrived(page)
    page.wait_for_selector("#ioc-trend .point")
    here = page.locator("#ioc-trend .point").all()[-2].bounding_box()
    assert here
    page.mouse.move(here["x"] + here["width"] / 2, here["y"] + here["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url(f"**from={MONTH[0]}&to={MONTH[1]}&period=day**")
    expect(page.locator("#react-entry-point .ioc-fraction .ioc-count").last).to_have_text(
        str(office.sql("count(*)", between(*MONTH))[0][0])
    )
    page.goto("/indicators/online_rate?lang=en")
    page.wait_for_selector("#ioc-trend .point")
    places = "[...document.querySelectorAll('#ioc-trend .point')].slice(-3, -1).map((each) => each.getBoundingClientRect().toJSON())"
    boxes = page.evaluate(places)
    room = page.evaluate("document.querySelector('#ioc-trend .nsewdrag').getBoundingClientRect().toJSON()")
    height = room["y"] + room["height"] / 3
    page.mouse.move(boxes[0]["x"] - 8, height)
    page.mouse.down()
    page.mouse.move(boxes[0]["x"] + 10, height)
    page.mouse.move(boxes[1]["x"] + 14, height, steps=4)
    page.mouse.up()
    page.wait_for_url(f"**from={BEFORE[0]}&to={MONTH[1]}**")
    both = office.sql("count(*)", between(BEFORE[0], MONTH[1]))[0][0]
    expect(page.locator("#react-entry-point .ioc-fraction .ioc-count").last).to_have_text(str(both))
