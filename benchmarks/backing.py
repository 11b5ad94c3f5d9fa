"""Backups of a store that takes records in: their time against a plain copy, what they hold up, how fresh a wall stays meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.pushing import _body, _post, send
from benchmarks.report import say
from benchmarks.walls import CHANGES, CONFIG, TOKEN, _served, _share


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left."""
    part, store = f"backing {rows:,}", folder / f"store-{rows}"
    with tempfile.TemporaryDirectory(dir=folder) as scratch, _served(store) as port:
        config = Path(scratch) / "config.yaml"
        catalogue = os.path.relpath(Path(__file__).parent / "catalogue", scratch)
        config.write_text(CONFIG.format(catalogue=catalogue, data=store.resolve(), token=TOKEN), encoding="utf-8")
        quiet, _ = _fresh(port, lambda: time.sleep(10))
        plain, held, whole, again = [], [], [], []
        said: dict[str, float] = {}
        fresh: list[float] = []
        for number in range(3):
            seen, taken = _fresh(port, lambda: _copied(store, Path(scratch) / "copy"))
            plain.append(taken)
            vault = Path(scratch) / f"vault-{number}"
            seen, taken = _fresh(port, lambda: said.update(_backed_up(config, vault)))  # noqa: B023 - called at once
            fresh, held, whole = fresh + seen, [*held, said["copied"]], [*whole, taken]
            second: dict[str, float] = {}
            seen, taken = _fresh(port, lambda: second.update(_backed_up(config, vault)))  # noqa: B023
            fresh, again, said["again"] = fresh + seen, [*again, second["copied"]], second["written"]
            shutil.rmtree(vault)
        copy = sorted(plain)[1]
    size = f"{said['bytes'] / 2**20:,.0f} MiB"
    say(part, f"a plain copy brought to the disk ({size}), 1,000 records/s", f"median of 3 {copy:.2f} s", "")
    first = f"median of 3 {sorted(held)[1]:.2f} s, {sorted(held)[1] / copy:.2f} x the copy"
    say(part, "… a first backup, from when the store is held until it stands in the vault", first, "below 2 x")
    say(part, "… the whole command, with the start of its process", f"median of 3 {sorted(whole)[1]:.1f} s", "")
    next_one = f"{sorted(again)[1]:.2f} s, {sorted(again)[1] / copy:.2f} x; {said['again'] / 2**20:,.0f} MiB written"
    say(part, "… the next backup", next_one, "")
    say(part, "… from a record sent to the wall's answer with it, meanwhile", _told(fresh), "p95 below 2 s")
    say(part, "… the same without a backup", _told(quiet), "")


def _told(seen: list[float]) -> str:
    seen = sorted(seen)
    return f"p50 {1000 * _share(seen, 0.5):.0f} ms, p95 {1000 * _share(seen, 0.95):.0f} ms, longest {1000 * seen[-1]:.0f} ms of {len(seen)}"


def _fresh(port: int, work: Callable[[], object]) -> tuple[list[float], float]:
    """While something is done and 1,000 records a second come in: how long each probe took to the wall's answer, and the whole."""
    stop, found = threading.Event(), list[float]()

    def probe() -> None:
        posting, asking = (HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(2))
        while not stop.is_set():
            at = time.monotonic()
            _, receipt = _post(posting, _body(f"probe-{time.monotonic_ns()}", 1))
            version = json.loads(receipt)["version"]
            while _shown(asking) < version:
                time.sleep(0.02)
            found.append(time.monotonic() - at)
            time.sleep(0.15)

    sending = threading.Thread(target=lambda: [send(port, 100, 2, 0.2, 1.0) for _ in iter(stop.is_set, True)])
    probing = threading.Thread(target=probe)
    sending.start(), probing.start()
    time.sleep(1)
    began = time.monotonic()
    work()
    taken = time.monotonic() - began
    stop.set()
    probing.join(), sending.join()
    return found, taken


def _shown(asking: HTTPConnection) -> int:
    asking.request("GET", CHANGES)
    return int(json.loads(asking.getresponse().read())["version"])


def _copied(store: Path, to: Path) -> None:
    shutil.copyfile(store / "ioc.duckdb", to)
    with to.open("rb") as file:
        os.fsync(file.fileno())
    to.unlink()


def _backed_up(config: Path, vault: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "ioc", "backup", str(vault), "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))
