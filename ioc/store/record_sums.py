"""Counts sums of terms from the records: what every number comes down to, and what cells must equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.model import Catalogue, FieldType, RecordType
from ioc.catalogue.terms import Term
from ioc.catalogue.tree import NOTHING
from ioc.store.cells import VALUE, day_sql
from ioc.store.dialect import expression_sql, literal, name, record_expression
from ioc.store.tables import OPEN, record_table

_FIRST_DAY, _LAST_DAY = date(1, 1, 2), date(9999, 12, 30)


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


def versions_at(as_of: int | None) -> str:
    """SQL condition for the versions that were current at a data version (None: now)."""
    if as_of is None:
        return f"_until = {OPEN} AND NOT _gone"
    return f"_since <= {as_of} AND _until > {as_of} AND NOT _gone"


@dataclass(frozen=True)
class Change:
    """From the records that are current at one data version to those at a newer one."""

    old: int
    new: int


def _taken(record: str, versions: str | Change, conditions: Sequence[str]) -> str:
    """The versions that count, with their ``_sign``.

    Those of a change are told by ranges of columns, by which a scan skips the blocks of the table that hold none.
    """
    if isinstance(versions, str):
        signed = [(1, versions)]
    else:
        old, new = versions.old, versions.new
        came = f"_since > {old} AND _since <= {new} AND _until > {new} AND NOT _gone"
        went = f"_since <= {old} AND _until > {old} AND _until <= {new} AND NOT _gone"
        signed = [(1, came), (-1, went)]
    return " UNION ALL ".join(
        f"SELECT *, {sign} AS _sign FROM {record_table(record)} WHERE {' AND '.join([each, *conditions])}" for sign, each in signed
    )


def from_records(catalogue: Catalogue, question: SumQuestion, versions: str | Change | None = None, *, by_day: bool = True) -> str:
    """The same relation as a cube would be, counted from the records.

    Args:
        catalogue: by whose declarations.
        question: what is asked, and of which moment.
        versions: SQL condition for the versions that are counted instead of those of that moment; or a change: what has come less
            what has gone.
        by_day: without, all days of the span are counted as one, which is quicker.
    """
    spec, civil = catalogue.records[question.record], catalogue.civil_time
    dimensions = [name(dimension) for dimension in question.by]
    parts = []
    for basis in sorted({term.basis for term in question.terms}):
        mine = [term for term in question.terms if term.basis == basis]
        columns = [_from_record(term, spec, civil, question, signed=isinstance(versions, Change)) for term in mine]
        span = bounds(basis, spec, catalogue.zone, question.start, question.end)
        conditions = [*where_sql(question), *span]
        day = day_sql(basis, spec, civil)
        if not by_day and basis in spec.fields:  # the bounds keep to the span exactly
            conditions.append(f"{name(basis)} IS NOT NULL")
            day = literal(question.end or question.start or date(2000, 1, 1))
        taken = _taken(question.record, versions or versions_at(question.as_of), conditions)
        dated = f"(SELECT *, {day} AS _day FROM ({taken}))"
        parts.append(f"(SELECT {', '.join(['_day AS day', *dimensions, *columns])} FROM {dated} WHERE _day IS NOT NULL GROUP BY ALL)")
    return " UNION ALL BY NAME ".join(parts)


def from_changes(catalogue: Catalogue, questions: Sequence[SumQuestion], change: Change) -> str:
    """What a change adds to each of several sums of the same terms, read and bound once: most of the time goes into that.

    Beside the sums stand ``_question``, the number of the question, ``_start``, the first day of its period, and all their dimensions.

    Args:
        catalogue: by whose declarations.
        questions: about the same records, terms and present day; without further cuts or weeks.
        change: from which data version to which.
    """
    first = questions[0]
    spec, civil = catalogue.records[first.record], catalogue.civil_time
    asked = ", ".join(
        f"({number}, {literal(each.start or date.min)}, {literal(each.end or date.max)}, "
        f"{literal(each.period or '')}, {literal(each.period_end) if each.period_end else 'NULL::DATE'})"
        for number, each in enumerate(questions)
    )
    periods = {each.period: each for each in questions if each.period}
    starts = [f"WHEN {literal(period)} THEN date_trunc({literal(period)}, _day)::DATE" for period in periods]
    ends = [f"WHEN {literal(period)} THEN {_end_of_period(each)}" for period, each in periods.items()]
    start = f"CASE _period {' '.join(starts)} END" if starts else "NULL::DATE"
    end = f"CASE _period {' '.join(ends)} ELSE _end END" if ends else "_end"
    limits = [f"WHEN {number} THEN {' AND '.join(where_sql(each))}" for number, each in enumerate(questions) if each.where]
    among = f"CASE _question {' '.join(limits)} ELSE TRUE END" if limits else "TRUE"
    parameters: dict[str, date | str] = {"today": first.today, "period_end": "_period_end"}
    keys = ["_question", "_start", *map(name, dimensions_of(questions))]
    parts = []
    for basis in sorted({term.basis for term in first.terms}):
        columns = [_sum_of(term, spec, civil, parameters, signed=True) for term in first.terms if term.basis == basis]
        dated = f"(SELECT *, {day_sql(basis, spec, civil)} AS _day FROM ({_taken(first.record, change, ())}))"
        each = f"(SELECT *, {start} AS _start, {end} AS _period_end FROM {dated} JOIN _asked ON _day >= _from AND _day <= _to AND {among})"
        parts.append(f"(SELECT {', '.join([*keys, *columns])} FROM {each} GROUP BY ALL)")
    return f"WITH _asked(_question, _from, _to, _period, _end) AS (VALUES {asked}) {' UNION ALL BY NAME '.join(parts)}"


def dimensions_of(questions: Sequence[SumQuestion]) -> tuple[str, ...]:
    """All dimensions that some questions split by, each once."""
    return tuple(dict.fromkeys(dimension for each in questions for dimension in each.by))


def _from_record(term: Term, spec: RecordType, civil: CivilTime, question: SumQuestion, *, signed: bool) -> str:
    parameters: dict[str, date | str] = {"today": question.today}
    if question.period:
        parameters["period_end"] = _end_of_period(question)
    elif question.period_end:
        parameters["period_end"] = question.period_end
    return _sum_of(term, spec, civil, parameters, signed=signed)


def _sum_of(term: Term, spec: RecordType, civil: CivilTime, parameters: dict[str, date | str], *, signed: bool) -> str:
    condition = expression_sql(record_expression(term.condition, spec), civil, parameters)
    value = expression_sql(record_expression(term.value, spec), civil, parameters) if term.value else None
    if value is None:
        counted = "count(*)" if condition == "TRUE" else f"count_if({condition})"  # by a tenth quicker
        total = f"coalesce(sum(_sign) FILTER ({condition}), 0)" if signed else counted
    else:
        total = f"coalesce(sum({'_sign * ' if signed else ''}TRY_CAST({value} AS {VALUE})) FILTER ({condition}), 0)"
    return f"{total} AS {term.column}"


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
        return span_sql(column, start, end)
    # At the ends of the calendar no moment can be told, nor does any record lie there.
    since = [datetime.combine(start, time(), zone)] if start and start > _FIRST_DAY else []
    until = [datetime.combine(end + timedelta(days=1), time(), zone)] if end and end < _LAST_DAY else []
    return [f"{column} >= {literal(each)}" for each in since] + [f"{column} < {literal(each)}" for each in until]


def where_sql(question: SumQuestion) -> list[str]:
    """SQL conditions for the codes that count."""
    return [_among(name(dimension), codes) for dimension, codes in question.where]


def _among(column: str, codes: Sequence[str]) -> str:
    known = f"{column} IN ({', '.join(map(literal, codes))})"
    return f"({known} OR {column} IS NULL)" if NOTHING in codes else known


def span_sql(day: str, start: date | None, end: date | None) -> list[str]:
    """SQL conditions that keep a day within inclusive days."""
    parts = [f"{day} >= {literal(start)}"] if start else []
    return parts + ([f"{day} <= {literal(end)}"] if end else [])
