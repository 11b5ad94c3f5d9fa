"""The faults: each play returns what was seen, in words; what must not be is an AssertionError."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ioc.config import STORE_FILE
from ioc.errors import StoreError
from tests.faults.disks import full_disk, read_only_disk
from tests.faults.rig import ROOT, Site, begin, complaint
from tests.faults.scarcity import by_the_description, out_of_memory, sign_ins

Play = Callable[[Path, int], str]


def killed(folder: Path, times: int) -> str:
    """kill -9 at random moments under load."""
    site, chance = Site(folder), random.Random(1105)
    for _ in range(times):
        site.start()
        stop = threading.Event()
        threads = site.loading(stop)
        time.sleep(0.05 + 1.5 * chance.random())
        site.kill()
        stop.set()
        for thread in threads:
            thread.join()
    return f"{len(site.acknowledged):,} records acknowledged over {times} kills, {site.whole():,} there, each once; every number is the records'"


def power_cut(folder: Path, times: int) -> str:
    """Power cuts, most of them between a write and its sync: of each file only what was synced last is left."""
    compiler = shutil.which("gcc")
    if compiler is None:
        return "not played: there is no gcc to build the simulation with"
    library, kept = folder / "power.so", folder / "kept"
    folder.mkdir(exist_ok=True)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, Path(__file__).with_name("power.c"), "-ldl"], check=True)
    site, chance, lost, within = Site(folder), random.Random(7), 0, 0
    more = {"LD_PRELOAD": str(library), "POWER_FOLDER": str(kept)}
    careless = _lost_by_a_writer_that_does_not_sync(folder / "careless", {**more, "POWER_FOLDER": str(folder / "careless" / "kept")})
    for _ in range(times):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir()
        for path in (site.store, site.store.with_name(f"{STORE_FILE}.wal")):
            if path.exists():
                shutil.copy(path, kept)
        site.more = more
        site.start()
        within += site.cut(0.3 + 1.5 * chance.random())
        lost += _cut_back(site.store.parent, kept)
    assert within, "no cut came before a sync"
    said = f"{len(site.acknowledged):,} records acknowledged over {times} cuts, {site.whole():,} there; {within} cuts came before a sync"
    return f"{said} and took {lost:,} bytes; the same cut takes all {careless:,} bytes that a writer has not synced"


def _cut_back(data: Path, kept: Path) -> int:
    """Leave of a store's files what was synced; how many bytes that takes away or changes back."""
    lost = 0
    for path in data.glob(f"{STORE_FILE}*"):
        whole = path.read_bytes()
        left = (kept / path.name).read_bytes() if (kept / path.name).exists() else b""
        lost += max(0, len(whole) - len(left)) + sum(one != other for one, other in zip(whole, left, strict=False))
        path.unlink()
    for path in kept.glob(f"{STORE_FILE}*"):
        if path.suffix != ".part":
            shutil.copy(path, data)
    return lost


def _lost_by_a_writer_that_does_not_sync(folder: Path, more: Mapping[str, str]) -> int:
    """The proof that this play can lose something: what was written after the last sync is gone after the cut, and what was before is not."""
    (folder / "kept").mkdir(parents=True)
    program = (
        "import os, sys, time; file = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY); os.write(file, bytes(1000)); os.fsync(file); "
        "os.write(file, bytes(6000)); print(flush=True); time.sleep(60)"
    )
    path = folder / STORE_FILE
    command = [sys.executable, "-c", program, path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **more}) as writer:
        assert writer.stdout and writer.stdout.readline()
        writer.kill()
    assert path.stat().st_size == 7000
    lost = _cut_back(folder, folder / "kept")
    assert path.stat().st_size == 1000, "what was synced is there, and nothing else"
    return lost


def torn_log(folder: Path, times: int) -> str:
    """The log cut short or changed at random places, as bad disks leave it."""
    site, chance, opened, refused = Site(folder), random.Random(3), 0, 0
    site.start()
    site.under_load(2)
    site.kill()
    log = site.store.with_name(f"{STORE_FILE}.wal")
    assert log.exists(), "there is a log to tear"
    for number in range(times):
        copy = folder / f"torn-{number}"
        copy.mkdir()
        shutil.copy(site.store, copy)
        data = bytearray(log.read_bytes())
        at = chance.randrange(len(data))
        if number % 2:
            del data[at:]
        else:
            data[at] ^= 1 << chance.randrange(8)
        (copy / log.name).write_bytes(data)
        told, site.acknowledged = site.acknowledged, set()
        try:
            assert site.whole(copy) <= site.sent
            opened += 1
        except StoreError:
            refused += 1
        finally:
            site.acknowledged = told
            shutil.rmtree(copy)
    assert site.whole() == len(site.acknowledged)
    return f"{times} logs: {opened} opened with the records before the fault and right numbers, {refused} refused with a sentence"


def damaged_file(folder: Path, times: int) -> str:
    """Bytes of the store's file changed at random places, as bad disks leave it."""
    site, chance = Site(folder), random.Random(5)
    site.start()
    site.under_load(2)
    assert site.stop() == 0
    unharmed = refused = 0
    for number in range(times):
        copy = folder / f"damaged-{number}"
        copy.mkdir()
        data = bytearray(site.store.read_bytes())
        start = chance.randrange(len(data))
        data[start : start + 64] = chance.randbytes(len(data[start : start + 64]))
        (copy / STORE_FILE).write_bytes(data)
        try:
            assert site.whole(copy) == len(site.acknowledged)
            unharmed += 1
        except StoreError:
            refused += 1
        finally:
            shutil.rmtree(copy)
    return f"{times} files: {refused} refused with a sentence, {unharmed} were hit where nothing is read, and told the right numbers"


def two_at_once(folder: Path, times: int) -> str:
    """Two processes started at the same moment on the same data."""
    site = Site(folder)
    for _ in range(times):
        processes = [begin(folder), begin(folder)]
        deadline = time.monotonic() + 60
        while all(each.poll() is None for each in processes) and time.monotonic() < deadline:
            time.sleep(0.05)
        ended = [each for each in processes if each.poll() is not None]
        assert len(ended) == 1, "one serves, one does not"
        (serving,) = [each for each in processes if each not in ended]
        said = complaint(ended[0])
        assert ended[0].returncode == 3, said
        assert f"({serving.pid})" in said, said
        assert serving.stdout and serving.stdout.readline().startswith("IOC: ")
        serving.terminate()
        assert serving.wait(30) == 0
        for each in processes:
            for pipe in (each.stdout, each.stderr):
                if pipe:
                    pipe.close()
    site.whole()
    return f"{times} times one served, and the other ended with 3 and the number of the process that serves"


def slow_loris(folder: Path, times: int) -> str:
    """Clients that send their request a byte at a time, and never its end."""
    site = Site(folder)
    site.start()
    lines = []
    try:
        for _ in range(times):
            line = socket.create_connection(("127.0.0.1", site.port), timeout=10)
            line.sendall(b"GET / HTTP/1.1\r\nHost: ")
            lines.append(line)
        slowest = 0.0
        for _ in range(20):
            for line in lines[:: max(1, times // 50)]:
                line.sendall(b"x")
            began = time.monotonic()
            assert site.get("/readyz")[0] == 200
            assert site.post() == 202
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < 5
    finally:
        for line in lines:
            line.close()
    assert site.stop() == 0
    site.whole()
    return f"beside {times} of them others were answered within {slowest:.2f} s"


def hostile(folder: Path, times: int) -> str:
    """Requests that nobody should send, to every route."""
    from tests.faults.hostile import requests

    site = Site(folder)
    site.start()
    site.under_load(0.5)
    before = site.get("/api/v1/indicators/online_rate/values")[1]
    statuses: dict[int, int] = {}
    for method, path, headers, body in requests(times):
        with socket.create_connection(("127.0.0.1", site.port), timeout=60) as line:
            line.sendall(_written(method, path, headers, body))
            try:
                head = line.recv(64)
            except TimeoutError:
                raise AssertionError(f"no answer within a minute: {method} {path} {headers} {body[:200]!r}") from None
        status = int(head.split()[1]) if head.startswith(b"HTTP/") else 0
        assert status < 500 or status == 503, (method, path, headers, body[:200], head)
        statuses[status] = statuses.get(status, 0) + 1
    assert site.get("/readyz")[0] == 200
    assert site.get("/api/v1/indicators/online_rate/values")[1] == before, "no number has moved"
    assert site.stop() == 0
    site.whole()
    return f"{times:,} requests: " + ", ".join(f"{count:,} × {status or 'hung up on'}" for status, count in sorted(statuses.items()))


def _written(method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def clock_set(folder: Path, times: int) -> str:
    """The clock set back and forth by a day while records come in."""
    from datetime import timedelta

    from ioc.clock import FrozenClock
    from tests.office import NOW, open_store, put, rows_of

    clock = FrozenClock(NOW)
    store = open_store(folder, clock=clock)
    kept = 0
    for number in range(times):
        clock.at = NOW + timedelta(days=(0, 1, -1)[number % 3], minutes=number)
        row = {"id": f"c{number}", "unit": "a", "received_at": "2026-11-05", "online": True, "updated_at": "2026-11-20"}
        kept += put(store, "dossier", [row]).accepted
    moments = [at for (at,) in rows_of(store, "SELECT committed_at FROM commit_log ORDER BY version")]
    assert moments == sorted(moments), "moments of versions never run backwards"
    store.close()
    site = Site(folder / "site")
    shutil.copytree(folder, site.folder / "var", ignore=lambda *_: ["site"], dirs_exist_ok=True)
    (site.folder / "var" / "office.duckdb").rename(site.store)
    assert site.whole() == kept == times
    return f"the clock was set {times} times by a day: {kept} records taken in, moments of versions in order, every number right"


def ended_in_order(folder: Path, times: int) -> str:
    """SIGTERM under load."""
    site, slowest = Site(folder), 0.0
    for _ in range(times):
        site.start()
        stop = threading.Event()
        threads = site.loading(stop)
        time.sleep(1)
        began = time.monotonic()
        assert site.server
        site.server.send_signal(signal.SIGTERM)
        assert site.stop() == 0
        slowest = max(slowest, time.monotonic() - began)
        stop.set()
        for thread in threads:
            thread.join()
    assert slowest < 20
    return (
        f"{times} times ended with 0, at most {slowest:.1f} s after the signal; {site.whole():,} records there, all that were acknowledged"
    )


# What is played, how often at length, how often in every run of the tests.
PLAYS: tuple[tuple[Play, int, int], ...] = (
    (killed, 100, 2),
    (power_cut, 40, 1),
    (torn_log, 200, 4),
    (damaged_file, 100, 4),
    (full_disk, 3, 0),  # mounts a small disk, which a test that is killed would leave behind
    (read_only_disk, 3, 0),  # as does this
    (two_at_once, 20, 1),
    (ended_in_order, 20, 1),
    (clock_set, 300, 12),
    (slow_loris, 500, 50),
    (hostile, 5000, 100),
    (by_the_description, 5000, 0),
    (out_of_memory, 20, 1),
    (sign_ins, 1_000_000, 200),
)
__all__ = ["PLAYS", "ROOT"]
