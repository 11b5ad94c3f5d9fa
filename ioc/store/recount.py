"""Counts from the records what cells lack after declarations have changed, beside readers and commits.

It counts the state of one data version, a slice of the records after the other, into tables of its own; adds what commits have changed
since; and lets the result join the cells in one transaction. Until then questions about it are answered from the records. When the
program ends before that, the next start begins again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ioc.store.cells import delta
from ioc.store.counting import versions_at
from ioc.store.database import first
from ioc.store.store import Store
from ioc.store.tables import OPEN, record_table

log = logging.getLogger(__name__)

# So many versions are read at once: a second or two of work, whose result is written in a moment.
SLICE = 1_000_000


@dataclass(frozen=True)
class _Begun:
    """What is being counted: the versions of a record type up to a row, as they were at a data version, on a day."""

    record: str
    version: int
    rows: int
    day: date


def recount(store: Store, stopping: threading.Event | None = None) -> bool:
    """Count everything that cells lack. False when it was stopped before the end; then nothing has changed."""
    todo = [_begin(store, record) for record, missing in store.cells.missing.items() if missing]
    total, done = sum(each.rows for each in todo), 0
    for each in todo:
        log.info("Counting numbers of “%s” anew.", each.record)
        for start in range(0, each.rows, SLICE):
            if stopping and stopping.is_set():
                return False
            _count(store, each, start)
            done += min(SLICE, each.rows - start)
            store.recounted = done / total
            log.info("Counting numbers anew: %.0f %%", 100 * store.recounted)
        _join(store, each)
    return True


def doubt(store: Store, tables: Collection[str]) -> None:
    """Let cubes stand no longer; until ``recount`` has counted them anew, what they hold is answered from the records."""
    with store.database.alone(), store.database.write() as cursor:
        for record, cubes in store.cells.cubes.items():
            if any(cube.table in tables for cube in cubes):
                store.cells.doubt(cursor, record, tables)
    store.forget()


def _begin(store: Store, record: str) -> _Begun:
    with store.database.write() as cursor:
        (version,) = first(cursor, "SELECT coalesce(max(version), 0) FROM commit_log")
        (rows,) = first(cursor, f"SELECT coalesce(max(rowid) + 1, 0) FROM {record_table(record)}")
        store.cells.begin(cursor, record)
    return _Begun(record, version, rows, store.day())


def _count(store: Store, begun: _Begun, start: int) -> None:
    """Add the sums of one slice. The writer is held only while they are written."""
    cubes = store.cells.missing[begun.record]
    slice_ = f"rowid >= {start} AND rowid < {min(start + SLICE, begun.rows)} AND {versions_at(begun.version)}"
    records = f"(SELECT *, 1 AS _sign FROM {record_table(begun.record)} WHERE {slice_})"
    with store.database.read() as cursor:
        found = [(cube, cursor.sql(sums).to_arrow_table()) for cube, sums in store.cells.sums(cubes, records, begun.day)]
    with store.database.write() as cursor:
        for cube, table in found:
            cursor.register(delta(cube), table)
        store.cells.spread(cursor, cubes)
        for cube, _ in found:
            cursor.unregister(delta(cube))


def _join(store: Store, begun: _Begun) -> None:
    """Add what has changed since it began, by commits and by the turn of the day, and let it stand."""
    table, cubes, since = record_table(begun.record), store.cells.missing[begun.record], begun.version
    changes = f"""(SELECT *, 1 AS _sign FROM {table} WHERE _since > {since} AND {versions_at(None)}
        UNION ALL SELECT *, -1 AS _sign FROM {table} WHERE {versions_at(since)} AND _until <> {OPEN})"""
    with store.database.alone():
        today = store.turn_day()
        with store.database.write() as cursor:
            store.cells.add(cursor, cubes, changes, begun.day)
            store.cells.turn(cursor, cubes, begun.day, today)
            store.cells.join(cursor, begun.record, today)
        store.cells.joined(begun.record)
    store.database.checkpoint()
