"""What is done for the store of itself while everything else runs: numbers are counted anew where that is due, and audited each night."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, time, timedelta

from ioc.indicators.audit import audit
from ioc.store.recount import recount
from ioc.store.store import Store

log = logging.getLogger(__name__)

# When the audit begins, where the organisation is: few people look, and the records of the day before have come.
NIGHT = time(2, 30)


class Upkeep:
    """Counts at the start what cells lack since declarations have changed, and audits a store each night.

    Args:
        store: whose numbers are recomputed.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Come to an end; an audit that is not done is given up."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            recount(self._store, self._stopping)
        except Exception:  # numbers are right, but read from the records, until a later start counts them
            log.exception("Numbers could not be counted anew.")
        while not self._stopping.is_set():
            now = self._store.clock.now()
            night = next_night(now.astimezone(self._store.catalogue.zone))
            if not self._stopping.wait((night - now).total_seconds()):
                self._audit()

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
