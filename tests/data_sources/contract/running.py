"""The IOC as users run it, with one feed: in a process of its own, which can be killed."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.data_sources.contract.rig import Rig
from tests.office import CATALOGUE

ROOT = Path(__file__).parents[3]


class Running:
    """An IOC over a rig. It is started and ended as often as a test wants."""

    def __init__(self, folder: Path, rig: Rig) -> None:
        self.folder, self.rig = folder, rig
        feed = {"record": "dossier", "mapping": dict(rig.mapping), **rig.feed()}
        config = {"catalogue": str(CATALOGUE), "data": "data", "store": {"memory_limit": "256MB", "threads": 1}, "feeds": {"rows": feed}}
        (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
        self.process: subprocess.Popen[str] | None = None
        self.address = ""

    def start(self) -> None:
        """Start it; it is ready when this returns."""
        with (self.folder / "log.txt").open("a") as log:
            command = [sys.executable, "-m", "ioc", "run", "--config", str(self.folder / "config.yaml"), "--port", "0"]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, cwd=self.folder, env=environment)
        assert self.process.stdout
        said = self.process.stdout.readline()
        assert said.startswith("IOC: "), (self.folder / "log.txt").read_text()
        self.address = said.removeprefix("IOC: ").strip()
        self.rig.serving(self.address)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as an administrator would."""
        process = self.process
        self._end(signal.SIGTERM)
        assert process is None or process.returncode == 0, (self.folder / "log.txt").read_text()

    def fill_disk(self) -> None:
        """From now on no file of it grows, as if the disk were full."""
        self._may_write(1)

    def empty_disk(self) -> None:
        """There is room again."""
        self._may_write(resource.RLIM_INFINITY)

    def _may_write(self, most_bytes: int) -> None:
        assert self.process
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (most_bytes, resource.RLIM_INFINITY))

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        self.process.wait(30)
        assert self.process.stdout
        self.process.stdout.close()
        self.process = None

    def asked(self, path: str) -> Any:
        """What an address under /api/v1 answers."""
        with urllib.request.urlopen(f"{self.address}api/v1/{path}", timeout=30) as answer:
            return json.load(answer)

    def wait_for(self, what: Callable[[], bool], seconds: float = 30) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, (self.asked("feeds"), (self.folder / "log.txt").read_text()[-3000:])
            time.sleep(0.1)
