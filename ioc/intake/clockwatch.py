"""Notices when the machine's clock is set: what waits for a moment would else wait too long, or too short."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from ioc.clock import Clock

# So often it is looked, and by so much the clock may be corrected without anybody being told: no feed is asked more exactly than that.
LOOKED_AT, CORRECTED = timedelta(seconds=2), timedelta(seconds=2)


class ClockWatch:
    """Compares the clock with the seconds that have really passed.

    Args:
        clock: which may be set; it also jumps when the machine was asleep.
        when_set: called after each jump.
    """

    def __init__(self, clock: Clock, when_set: Callable[[], None]) -> None:
        self._clock, self._when_set = clock, when_set
        self._stopping = threading.Event()

    def start(self) -> None:
        """Begin to look."""
        threading.Thread(target=self._watch, args=[self._beginning()], name="clock-watch", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    def _watch(self, beginning: datetime) -> None:
        while not self._stopping.wait(LOOKED_AT.total_seconds()):
            before, beginning = beginning, self._beginning()
            if abs(beginning - before) > CORRECTED:
                try:
                    self._when_set()
                except Exception:  # the next jump is to be heard of all the same
                    logging.getLogger(__name__).exception("What depends on the clock could not be set anew")

    def _beginning(self) -> datetime:
        """What the clock would have shown when the machine's seconds began; it stands still until the clock is set."""
        return self._clock.now() - timedelta(seconds=time.monotonic())
