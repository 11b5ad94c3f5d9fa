"""How long a browser takes to draw eight panels, against a static page with the same Plotly figures; and how many viewers can be served.

A page counts as drawn at the last change of its document before a second of quiet.
"""

from __future__ import annotations

import functools
import http.client
import http.server
import json
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import plotly
from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.data import open_store
from benchmarks.reading import settings
from benchmarks.report import say
from ioc.access.viewer import Viewer
from ioc.views.cache import ViewCache
from ioc.views.gather import Gatherer
from ioc.views.panels.types import HeatmapPanel, RankingPanel, RecordsPanel, TrendPanel

CHROMIUM = "/usr/bin/chromium"
LIBRARY = f"plotly.{plotly.__version__}.min.js"
TRIES, VIEWERS, SECONDS = 7, 20, 10
WATCH = """
window.__last = performance.now();
new MutationObserver(() => { window.__last = performance.now(); }).observe(document, {childList: true, subtree: true, attributes: true});
"""


def run(folder: Path, rows: int) -> None:
    """Measure pages on the store that loading left."""
    part = f"pages {rows:,}"
    _write_static(folder, rows)
    with _static(folder) as static, served(folder / f"store-{rows}") as ours:
        page = f"{ours}/screens/eight"
        floor = _draw(f"{static}/eight.html")
        mine = _draw(page)
        say(part, "8 panels drawn in Chromium, static page, first visit", f"{floor['first']:.0f} ms", "the limit")
        say(part, "8 panels drawn in Chromium, ours, first visit", _against(mine, floor, "first"), "within 1.4 x")
        say(part, "… second visit", _against(mine, floor, "second"), "no slower")
        say(part, "transferred, first / second visit", f"{mine['bytes']:.0f} / {mine['again']:.0f} kB", "below 3 MB")
        rate, p95 = _viewers(ours)
        say(part, f"{VIEWERS} viewers at once, dashboards a second", f"{rate:.0f}/s, p95 {p95:.0f} ms", "at least 100/s, below 300 ms")


def _against(mine: dict[str, float], floor: dict[str, float], visit: str) -> str:
    return f"{mine[visit]:.0f} ms = {mine[visit] / floor[visit]:.2f} x"


def _write_static(folder: Path, rows: int) -> None:
    """The same eight panels as bare Plotly, data in the page, with Plotly's whole library."""
    store = open_store(folder / f"store-{rows}")
    view = Gatherer(store, settings(), ViewCache()).screen(Viewer("static"), "eight")
    store.close()
    parts: list[str] = []
    for index, panel in enumerate(each.content for each in view.panels):
        figure = _figure(panel)
        if figure is not None:
            parts.append(f"<div id=p{index} style='height:300px'></div><script>Plotly.newPlot('p{index}',{json.dumps(figure)})</script>")
        elif isinstance(panel, RecordsPanel):
            cells = "".join("<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>" for row in panel.rows)
            parts.append(f"<table>{cells}</table>")
        else:
            parts.append(f"<h1>{panel.tile.value}</h1>")
    page = f"<!DOCTYPE html><meta charset=utf-8><script src={LIBRARY}></script>{''.join(parts)}"
    (folder / "eight.html").write_text(page, encoding="utf-8")
    library = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    (folder / LIBRARY).write_bytes(library.read_bytes())


def _figure(panel: Any) -> list[dict[str, Any]] | None:
    def plain(value: Any) -> float | None:
        return None if value is None else float(value)

    if isinstance(panel, TrendPanel):
        return [{"type": "scatter", "x": [str(p.start) for p in panel.points], "y": [plain(p.value) for p in panel.points]}]
    if isinstance(panel, RankingPanel):
        return [{"type": "bar", "orientation": "h", "y": [r.label for r in panel.rows], "x": [plain(r.value) for r in panel.rows]}]
    if isinstance(panel, HeatmapPanel):
        z = [[plain(value) for value in row] for row in panel.values]
        return [{"type": "heatmap", "x": [str(c) for c in panel.columns], "y": [r.label for r in panel.rows], "z": z}]
    return None


@contextmanager
def _static(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word; the library is kept by browsers for ever, as our own are, since its name tells its content."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        if self.path.endswith(LIBRARY):
            self.send_header("Cache-Control", "public, max-age=31536000, immutable")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(store: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.serve", str(store.absolute()), str(port)])
    try:
        for _ in range(200):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", "/readyz")
                connection.getresponse().read()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _draw(url: str) -> dict[str, float]:
    """Medians of first and second visits in milliseconds, and kilobytes transferred."""
    found: dict[str, list[float]] = {"first": [], "second": [], "bytes": [], "again": []}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for _ in range(TRIES):
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            for time_name, bytes_name in (("first", "bytes"), ("second", "again")):
                taken, size = _visit(context, url)
                found[time_name].append(taken)
                found[bytes_name].append(size)
            context.close()
        browser.close()
    return {name: statistics.median(values) for name, values in found.items()}


def _visit(context: BrowserContext, url: str) -> tuple[float, float]:
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(url, wait_until="load")
    while not page.evaluate("performance.now() - window.__last > 1000"):  # the page lets no text be run, as waiting for it would
        page.wait_for_timeout(100)
    taken = float(page.evaluate("window.__last"))
    page.close()
    return taken, sum(sizes) / 1000


def _viewers(base: str) -> tuple[float, float]:
    """Whole dashboards a second, and the 95th percentile of one, with so many viewers asking again and again."""
    host = base.removeprefix("http://")
    taken: list[float] = []
    end = time.monotonic() + SECONDS

    def view() -> None:
        connection = http.client.HTTPConnection(host, timeout=30)
        while time.monotonic() < end:
            start = time.perf_counter()
            connection.request("GET", "/screens/eight", headers={"Accept-Encoding": "gzip"})
            connection.getresponse().read()
            taken.append((time.perf_counter() - start) * 1000)

    threads = [threading.Thread(target=view) for _ in range(VIEWERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(taken) / SECONDS, sorted(taken)[int(0.95 * len(taken))]
