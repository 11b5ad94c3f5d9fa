"""Takes in what is brought in many small deliveries: those that wait at the same time share one commit, and each gets its own receipt.

A receipt means that the records are on disk. What cannot be taken in now is refused at once: nothing waits without bound, and nothing
is dropped.
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa

from ioc.errors import IocError
from ioc.intake.ingest import Target
from ioc.intake.inspection import Inspector
from ioc.store.feeds import Write, forgotten
from ioc.store.receipts import Receipt
from ioc.store.store import Run, Store

# Rows that one commit takes at most, and that may wait at most; a single delivery may be larger, and is then alone.
MOST_TOGETHER = 4_000
MOST_WAITING = 40_000
# So many rows wait for no others.
MANY = 1_000
# How long a delivery that was brought with a key may be brought again and still get the same answer.
ANSWERS_KEPT = timedelta(days=7)


class Busy(IocError):
    """More is waiting to be written than may wait. Nothing of this delivery was taken in."""

    retry_after = 1


@dataclass(frozen=True)
class _Parcel:
    feed: str
    table: pa.Table
    note: Callable[[Receipt], Write | None]
    receipt: Future[Receipt] = field(default_factory=Future)


class GroupWriter:
    """One thread that writes what is brought.

    Args:
        store: where records go.
        targets: by feed, what its records become.
        pace: tells how many seconds lie at least between the beginnings of two commits of few records.
    """

    def __init__(self, store: Store, targets: Mapping[str, Target], pace: Callable[[], float] = lambda: 0.0) -> None:
        self._store = store
        self._targets = targets
        self._waiting: queue.SimpleQueue[_Parcel | None] = queue.SimpleQueue()
        self._rows = 0
        self._lock = threading.Lock()
        self._open = True
        self._begun = -math.inf
        self._pace = pace
        self._runs: dict[str, tuple[datetime, Run]] = {}
        self._next_row: dict[int, int] = {}
        self._inspectors: dict[str, Inspector] = {}
        self._thread = threading.Thread(target=self._work, name="group-writer", daemon=True)

    @property
    def waiting(self) -> int:
        """Rows that are accepted and not written yet."""
        return self._rows

    @property
    def alive(self) -> bool:
        """Whether it writes, or has not been told to yet, or no more."""
        return not self._open or self._thread.ident is None or self._thread.is_alive()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Take nothing more, write what was accepted, and end within this long."""
        with self._lock:
            self._open = False
            self._waiting.put(None)
        self._thread.join(seconds)

    def submit(self, feed: str, table: pa.Table, note: Callable[[Receipt], Write | None] = lambda _: None) -> Future[Receipt]:
        """Hand records over; the receipt comes when they are on disk.

        Args:
            feed: whose they are.
            table: source columns, all text.
            note: what else is to be kept with them, once the receipt is known.

        Raises:
            Busy: too much is waiting, or the writer is ending.
        """
        parcel = _Parcel(feed, table, note)
        with self._lock:
            if not self._open or (self._rows and self._rows + table.num_rows > MOST_WAITING):
                raise Busy("More is waiting to be written than may wait.", "Send it again in a second.")
            self._rows += table.num_rows
            self._waiting.put(parcel)
        return parcel.receipt

    def _work(self) -> None:
        for parcels in self._groups():
            # From here on a sender can leave no more; who has left already was told nothing, and is not written.
            waited_for = [parcel for parcel in parcels if parcel.receipt.set_running_or_notify_cancel()]
            if waited_for:
                self._begun = time.monotonic()
                self._write(waited_for)
            with self._lock:
                self._rows -= sum(parcel.table.num_rows for parcel in parcels)
            self._tidy(parcels[0].feed)
        for _, run in self._runs.values():
            self._store.finish(run)

    def _tidy(self, feed: str) -> None:
        """Put the file in order. What keeps it from that keeps nobody from delivering: what was answered is on disk already."""
        try:
            self._store.tidying.due(self._targets[feed].record)
        except Exception:
            logging.getLogger(__name__).exception("The store could not be put in order")

    def _groups(self) -> Iterator[list[_Parcel]]:
        """What waits, in order of arrival, as groups of one feed."""
        group: list[_Parcel] = []
        rows = 0  # of the group: counted as they come, since many parcels of one row each may wait
        while True:
            try:
                parcel = self._waiting.get(timeout=self._patience(rows)) if group else self._waiting.get()
            except queue.Empty:
                yield group
                group, rows = [], 0
                continue
            if group and (parcel is None or not _fits(group, rows, parcel)):
                yield group
                group, rows = [], 0
            if parcel is None:
                return
            group.append(parcel)
            rows += parcel.table.num_rows

    def _patience(self, rows: int) -> float:
        """How many seconds a group of so many rows waits for others."""
        return max(0.0, self._begun + self._pace() - time.monotonic()) if rows < MANY else 0.0

    def _write(self, parcels: list[_Parcel]) -> None:
        """One commit for all; if that fails, one for each, so that what is wrong with one is not the others' loss."""
        try:
            receipts = self._take_in(parcels)
        except Exception as error:
            if len(parcels) == 1:
                parcels[0].receipt.set_exception(error)
                return
            for parcel in parcels:
                self._write([parcel])
            return
        for parcel, receipt in zip(parcels, receipts, strict=True):
            parcel.receipt.set_result(receipt)

    def _take_in(self, parcels: list[_Parcel]) -> list[Receipt]:
        run = self._run(parcels[0].feed)
        tables = [parcel.table for parcel in parcels]
        first = self._next_row.get(run.id, 1)
        verdict = self._inspector(parcels[0].feed).portion(run, pa.concat_tables(tables, promote_options="default"))
        notes = [parcel.note for parcel in parcels]
        receipts = self._store.take_in_parts(run, tables, first, notes, verdict.writes, hold=verdict.held)
        self._next_row[run.id] = first + sum(table.num_rows for table in tables)
        return receipts

    def _inspector(self, feed: str) -> Inspector:
        if feed not in self._inspectors:
            target = self._targets[feed]
            self._inspectors[feed] = Inspector(self._store, feed, target.mapping, target.contract)
        return self._inspectors[feed]

    def _run(self, feed: str) -> Run:
        """What is brought within an hour is one run, so that runs stay few and each tells of its hour."""
        hour = self._store.clock.now().replace(minute=0, second=0, microsecond=0)
        begun, run = self._runs.get(feed, (None, None))
        if run is not None and begun == hour:
            return run
        if run is not None:
            self._store.finish(run)
            self._next_row.pop(run.id, None)
        self._store.write(forgotten(hour - ANSWERS_KEPT))
        target = self._targets[feed]
        name = hour.astimezone(self._store.catalogue.zone).strftime("%Y-%m-%d %H:00")
        new = self._store.begin(feed, target.record, target.mapping, name, None, simulated=target.simulated)
        self._runs[feed] = (hour, new)
        return new


def _fits(group: list[_Parcel], rows: int, parcel: _Parcel) -> bool:
    return parcel.feed == group[0].feed and rows + parcel.table.num_rows <= MOST_TOGETHER
