"""Counts from the records what cells lack after declarations have changed, beside readers and commits.

| step | beside | the writer is held |
|---|---|---|
| count | one state of the records, a slice after the other, into tables of its own | |
| merge | cubes as they stand, with what was counted, in order of day, into new tables | |
| catch up | what commits and the turn of the day have changed since, twice: the second time little is left | |
| join | | what has changed since then; the new tables take the place of the cubes |

Until then questions about it are answered from the records. When the program ends before that, the next start begins again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

import duckdb

from ioc.store.cells import MERGED
from ioc.store.commits import newest
from ioc.store.compaction import day_slices, rows_of, write_cells
from ioc.store.database import first
from ioc.store.dialect import name
from ioc.store.record_sums import versions_at
from ioc.store.store import Store
from ioc.store.tables import OPEN, record_table

log = logging.getLogger(__name__)

# So many versions are read at once.
SLICE = 1_000_000
# The share of the work that merging is.
MERGING = 0.2


class _StoppedError(Exception):
    """Ends a recount: it is to end."""


class _OutdatedError(Exception):
    """Ends a recount: cells lack something else by now."""


@dataclass
class _Course:
    """How far a recount has come.

    Attributes:
        store: what is counted.
        changed: of the cells when it began: once it is another, they lack something else.
        stopping: ends it.
        total, done: its work, in versions.
    """

    store: Store
    changed: int
    stopping: threading.Event | None
    total: int
    done: float = 0

    def may_go_on(self) -> None:
        """Raises _StoppedError or _OutdatedError when it may not."""
        if self.stopping and self.stopping.is_set():
            raise _StoppedError
        if self.store.cells.changed != self.changed:
            raise _OutdatedError

    def went(self, work: float) -> None:
        """So much of the work is done."""
        self.done += work
        self.store.recounted = min(self.done / max(self.total, 1), 1)
        log.info("Counting numbers anew: %.0f %%", 100 * self.store.recounted)


@dataclass
class _Counted:
    """What was counted of a record type: the state at a data version, on a day; and how many rows of each cube were merged with it."""

    record: str
    version: int
    day: date
    merged: dict[str, int] = field(default_factory=dict)


def recount(store: Store, stopping: threading.Event | None = None) -> bool:
    """Count everything that cells lack. False when it was stopped before the end; what had not joined the cells by then is not kept."""
    while todo := {record: _versions(store, record) for record, missing in store.cells.missing.items() if missing}:
        store.recounted, done = 0.0, 0
        for record, versions in todo.items():
            log.info("Counting numbers of “%s” anew.", record)
            try:
                _of(_Course(store, store.cells.changed, stopping, sum(todo.values()), done), record, versions)
            except _StoppedError:
                return False
            except _OutdatedError:
                break
            done += versions
    return True


def doubt(store: Store, tables: Collection[str]) -> None:
    """Let cubes stand no longer; until ``recount`` has counted them anew, what they hold is answered from the records."""
    with store.database.alone(), store.database.write() as cursor:
        for record, cubes in store.cells.cubes.items():
            if any(cube.table in tables for cube in cubes):
                store.cells.doubt(cursor, record, tables)
    store.forget()


def _versions(store: Store, record: str) -> int:
    with store.database.read() as cursor:
        return rows_of(cursor, record_table(record))


def _of(course: _Course, record: str, versions: int) -> None:
    counted = _count(course, record, versions)
    with course.store.tidying.compaction.one_at_a_time:
        _merge(course, counted, versions)
        for _ in range(2):
            with course.store.database.beside() as cursor:
                _catch_up(course.store, cursor, counted, course.store.day())
            course.may_go_on()
        _join(course, counted)


def _count(course: _Course, record: str, versions: int) -> _Counted:
    """Count one state of the records into tables of their own."""
    store = course.store
    cubes, day = store.cells.missing[record], store.day()
    with store.database.beside() as cursor:
        version, rows = newest(cursor)[0], rows_of(cursor, record_table(record))
        for cube in cubes:
            store.cells.make(cursor, cube)
        for start in range(0, rows, SLICE):
            course.may_go_on()
            slice_ = f"rowid >= {start} AND rowid < {start + SLICE} AND {versions_at(None)}"
            store.cells.add(cursor, cubes, f"(SELECT *, 1 AS _sign FROM {record_table(record)} WHERE {slice_})", day, only_new=True)
            course.went(min(SLICE, rows - start) * (1 - MERGING))
    return _Counted(record, version, day)


def _merge(course: _Course, counted: _Counted, versions: int) -> None:
    """Write what stands and what was counted into tables that hold both, a slice of days after the other."""
    cells, lacking = course.store.cells, course.store.cells.lacking(counted.record)
    new = {cube.dimensions: cube for cube in cells.missing[counted.record]}
    standing = {cube.dimensions: cube for cube in cells.cubes[counted.record]}
    with course.store.database.beside() as cursor:
        for cube in lacking:
            course.may_go_on()
            cells.make(cursor, cube)
            parts = [f"SELECT * FROM {name(new[cube.dimensions].table)}"]
            if old := standing.get(cube.dimensions):
                counted.merged[cube.table] = rows_of(cursor, name(old.table))
                parts.append(f"SELECT * FROM {name(old.table)}")
            both = f"({' UNION ALL BY NAME '.join(parts)})"
            days = cursor.execute(f"SELECT day, count(*) FROM {both} GROUP BY day ORDER BY day").fetchall()
            for slice_ in day_slices(days):
                course.may_go_on()
                write_cells(cursor, cube, both, slice_)
            course.went(versions * MERGING / len(lacking))


def _catch_up(store: Store, cursor: duckdb.DuckDBPyConnection, counted: _Counted, today: date) -> None:
    """Add to the merged tables, of the sums that were lacking, what has changed since by commits and by the turn of the day."""
    cubes = [replace(cube, stem=MERGED) for cube in store.cells.missing[counted.record]]
    table, since, version = record_table(counted.record), counted.version, newest(cursor)[0]
    if _came(cursor, counted.record, since):
        changes = f"""(SELECT *, 1 AS _sign FROM {table} WHERE _since > {since} AND {versions_at(None)}
            UNION ALL SELECT *, -1 AS _sign FROM {table} WHERE {versions_at(since)} AND _until <> {OPEN})"""
        store.cells.add(cursor, cubes, changes, counted.day)
    store.cells.turn(cursor, cubes, counted.day, today)
    counted.version, counted.day = version, today


def _join(course: _Course, counted: _Counted) -> None:
    """Add what has changed at last, and let it stand."""
    store = course.store
    with store.database.alone():
        course.may_go_on()
        today = store.turn_day()
        with store.database.write() as cursor:
            _catch_up(store, cursor, counted, today)
            for cube in store.cells.missing[counted.record]:
                cursor.execute(f"DROP TABLE {name(cube.table)}")
            store.cells.join(cursor, counted.record, counted.merged, today)
        store.cells.joined(counted.record)
    store.database.checkpoint()


def _came(cursor: duckdb.DuckDBPyConnection, record: str, since: int) -> bool:
    """Whether a commit has changed records of a type after a data version."""
    return bool(first(cursor, "SELECT count(*) FROM commit_log WHERE record = ? AND version > ?", [record, since])[0])
