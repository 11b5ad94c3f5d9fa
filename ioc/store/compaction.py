"""Adds the rows of each cell together, in order of day, so that reading by time prunes. Readers and commits go on meanwhile.

It reads one state of the data, a slice of days after the other, and writes what comes out into a table of its own, beside the writer. Only
at the end is the writer held, for a moment: the rows that commits have appended meanwhile are taken over, and the new table takes the
place of the old one, in one transaction. A cube only ever grows by rows, so those are the ones after the last that was read. When the
program ends before that, the next start drops what was written.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

import duckdb

from ioc.store.cells import COMPACTED, Cells, key_columns, sum_columns
from ioc.store.database import Database, first
from ioc.store.dialect import literal, name
from ioc.store.tables import CellTable

# A cube is compacted once its rows have grown by this share since it was last looked at, and by at least this many; and if of its rows
# at least this share is saved.
SHARE, ROWS = 0.25, 200_000
# So many cells are held in memory at once.
SLICE = 100_000


class _GivenUpError(Exception):
    """Ends a compaction of which nothing is to be kept."""


class Compaction:
    """Compacts the cubes of a store as they grow.

    Args:
        database, cells: those of the store.

    Attributes:
        one_at_a_time: held by whoever is about to replace a cube.
    """

    def __init__(self, database: Database, cells: Cells) -> None:
        self._database, self._cells = database, cells
        self._seen: dict[str, int] = {}
        self.one_at_a_time = threading.RLock()

    def grown(self, record: str, stopping: threading.Event | None = None) -> None:
        """Compact the cubes of a record type that have grown enough for it to pay."""
        for cube in self._cells.cubes[record]:
            before, rows = self._seen.get(cube.table, 0), self._rows(cube)
            if rows - before > max(ROWS, before * SHARE) and not (stopping and stopping.is_set()):
                self.compact(cube, stopping)
                self._seen[cube.table] = self._rows(cube)

    def compact(self, cube: CellTable, stopping: threading.Event | None = None) -> bool:
        """Compact a cube. False, and nothing has changed, where few rows would be saved, or it was stopped before the end."""
        begun = self._cells.changed  # before the state of the data is taken: what stood before it stands in it
        with self.one_at_a_time:
            compacted = replace(cube, stem=COMPACTED)
            try:
                with self._database.beside() as cursor:
                    rows = rows_of(cursor, name(cube.table))
                    self._cells.make(cursor, compacted)
                    for days in _slices(cursor, cube):
                        if (stopping and stopping.is_set()) or self._cells.changed != begun:
                            raise _GivenUpError
                        write_cells(cursor, compacted, name(cube.table), days)
            except _GivenUpError:
                return False
            return self._take_place(compacted, rows, begun)

    def _take_place(self, compacted: CellTable, rows: int, begun: int) -> bool:
        """Let the compacted table be the cube's own, with the rows that have come after so many; unless other cubes stand by now."""
        with self._database.write() as cursor:
            if still := self._cells.changed == begun:
                self._cells.take_place(cursor, compacted, rows)
            else:
                cursor.execute(f"DROP TABLE {name(compacted.table)}")
        return still

    def _rows(self, cube: CellTable) -> int:
        with self._database.read() as cursor:
            (rows,) = first(cursor, f"SELECT count(*) FROM {name(cube.table)}")
        return int(rows)


def rows_of(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table, named as in SQL, has had: later ones have higher numbers."""
    return int(first(cursor, f"SELECT coalesce(max(rowid) + 1, 0) FROM {table}")[0])


def write_cells(cursor: duckdb.DuckDBPyConnection, into: CellTable, rows: str, days: str) -> None:
    """Write the cells of some days, of a relation of rows of cells, into a table of its own."""
    keys = ", ".join(key_columns(into))
    sums = f"SELECT {keys}, {', '.join(sum_columns(into))} FROM {rows} WHERE {days} GROUP BY ALL ORDER BY {keys}"
    cursor.execute(f"INSERT INTO {name(into.table)} BY NAME {sums}")


def _slices(cursor: duckdb.DuckDBPyConnection, cube: CellTable) -> Iterator[str]:
    """Conditions on days that hold about as many cells each, and together all rows. Gives up where few rows would be saved."""
    keys = ", ".join(key_columns(cube))
    cells = f"SELECT day, count(*) AS n FROM {name(cube.table)} GROUP BY {keys}"
    days = cursor.execute(f"SELECT day, sum(n)::BIGINT, count(*) FROM ({cells}) WHERE day IS NOT NULL GROUP BY day ORDER BY day").fetchall()
    if sum(rows for _, rows, _ in days) < sum(cells for _, _, cells in days) * (1 + SHARE):
        raise _GivenUpError
    return day_slices([(day, cells) for day, _, cells in days])


def day_slices(days: Iterable[tuple[date, int]]) -> Iterator[str]:
    """Conditions on days, given in order with how many cells each holds, that hold about as many each, and together all."""
    start = None
    for following in _ends(days):
        begun = [f"day >= {literal(start)}"] * bool(start) + [f"day < {literal(following)}"] * bool(following)
        yield " AND ".join(begun) or "day IS NOT NULL"
        start = following


def _ends(days: Iterable[tuple[date, int]]) -> Iterator[date | None]:
    """The day after each slice; of the last there is none."""
    size = 0
    for day, cells in days:
        if size and size + cells > SLICE:
            yield day
            size = 0
        size += cells
    yield None
