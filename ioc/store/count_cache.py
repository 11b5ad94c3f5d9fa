"""Counts from the records, kept in memory, and brought to another data version by what has changed between the two.

What cells cannot tell is counted from the records. That takes its time, and is asked for again after each commit, which has changed next
to nothing. Sums are exact, so adding what has come and subtracting what has gone gives the same as counting anew. A count is known by
the text of its query, in which stands all that it follows from: terms, calendar, days, codes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from operator import add
from typing import Any, NamedTuple

import duckdb

from ioc.store.commits import share_between
from ioc.store.record_sums import Change, SumQuestion, dimensions_of, versions_at

# So many counts are kept, of so many rows each: some tens of megabytes at most.
MOST_KEPT, MOST_ROWS = 128, 5_000
# A count is brought to another version while no more than this share of all versions has come in between.
MOST_BETWEEN = 0.1
# So many counts of the same terms are brought to another version together.
MOST_TOGETHER = 24

Place = tuple[Any, ...]
Rows = Mapping[Place, tuple[int | Decimal, ...]]


# A question and the calendar by which it is answered.
Said = tuple[SumQuestion, str]


@dataclass(frozen=True)
class Asking:
    """What is to be counted.

    Attributes:
        record: the record type.
        said: the question.
        query: for a condition on versions, or a change of them, the query of the sums: the columns of the place, then the sums, in
            order of place.
        changed: the query of what a change adds to several questions: number of the question, first day, all dimensions, then the sums.
        keys: how many columns the place has.
    """

    record: str
    said: Said
    query: Callable[[str | Change], str]
    changed: Callable[[Sequence[SumQuestion], Change], str]
    keys: int


class _Kept(NamedTuple):
    version: int
    rows: Rows
    said: Said


class CountCache:
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

    def together(self, query: str, kept: _Kept) -> dict[str, _Kept]:
        """What is kept of the same terms and version, and can be brought to another version together with a query; that one first."""
        found = {query: kept}
        if (alike := _alike(kept.said)) is not None:
            with self._lock:
                others = reversed(self._kept.items())
                found |= {text: each for text, each in others if each.version == kept.version and _alike(each.said) == alike}
        return dict(list(found.items())[:MOST_TOGETHER])

    def keep(self, query: str, kept: _Kept, *, asked: bool = True) -> None:
        """Keep a count, unless it is long, or a newer one is known; the one that was asked for the longest ago makes room."""
        with self._lock:
            known = self._kept.get(query)
            if len(kept.rows) > MOST_ROWS or (known and known.version > kept.version):
                return
            self._kept[query] = kept
            if asked:
                self._kept.move_to_end(query)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def _alike(said: Said) -> tuple[Any, ...] | None:
    """What questions have in common that are brought to another version together; None where one stands by itself."""
    question, calendar = said
    if question.cuts or question.weeks:
        return None
    return question.record, question.terms, question.today, calendar


def count(counts: CountCache | None, cursor: duckdb.DuckDBPyConnection, version: int, asking: Asking) -> Rows:
    """Sums by place at a data version, from what is kept or from the records.

    Returns:
        In order of place; whole numbers as such, which is quicker.

    Args:
        counts: what is kept; None has everything counted anew.
        cursor: reads within one transaction.
        version: the data version.
        asking: what is counted.
    """
    text = asking.query("…")
    kept = counts.known(text) if counts else None
    if kept and kept.version == version:
        return kept.rows
    between = share_between(cursor, asking.record, kept.version, version) if kept and kept.version < version else None
    if kept and between == 0:
        rows = kept.rows
    elif counts and kept and between is not None and between <= MOST_BETWEEN:
        return _brought(counts, cursor, version, asking, text, kept)
    else:
        rows = _read(cursor, asking.query(versions_at(version)), asking.keys)
    if counts:
        counts.keep(text, _Kept(version, rows, asking.said))
    return rows


def _brought(counts: CountCache, cursor: duckdb.DuckDBPyConnection, version: int, asking: Asking, text: str, kept: _Kept) -> Rows:
    """What is kept, brought to another version together with all that is like it: the others are likely to be asked for next."""
    together, change = counts.together(text, kept), Change(kept.version, version)
    if len(together) == 1:
        rows = _added(kept.rows, _read(cursor, asking.query(change), asking.keys))
        counts.keep(text, _Kept(version, rows, kept.said))
        return rows
    questions = [each.said[0] for each in together.values()]
    changes = _of_each(questions, cursor.execute(asking.changed(questions, change)).fetchall())
    for (other, each), changed in zip(together.items(), changes, strict=True):
        counts.keep(other, each._replace(version=version, rows=_added(each.rows, changed)), asked=other == text)
    return _added(kept.rows, changes[0])


def _of_each(questions: Sequence[SumQuestion], rows: Sequence[tuple[Any, ...]]) -> list[Rows]:
    """What a change adds to each question, by the places that it asks for."""
    dimensions = dimensions_of(questions)
    places = [[dimensions.index(dimension) + 2 for dimension in question.by] for question in questions]
    found: list[dict[Place, tuple[int | Decimal, ...]]] = [{} for _ in questions]
    with localcontext(prec=60):
        for row in rows:
            mine, number = found[row[0]], row[0]
            place = (*(row[1:2] if questions[number].period else ()), *(row[column] for column in places[number]))
            sums = tuple(map(_exact, row[2 + len(dimensions) :]))
            mine[place] = tuple(map(add, mine[place], sums)) if place in mine else sums
    return list(found)


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
