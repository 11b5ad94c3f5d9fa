"""What a trend is shown beside: the same a year or a period before, or another place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.model import Indicator, Measure
from ioc.catalogue.period import back, period_of, periods, year_before
from ioc.errors import BadQuestion
from ioc.indicators.values import Question, check_question
from ioc.store.snapshot import Snapshot
from ioc.views.labels import filters_of
from ioc.views.model import Beside, Point

WAYS = ("last_year", "previous")
# The same of last year, were there as many working days: of what is counted.
ADJUSTED = "last_year_days"
# Weeks are compared with weeks: so many days before.
WEEKS_OF_A_YEAR = timedelta(weeks=52)


def beside(
    snapshot: Snapshot,
    question: Question,
    against: str,
    today: date,
    language: str,
    points: Callable[[Snapshot, Question, date], tuple[Point, ...]],
) -> Beside:
    """The other side of a trend, point by point; ``points`` reads a trend. Raises UnknownName or BadQuestion."""
    dimension, sign, code = against.partition(":")
    if against == ADJUSTED and by_working_days(snapshot.catalogue.indicators[question.indicator]):
        start, end = _earlier(question, WAYS[0], today)
        found = points(snapshot, replace(question, start=start, end=end), today)
        return Beside(against, "", _adjusted(snapshot.catalogue.civil_time, found, question, (start, end), today))
    if against in WAYS:
        start, end = _earlier(question, against, today)
        return Beside(against, "", points(snapshot, replace(question, start=start, end=end), today))
    if not sign:
        raise BadQuestion("beside", text=against)
    other = replace(question, where=(*(each for each in question.where if each[0] != dimension), (dimension, (code,))))
    check_question(snapshot.catalogue, other)
    (label,) = filters_of(snapshot.catalogue, question.indicator, ((dimension, (code,)),), language)
    return Beside(against, label.label, points(snapshot, other, today))


def by_working_days(spec: Indicator) -> bool:
    """Whether more working days make more of what an indicator counts."""
    return spec.measure in {Measure.COUNT, Measure.SUM} and not spec.stock


def _adjusted(civil: CivilTime, found: Sequence[Point], question: Question, days: tuple[date, date], today: date) -> tuple[Point, ...]:
    """The points of then, multiplied by the working days of now over those of then; those of a day without work stay as they were."""
    assert question.period and question.start and question.end
    spans = periods(question.period, question.start, min(question.end, today))
    now = [_worked(civil, span.start, span.end, (question.start, min(question.end, today))) for span in spans]
    then = [_worked(civil, point.start, point.end, days) for point in found]
    return tuple(
        replace(point, value=point.value * mine / its) if point.value is not None and mine and its else point
        for point, mine, its in zip(found, now, then, strict=False)
    )


def _worked(civil: CivilTime, start: date, end: date, within: tuple[date, date]) -> int:
    """The working days from ``start`` to ``end``, both inclusive, as far as they lie within others."""
    return civil.working_days(max(start, within[0]), min(end, within[1]))


def _earlier(question: Question, against: str, today: date) -> tuple[date, date]:
    """The days before: of last year the same ones (of weeks whole ones), of the previous span as many periods."""
    assert question.period and question.start and question.end, "a trend has them"
    start, end = question.start, min(question.end, today)
    if against == "previous":
        count = sum(1 for _ in periods(question.period, start, end))
        return back(question.period, start, count), period_of(question.period, start).start - timedelta(days=1)
    if question.period == "week":
        return start - WEEKS_OF_A_YEAR, end - WEEKS_OF_A_YEAR
    return year_before(start), year_before(end)
