"""Looks at the files of screens now and then, so that what somebody changes by hand is shown without a restart."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from ioc.screens.shelf import Shelf
from ioc.worker import Worker

log = logging.getLogger(__name__)

SECONDS = 2.0


class Watch(Worker):
    """Looks at a shelf.

    Args:
        shelf: whose files may change.
        changed: called when screens are others than before.
    """

    def __init__(self, shelf: Shelf, changed: Callable[[], object]) -> None:
        super().__init__("screens", self._watch)
        self._shelf, self._changed = shelf, changed

    def _watch(self, stopping: threading.Event) -> None:
        told: set[str] = set()
        while not stopping.wait(SECONDS):
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
