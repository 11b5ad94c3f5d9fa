"""How many records a second can be brought over HTTP to a server that keeps millions, how long each sender waits, and a reader."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.report import say

TOKEN = "benchmark-token"
SECONDS = 20
SENDERS = 8
CONFIG = """
catalogue: {catalogue}
data: {data}
server: {{port: 0}}
feeds:
  portal: {{kind: push, record: dossier, options: {{token: {token}}}}}
"""
PATH = "/api/v1/feeds/portal/records"
READ = "/api/v1/indicators/online_rate/values"


@dataclass
class Sent:
    """What senders saw."""

    records: int = 0
    refused: int = 0
    waited: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the requests took at most."""
        ordered = sorted(self.waited)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(folder: Path, rows: int) -> None:
    """Measure on the store that loading left."""
    with serving(folder, rows) as (port, pid):
        _measure(port, pid, f"push {rows:,}")


@contextmanager
def serving(folder: Path, rows: int) -> Iterator[tuple[int, int]]:
    """The port and the process of a server of the store that loading left, ready for small commits."""
    with tempfile.TemporaryDirectory() as scratch:
        config = Path(scratch) / "config.yaml"
        catalogue = Path(__file__).parent / "catalogue"
        store = (folder / f"store-{rows}").resolve()
        config.write_text(CONFIG.format(catalogue=os.path.relpath(catalogue, scratch), data=store, token=TOKEN), encoding="utf-8")
        with subprocess.Popen(
            [sys.executable, "-m", "ioc", "run", "--config", str(config)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            try:
                assert server.stdout is not None
                port = int(server.stdout.readline().rstrip("/\n").rpartition(":")[2])
                time.sleep(8)  # the index of keys is made
                yield port, server.pid
            finally:
                server.terminate()


def _measure(port: int, pid: int, part: str) -> None:
    before = memory(pid)
    sent = send(port, 500, SENDERS, SENDERS * 500 / 5_000)
    say(part, "at 5,000 records/s, 500 a request", f"p99 {sent.percentile(0.99):.0f} ms, {sent.refused} told to wait", "below 500 ms")
    sent = send(port, 500, SENDERS, None)
    figure = f"{sent.records / SECONDS:,.0f} records/s, p99 {sent.percentile(0.99):.0f} ms, {sent.refused} told to wait"
    say(part, f"{SENDERS} senders, 500 records a request, {SECONDS} s", figure, "at least 5,000/s")
    say(part, "memory of the server before and after", f"{before} and {memory(pid)} MiB", "flat")
    sent = send(port, 1, 64, None)
    say(
        part,
        "64 senders, 1 record a request",
        f"{sent.records / SECONDS:,.0f} records/s, p99 {sent.percentile(0.99):.0f} ms",
        "at least 300/s",
    )
    seen = _until_seen(port)
    say(part, "from a posted record to a changed value, at 1,000 records/s", f"p95 {seen:.0f} ms", "below 500 ms")


def send(port: int, size: int, senders: int, pace: float | None, seconds: float = SECONDS) -> Sent:
    """What so many senders see who each send requests of this size for so long, one every `pace` seconds or as fast as they can."""
    sent, end = Sent(), time.monotonic() + seconds

    def work(sender: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        number = 0
        while time.monotonic() < end:
            body = _body(f"{os.getpid()}-{time.monotonic_ns()}-{sender}-{number}", size)
            started = time.monotonic()
            status, _ = _post(connection, body)
            with sent.lock:
                sent.waited.append(time.monotonic() - started)
                sent.records += size if status == 202 else 0
                sent.refused += status == 429
            number += 1
            if pace:
                time.sleep(max(0.0, pace - (time.monotonic() - started)))
        connection.close()

    with ThreadPoolExecutor(senders) as pool:
        list(pool.map(work, range(senders)))
    return sent


def _post(connection: http.client.HTTPConnection, body: bytes) -> tuple[int, bytes]:
    connection.request("POST", PATH, body, {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"})
    answer = connection.getresponse()
    return answer.status, answer.read()


def _body(name: str, size: int) -> bytes:
    record = {
        "unit": "Unit 07",
        "procedure": "PR-050",
        "received_at": "2026-10-30 08:00:00",
        "due_at": "2026-11-20 08:00:00",
        "status": "in_progress",
        "channel": "online",
        "fully_online": True,
        "digitised": True,
        "signed": True,
        "updated_at": "2026-10-31 09:00:00",
    }
    return json.dumps([record | {"dossier_id": f"{name}-{row}"} for row in range(size)]).encode()


def _until_seen(port: int) -> float:
    """Milliseconds, at the 95th percentile, from sending a record until a reader sees a version with it, while others send."""
    background = threading.Thread(target=send, args=(port, 100, 2, 0.2, 10.0))
    background.start()
    reading, taken = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
    posting = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while background.is_alive():
        started = time.monotonic()
        _, receipt = _post(posting, _body(f"seen-{time.monotonic_ns()}", 1))
        while True:
            reading.request("GET", READ)
            if json.loads(reading.getresponse().read())["version"] >= json.loads(receipt)["version"]:
                break
        taken.append(1000 * (time.monotonic() - started))
    return sorted(taken)[int(0.95 * len(taken))]


def memory(pid: int) -> int:
    """MiB that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024
