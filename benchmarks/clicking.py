"""How long a click at a desk takes to its new picture in Chromium, and how many desks one server serves, beside the same asked of DuckDB.

A click is drawn when the page has changed for the last time before a half second of quiet, what comes later by itself left out: that
has a figure of its own.
"""

from __future__ import annotations

import http.client
import random
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from benchmarks.data import open_store
from benchmarks.pages import CHROMIUM, served
from benchmarks.report import milliseconds, say
from ioc.access.viewer import Viewer
from ioc.config import Settings
from ioc.store.store import Store
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.records import RecordsQuestion

DESKS, SECONDS, EVERY = 100, 30, 3.0
INDICATOR = "/indicators/ontime_rate"
# What is clicked in turn, where the page has it: another period, a row of the split (each turn another one, which nobody has asked for
# before), another split, a filter taken away.
ROW = ".ioc-panel .ioc-bars-row"
CLICKS = (
    "nav.ioc-choices a.ioc-choice[href*='period=week']",
    ROW,
    "nav.ioc-choices a.ioc-choice[href*='split=procedure']",
    "nav.ioc-choices a.ioc-choice[href*='period=quarter']",
    ".ioc-chips a.ioc-chip",
    "nav.ioc-choices a.ioc-choice[href*='period=month']",
    ".ioc-beside a.ioc-choice[href*='compare=last_year']",
    "nav.ioc-choices a.ioc-choice[href*='split=unit']",
)
TURNS = 6
WATCH = """
() => {
    window.__main = window.__all = 0;
    new MutationObserver(changes => {
        window.__all = performance.now();
        const within = each => each.target.closest ? each.target : each.target.parentElement; // a text is where its element is
        const seen = each => within(each) && within(each).id !== 'react-entry-point'; // where Dash marks, unseen, that it asks
        if (changes.some(each => seen(each) && !within(each).closest('#ioc-later'))) window.__main = window.__all;
    }).observe(document.body, {childList: true, subtree: true, attributes: true, characterData: true});
}
"""
CLICK = """
([selector, turn]) => new Promise(done => {
    const links = document.querySelectorAll('#react-entry-point ' + selector), link = links[turn % links.length];
    if (!link) { done(null); return; }
    const start = performance.now(), before = window.__main;
    link.click();
    const look = () => {
        const now = performance.now();
        if ((window.__main > start && now - window.__all > 500) || now - start > 10000) done([window.__main - start, window.__all - start]);
        else setTimeout(look, 50);
    };
    setTimeout(look, 50);
})
"""
RAW = """
SELECT unit, count(*) FILTER (completed_at <= due_at), count(*) FROM rec_dossier
WHERE completed_at >= DATE '2026-01-01' AND _until > 9000000000000000000 GROUP BY unit
"""

FEW = "FROM rec_dossier WHERE unit = 'Unit 07' AND channel = 'online' AND _until = 2147483647 AND NOT _gone"
RAW_COUNT, RAW_PAGE = f"SELECT count(*) {FEW}", f"SELECT * {FEW} ORDER BY due_at, dossier_id LIMIT 50"


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left."""
    part = f"clicking {rows:,}"
    store = open_store(folder / f"store-{rows}", "2GB")
    with store.read() as snapshot:
        raw = milliseconds(lambda: snapshot.cursor.execute(RAW).fetchall())
    _records(store, part)
    store.close()
    with served(folder / f"store-{rows}") as base:
        drawn, whole = _clicks(base)
        say(part, "the year's share by unit, counted from the records by DuckDB", f"{raw:.0f} ms", "for comparison")
        said = f"p50 {statistics.median(drawn):.0f} ms, p95 {_p95(drawn):.0f} ms of {len(drawn)}"
        say(part, "from a click to its picture in Chromium", said, "p95 below 300 ms at 10 M, 700 ms at 100 M")
        say(part, "… until what comes later stands too", f"p50 {statistics.median(whole):.0f} ms, p95 {_p95(whole):.0f} ms", "")
        taken = _desks(base)
        said = f"p50 {statistics.median(taken):.0f} ms, p95 {_p95(taken):.0f} ms of {len(taken)}"
        say(part, f"{DESKS} desks, each asking for another page every {EVERY:.0f} s", said, "p95 below 1 s")


def _records(store: Store, part: str) -> None:
    """A sorted and filtered first page of records: with nothing kept, in another order, and the same rows asked of DuckDB."""
    question = RecordsQuestion("dossier", filters=(("unit", "Unit 07"), ("channel", "online")), sort="due_at")

    def ask(sort: str) -> None:
        Gatherer(store, Settings(), ViewCache(1)).records(Viewer("desk"), replace(question, sort=sort))

    def anew() -> None:
        store.forget()
        ask("due_at")

    first, again = milliseconds(anew), milliseconds(lambda: ask("-received_at"))
    with store.read() as snapshot:
        count, page = (milliseconds(lambda sql=sql: snapshot.cursor.execute(sql).fetchall()) for sql in (RAW_COUNT, RAW_PAGE))
    said = f"{first:.0f} ms, in another order {again:.0f} ms; DuckDB: the rows {page:.0f} ms, their number {count:.0f} ms"
    say(part, "a sorted and filtered first page of records", said, "below 200 ms at 100 M")


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


def _clicks(base: str) -> tuple[list[float], list[float]]:
    """Milliseconds from each click to the picture, and to all that comes later."""
    drawn: list[float] = []
    whole: list[float] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(base + INDICATOR)
        page.wait_for_selector("#react-entry-point .ioc")
        page.wait_for_timeout(3000)
        page.evaluate(WATCH)
        for turn in range(TURNS + 1):
            for selector in CLICKS:
                found = _clicked(page, selector, turn if selector is ROW else 0)
                if found and turn:  # the first turn warms up
                    drawn.append(found[0])
                    whole.append(found[1])
        browser.close()
    return drawn, whole


def _clicked(page: Page, selector: str, turn: int) -> list[float] | None:
    found: list[float] | None = page.evaluate(CLICK, [selector, turn])
    return found


def _desks(base: str) -> list[float]:
    """Milliseconds that whole pages took, with so many people each asking for another one every few seconds."""
    host, chance = urlsplit(base).netloc, random.Random(3)
    taken: list[float] = []
    end = time.monotonic() + SECONDS

    def sit(number: int, wait: float) -> None:
        own = random.Random(number)
        connection = http.client.HTTPConnection(host, timeout=60)
        time.sleep(wait)
        while time.monotonic() < end:
            start = time.perf_counter()
            connection.request("GET", _address(own), headers={"Accept-Encoding": "br"})
            connection.getresponse().read()
            spent = time.perf_counter() - start
            taken.append(spent * 1000)
            time.sleep(max(0.0, EVERY - spent))

    threads = [threading.Thread(target=sit, args=(number, chance.random() * EVERY)) for number in range(DESKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _address(chance: random.Random) -> str:
    """A page that somebody may ask for next; most are asked for by nobody else."""
    name = chance.choice(("online_rate", "ontime_rate", "late", "satisfaction"))
    query = [f"period={chance.choice(('week', 'month', 'quarter'))}", f"split={chance.choice(('unit', 'procedure'))}"]
    if chance.random() < 0.7:
        query.append(f"where=unit:Unit+{chance.randrange(20):02}")
    if chance.random() < 0.3:
        query.append(f"from=2026-{chance.randrange(1, 9):02}-01&to=2026-{chance.randrange(9, 12):02}-15")
    return f"/indicators/{name}?{'&'.join(query)}"
