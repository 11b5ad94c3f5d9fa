"""Whether a wall in Chromium stays flat for weeks: a week of it, turns, updates and all that its timers do, as fast as it can follow.

A wall turns each 30 s. Between two turns the page is given those 30 s, in pieces: its timers do what they would do, its clock goes on by as
much, and what it asks is answered. How much of a week there was time for is part of the figure. What is held is looked at on the same
screen always, and told apart by what it is: the page's own (objects, strings, arrays, closures), and what V8 makes of its scripts as they
run hot, which comes to an end.
"""

from __future__ import annotations

import os
import time
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.cdp import KIOSK, Tab, chromium
from benchmarks.pushing import _body, _post
from benchmarks.report import say
from benchmarks.walls import _served

MINUTES = float(os.environ.get("IOC_SOAK_MINUTES", "60"))
TURNS_AN_HOUR, HOURS_A_WEEK, TURNS_AN_UPDATE = 120, 168, 20
# Time that passes when it is told to. What waits once waits a tenth of its time; AbortSignal.timeout knows nothing of this.
PASSING = """
    const [later, read, frame] = [window.setTimeout, performance.now.bind(performance), window.requestAnimationFrame];
    const timers = [];
    let passed = 0;
    performance.now = () => read() + passed;
    window.requestAnimationFrame = (what) => frame((at) => what(at + passed));
    window.setTimeout = (what, ms, ...more) => later(what, ms / 10, ...more);
    window.setInterval = (what, ms) => timers.push({what, ms, left: ms});
    window.pass = async (seconds, pieces) => {
        for (let second = 1; second <= seconds; second++) {
            passed += 1000;
            for (const each of timers) {
                each.left -= 1000;
                for (; each.left <= 0; each.left += each.ms) each.what();
            }
            if (second % (seconds / pieces) === 0) await new Promise((done) => later(done, 4));
        }
    };
"""
# So many turns, each seen before time passes to the next one; an even number ends on the screen that it began with.
TURNING = """new Promise((done) => {
    let turns = 0;
    const press = () => document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
    const seen = new MutationObserver(async () => {
        turns++;
        await window.pass(30, 6);
        if (turns < %d) return press();
        seen.disconnect();
        done(turns);
    });
    seen.observe(document.querySelector('.ioc-panes'), {childList: true});
    press();
})"""


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left."""
    with _served(folder / f"store-{rows}") as port, chromium(640, 360, *KIOSK) as tab:
        tab.send("Page.addScriptToEvaluateOnNewDocument", source=PASSING)
        tab.send("Page.navigate", url=f"http://127.0.0.1:{port}/wall/two?hold=twelve")
        time.sleep(5)
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        turns = updates = 0
        held: dict[int, dict[str, float]] = {}  # after one hour, two, four …
        end = time.monotonic() + 60 * MINUTES
        while time.monotonic() < end and turns < TURNS_AN_HOUR * HOURS_A_WEEK:
            _post(connection, _body(f"soak-{time.monotonic_ns()}", 1))
            turns += tab.evaluate(TURNING % TURNS_AN_UPDATE)
            updates += 1
            if turns >= TURNS_AN_HOUR * 2 ** len(held):
                held[turns // TURNS_AN_HOUR] = _held(tab, port)
                print(turns, held[turns // TURNS_AN_HOUR], flush=True)
        held[turns // TURNS_AN_HOUR] = _held(tab, port)
    hours = ", ".join(map(str, held))
    shown = "; ".join(f"{name} {', '.join(f'{each[name]:,.2f}' for each in held.values())}" for name in next(iter(held.values())))
    what = f"a wall after {hours} of the {HOURS_A_WEEK} hours of a week, {turns:,} turns and {updates:,} updates in all"
    say(f"soak {rows:,}", what, shown, "heap within 5 % of that after the first hour, the others flat")


def _held(tab: Tab, port: int) -> dict[str, float]:
    """What the page holds once all that nobody holds is collected."""
    time.sleep(6)  # what waits for an answer is given up after 5 s
    for _ in range(5):
        tab.send("HeapProfiler.collectGarbage")
        time.sleep(0.3)
    heap, counts, kinds = tab.send("Runtime.getHeapUsage"), tab.send("Memory.getDOMCounters"), tab.snapshot()
    engine = sum(kinds[kind] for kind in ("code", "hidden", "object shape", "native") if kind in kinds)
    return {
        "heap in MB": heap["usedSize"] / 1e6,
        "of it the page's own, in MB": (sum(kinds.values()) - engine) / 1e6,
        "compiled code, in MB": kinds["code"] / 1e6,
        "what the engine of pages holds for it, in MB": heap["embedderHeapUsedSize"] / 1e6,
        "DOM nodes": counts["nodes"],
        "listeners": counts["jsEventListeners"],
        "connections": float(_connections(port)),
    }


def _connections(port: int) -> int:
    """The connections that this machine holds open to a port."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]]
    return sum(int(line[2].rpartition(":")[2], 16) == port and line[3] == "01" for line in lines)
