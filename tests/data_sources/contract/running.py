"""The IOC as users run it, with one feed: in a process of its own, which can be killed."""

from __future__ import annotations

import json
import os
import resource
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import yaml

from tests.data_sources.contract.rig import Rig
from tests.forks import served
from tests.office import CATALOGUE


class Running:
    """An IOC over a rig. It is started and ended as often as a test wants."""

    def __init__(self, folder: Path, rig: Rig) -> None:
        self.folder, self.rig = folder, rig
        self.configure(rig.mapping)
        self.process: ForkServerProcess | None = None
        self.address = ""

    def configure(self, mapping: Mapping[str, Any]) -> None:
        """What an administrator writes; it is read when it starts."""
        feed = {"record": "dossier", "mapping": dict(mapping), **self.rig.feed()}
        config = {"catalogue": str(CATALOGUE), "data": "data", "store": {"memory_limit": "256MB", "threads": 1}, "feeds": {"rows": feed}}
        (self.folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")

    def start(self) -> None:
        """Start it; it is ready when this returns."""
        self.process, self.address = served(self.folder)
        self.rig.serving(self.address)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an administrator would."""
        process = self.process
        self._end(signal.SIGTERM)
        assert process is None or process.exitcode == 0, (self.folder / "log.txt").read_text()

    def fill_disk(self) -> None:
        """From now on no file of it grows, as if the disk were full."""
        self._may_write(1)

    def empty_disk(self) -> None:
        """There is room again."""
        self._may_write(resource.RLIM_INFINITY)

    def _may_write(self, most_bytes: int) -> None:
        assert self.process and self.process.pid
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        assert self.process.pid
        os.kill(self.process.pid, how)
        self.process.join(30)
        self.process = None

    def asked(self, path: str) -> Any:
        """What an address under /api/v1 answers."""
        with urllib.request.urlopen(f"{self.address}api/v1/{path}", timeout=30) as answer:
            return json.load(answer)

    def replay(self) -> bool:
        """Click on sending what lies in quarantine through again; whether that begins."""
        try:
            with urllib.request.urlopen(f"{self.address}api/v1/feeds/rows/replay", b"", timeout=30) as answer:
                return bool(answer.status == 202)
        except urllib.error.HTTPError as refusal:
            with refusal:
                assert refusal.status == 409
            return False

    def version(self) -> int:
        """The data version."""
        return int(self.asked("feeds")["version"])

    def wait_for(self, what: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, (self.asked("feeds"), (self.folder / "log.txt").read_text()[-3000:])
            time.sleep(0.1)
