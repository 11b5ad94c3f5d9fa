"""What became of the rows of a delivery, as whoever brought it is told; of several in one commit, each is told of its own."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from ioc.store.staging import Staged


@dataclass(frozen=True)
class BrokenSourceRow:
    """A row that could not be split into columns."""

    row: int
    reason: str
    detail: str


@dataclass(frozen=True)
class Tally:
    """What became of the rows of a delivery; they add up to all rows that it had."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    secret: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(a + b for a, b in zip(self.values(), other.values(), strict=True)))

    def values(self) -> tuple[int, int, int, int, int]:
        """The counts in the order of the columns of ``run``."""
        return (self.accepted, self.duplicates, self.rejected, self.secret, self.skipped)


@dataclass(frozen=True)
class RowFault:
    """Why a row was not taken in: its place in its delivery, counted from 0, the field and the reason."""

    index: int
    field: str | None
    reason: str


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery: the data version from which its records can be read, its counts, its faults."""

    version: int
    tally: Tally
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True)
class Fates:
    """Numbers of the rows of a commit that were not simply accepted."""

    faults: tuple[tuple[int, str | None, str], ...] = ()
    duplicates: tuple[int, ...] = ()
    secret: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()


def fates(cursor: duckdb.DuckDBPyConnection, run: int, rows: range, staged: Staged, duplicates: int) -> Fates:
    """What became of the rows of the batch that has just been appended, before its temporary tables are dropped."""
    faults: list[tuple[int, str | None, str]] = []
    if staged.rejected:
        faults = cursor.execute(
            """SELECT source_row, field, reason FROM quarantine
            WHERE run = ? AND source_row BETWEEN ? AND ? ORDER BY source_row, field IS NULL, field, reason""",
            [run, rows.start, rows.stop - 1],
        ).fetchall()
    again: list[int] = []
    if duplicates:
        again = _numbers(cursor, "SELECT _row FROM incoming JOIN ranked USING (_place) WHERE _again")
    skipped: set[int] = set()
    if staged.skipped:
        skipped = set(rows) - set(_numbers(cursor, "SELECT _row FROM judged")) - set(staged.secret_rows)
    return Fates(tuple(faults), tuple(again), staged.secret_rows, tuple(skipped))


def split(version: int, starts: Sequence[int], sizes: Sequence[int], found: Fates) -> list[Receipt]:
    """The receipt of each of the deliveries whose rows begin at these numbers."""

    def of(rows: Iterable[int]) -> Counter[int]:
        return Counter(bisect_right(starts, row) - 1 for row in rows)

    rejected, again, secret, skipped = of({row for row, _, _ in found.faults}), of(found.duplicates), of(found.secret), of(found.skipped)
    receipts = []
    for part, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        other = (again[part], rejected[part], secret[part], skipped[part])
        faults = tuple(RowFault(row - start, field, reason) for row, field, reason in found.faults if start <= row < start + size)
        receipts.append(Receipt(version, Tally(size - sum(other), *other), faults))
    return receipts


def _numbers(cursor: duckdb.DuckDBPyConnection, sql: str) -> list[int]:
    return [row for (row,) in cursor.execute(sql).fetchall()]
