"""A server under load, and what must be true of it whatever happens: nothing that was acknowledged is lost, and no number is wrong."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ioc.clock import SystemClock
from ioc.config import STORE_FILE
from ioc.indicators.audit import audit
from ioc.store.store import Store
from tests.backup.deployments import deployment
from tests.office import catalogue

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-some-length"
PATH = "/api/v1/feeds/portal/records"


@dataclass
class Site:
    """A deployment in a folder, whose server may be started and ended in any way.

    Attributes:
        folder: with its configuration and catalogue.
        acknowledged: the records that it has said to have.
        more: environment of the server.
        heard: the last lines of what it has said since it answers.
    """

    folder: Path
    acknowledged: set[str] = field(default_factory=set)
    more: Mapping[str, str] = field(default_factory=dict)
    server: subprocess.Popen[str] | None = None
    port: int = 0
    sent: int = 0
    heard: deque[str] = field(default_factory=lambda: deque(maxlen=100))
    listener: threading.Thread | None = None
    counting: threading.Lock = field(default_factory=threading.Lock)
    faults: list[AssertionError] = field(default_factory=list)

    def __post_init__(self) -> None:
        deployment(self.folder)

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.folder / "var" / STORE_FILE

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self.server = begin(self.folder, self.more)
        assert self.server.stdout
        line = self.server.stdout.readline()
        assert line, f"it did not start: {complaint(self.server)}"
        self.port = int(line.rstrip("/\n").rpartition(":")[2])
        # What else it says is read as well: a full pipe would hold it up.
        self.listener = threading.Thread(target=self.heard.extend, args=(self.server.stdout,), daemon=True)
        self.listener.start()

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.server
        self.server.send_signal(signal.SIGKILL)
        self._ended()

    def cut(self, seconds: float) -> bool:
        """Load it for so long, and then have ``power.c`` end it at one of its next writes; whether it came to that within a few seconds."""
        assert self.server
        stop = threading.Event()
        threads = self.loading(stop)
        time.sleep(seconds)
        self.server.send_signal(signal.SIGUSR2)
        try:
            self.server.wait(5)
            within = True
        except subprocess.TimeoutExpired:
            within = False
        self.kill()
        stop.set()
        for thread in threads:
            thread.join()
        return within

    def stop(self) -> int:
        """End it in order, which it does without a word of what it has left behind; its exit code."""
        assert self.server
        self.server.terminate()
        said = complaint(self.server)
        assert "leaked" not in said, said
        return self._ended()

    def _ended(self) -> int:
        assert self.server
        code = self.server.wait(30)
        if self.listener:
            self.listener.join(30)
        for pipe in (self.server.stdout, self.server.stderr):
            if pipe:
                pipe.close()
        self.server = None
        return code

    def post(self, count: int = 20, timeout: float = 30) -> int:
        """Bring some new records; the status that is answered, 0 when nothing is. What was acknowledged is remembered."""
        with self.counting:
            first, self.sent = self.sent, self.sent + count
        names = [f"r{first + number}" for number in range(count)]
        rows = [
            {
                "id": name,
                "unit": "ab"[at % 2],
                "received_at": f"2026-{1 + at % 11:02d}-05",
                "online": at % 3 == 0,
                "updated_at": "2026-11-20",
            }
            for at, name in enumerate(names)
        ]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", PATH, json.dumps(rows), {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        if answer.status == 202:
            assert json.loads(body)["accepted"] == count
            self.acknowledged.update(names)
        return answer.status

    def get(self, path: str, timeout: float = 30) -> tuple[int, str]:
        """An answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def under_load(self, seconds: float) -> None:
        """Bring records for so long, as fast as they are taken."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.post()

    def loading(self, stop: threading.Event, senders: int = 2) -> list[threading.Thread]:
        """Bring records in the background until told to stop."""

        def work() -> None:
            while not stop.is_set():
                try:
                    self.post()
                except AssertionError as fault:  # a thread's own is nobody's: it is told by ``whole``
                    self.faults.append(fault)
                    return

        threads = [threading.Thread(target=work) for _ in range(senders)]
        for thread in threads:
            thread.start()
        return threads

    def whole(self, folder: Path | None = None) -> int:
        """Look into the store, while nothing runs: everything acknowledged is there once, every number is the records'. How many there are."""
        assert not self.faults, self.faults
        path = folder / STORE_FILE if folder else self.store
        store = Store(path, catalogue(), SystemClock(), memory_limit="256MB", threads=1)
        try:
            with store.database.read() as cursor:
                rows = cursor.execute("SELECT id, count(*) FROM rec_dossier GROUP BY id").fetchall()
            assert self.acknowledged <= {name for name, _ in rows}, "what was acknowledged is there"
            assert all(count == 1 for _, count in rows), "each once"
            report = audit(store)
            assert report is not None
            assert report.differing == 0, report.named[:3]
            return len(rows)
        finally:
            store.close()


def begin(folder: Path, more: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """`ioc run` of a folder's deployment. What it complains of goes into a file: nobody reads a pipe, and a full one would hold it up."""
    complaints = tempfile.TemporaryFile("w+")  # noqa: SIM115, it is closed with the process's other ones
    process = subprocess.Popen(
        [sys.executable, "-m", "ioc", "run", "--config", str(folder / "var.yaml"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=complaints,
        text=True,
        cwd=ROOT,
        env={**os.environ, **(more or {})},
    )
    process.stderr = complaints
    return process


def complaint(process: subprocess.Popen[str]) -> str:
    """What a process that has ended had complained of."""
    process.wait(30)
    assert process.stderr
    process.stderr.seek(0)
    return process.stderr.read()
