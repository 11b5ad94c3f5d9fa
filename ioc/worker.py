"""A thread that does something until it is told to stop."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable


class Worker:
    """Runs ``work`` in a thread of its own; ``work`` is given an event that is set when it should come to its end.

    An error in it is printed; it does not take the pages down, whose numbers grow stale and say so.
    """

    def __init__(self, name: str, work: Callable[[threading.Event], None]) -> None:
        self._stopping = threading.Event()
        self._work = work
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Ask for the end, and wait for it at most this long."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self._work(self._stopping)
        except Exception:
            print(f"{self._thread.name} has ended:", file=sys.stderr)
            traceback.print_exc()
