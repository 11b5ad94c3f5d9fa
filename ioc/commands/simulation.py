"""Feeds the demonstration ministry into the store, by the same way as real records: its history first, then what happens as it happens."""

from __future__ import annotations

import sys
import threading
import time
from datetime import datetime

import pyarrow as pa

from data_sources.demo.ministry import DemoMinistry
from ioc.catalogue.mapping import Mapping as FieldMapping
from ioc.catalogue.mapping import Secrecy, identity
from ioc.catalogue.model import Catalogue
from ioc.errors import IocError
from ioc.store.freshness import finished, freshness
from ioc.store.receipts import Tally
from ioc.store.store import Run, Store
from ioc.worker import Worker

SEED = 1105
HISTORY = "history"
# Whose desk is full: the unit with the most dossiers.
BUSIEST = "cuc_vl"
SECONDS_BETWEEN = 1.0
# The small types first, so that most of the overview stands within seconds.
LARGEST = ("staff", "workfile", "transaction", "survey_answer", "document_receipt", "document", "dossier")


def can_simulate(catalogue: Catalogue) -> bool:
    """Whether the catalogue is one that the demonstration ministry knows how to play."""
    return "dossier" in catalogue.records and "milestone" in catalogue.records and catalogue.organisation.root == "bnv"


def simulation(store: Store, scale: float = 1.0) -> Worker:
    """The worker that plays the ministry from where the store has come to, until it is stopped."""
    if not can_simulate(store.catalogue):
        raise IocError(
            "The demonstration plays the ministry of the catalogue “moha”; this deployment has another catalogue and no feed.",
            "Configure a feed, or set “catalogue: moha”.",
        )
    return Worker("demonstration", lambda stopping: _Simulation(store, stopping, scale).play())


class _Simulation:
    def __init__(self, store: Store, stopping: threading.Event, scale: float) -> None:
        self.store = store
        self.stopping = stopping
        self.scale = scale
        self.runs: dict[str, Run] = {}

    def play(self) -> None:
        """History for what has none yet, then the live stream."""
        now = self.store.clock.now()
        ministry = DemoMinistry(self.store.catalogue, SEED, now, scale=self.scale)
        with self.store.read() as snapshot:
            loaded, fresh = finished(snapshot, HISTORY), freshness(snapshot)
        came_to = {record: fresh[record].last_arrival for record in ministry.records if _feed(record) in loaded}
        self._history(ministry, [record for record in ministry.records if record not in came_to])
        self._live(ministry, min([now, *came_to.values()]))
        for run in self.runs.values():
            self.store.finish(run)

    def _history(self, ministry: DemoMinistry, records: list[str]) -> None:
        started, total = time.perf_counter(), Tally()
        ordered = sorted(records, key=lambda record: LARGEST.index(record) if record in LARGEST else -1)
        for number, record in enumerate(ordered, 1):
            run = self._begin(record, HISTORY)
            first = 1
            for table in ministry.history(record):
                if self.stopping.is_set():
                    self.store.finish(run, "stopped")
                    return
                total += self.store.take_in(run, table, _rows(first, table))
                first += table.num_rows
                _bar(number - 1, len(ordered), record, total)
            self.store.finish(run)
        if ordered:
            _bar(len(ordered), len(ordered), "", total)
            print(f"\n{total.accepted:,} records in {time.perf_counter() - started:.0f} s.", file=sys.stderr, flush=True)

    def _live(self, ministry: DemoMinistry, since: datetime) -> None:
        while not self.stopping.wait(SECONDS_BETWEEN):
            until = self.store.clock.now()
            for record, table in ministry.live(since, until):
                if record not in self.runs:
                    self.runs[record] = self._begin(record, "live")
                self.store.take_in(self.runs[record], table, _rows(1, table))
                self.store.tidying.due(record)
            since = until
            self.store.turn_day()

    def _begin(self, record: str, source: str) -> Run:
        return self.store.begin(_feed(record), record, mapping(self.store.catalogue, record), source, None, simulated=True)


def _feed(record: str) -> str:
    return f"demo_{record}"


def mapping(catalogue: Catalogue, record: str) -> FieldMapping:
    """Columns are the fields; what is not plainly open is refused."""
    secrecy = Secrecy.model_validate({"from": "secrecy", "open": ["thuong"]})
    return identity(catalogue.records[record]).model_copy(update={"secrecy": secrecy})


def _rows(first: int, table: pa.Table) -> pa.Int64Array:
    return pa.array(range(first, first + table.num_rows), pa.int64())


def _bar(done: int, of: int, record: str, total: Tally) -> None:
    width = 30
    full = width * done // of
    text = f"\r[{'█' * full}{'░' * (width - full)}] {done}/{of} {record:<18} {sum(total.values()):>10,} records"
    if sys.stderr.isatty() or done == of:
        print(text, end="", file=sys.stderr, flush=True)
