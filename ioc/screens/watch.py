"""Looks at the files of screens now and then, so that what somebody changes by hand is shown without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ioc.screens.shelf import Shelf

log = logging.getLogger(__name__)

SECONDS = 2.0


class Watch:
    """Looks at a shelf.

    Args:
        shelf: whose files may change.
        changed: called when screens are others than before.
    """

    def __init__(self, shelf: Shelf, changed: Callable[[], object]) -> None:
        self._shelf, self._changed = shelf, changed
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screens", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Come to an end."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        told: set[str] = set()
        while not self._stopping.wait(SECONDS):
            try:
                if self._shelf.look():
                    self._changed()
                faults = {str(fault) for fault in self._shelf.faults()}
            except Exception:  # a folder that cannot be read now may be read later; what is shown stays
                log.exception("The files of screens could not be looked at.")
                continue
            for fault in sorted(faults - told):
                log.warning("A file is at fault, so that what it said before is shown, or a turn left out: %s", fault)
            told = faults
