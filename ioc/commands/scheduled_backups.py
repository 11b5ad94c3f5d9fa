"""Backups that ``ioc run`` makes of itself, by the schedule of config.yaml: each by ``ioc backup`` in a process of its own.

That process must be another one: whoever closes a file gives up all locks that his own process has on it, the engine's too.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from ioc.backup.schedule import due, last_made
from ioc.clock import Clock
from ioc.config import Config

log = logging.getLogger(__name__)

# How often it is looked whether a backup is due, whatever clocks do meanwhile; and when one that failed is tried again.
LOOKS_SECONDS, AGAIN = 30.0, timedelta(minutes=15)


def backups(config: Config, path: Path, clock: Clock) -> Callable[[threading.Event], None]:
    """The work of a thread: makes each backup when it is due, and one that was missed while nothing ran soon after the start."""

    def work(stopping: threading.Event) -> None:
        began, failed = clock.now(), None
        while not stopping.wait(LOOKS_SECONDS):
            now = clock.now()
            if (failed is None or now >= failed + AGAIN) and due(config, last_made(config), began, now):
                failed = None if _made(path, verify=config.settings.backup.verify) else now

    return work


def _made(path: Path, *, verify: bool) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "ioc", "backup", "--config", str(path), *(["--verify"] if verify else [])],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        log.error("The backup has failed: %s", done.stderr.strip())
    else:
        log.info("A backup was made: %s", done.stdout.strip())
    return not done.returncode
