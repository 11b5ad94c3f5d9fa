"""Periods of the calendar, and counting by months. Nobody else truncates a day. Weeks start on Monday."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

PERIODS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, order=True)
class Period:
    """A span of days, both inclusive."""

    start: date
    end: date


@lru_cache(maxsize=8192)
def period_of(kind: str, day: date) -> Period:
    """The period of a kind in which a day lies."""
    if kind == "day":
        return Period(day, day)
    if kind == "week":
        start = day - timedelta(days=day.weekday())
        return Period(start, start + timedelta(days=6))
    months = {"month": 1, "quarter": 3, "year": 12}[kind]
    first = (day.month - 1) // months * months + 1
    start = date(day.year, first, 1)
    return Period(start, month_after(start, months) - timedelta(days=1))


def periods(kind: str, start: date, end: date) -> Iterator[Period]:
    """All periods of a kind that touch a span, oldest first."""
    period = period_of(kind, start)
    while period.start <= end:
        yield period
        period = period_of(kind, period.end + timedelta(days=1))


def back(kind: str, day: date, count: int) -> date:
    """The first day of the period that lies ``count`` periods before the one of ``day``."""
    period = period_of(kind, day)
    for _ in range(count):
        period = period_of(kind, period.start - timedelta(days=1))
    return period.start


def year_before(day: date) -> date:
    """The same day one year before; 29 February becomes 28."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def month_after(day: date, count: int = 1) -> date:
    """The first day of the month so many months after that of a day; before it, where ``count`` is negative."""
    years, month = divmod(day.month - 1 + count, 12)
    return date(day.year + years, month + 1, 1)


def end_of_month(day: date) -> date:
    """The last day of the month of a day."""
    return month_after(day) - timedelta(days=1)


def months_between(first: date, last: date) -> int:
    """How many months the month of one day lies after that of another."""
    return (last.year - first.year) * 12 + last.month - first.month
