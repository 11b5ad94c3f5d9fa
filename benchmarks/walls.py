"""Walls: from a record's arrival to changed pixels with 50 of them, 1,000 viewers, first paint, work while idle, growth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.cdp import KIOSK
from benchmarks.pushing import TOKEN, _body, _post, send
from benchmarks.report import say

CHROMIUM = "/usr/bin/chromium"
CONFIG = """
catalogue: {catalogue}
data: {data}
server: {{port: 0}}
feeds:
  portal: {{kind: push, record: dossier, options: {{token: {token}}}}}
screens:
  twelve:
    label: {{vi: Mười hai bảng, en: Twelve panels}}
    panels:
      - {{kind: number, indicator: online_rate}}
      - {{kind: number, indicator: ontime_rate}}
      - {{kind: number, indicator: late}}
      - {{kind: number, indicator: open_late}}
      - {{kind: trend, indicator: online_rate}}
      - {{kind: trend, indicator: ontime_rate}}
      - {{kind: ranking, indicator: online_rate}}
      - {{kind: ranking, indicator: ontime_rate}}
      - {{kind: heatmap, indicator: online_rate, size: 3x3}}
      - {{kind: bullet, indicators: [online_rate, ontime_rate], size: 3x2}}
      - {{kind: funnel, indicators: [online_rate, ontime_rate], size: 3x1}}
      - {{kind: alerts, size: 12x1}}
  few:
    label: {{vi: Ít bảng, en: Few panels}}
    panels: [{{kind: number, indicator: online_rate}}, {{kind: trend, indicator: online_rate}}]
playlists:
  one: {{label: {{vi: Một, en: One}}, screens: [twelve]}}
  two: {{label: {{vi: Hai, en: Two}}, dwell: 3s, screens: [twelve, few]}}
"""
CHANGES = "/wall/one/twelve/changes?panels=0,1,2,3,4,5,6,7,8,9,10,11"
# A frame after each change of the pane's data version, by the machine's clock.
WATCH = """() => {
    window.seen = [];
    const pane = document.querySelector('.ioc-pane');
    new MutationObserver(() => {
        const version = Number(pane.dataset.version), put = Date.now();
        const shown = () => window.seen.push({version, put, frame: Date.now(), ...window.steps[version]});
        requestAnimationFrame(() => requestAnimationFrame(shown));
    }).observe(pane, {attributes: true, attributeFilter: ['data-version']});
    window.long = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((each) => (window.long = Math.max(window.long, each.duration))))
        .observe({type: 'longtask'});
}"""
# When the page hears of a version, and when it asks for it and has the answer, by the machine's clock; set before its script runs.
STEPS = """
    window.steps = {};
    window.committed = [];
    const ask = window.fetch;
    window.fetch = async (address, options) => {
        const asked = Date.now(), answer = await ask(address, options);
        if (String(address).includes('/changes?')) {
            const {version} = await answer.clone().json();
            window.steps[version] = {asked, answered: Date.now()};
        }
        return answer;
    };
    window.EventSource = class extends EventSource {
        constructor(address) {
            super(address);
            this.addEventListener('message', (event) => {
                const {version, at} = JSON.parse(event.data);
                window.committed.push({version, committed: Date.parse(at), heard: Date.now()});
            });
        }
    };
"""
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
SECONDS = 30


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left."""
    part = f"walls {rows:,}"
    with _served(folder / f"store-{rows}") as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *KIOSK])
        page = browser.new_context(viewport={"width": 1920, "height": 1080}).new_page()
        page.add_init_script(STEPS)
        page.goto(f"http://127.0.0.1:{port}/wall/one")
        paints = []
        for _ in range(5):
            page.goto(f"http://127.0.0.1:{port}/wall/one", wait_until="load")
            page.wait_for_timeout(300)
            paints.append(page.evaluate(PAINT))
        say(
            part,
            "/wall with 12 panels, warm: first paint, all in it",
            f"median of 5 {sorted(paints)[2]:.0f} ms",
            "below 1 s, drawn below 2 s",
        )
        _pixels(part, port, page)
        _viewers(part, port)
        _idle(part, page)
        _growth(part, port, page)
        browser.close()


def _pixels(part: str, port: int, page: Page) -> None:
    """With 49 walls more, while 1,000 records a second come in."""
    page.wait_for_timeout(2000)
    page.evaluate(WATCH)
    crowd = _crowd(port, 49, SECONDS, CHANGES, "listen")
    sending = threading.Thread(target=send, args=(port, 100, 2, 0.2, float(SECONDS)))
    sending.start()
    posts, connection, end = [], HTTPConnection("127.0.0.1", port, timeout=60), time.monotonic() + SECONDS - 3
    while time.monotonic() < end:
        at = time.time()
        _, receipt = _post(connection, _body(f"pixel-{time.monotonic_ns()}", 1))
        posts.append((at, json.loads(receipt)["version"]))
        page.wait_for_timeout(150)
    sending.join()
    found = json.loads(crowd.communicate()[0])
    page.wait_for_timeout(1500)
    seen, commits = page.evaluate("() => window.seen"), page.evaluate("() => window.committed")
    chains = sorted((_chain(1000 * sent, version, seen, commits) for sent, version in posts), key=lambda chain: sum(chain.values()))
    taken = [sum(chain.values()) for chain in chains]
    figure = f"p50 {_share(taken, 0.5):.0f} ms, p95 {_share(taken, 0.95):.0f} ms of {len(taken)}"
    say(part, "from a record sent to its frame in Chromium, 1,000 records/s, 50 walls", figure, "p50 below 400 ms, p95 below 1 s")
    told = ", ".join(f"{step} {_share(sorted(chain[step] for chain in chains), 0.5):.0f}" for step in chains[0])
    say(part, "… the steps of it, each by itself, medians in ms", told, "")
    answers = found["answered"]
    say(part, "… the answers of the other 49", f"p95 {1000 * _share(answers, 0.95):.0f} ms of {len(answers)}", "")
    say(part, "… longest task of the page", f"{page.evaluate('() => window.long'):.0f} ms", "below 200 ms")


def _chain(sent: float, version: int, seen: list[dict[str, float]], commits: list[dict[str, float]]) -> dict[str, float]:
    """How long each step took from a record sent to the first frame that shows its version or a newer one, in ms."""
    commit = next(each for each in commits if each["version"] >= version)
    frame = next(each for each in seen if each["version"] >= version)
    names = {"until committed": commit["committed"], "until heard": commit["heard"], "until asked": frame["asked"]}
    names |= {"until answered": frame["answered"], "until put": frame["put"], "until its frame": frame["frame"]}
    before, steps = sent, {}
    for name, at in names.items():
        steps[name], before = at - before, at
    return steps


def _viewers(part: str, port: int) -> None:
    crowd = _crowd(port, 1000, 15, "", "listen")
    time.sleep(6)
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(3):
        _post(connection, _body(f"viewers-{time.monotonic_ns()}", 1))
        time.sleep(2)
    heard = json.loads(crowd.communicate()[0])["heard"]
    say(
        part,
        "1,000 viewers hear of a commit",
        f"{len(heard):,} of 3,000 heard, the last after {1000 * max(heard):.0f} ms",
        "all within 1 s",
    )
    answers = json.loads(_crowd(port, 16, 10, CHANGES, "hammer").communicate()[0])["answered"]
    figure = f"{len(answers) / 10:,.0f}/s, p95 {1000 * _share(answers, 0.95):.0f} ms"
    say(part, "12 changed panels from the cache, 16 connections", figure, "above 1,500/s")


def _idle(part: str, page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = _metric(session, "TaskDuration")
    page.wait_for_timeout(30_000)
    say(part, "work of an idle wall's page", f"{(_metric(session, 'TaskDuration') - before) / 30:.1%} of a core", "below 3 %")


def _growth(part: str, port: int, page: Page) -> None:
    """Ten commits a second and a turn every three."""
    page.goto(f"http://127.0.0.1:{port}/wall/two")
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("Performance.enable")
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    figures = []
    for seconds in (20, 100):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            _post(connection, _body(f"growth-{time.monotonic_ns()}", 1))
            page.wait_for_timeout(60)
        heaps = []
        for _ in range(5):
            session.send("HeapProfiler.collectGarbage")
            page.wait_for_timeout(200)
            heaps.append(_metric(session, "JSHeapUsedSize") / 1e6)
        figures.append((min(heaps), _metric(session, "Nodes"), _metric(session, "JSEventListeners")))
    shown = ", ".join(f"{first:.2f} and {last:.2f}" for first, last in zip(*figures, strict=True))
    say(part, "heap in MB, DOM nodes, listeners after 20 s and 120 s at some 10 commits/s, a turn each 3 s", shown, "flat; heap within 5 %")


def _metric(session: CDPSession, name: str) -> float:
    found: Any = session.send("Performance.getMetrics")
    return float(next(each["value"] for each in found["metrics"] if each["name"] == name))


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _crowd(port: int, count: int, seconds: int, path: str, how: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.crowd", str(port), str(count), str(seconds), path, how]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@contextmanager
def _served(store: Path) -> Iterator[int]:
    with tempfile.TemporaryDirectory() as scratch:
        config = Path(scratch) / "config.yaml"
        catalogue = os.path.relpath(Path(__file__).parent / "catalogue", scratch)
        config.write_text(CONFIG.format(catalogue=catalogue, data=store.resolve(), token=TOKEN), encoding="utf-8")
        command = [sys.executable, "-m", "ioc", "run", "--config", str(config)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            try:
                assert server.stdout is not None
                port = int(server.stdout.readline().rstrip("/\n").rpartition(":")[2])
                time.sleep(6)  # the index of keys is made
                yield port
            finally:
                server.terminate()
