"""Values of indicators: numerator and denominator until the last moment, nothing divided by nothing is no value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from ioc.catalogue.model import Catalogue, Indicator, Measure, Unit
from ioc.catalogue.terms import Term, terms_of
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.period import PERIODS, Period, period_of, periods
from ioc.store.snapshot import Snapshot
from ioc.store.sums import SumQuestion, SumRow, needs_period_end, read_quantiles, read_sums

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Question:
    """What is asked of an indicator.

    Attributes:
        by: dimensions to split by.
        period: length of a period, or None for one value over the whole span.
        start, end: inclusive days; ``end`` defaults to today.
        where: per dimension, the codes that count.
    """

    indicator: str
    by: tuple[str, ...] = ()
    period: str | None = None
    start: date | None = None
    end: date | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Value(NamedTuple):
    """One value. ``codes`` follow the question's ``by``; ``span`` is None where no start was given.

    ``value`` is in the indicator's own unit (a ratio in per cent) or None where there is no denominator.
    """

    codes: tuple[str | None, ...]
    span: Period | None
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    provisional: bool


def check_question(catalogue: Catalogue, question: Question) -> Indicator:
    """The declaration that a question is about. Raises UnknownName or BadQuestion with what would be right."""
    if question.indicator not in catalogue.indicators:
        raise UnknownName("indicator", question.indicator, catalogue.indicators)
    if question.period is not None and question.period not in PERIODS:
        raise UnknownName("period", question.period, PERIODS)
    dimensions = catalogue.dimensions_of(question.indicator)
    for dimension in (*question.by, *(name for name, _ in question.where)):
        if dimension not in dimensions:
            raise UnknownName("dimension", dimension, dimensions)
    if len(set(question.by)) != len(question.by):
        raise BadQuestion("twice")
    if question.start and question.end and question.start > question.end:
        raise BadQuestion("reversed", start=question.start, end=question.end)
    return catalogue.indicators[question.indicator]


def ask(snapshot: Snapshot, question: Question, today: date) -> list[Value]:
    """The values that answer a question, by period and codes.

    Args:
        snapshot: the data version, or past moment, that is read.
        question: see ``Question``.
        today: the calendar day at that moment: open periods end in the future, and nothing counts after it.

    Raises:
        UnknownName, BadQuestion: see ``check_question``.
    """
    spec = check_question(snapshot.catalogue, question)
    question = replace(question, end=question.end or today)
    if spec.measure is Measure.CHANGE:
        return _change(snapshot, spec, question, today)
    if spec.measure is Measure.COMPOSITE:
        return _composite(snapshot, spec, question, today)
    if spec.measure in {Measure.MEDIAN, Measure.PERCENTILE}:
        return _quantile(snapshot, spec, question, today)
    return _additive(snapshot, spec, question, today)


def _sum_question(spec: Indicator, question: Question, terms: Iterable[Term], snapshot: Snapshot, today: date) -> SumQuestion:
    unique = {term.column: term for term in terms}
    return SumQuestion(
        record=spec.record or "",
        terms=tuple(unique.values()),
        by=question.by,
        period=question.period,
        start=None if spec.stock else question.start,
        end=question.end,
        where=question.where,
        as_of=snapshot.as_of,
        today=today,
    )


def _additive(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    numerator, denominator = terms_of(spec)
    asked = _sum_question(spec, question, (*numerator, *denominator), snapshot, today)
    if needs_period_end(snapshot.catalogue, asked.record, asked.terms):
        rows = _by_period_end(snapshot, asked, question, today)
    else:
        rows = read_sums(snapshot, asked)
    if spec.stock:
        rows = _running(rows, question, today)
    if not rows:
        return []
    codes, starts, sums = zip(*rows, strict=True)  # column by column, which takes half the time of row by row
    above, below = list(map(_totalling(numerator), sums)), list(map(_totalling(denominator), sums))
    spans, provisional = zip(*map(_placing(question, today), starts), strict=True)
    return list(map(Value, codes, spans, above, below, map(valuing(spec), above, below), provisional))


def _by_period_end(snapshot: Snapshot, asked: SumQuestion, question: Question, today: date) -> list[SumRow]:
    """Each period is asked for by itself, with its own end: an open one ends today."""
    rows: list[SumRow] = []
    for span in _spans(question, today):
        start = span.start if span.start > date.min else None
        one = replace(asked, period=None, start=start, end=min(span.end, question.end or today), period_end=min(span.end, today))
        rows += [row._replace(start=span.start if question.period else None) for row in read_sums(snapshot, one)]
    return rows


def _spans(question: Question, today: date) -> list[Period]:
    end = question.end or today
    if question.period is None:
        return [Period(question.start or date.min, end)]
    if question.start is None:
        raise BadQuestion("first_period")
    return list(periods(question.period, question.start, end))


def _running(rows: Sequence[SumRow], question: Question, today: date) -> list[SumRow]:
    """What stands at the end of each period: all that came before, added up."""
    if question.period is None or not rows:
        return list(rows)
    first = min(row.start for row in rows if row.start)
    changes = {(row.codes, row.start): row.sums for row in rows}
    found: list[SumRow] = []
    for codes in sorted({row.codes for row in rows}, key=lambda codes: [code or "" for code in codes]):
        stands: dict[str, Decimal] = dict.fromkeys(rows[0].sums, Decimal(0))
        for span in periods(question.period, first, question.end or today):
            for column, change in changes.get((codes, span.start), {}).items():
                stands[column] += change
            if question.start is None or span.end >= question.start:
                found.append(SumRow(codes, span.start, dict(stands)))
    return sorted(found, key=lambda row: (row.start or date.min, [code or "" for code in row.codes]))


def _totalling(terms: Sequence[Term]) -> Callable[[dict[str, Decimal]], Decimal | None]:
    """For the sums of a row: the total of some terms, or None where there are none."""
    if not terms:
        return lambda sums: None
    if len(terms) == 1:  # by far the most frequent, and then the sign is +
        return itemgetter(terms[0].column)
    signs = [(term.column, term.sign) for term in terms]
    return lambda sums: sum((sign * sums[column] for column, sign in signs), Decimal(0))


def valuing(spec: Indicator) -> Callable[[Decimal | None, Decimal | None], Decimal | None]:
    """How an additive indicator's value is made of its sums: a ratio in per cent or as it is, a mean, a count or a sum."""
    if spec.measure not in {Measure.RATIO, Measure.MEAN}:
        return lambda numerator, denominator: numerator
    factor = HUNDRED if spec.measure is Measure.RATIO and spec.unit is Unit.PERCENT else Decimal(1)
    return lambda numerator, denominator: factor * (numerator or 0) / denominator if denominator else None


def _placing(question: Question, today: date) -> Callable[[date | None], tuple[Period | None, bool]]:
    """For the first day of a sum: its span, and whether that is still open, so that its value is provisional."""

    @cache
    def place(start: date | None) -> tuple[Period | None, bool]:
        if question.period and start:
            span = period_of(question.period, start)
            return span, span.end >= today
        end = question.end or today
        return (Period(question.start, end) if question.start else None), end >= today

    return place


def _quantile(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    term = Term(spec.at or "", f"({spec.counts}) AND ({spec.value}) IS NOT NULL", spec.value)
    asked = _sum_question(spec, question, (term,), snapshot, today)
    share = spec.percentile if spec.measure is Measure.PERCENTILE and spec.percentile else 0.5
    place = _placing(question, today)
    found = []
    for row, value in read_quantiles(snapshot, asked, share):
        span, provisional = place(row.start)
        found.append(Value(row.codes, span, None, row.sums[term.column], value, provisional))
    return found


def _change(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    """Change of each value against the baseline of the same codes."""
    assert spec.of is not None and spec.baseline is not None, "checked when the catalogue was loaded"
    if spec.baseline.value is not None and (question.by or question.where):
        raise BadQuestion("baseline")
    then = replace(question, indicator=spec.of, period=None, start=date(spec.baseline.on.year, 1, 1), end=spec.baseline.on)
    base = {} if spec.baseline.value is not None else {value.codes: value for value in ask(snapshot, then, today)}
    nothing = Value((), None, None, None, None, False)
    return [
        change(spec, now, lambda _, codes=now.codes: base.get(codes, nothing))  # type: ignore[misc]
        for now in ask(snapshot, replace(question, indicator=spec.of), today)
    ]


def change(spec: Indicator, now: Value, on: Callable[[date], Value]) -> Value:
    """A value as change in per cent against the baseline: the stated one, or the indicator's own value ``on`` the baseline's day."""
    assert spec.baseline is not None, "checked when the catalogue was loaded"
    base = spec.baseline.value if spec.baseline.value is not None else on(spec.baseline.on).value
    value = None if now.value is None or not base else HUNDRED * (now.value - base) / base
    return now._replace(numerator=now.value, denominator=base, value=value)


def _composite(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    """Points of all parts that have a value; a place or period in which a part has none has no score."""
    parts = [{(v.codes, v.span): v for v in ask(snapshot, replace(question, indicator=part.indicator), today)} for part in spec.parts]
    full = sum((part.points for part in spec.parts), Decimal(0))
    found = []
    for key, sample in parts[0].items():
        values = [values[key].value if key in values else None for values in parts]
        points = None
        if all(value is not None for value in values):
            points = sum(
                (
                    part.points * min(Decimal(1), (value or Decimal(0)) / part.full_at)
                    for part, value in zip(spec.parts, values, strict=True)
                ),
                Decimal(0),
            )
        found.append(sample._replace(numerator=points, denominator=full, value=points))
    return found
