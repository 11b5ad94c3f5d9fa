"""Faults of scarcity: memory that runs out, and guessers who want all of the processor."""

from __future__ import annotations

import contextlib
import http.client
import random
import resource
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from ioc.access.accounts import FILE, Accounts, open_ledger
from ioc.access.proving import KEPT_NAMES, Proving
from ioc.access.trail import AuditTrail
from ioc.clock import SystemClock
from ioc.errors import Refusal
from tests.faults.hostile import fuzzed
from tests.faults.rig import Site

READ = ("/", "/api/v1/indicators/online_rate/values?by=unit&period=day&from=2026-01-01", "/records/dossier", "/api/v1/targets", "/feeds")
PASSWORD = "bốn-mùa-hoa-nở"
OVER_HTTP = 20_000


def out_of_memory(folder: Path, times: int) -> str:
    """Memory that runs out (a bound on the process that lies next to what it has) while records come in and pages are read."""
    site, chance, died, shut, refused = Site(folder), random.Random(11), 0, 0, Counter[int]()
    site.start()
    for _ in range(times):
        assert site.server
        pid = site.server.pid
        resource.prlimit(pid, resource.RLIMIT_AS, (_size(pid) + chance.randrange(1 << 26), resource.RLIM_INFINITY))
        readers = [threading.Thread(target=_read, args=(site, path)) for path in READ]
        for reader in readers:
            reader.start()
        refused += Counter(status for status in (site.post(4000) for _ in range(6)) if status != 202)
        for reader in readers:
            reader.join()
        if site.server.poll() is None:
            resource.prlimit(pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            deadline = time.monotonic() + 30
            while site.post() != 202 and site.server.poll() is None:
                if time.monotonic() > deadline:
                    assert _has_shut(site), "it goes on by itself"
                    shut += 1
                    site.server.kill()  # as its watchdog would
                    site.server.wait(30)
                    break
                time.sleep(0.2)
        if site.server.poll() is not None:
            died += 1
            site.kill()
            site.start()
    assert site.get("/readyz")[0] == 200
    site.stop()
    there = site.whole()
    said = ", ".join(f"{count:,} × {status or 'no answer'}" for status, count in sorted(refused.items())) or "none"
    return f"{times} times: deliveries not taken: {said}; {died} times it was started again ({shut} of them because for half a minute it had said that its store cannot be read); {there:,} records there, all that were acknowledged"


def _has_shut(site: Site) -> bool:
    """Whether it says that its store cannot be read."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        status, said = site.get("/readyz")
        return status == 503 and "cannot be read" in said
    return False


def _size(pid: int) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmSize"))
    return int(line.split()[1]) << 10


def _read(site: Site, path: str) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException, UnicodeDecodeError):
        site.get(path)


def by_the_description(folder: Path, times: int) -> str:
    """Requests that schemathesis makes of openapi.json, at least so many."""
    site, sent, per = Site(folder), 0, 30
    site.start()
    site.under_load(0.5)
    while sent < times:
        count, failures = fuzzed(f"http://127.0.0.1:{site.port}/api/v1/openapi.json", per, folder / "report.ndjson")
        assert not failures, failures[:5]
        sent, per = sent + count, per * 2
    assert site.get("/readyz")[0] == 200
    assert site.stop() == 0
    there = site.whole()
    return f"{sent:,} requests, none answered with a fault of the server; {there:,} records, every number the records'"


def sign_ins(folder: Path, times: int) -> str:
    """Attempts to sign in with guessed names and passwords, over the wire and at the desk that looks at them."""
    site, clock = Site(folder), SystemClock()
    accounts = Accounts(open_ledger(folder / "var"))
    accounts.add("lan", "leader", None, PASSWORD, clock.now(), must_change=False)
    site.start()
    over, looked = Counter[int](), Counter[str]()
    wired, slowest = min(times, OVER_HTTP), 0.0
    guesser = threading.Thread(target=lambda: over.update(_guesses(site.port, wired)))
    guesser.start()
    while guesser.is_alive():
        began = time.monotonic()
        assert site.get("/readyz")[0] == 200 and site.post() == 202
        slowest = max(slowest, time.monotonic() - began)
        guesser.join(0.5)
    assert site.stop() == 0
    assert set(over) <= {401, 429}, "none is let in"
    proving, chance, now = Proving(accounts), random.Random(8), clock.now()
    for number in range(times - wired):
        name = "lan" if chance.random() < 0.5 else f"guess{chance.randrange(40)}"
        try:
            proving.password(name, f"word{number}", now)
        except Refusal as refusal:
            looked[refusal.fault] += 1
    assert sum(looked.values()) == times - wired
    assert proving.password("lan", PASSWORD, now + timedelta(minutes=16)).name == "lan", "later the right one comes in"
    lines, size = len([*AuditTrail(folder / "var", clock).all()]), (folder / "var" / FILE).stat().st_size
    assert lines <= 3000 and size < 2**22 and len(proving._strangers) <= KEPT_NAMES, "nothing grows with the guesses"
    site.whole()
    wire = ", ".join(f"{count:,} × {status}" for status, count in sorted(over.items()))
    desk = ", ".join(f"{count:,} × {fault}" for fault, count in sorted(looked.items())) or "none"
    return (
        f"{times:,} attempts: {wired:,} over HTTP ({wire}), the rest at the desk ({desk}); nobody came in but the right one, "
        f"{lines:,} lines in the trail; others were answered meanwhile within {slowest:.2f} s"
    )


def _guesses(port: int, times: int) -> Counter[int]:
    found, connection = Counter[int](), http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(times):
        body = urlencode({"name": "lan" if number % 2 else f"guess{number % 40}", "password": f"word{number}"})
        connection.request("POST", "/login", body, {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"})
        answer = connection.getresponse()
        answer.read()
        found[answer.status] += 1
    connection.close()
    return found
