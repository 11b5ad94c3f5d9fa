"""Purges a store, and proves that no number has moved: all are counted before and after, and if one differs nothing was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ioc.catalogue.model import Measure
from ioc.catalogue.retention import Retention
from ioc.errors import StoreError
from ioc.indicators.audit import all_months, by_month
from ioc.indicators.numbers import Numbers, differing, numbers
from ioc.indicators.values import Question, ask
from ioc.store.audit import plain
from ioc.store.purge import Due, forget_due, plan, remove
from ioc.store.snapshot import Snapshot
from ioc.store.store import Store
from ioc.store.tombstones import Purge


@dataclass(frozen=True)
class Report:
    """What a purge has done: what was due of each type, what was removed, and how many numbers were compared."""

    due: tuple[Due, ...]
    purges: tuple[Purge, ...] = ()
    compared: int = 0


def foreseen(store: Store, retention: Mapping[str, Retention]) -> Report:
    """What a purge would remove now."""
    with store.database.write() as cursor:
        found = tuple(plan(cursor, store.catalogue, record, kept, store.day()) for record, kept in retention.items())
        forget_due(cursor)
    return Report(found)


def purge(store: Store, retention: Mapping[str, Retention]) -> Report:
    """Remove what is due: all of it or nothing.

    Raises:
        StoreError: a number would have moved, or the disk does not take it; nothing was changed.
    """
    now = store.clock.now()
    with store.database.alone():
        store.turn_day()
        with store.read() as snapshot:
            before = {**numbers(snapshot), **dict(_from_records(snapshot))}
        with store.database.write() as cursor:
            due, done = list[Due](), list[Purge]()
            for record, kept in retention.items():
                due.append(plan(cursor, store.catalogue, record, kept, store.day()))
                if due[-1].records or due[-1].quarantined or due[-1].entries:
                    done.append(remove(cursor, store.catalogue, due[-1], {"vi": kept.rule.vi, "en": kept.rule.en}, now))
            forget_due(cursor)
            with store.read() as known:
                snapshot = replace(known, cursor=cursor, counts=None, sums=None)
            after = {**numbers(snapshot), **dict(_from_records(snapshot))}
            if moved := differing(before, after):
                raise StoreError(
                    "A number would have moved: {number}.", "Nothing was removed. Tell whoever made this release.", number=moved[0]
                )
        store.renew()
    store.database.checkpoint()
    return Report(tuple(due), tuple(done), _size(after))


def _from_records(snapshot: Snapshot) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every indicator by month, and by each of its dimensions and year, counted from the records and not read from cells."""
    anew = replace(snapshot, cubes={}, counts=None, sums=None)
    for indicator, spec in snapshot.catalogue.indicators.items():
        months = all_months(snapshot, indicator)
        if months is None or spec.measure is Measure.COMPOSITE:  # a score is made of others
            continue
        values = by_month(ask(anew, months.question, months.end))
        yield f"{indicator}, from records", {month.isoformat(): value for month, value in values.items()}
        for dimension in sorted(snapshot.catalogue.dimensions_of(indicator)):
            split = Question(indicator, by=(dimension,), period="year", start=date(months.start.year, 1, 1), end=months.end)
            found = {
                f"{value.codes[0]} {value.span.start if value.span else ''}": f"{_said(value.numerator)} / {_said(value.denominator)}"
                for value in ask(anew, split, months.end)
            }
            yield f"{indicator} by {dimension}", found


def _said(number: object) -> str:
    return plain(number)  # type: ignore[arg-type]


def _size(found: Numbers) -> int:
    return sum(map(len, found.values()))
