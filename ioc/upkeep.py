"""What is done for the store of itself beside all else: it is put in order, counted anew where that is due, and audited each night."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, time, timedelta
from queue import Empty, SimpleQueue

from ioc.indicators.audit import audit
from ioc.store.recount import recount
from ioc.store.store import Store

log = logging.getLogger(__name__)

# When the audit begins, where the organisation is: few people look, and the records of the day before have come.
NIGHT = time(2, 30)


class Upkeep:
    """Counts at the start what cells lack since declarations have changed, puts the file in order as records come, and audits each night.

    Args:
        store: whose numbers are recomputed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopping = threading.Event()
        self._due: SimpleQueue[str | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin. From now on nobody who delivers waits until the file is in order."""
        self._store.tidying.leave_to(self._due.put)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Come to an end; what is not done is given up, and due again after the next start."""
        self._store.tidying.leave_to(None)
        self._stopping.set()
        self._due.put(None)
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            recount(self._store, self._stopping)
        except Exception:  # numbers are right, but read from the records, until a later start counts them
            log.exception("Numbers could not be counted anew.")
        night = self._night()
        while not self._stopping.is_set():
            try:
                self._tidy(self._due.get(timeout=max((night - self._store.clock.now()).total_seconds(), 0)))
            except Empty:
                self._audit()
                night = self._night()

    def _night(self) -> datetime:
        return next_night(self._store.clock.now().astimezone(self._store.catalogue.zone))

    def _tidy(self, record: str | None) -> None:
        """Put the file in order. What keeps it from that keeps nobody from delivering: all that was answered is on disk already."""
        try:
            if record:
                self._store.tidying.tidy(record, self._stopping)
        except Exception:
            log.exception("The store could not be put in order.")

    def _audit(self) -> None:
        try:
            report = audit(self._store, stopping=self._stopping)
        except Exception:  # the next night it is tried again; meanwhile the last audit grows old in plain sight
            log.exception("The audit has failed.")
            return
        if report and report.differing:
            log.error("The audit found %s numbers that differ from the records, first of all: %s", report.differing, report.named[0])


def next_night(now: datetime) -> datetime:
    """The next moment at which the night's work begins."""
    tonight = datetime.combine(now.date(), NIGHT, now.tzinfo)
    return tonight if tonight > now else tonight + timedelta(days=1)
