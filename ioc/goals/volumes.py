"""How many records the months ahead will bring: as the same month a year before, by working days, with the growth of the last year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from ioc.catalogue.workdays import Calendar, is_working

# The growth of the last twelve months on the twelve before is taken for no more than this either way.
LEAST_GROWTH, MOST_GROWTH = 0.8, 1.25


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month so many months after another's."""
    years, index = divmod(month.month - 1 + count, 12)
    return date(month.year + years, index + 1, 1)


def end_of(month: date) -> date:
    """The last day of a month."""
    return month_after(month) - timedelta(days=1)


def working_days(calendar: Calendar, months: Sequence[date]) -> dict[date, int]:
    """How many days of each month are worked; at least one."""
    weekdays = np.busday_count(months, [month_after(month) for month in months]).tolist()
    found = dict(zip(months, weekdays, strict=True))
    for day in calendar:
        month = day.replace(day=1)
        if month in found:
            found[month] += is_working(calendar, day) - (day.weekday() < 5)
    return {month: max(days, 1) for month, days in found.items()}


def expected(known: Mapping[date, float], months: Sequence[date], worked: Mapping[date, int]) -> list[float]:
    """The records that each month ahead is likely to bring.

    Args:
        known: the records of closed months, by first day.
        months: first days of the months asked for, in a row, the first right after the last known.
        worked: the working days of every one of these months.
    """
    rates = {month: count / worked[month] for month, count in known.items()}
    last = sorted(rates)
    recent, before = (sum(known[month] for month in part) for part in (last[-12:], last[-24:-12]))
    growth = min(max(recent / before, LEAST_GROWTH), MOST_GROWTH) if len(last) >= 24 and before else 1.0
    usual = sum(rates[month] for month in last[-6:]) / max(len(last[-6:]), 1)
    found = []
    for month in months:
        then = month_after(month, -12)
        rates[month] = rates[then] * growth if then in known else rates.get(then, usual)  # beyond a year growth is not carried on
        found.append(rates[month] * worked[month])
    return found
