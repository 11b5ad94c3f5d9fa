"""Whether a wall in Chromium stays flat for weeks: what a week brings it, turns and updates, is replayed as fast as it can follow.

The page's timers run faster than those of a wall; its clock does not, so that it does not take the server for lost. How much of a week
there was time for is part of the figure: a wall turns each 30 s. Between an update and the next it turns for a second or two.
"""

from __future__ import annotations

import os
import time
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.pushing import _body, _post
from benchmarks.report import say
from benchmarks.walls import CHROMIUM, _metric, _served

MINUTES = float(os.environ.get("IOC_SOAK_MINUTES", "60"))
TURNS_AN_HOUR, HOURS_A_WEEK = 120, 168
FASTER = """
    const [later, again] = [window.setTimeout, window.setInterval];
    window.setTimeout = (what, ms, ...more) => later(what, ms / 10, ...more);
    window.setInterval = (what, ms, ...more) => again(what, ms / 100, ...more);
"""
# Turns one after the other, each as soon as the one before is seen, for some time; answers how many.
TURNING = """(ms) => new Promise((done) => {
    const room = document.querySelector('.ioc-panes');
    const end = performance.now() + ms;
    let turns = 0;
    const seen = new MutationObserver(() => { turns++; step(); });
    const step = () => requestAnimationFrame(() => {
        if (performance.now() < end) document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
        else { seen.disconnect(); done(turns); }
    });
    seen.observe(room, {childList: true});
    step();
    window.setTimeout(() => { seen.disconnect(); done(turns); }, 10 * (ms + 3000));
})"""


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left."""
    with _served(folder / f"store-{rows}") as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
        page.add_init_script(FASTER)
        page.goto(f"http://127.0.0.1:{port}/wall/two?hold=twelve")
        session = page.context.new_cdp_session(page)
        session.send("HeapProfiler.enable")
        session.send("Performance.enable")
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        turns = updates = 0
        held: dict[int, dict[str, float]] = {}  # after one hour, two, four …
        end = time.monotonic() + 60 * MINUTES
        while time.monotonic() < end and turns < TURNS_AN_HOUR * HOURS_A_WEEK:
            _post(connection, _body(f"soak-{time.monotonic_ns()}", 1))
            turns += page.evaluate(TURNING, 1500)
            updates += 1
            if turns >= TURNS_AN_HOUR * 2 ** len(held):
                held[turns // TURNS_AN_HOUR] = _held(session, page, port)
        held[turns // TURNS_AN_HOUR] = _held(session, page, port)
        browser.close()
    hours = ", ".join(map(str, held))
    shown = "; ".join(f"{name} {', '.join(f'{each[name]:,.2f}' for each in held.values())}" for name in next(iter(held.values())))
    what = f"a wall after {hours} of the {HOURS_A_WEEK} hours of a week, {turns:,} turns and {updates:,} updates in all"
    say(f"soak {rows:,}", what, shown, "heap within 5 % of that after the first hour, the others flat")


def _held(session: CDPSession, page: Page, port: int) -> dict[str, float]:
    """What the page holds once all that nobody holds is collected."""
    page.wait_for_timeout(3000)
    heaps: list[float] = []
    for _ in range(8):
        session.send("HeapProfiler.collectGarbage")
        page.wait_for_timeout(250)
        heaps.append(_metric(session, "JSHeapUsedSize") / 1e6)
    counts = {"DOM nodes": _metric(session, "Nodes"), "listeners": _metric(session, "JSEventListeners")}
    return {"heap in MB": min(heaps), **counts, "connections": float(_connections(port))}


def _connections(port: int) -> int:
    """The connections that this machine holds open to a port."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]]
    return sum(int(line[2].rpartition(":")[2], 16) == port and line[3] == "01" for line in lines)
