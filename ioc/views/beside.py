"""What a trend is shown beside: the same a year or a period before, or another place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from ioc.errors import BadQuestion
from ioc.indicators.period import back, period_of, periods, year_before
from ioc.indicators.values import Question, check_question
from ioc.store.snapshot import Snapshot
from ioc.views.labels import filters_of
from ioc.views.model import Beside, Point

WAYS = ("last_year", "previous")
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
    if against in WAYS:
        start, end = _earlier(question, against, today)
        return Beside(against, "", points(snapshot, replace(question, start=start, end=end), today))
    if not sign:
        raise BadQuestion("beside", text=against)
    other = replace(question, where=(*(each for each in question.where if each[0] != dimension), (dimension, (code,))))
    check_question(snapshot.catalogue, other)
    (label,) = filters_of(snapshot.catalogue, question.indicator, ((dimension, (code,)),), language)
    return Beside(against, label.label, points(snapshot, other, today))


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
