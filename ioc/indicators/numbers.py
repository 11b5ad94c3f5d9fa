"""All numbers of a state of the data, as text, so that two can be compared: what a restored store says with what the first one said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ioc.indicators.audit import all_months, by_month
from ioc.indicators.values import ask
from ioc.store.audit import plain
from ioc.store.database import first
from ioc.store.dialect import name
from ioc.store.snapshot import Snapshot
from ioc.store.tables import record_table

Numbers = Mapping[str, Mapping[str, str]]


def numbers(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """Of each record type how many versions are kept, of each cube the sums of its columns, of each indicator its values by month."""
    found: dict[str, dict[str, str]] = {}
    for record in snapshot.catalogue.records:
        found[f"versions of {record}"] = {"count": str(first(snapshot.cursor, f"SELECT count(*) FROM {record_table(record)}")[0])}
        for cube in snapshot.cubes[record]:
            columns = [term.column for term in cube.terms]
            sums = first(snapshot.cursor, f"SELECT {', '.join(f'sum({column})' for column in columns)} FROM {name(cube.table)}")
            found[cube.table] = {column: plain(value) for column, value in zip(columns, sums, strict=True)}
    for indicator in snapshot.catalogue.indicators:
        found[indicator] = {month.isoformat(): value for month, value in _values(snapshot, indicator).items()}
    return found


def _values(snapshot: Snapshot, indicator: str) -> dict[date, str]:
    months = all_months(snapshot, indicator)
    return by_month(ask(snapshot, months.question, months.end)) if months else {}


def differing(before: Numbers, after: Numbers) -> list[str]:
    """What is not the same, each as a sentence's part: which number, what it was, what it is."""
    return [
        f"{of}, {at}: was {before.get(of, {}).get(at, 'none')}, is {after.get(of, {}).get(at, 'none')}"
        for of in sorted(before.keys() | after.keys())
        for at in sorted({*before.get(of, {}), *after.get(of, {})})
        if before.get(of, {}).get(at) != after.get(of, {}).get(at)
    ]
