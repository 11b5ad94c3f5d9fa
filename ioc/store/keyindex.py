"""Finds the stored versions of some keys without reading the whole column: sorted key hashes in memory, 13 bytes a version.

It is a cache of the record table and nothing more: it reads what it does not know yet from the table itself, so it can be dropped and
made again at any time. A small commit then costs the same however many records are stored.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from ioc.store.database import Database
from ioc.store.tables import record_table

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.uint32]

# Runs are merged so that each is at least so many times as long as the next: few runs to search, few merges.
RATIO = 4
# Hashes are spread evenly: about so many of a run begin with the same bits, and are found by these at once.
SPREAD = 8


@dataclass(frozen=True)
class _Run:
    """Hashes in order, the row of each, and where those begin whose first bits are 0, 1, 2 …: as many bits as ``shift`` leaves."""

    hashes: Hashes
    rows: Rows
    starts: Rows
    shift: np.uint64

    @staticmethod
    def of(hashes: Hashes, rows: Rows) -> _Run:
        order = np.argsort(hashes, kind="stable")
        hashes, rows = hashes[order], rows[order]
        bits = max(1, (len(hashes) // SPREAD).bit_length())
        shift = np.uint64(64 - bits)
        firsts = np.arange(1 << bits, dtype=np.uint64) << shift
        starts = np.append(np.searchsorted(hashes, firsts), len(hashes)).astype(np.uint32)
        return _Run(hashes, rows, starts, shift)

    def find(self, wanted: Hashes) -> Rows:
        """The rows whose hash is wanted; a hash may stand for several versions."""
        bucket = (wanted >> self.shift).astype(np.int64)
        begins = self.starts[bucket].astype(np.int64)
        sizes = self.starts[bucket + 1] - begins
        places = np.arange(sizes.sum()) + np.repeat(begins - np.cumsum(sizes) + sizes, sizes)
        found: Rows = self.rows[places[self.hashes[places] == np.repeat(wanted, sizes)]]
        return found


class KeyIndex:
    """The key hashes of one record table, up to some row. Used by the writer alone, but for ``warm``."""

    def __init__(self, record: str) -> None:
        self._table = record_table(record)
        self._runs: list[_Run] = []
        self._covered = 0
        self._ready = threading.Event()

    @property
    def ready(self) -> bool:
        """Whether it has been read for the first time."""
        return self._ready.is_set()

    def warm(self, database: Database) -> None:
        """Read what is stored for the first time; may run beside the writer, who does without until it is done."""
        with database.read() as cursor:
            self._read(cursor)
        self._ready.set()

    def find(self, cursor: duckdb.DuckDBPyConnection, hashes: Hashes) -> Rows:
        """The rows of every stored version whose key has one of these hashes; call before writing in a transaction."""
        self._read(cursor)
        wanted = np.unique(hashes)
        found = [run.find(wanted) for run in self._runs]
        return np.concatenate(found) if found else np.empty(0, np.uint32)

    def _read(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Add the rows that are stored beyond those known."""
        sql = f"SELECT rowid::UINTEGER AS row, _key_hash FROM {self._table} WHERE rowid >= {self._covered}"
        new: dict[str, Any] = cursor.execute(sql).fetchnumpy()
        hashes, rows = np.asarray(new["_key_hash"], np.uint64), np.asarray(new["row"], np.uint32)
        if not len(hashes):
            return
        self._covered = int(rows.max()) + 1
        self._runs.append(_Run.of(hashes, rows))
        while len(self._runs) > 1 and len(self._runs[-2].hashes) < RATIO * len(self._runs[-1].hashes):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(_Run.of(np.concatenate([before.hashes, last.hashes]), np.concatenate([before.rows, last.rows])))
