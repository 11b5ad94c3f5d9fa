"""Reads records themselves: the ones behind a number, a page at a time, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from ioc.catalogue.model import FieldType, RecordType
from ioc.catalogue.terms import Term
from ioc.store.cells import day_sql
from ioc.store.database import first
from ioc.store.dialect import expression_sql, literal, name, record_expression
from ioc.store.record_sums import bounds, versions_at
from ioc.store.snapshot import Snapshot, touched
from ioc.store.tables import record_table
from ioc.store.tombstones import FIGURES, RECORDS

# How many records are taken at a time where all are.
BATCH_ROWS = 5000


@dataclass(frozen=True)
class Counted:
    """Records that some terms count within a span, each taken with its sign, and that other terms do not.

    Attributes:
        terms: what counts them: a record is among them if it comes to more than nothing.
        without: what leaves them out again.
        start, end: inclusive days; no start is from the beginning.
        period_end: the day that ``period_end`` stands for.
    """

    terms: tuple[Term, ...]
    without: tuple[Term, ...]
    start: date | None
    end: date
    period_end: date


@dataclass(frozen=True)
class Limit:
    """What a field must hold: nothing at all, text that begins so, or a value from ``low`` to ``high`` (a day of moments: all of it)."""

    field: str
    low: date | Decimal | None = None
    high: date | Decimal | None = None
    begins: str | None = None
    nothing: bool = False


@dataclass(frozen=True)
class ListQuestion:
    """Which records, in what order.

    Attributes:
        record, columns: record type, and the fields or computed columns to read.
        condition: a catalogue expression that a record must fulfil, or None.
        where: per dimension, the codes that count.
        limits: further limits on fields.
        counted: the records that an indicator counts.
        order: fields or computed columns to sort by, each with whether the greatest come first; the key settles ties.
        limit, offset: which part of the list.
        today: the day that ``today`` stands for.
        removed: those instead of which only figures are left.
    """

    record: str
    columns: tuple[str, ...] = ()
    condition: str | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    limits: tuple[Limit, ...] = ()
    counted: Counted | None = None
    order: tuple[tuple[str, bool], ...] = ()
    limit: int = 50
    offset: int = 0
    today: date = date.max
    removed: bool = False


@dataclass(frozen=True)
class Total:
    """What records come to: how many there are, and the sum of each number among the columns asked for."""

    count: int
    sums: dict[str, Decimal] = field(default_factory=dict)


def read_records(snapshot: Snapshot, question: ListQuestion) -> Sequence[tuple[Any, ...]]:
    """The records asked for; moments are in UTC without offset."""
    text = f"{_select(snapshot, question)} LIMIT {int(question.limit)} OFFSET {int(question.offset)}"
    return snapshot.cursor.execute(text).fetchall()


def stream_records(snapshot: Snapshot, question: ListQuestion, rows: int = BATCH_ROWS) -> Iterator[Sequence[tuple[Any, ...]]]:
    """All of them, whatever ``limit`` says, so many at a time: they are never all in memory at once."""
    found = snapshot.cursor.execute(_select(snapshot, question))
    while batch := found.fetchmany(rows):
        yield batch


def _select(snapshot: Snapshot, question: ListQuestion) -> str:
    sql = _Sql(snapshot, question)
    order = [f"{sql.column(each)} {'DESC' if greatest else 'ASC'} NULLS LAST" for each, greatest in question.order]
    columns = ", ".join(map(sql.column, question.columns))
    return (
        f"SELECT {columns} FROM {record_table(question.record)} WHERE {sql.condition()} ORDER BY {', '.join([*order, name(sql.spec.key)])}"
    )


def read_total(snapshot: Snapshot, question: ListQuestion) -> Total:
    """How many records there are in all, and the exact sums of the numbers among the columns.

    Of now it is kept until records of the type change: sorting and paging do not count anew.
    """
    sql = _Sql(snapshot, question)
    numbers = [each for each in question.columns if sql.is_number(each)]
    sums = "".join(f", CAST(sum({sql.column(each)}) AS VARCHAR)" for each in numbers)
    text = f"SELECT count(*){sums} FROM {record_table(question.record)} WHERE {sql.condition()}"

    def read() -> tuple[Any, ...]:
        return first(snapshot.cursor, text)

    kept = snapshot.sums if snapshot.as_of is None else None
    version = touched(snapshot).get(question.record, 0)
    count, *found = kept.get(("total", text), version, read, lambda row: len(row) + len(text) // 100) if kept else read()
    return Total(count, {each: Decimal(total) for each, total in zip(numbers, found, strict=True) if total is not None})


def read_groups(snapshot: Snapshot, question: ListQuestion, by: str) -> list[tuple[Any, int]]:
    """How many records there are of each value of a field, the most frequent first."""
    sql = _Sql(snapshot, question)
    text = (
        f"SELECT {name(by)}, count(*) AS n FROM {record_table(question.record)} WHERE {sql.condition()} "
        f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {int(question.limit)}"
    )
    return snapshot.cursor.execute(text).fetchall()


class _Sql:
    """A question about records in SQL."""

    def __init__(self, snapshot: Snapshot, question: ListQuestion) -> None:
        self.snapshot = snapshot
        self.question = question
        self.spec: RecordType = snapshot.catalogue.records[question.record]
        self.civil = snapshot.catalogue.civil_time

    def column(self, each: str) -> str:
        """A field, or what a column is computed from."""
        computed = self.spec.listing.computed.get(each)
        return self._expression(computed.value, self.question.today) if computed else name(each)

    def is_number(self, each: str) -> bool:
        """Whether a column can be added up."""
        return each in self.spec.fields and self.spec.fields[each].type in {FieldType.INTEGER, FieldType.NUMBER}

    def condition(self) -> str:
        """What a record must fulfil."""
        question = self.question
        conditions = [versions_at(self.snapshot.as_of), FIGURES if question.removed else RECORDS]
        if question.condition:
            conditions.append(self._expression(question.condition, question.today))
        conditions += [f"{name(dimension)} IN ({', '.join(map(literal, codes))})" for dimension, codes in question.where]
        for limit in question.limits:
            conditions += self._limit(limit)
        if question.counted:
            conditions += self._counted(question.counted)
        return " AND ".join(f"({text})" for text in conditions)

    def _expression(self, text: str, today: date, period_end: date | None = None) -> str:
        days = {"today": today} | ({"period_end": period_end} if period_end else {})
        return expression_sql(record_expression(text, self.spec), self.civil, days)

    def _limit(self, limit: Limit) -> list[str]:
        column = name(limit.field)
        if limit.nothing:
            return [f"{column} IS NULL"]
        if limit.begins is not None:
            return [f"starts_with({column}, {literal(limit.begins)})"]
        if isinstance(limit.low, date) or isinstance(limit.high, date):
            low, high = (each if isinstance(each, date) else None for each in (limit.low, limit.high))
            return bounds(limit.field, self.spec, self.snapshot.catalogue.zone, low, high)
        return [f"{column} {sign} {value}" for sign, value in ((">=", limit.low), ("<=", limit.high)) if value is not None]

    def _counted(self, counted: Counted) -> list[str]:
        conditions = [self._among(counted.terms, counted)]
        if len(counted.terms) == 1:  # bare bounds let a scan skip what lies outside
            conditions += bounds(counted.terms[0].basis, self.spec, self.snapshot.catalogue.zone, counted.start, counted.end)
        return conditions + ([f"NOT ({self._among(counted.without, counted)})"] if counted.without else [])

    def _among(self, terms: Sequence[Term], counted: Counted) -> str:
        """Whether a record comes to more than nothing when each term counts it with its sign."""
        if len(terms) == 1:
            return self._counts(terms[0], counted)
        return " + ".join(f"{term.sign} * CAST({self._counts(term, counted)} AS INTEGER)" for term in terms) + " > 0"

    def _counts(self, term: Term, counted: Counted) -> str:
        day = day_sql(term.basis, self.spec, self.civil)
        condition = self._expression(term.condition, self.question.today, counted.period_end)
        within = [f"{day} >= {literal(counted.start)}"] if counted.start else []
        within.append(f"{day} <= {literal(counted.end)}")
        return f"coalesce(({condition}) AND {' AND '.join(within)}, FALSE)"
