"""Exports of a running server with the demonstration ministry: tiles, a screen, a report, records, and what a wall feels of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import urllib3

from benchmarks.report import say

PORT, PATIENCE_SECONDS = 8390, 600
TILE, SCREEN = "/#tile-dossiers_fully_online", "/screens/public_services"
WALL = "/wall/ministry/public_services/changes?panels=0,1,2,3,4,5,6,7"
PICTURES, SCREENS, AT_ONCE, LOOKS = 40, 7, 20, 100


def run(folder: Path, rows: int) -> None:
    """Measure, and say. The number of rows is the ministry's own."""
    with _served(folder / "printing") as ask:
        _made(ask, TILE, "png")
        tiles = sorted(_made(ask, TILE, "png")[0] for _ in range(PICTURES))
        say("printing", "PNG of a tile 1920x1080, p50 / p95", f"{_ms(tiles, 0.5)} / {_ms(tiles, 0.95)}", "below 300 ms / 800 ms")
        screens = sorted(_made(ask, SCREEN, "png", width="3840", height="2160")[0] for _ in range(SCREENS))
        say("printing", "PNG of a whole screen 3840x2160, p50 / slowest", f"{_ms(screens, 0.5)} / {_ms(screens, 1)}", "below 2 s")
        quiet = sorted(_looked(ask) for _ in range(LOOKS))
        begun = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as many:
            asked = [many.submit(_made, ask, TILE, "png") for _ in range(AT_ONCE)]
            meanwhile = []
            while not all(each.done() for each in asked):
                meanwhile.append(_looked(ask))
                time.sleep(0.02)
        say("printing", f"{AT_ONCE} PNG at once, all of them", f"{time.perf_counter() - begun:.2f} s", "within 6 s")
        meanwhile.sort()
        say("printing", "answers of a wall before / meanwhile, p95", f"{_ms(quiet, 0.95)} / {_ms(meanwhile, 0.95)} of {len(meanwhile)}", "")
        for form in ("pdf", "pptx"):
            took, told = _made(ask, "/reports/monthly", form)
            say("printing", f"monthly report as {form.upper()}", f"{took:.1f} s, {told['size'] >> 10} kB", "below 30 s")
        for form in ("xlsx", "csv"):
            took, told = _made(ask, "/records/dossier", form)
            say("printing", f"all dossiers as {form.upper()}", f"{took:.1f} s, {told['size'] >> 20} MB", "")


def _made(ask: Any, what: str, form: str, **given: str) -> tuple[float, dict[str, Any]]:
    """How many seconds an export took, and what is told of it."""
    begun = time.perf_counter()
    body = {"what": what, "format": form, "lang": "vi", **given}
    answer = ask("POST", "/api/v1/snapshots", body=json.dumps(body), headers={"Content-Type": "application/json"})
    while answer.status == 202:
        answer = ask("GET", f"/api/v1/snapshots/jobs/{json.loads(answer.data)['job']}")
    if answer.status not in {200, 201}:
        raise RuntimeError(answer.data.decode())
    return time.perf_counter() - begun, json.loads(answer.data)


def _looked(ask: Any) -> float:
    begun = time.perf_counter()
    ask("GET", WALL)
    return time.perf_counter() - begun


def _ms(found: list[float], share: float) -> str:
    return f"{found[min(int(len(found) * share), len(found) - 1)] * 1000:.0f} ms"


@contextmanager
def _served(folder: Path) -> Iterator[Any]:
    """``ioc run`` with the demonstration ministry, when all of its records are in."""
    folder.mkdir(parents=True, exist_ok=True)
    given = os.environ | {"IOC_DATA": str(folder), "IOC_PORT": str(PORT)}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "ioc", "run"], env=given, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        pool = urllib3.PoolManager(maxsize=AT_ONCE + 2, retries=False)
        try:
            _wait(folder / "log")
            yield lambda method, path, **more: pool.request(method, f"http://127.0.0.1:{PORT}{path}", **more)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def _wait(log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while f":{PORT}/" not in log.read_text():
        if time.monotonic() > end:
            raise RuntimeError(log.read_text()[-2000:])
        time.sleep(1)
    time.sleep(10)  # what is counted after the first load is counted
