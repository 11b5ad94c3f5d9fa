"""The audit: every version, every cell and every indicator's value by month, recomputed from the records and compared with what is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from ioc.catalogue.model import Measure
from ioc.catalogue.terms import SUMMED
from ioc.indicators.values import Question, Value, ask
from ioc.store.audit import MOST, Difference, Found, Piece, Report, audited, pieces, plain
from ioc.store.database import first
from ioc.store.dialect import name
from ioc.store.recount import doubt, recount
from ioc.store.snapshot import Snapshot, cells_day
from ioc.store.store import Store


def audit(store: Store, told: Callable[[float], None] = lambda _: None, stopping: threading.Event | None = None) -> Report | None:
    """Recompute everything, and keep in the store what was found.

    Args:
        store: each piece is recomputed in a snapshot of its own, so that this may run beside commits.
        told: given the share that is done, now and then.
        stopping: ends it early when set; then there is no report.
    """
    started = store.clock.now()
    with store.read() as snapshot:
        todo = [*pieces(snapshot), *_value_pieces(snapshot)]
        version = snapshot.version
    compared, differing, named = 0, 0, list[Difference]()
    for done, piece in enumerate(todo):
        told(done / len(todo))
        if stopping and stopping.is_set():
            return None
        with store.read() as snapshot:
            found, version = piece(snapshot), snapshot.version
        compared, differing = compared + found.compared, differing + found.differing
        named += found.named[: MOST - len(named)]
    told(1.0)
    report = Report(started, store.clock.now(), version, compared, differing, tuple(named))
    store.write(audited(report))
    return report


def mend(store: Store, report: Report, told: Callable[[float], None] = lambda _: None) -> Report:
    """Count the cubes anew of which a report names a cell, until none is named; the report of the last audit.

    What differs then is no sum of records: a version of a record itself, which nothing here can know better.
    """
    mended: set[str] = set()
    while doubtful := cubes_named(store, report) - mended:  # a report names so many cells only: there may be others
        doubt(store, doubtful)
        recount(store)
        mended |= doubtful
        again = audit(store, told)
        assert again is not None, "nothing ends it early"
        report = again
    return report


def cubes_named(store: Store, report: Report) -> set[str]:
    """The cubes of which a report names a cell."""
    standing = {cube.table for cubes in store.cells.cubes.values() for cube in cubes}
    return standing & {each.kept_in for each in report.named}


def _value_pieces(snapshot: Snapshot) -> list[Piece]:
    """One for each indicator that is read from cells, by itself or through others; the rest is computed from the records each time."""
    kept = {*SUMMED, Measure.CHANGE, Measure.COMPOSITE}
    return [_value_piece(key) for key, spec in snapshot.catalogue.indicators.items() if spec.measure in kept]


def _value_piece(indicator: str) -> Piece:
    return lambda snapshot: _values(snapshot, indicator)


def _values(snapshot: Snapshot, indicator: str) -> Found:
    """An indicator's values by month as screens read them, against the same asked of the records."""
    months = all_months(snapshot, indicator)
    if months is None:
        return Found(0)
    kept = by_month(ask(replace(snapshot, sums=None), months.question, months.end))
    anew = by_month(ask(replace(snapshot, cubes={}, counts=None, sums=None), months.question, months.end))
    records = "/".join(sorted(snapshot.catalogue.records_of(indicator)))
    named = tuple(
        Difference(records, indicator, (("month", month.isoformat()),), "value", kept.get(month, "none"), anew.get(month, "none"))
        for month in sorted(kept.keys() | anew.keys())
        if kept.get(month) != anew.get(month)
    )
    return Found(len(kept), len(named), named)


@dataclass(frozen=True)
class Months:
    """All months of which there can be values of an indicator: from the first day that any of its records counts on, to that of cells."""

    indicator: str
    start: date
    end: date

    @property
    def question(self) -> Question:
        """What asks for them."""
        return Question(self.indicator, period="month", start=self.start, end=self.end)


def all_months(snapshot: Snapshot, indicator: str) -> Months | None:
    """All months of an indicator; None where it has no record."""
    records = snapshot.catalogue.records_of(indicator)
    days = [day for record in records for day in [_first_day(snapshot, record)] if day]
    return Months(indicator, min(days), min(cells_day(snapshot, record) for record in records)) if days else None


def by_month(values: Iterable[Value]) -> dict[date, str]:
    """Numerators and denominators in words, of those months in which anything counts."""
    return {
        value.span.start: f"{plain(value.numerator)} / {plain(value.denominator)}"
        for value in values
        if value.span and value.value is not None and (value.numerator or value.denominator)
    }


def _first_day(snapshot: Snapshot, record: str) -> date | None:
    """The first day of which a record type has cells."""
    for cube in snapshot.cubes[record][-1:]:
        day: date | None = first(snapshot.cursor, f"SELECT min(day) FROM {name(cube.table)}")[0]
        return day
    return None
