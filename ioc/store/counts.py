"""Counts from the records, kept in memory, and brought to another data version by what has changed between the two.

What cells cannot tell is counted from the records. That takes its time, and is asked for again after each commit, which has changed next
to nothing. Sums are exact, so adding what has come and subtracting what has gone gives the same as counting anew. A count is known by
the text of its query, in which stands all that it follows from: terms, calendar, days, codes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from operator import add
from typing import Any, NamedTuple

import duckdb

from ioc.store.commits import share_between
from ioc.store.counting import Change, versions_at

# So many counts are kept, of so many rows each: some tens of megabytes at most.
MOST_KEPT, MOST_ROWS = 128, 5_000
# A count is brought to another version while no more than this share of all versions has come in between.
MOST_BETWEEN = 0.1

Place = tuple[Any, ...]
Rows = Mapping[Place, tuple[int | Decimal, ...]]


class _Kept(NamedTuple):
    version: int
    rows: Rows


class Counts:
    """What has been counted last. Many may ask at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def known(self, query: str) -> _Kept | None:
        """What is kept of a query."""
        with self._lock:
            if query in self._kept:
                self._kept.move_to_end(query)
            return self._kept.get(query)

    def keep(self, query: str, version: int, rows: Rows) -> None:
        """Keep a count, unless it is long; the one that was asked for the longest ago makes room."""
        if len(rows) > MOST_ROWS:
            return
        with self._lock:
            self._kept[query] = _Kept(version, rows)
            self._kept.move_to_end(query)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def count(
    counts: Counts | None, cursor: duckdb.DuckDBPyConnection, record: str, version: int, query: Callable[[str | Change], str], keys: int
) -> Rows:
    """Sums by place at a data version, from what is kept or from the records.

    Returns:
        In order of place; whole numbers as such, which is quicker.

    Args:
        counts: what is kept; None has everything counted anew.
        cursor: reads within one transaction.
        record: the record type.
        version: the data version.
        query: for a condition on versions, or a change of them, the query of their sums: the columns of the place, then the sums, in
            order of place.
        keys: how many columns the place has.
    """
    text = query("…")
    kept = counts.known(text) if counts else None
    if kept and kept.version == version:
        return kept.rows
    between = share_between(cursor, record, kept.version, version) if kept and kept.version < version else None
    if kept and between == 0:
        rows = kept.rows
    elif kept and between is not None and between <= MOST_BETWEEN:
        rows = _added(kept.rows, _read(cursor, query(Change(kept.version, version)), keys))
    else:
        rows = _read(cursor, query(versions_at(version)), keys)
    if counts and not (kept and kept.version > version):
        counts.keep(text, version, rows)
    return rows


def _read(cursor: duckdb.DuckDBPyConnection, sql: str, keys: int) -> Rows:
    return {row[:keys]: tuple(map(_exact, row[keys:])) for row in cursor.execute(sql).fetchall()}


def _exact(value: int | str | None) -> int | Decimal:
    """A sum as an exact number: decimals come as text, the sum of nothing as None."""
    return Decimal(value) if isinstance(value, str) else value or 0


def _added(rows: Rows, changes: Rows) -> Rows:
    found = dict(rows)
    with localcontext(prec=60):  # no sum has more digits
        for place, sums in changes.items():
            found[place] = tuple(map(add, found.get(place, (0,) * len(sums)), sums))
    return found if len(found) == len(rows) else dict(sorted(found.items(), key=_in_order))


def _in_order(row: tuple[Place, tuple[int | Decimal, ...]]) -> list[tuple[bool, Any]]:
    return [(value is None, value) for value in row[0]]
