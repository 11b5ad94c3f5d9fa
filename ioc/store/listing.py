"""Reads records themselves: the ones behind a number, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ioc.store.dialect import expression_sql, literal, name, record_expression
from ioc.store.snapshot import Snapshot
from ioc.store.sums import bounds, versions_at
from ioc.store.tables import record_table


@dataclass(frozen=True)
class ListQuestion:
    """Which records, in what order.

    Attributes:
        record, columns: record type and the fields to read.
        condition: a catalogue expression that a record must fulfil, or None.
        where: per dimension, the codes that count.
        during: a date or timestamp field, and the inclusive days in which it must lie.
        order: fields to sort by, each with whether the greatest come first; the key settles ties.
        limit, offset: which part of the list.
        today: the day that ``today`` stands for.
    """

    record: str
    columns: tuple[str, ...]
    condition: str | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    during: tuple[str, date, date] | None = None
    order: tuple[tuple[str, bool], ...] = ()
    limit: int = 50
    offset: int = 0
    today: date = date.max


def read_records(snapshot: Snapshot, question: ListQuestion) -> Sequence[tuple[Any, ...]]:
    """The records asked for; moments are in UTC without offset."""
    spec = snapshot.catalogue.records[question.record]
    conditions = [versions_at(snapshot.as_of)]
    if question.condition:
        expression = record_expression(question.condition, spec)
        conditions.append(expression_sql(expression, snapshot.catalogue.organisation.time_zone, {"today": question.today}))
    conditions += [f"{name(dimension)} IN ({', '.join(map(literal, codes))})" for dimension, codes in question.where]
    if question.during:
        field, start, end = question.during
        conditions += bounds(field, spec, snapshot.catalogue.zone, start, end)
    order = [f"{name(field)} {'DESC' if greatest else 'ASC'} NULLS LAST" for field, greatest in question.order] + [name(spec.key)]
    columns = ", ".join(name(column) for column in question.columns)
    sql = (
        f"SELECT {columns} FROM {record_table(question.record)} WHERE {' AND '.join(f'({text})' for text in conditions)} "
        f"ORDER BY {', '.join(order)} LIMIT {int(question.limit)} OFFSET {int(question.offset)}"
    )
    return snapshot.cursor.execute(sql).fetchall()
