"""Finds the stored versions of some keys without reading the whole column: sorted key hashes in memory, 12 bytes a version.

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


@dataclass(frozen=True)
class _Run:
    hashes: Hashes
    rows: Rows


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
        found = [_within(run, wanted) for run in self._runs]
        return np.concatenate(found) if found else np.empty(0, np.uint32)

    def _read(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Add the rows that are stored beyond those known."""
        sql = f"SELECT rowid::UINTEGER AS row, _key_hash FROM {self._table} WHERE rowid >= {self._covered}"
        new: dict[str, Any] = cursor.execute(sql).fetchnumpy()
        hashes, rows = np.asarray(new["_key_hash"], np.uint64), np.asarray(new["row"], np.uint32)
        if not len(hashes):
            return
        self._covered = int(rows.max()) + 1
        self._runs.append(_sorted(hashes, rows))
        while len(self._runs) > 1 and len(self._runs[-2].hashes) < RATIO * len(self._runs[-1].hashes):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(_sorted(np.concatenate([before.hashes, last.hashes]), np.concatenate([before.rows, last.rows])))


def _sorted(hashes: Hashes, rows: Rows) -> _Run:
    order = np.argsort(hashes, kind="stable")
    return _Run(hashes[order], rows[order])


def _within(run: _Run, wanted: Hashes) -> Rows:
    """The rows of a run whose hash is wanted; a hash may stand for several versions."""
    first = np.searchsorted(run.hashes, wanted, "left")
    inside = first < len(run.hashes)
    hits = np.flatnonzero(inside)[run.hashes[first[inside]] == wanted[inside]]
    last = np.searchsorted(run.hashes, wanted[hits], "right")
    spans = [run.rows[start:end] for start, end in zip(first[hits], last, strict=True)]
    return np.concatenate(spans) if spans else np.empty(0, np.uint32)
