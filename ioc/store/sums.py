"""Reads sums of terms: from the smallest cube that can answer, or from the records where no cube can.

Both give the same numbers. The records are asked for a past moment, for dimensions that no cube has, and for what
speaks of the end of the period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import compress
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ioc.catalogue.civil import CivilTime
from ioc.catalogue.model import Catalogue, FieldType, RecordType
from ioc.catalogue.terms import Term, parameters_of
from ioc.catalogue.tree import NOTHING
from ioc.store.cells import VALUE, day_sql, term_sql
from ioc.store.dialect import expression_sql, literal, name, record_expression
from ioc.store.snapshot import Snapshot
from ioc.store.tables import OPEN, CellTable, record_table

_ZERO = Decimal(0)


@dataclass(frozen=True)
class SumQuestion:
    """What is to be added up.

    Attributes:
        record, terms: what is added.
        by: dimensions to split by.
        period: ``day``, ``week``, ``month``, ``quarter``, ``year``, or None for one sum over the whole span.
        cuts: with a period, further days on which a new sum begins.
        weeks: with a period, the day from which on a new sum begins with each week as well.
        start, end: inclusive days; None is open.
        where: per dimension, the codes that count.
        as_of: the data version to read, or None for the newest.
        today: the day that ``today`` stands for.
        period_end: the day that ``period_end`` stands for, where a term needs it; with a period, it is that period's own last day.
    """

    record: str
    terms: tuple[Term, ...]
    by: tuple[str, ...] = ()
    period: str | None = None
    cuts: tuple[date, ...] = ()
    weeks: date | None = None
    start: date | None = None
    end: date | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    as_of: int | None = None
    today: date = date.max
    period_end: date | None = None


@dataclass(frozen=True)
class Sums:
    """Sums for combinations of codes and periods, column by column, which takes half the time of row by row.

    Attributes:
        codes: of each combination, in the order of the dimensions asked for.
        starts: the first day of the period of each; None without a period.
        totals: the sum of each, by term column.
    """

    codes: Sequence[tuple[str | None, ...]]
    starts: Sequence[date | None]
    totals: dict[str, list[Decimal]]

    def of(self, terms: Sequence[Term]) -> list[Decimal]:
        """For each combination the total of some terms."""
        if len(terms) == 1 and terms[0].sign == 1:  # by far the most frequent
            return self.totals[terms[0].column]
        signed = [[term.sign * value for value in self.totals[term.column]] for term in terms]
        return [sum(values, _ZERO) for values in zip(*signed, strict=True)] if signed else [_ZERO] * len(self.starts)


def read_sums(snapshot: Snapshot, question: SumQuestion) -> Sums:
    """The sums asked for, in order of period and codes; combinations without any record are left out."""
    keys = _keys("day", question)
    cube = _cube(snapshot, question)
    relation = name(cube.table) if cube else f"({from_records(snapshot.catalogue, question, by_day=question.period is not None)})"
    columns = [f"CAST(sum({term.column}) AS {'VARCHAR' if term.value else 'BIGINT'}) AS {term.column}" for term in question.terms]
    where = _span("day", question.start, question.end) + (_where(question) if cube else [])
    grouped = f" GROUP BY {', '.join(str(i + 1) for i in range(len(keys)))}" if keys else ""
    ordered = f" ORDER BY {', '.join(str(i + 1) for i in range(len(keys)))}" if keys else ""
    sql = f"SELECT {', '.join([*keys, *columns])} FROM {relation} WHERE {' AND '.join(where) or 'TRUE'}{grouped}{ordered}"
    return _sums(question, snapshot.cursor.execute(sql).fetchnumpy())


def _sums(question: SumQuestion, answer: dict[str, Any]) -> Sums:
    """An answer as exact numbers; combinations without any record have no sums and are left out."""
    found = {term.column: answer[term.column].tolist() for term in question.terms}
    size = len(next(iter(found.values())))
    starts = answer["_start"].astype("datetime64[D]").tolist() if question.period else [None] * size
    codes = list(zip(*(answer[dimension].tolist() for dimension in question.by), strict=True)) if question.by else [()] * size
    if any(None in column for column in found.values()):
        there = [any(value is not None for value in row) for row in zip(*found.values(), strict=True)]
        codes, starts = list(compress(codes, there)), list(compress(starts, there))
        found = {column: list(compress(values, there)) for column, values in found.items()}
    return Sums(codes, starts, {term.column: _exact(term, found[term.column]) for term in question.terms})


def _exact(term: Term, column: list[Any]) -> list[Decimal]:
    """Sums as exact numbers; decimals come as text."""
    if term.value is None and None not in column:
        return list(map(Decimal, column))
    return [Decimal(value or 0) or _ZERO for value in column]


def _keys(day: str, question: SumQuestion) -> list[str]:
    """What the answer is split by: the first day of each sum, then the dimensions."""
    keys = []
    if question.period:
        begins = [f"date_trunc({literal(question.period)}, {day})::DATE"]
        begins += [f"CASE WHEN {day} >= {literal(cut)} THEN {literal(cut)} END" for cut in question.cuts]
        if question.weeks:
            begins.append(f"CASE WHEN {day} >= {literal(question.weeks)} THEN date_trunc('week', {day})::DATE END")
        keys.append(f"greatest({', '.join(begins)}) AS _start" if len(begins) > 1 else f"{begins[0]} AS _start")
    return keys + [f"CAST({name(dimension)} AS VARCHAR) AS {name(dimension)}" for dimension in question.by]


def _cube(snapshot: Snapshot, question: SumQuestion) -> CellTable | None:
    """The smallest cube that has all dimensions and terms of a question about now."""
    if question.as_of is not None:
        return None
    needed = {*question.by, *(dimension for dimension, _ in question.where)}
    columns = {term.column for term in question.terms}
    for cube in reversed(snapshot.cubes[question.record]):
        if cube.covers(needed, columns):
            return cube
    return None


def _span(day: str, start: date | None, end: date | None) -> list[str]:
    parts = [f"{day} >= {literal(start)}"] if start else []
    return parts + ([f"{day} <= {literal(end)}"] if end else [])


def _where(question: SumQuestion) -> list[str]:
    return [_among(name(dimension), codes) for dimension, codes in question.where]


def _among(column: str, codes: Sequence[str]) -> str:
    known = f"{column} IN ({', '.join(map(literal, codes))})"
    return f"({known} OR {column} IS NULL)" if NOTHING in codes else known


def versions_at(as_of: int | None) -> str:
    """SQL condition for the versions that were current at a data version (None: now)."""
    if as_of is None:
        return f"_until = {OPEN} AND NOT _gone"
    return f"_since <= {as_of} AND _until > {as_of} AND NOT _gone"


def from_records(catalogue: Catalogue, question: SumQuestion, *, by_day: bool = True) -> str:
    """The same relation as a cube would be, counted from the records; without ``by_day``, all days of the span as one, which is quicker."""
    spec, civil = catalogue.records[question.record], catalogue.civil_time
    dimensions = [name(dimension) for dimension in question.by]
    parts = []
    for basis in sorted({term.basis for term in question.terms}):
        mine = [term for term in question.terms if term.basis == basis]
        columns = [_from_record(term, spec, civil, question) for term in mine]
        conditions = [versions_at(question.as_of), *_where(question), *bounds(basis, spec, catalogue.zone, question.start, question.end)]
        day = day_sql(basis, spec, civil)
        if not by_day and basis in spec.fields:  # the bounds keep to the span exactly
            conditions.append(f"{name(basis)} IS NOT NULL")
            day = literal(question.end or question.start or date(2000, 1, 1))
        dated = f"(SELECT *, {day} AS _day FROM {record_table(question.record)} WHERE {' AND '.join(conditions)})"
        parts.append(f"(SELECT {', '.join(['_day AS day', *dimensions, *columns])} FROM {dated} WHERE _day IS NOT NULL GROUP BY ALL)")
    return " UNION ALL BY NAME ".join(parts)


def _from_record(term: Term, spec: RecordType, civil: CivilTime, question: SumQuestion) -> str:
    parameters: dict[str, date | str] = {"today": question.today}
    if question.period:
        parameters["period_end"] = _end_of_period(question)
    elif question.period_end:
        parameters["period_end"] = question.period_end
    condition = expression_sql(record_expression(term.condition, spec), civil, parameters)
    value = expression_sql(record_expression(term.value, spec), civil, parameters) if term.value else None
    total = f"sum(TRY_CAST({value} AS {VALUE}))" if value else "count(*)"
    return f"{total} FILTER ({condition}) AS {term.column}"


def _end_of_period(question: SumQuestion) -> str:
    """SQL for the last day of the period in which a record counts; an open one ends today."""
    length = {"day": "1 DAY", "week": "7 DAY", "month": "1 MONTH", "quarter": "3 MONTH", "year": "1 YEAR"}[question.period or "day"]
    following = f"date_trunc({literal(question.period)}, _day) + INTERVAL {length}"
    return f"least(CAST({following} AS DATE) - 1, {literal(question.today)})"


def bounds(basis: str, spec: RecordType, zone: ZoneInfo, start: date | None, end: date | None) -> list[str]:
    """Conditions on a bare field that keep it within inclusive days; they let a scan skip what lies outside without reading it.

    None for a basis that is not a bare field.
    """
    field = spec.fields.get(basis)
    if field is None:
        return []
    column = name(basis)
    if field.type is FieldType.DATE:
        return _span(column, start, end)
    parts = [f"{column} >= {literal(datetime.combine(start, time(), zone))}"] if start else []
    return parts + ([f"{column} < {literal(datetime.combine(end + timedelta(days=1), time(), zone))}"] if end else [])


def needs_period_end(catalogue: Catalogue, record: str, terms: tuple[Term, ...]) -> bool:
    """Whether a term speaks of the end of the period asked for."""
    return any("period_end" in parameters_of(term, catalogue.records[record]) for term in terms)


class Quantile(NamedTuple):
    """A quantile, for one combination of codes and one period, and how many records it is of."""

    codes: tuple[str | None, ...]
    start: date | None
    size: Decimal
    value: Decimal


def read_quantiles(snapshot: Snapshot, question: SumQuestion, quantile: float) -> list[Quantile]:
    """The quantile of one term's value, from the records; combinations without any value are left out."""
    (term,) = question.terms
    catalogue = snapshot.catalogue
    spec, civil = catalogue.records[question.record], catalogue.civil_time
    condition, value = term_sql(term, spec, civil, question.today)
    day = day_sql(term.basis, spec, civil)
    keys = _keys(day, question)
    conditions = [
        versions_at(question.as_of),
        condition,
        *_where(question),
        *_span(day, question.start, question.end),
        *bounds(term.basis, spec, catalogue.zone, question.start, question.end),
    ]
    number = f"TRY_CAST({value} AS {VALUE})"
    positions = ", ".join(str(i + 1) for i in range(len(keys)))
    grouped = f" GROUP BY {positions} ORDER BY {positions}" if keys else ""
    sql = (
        f"SELECT {', '.join([*keys, 'count(v)', f'quantile_cont(v, {quantile})'])} FROM "
        f"(SELECT *, CAST({number} AS DOUBLE) AS v FROM {record_table(question.record)} WHERE {' AND '.join(conditions)}){grouped}"
    )
    codes = slice(1 if question.period else 0, len(keys))
    return [
        Quantile(row[codes], row[0] if question.period else None, Decimal(row[-2]), Decimal(repr(row[-1])))
        for row in snapshot.cursor.execute(sql).fetchall()
        if row[-2]
    ]
