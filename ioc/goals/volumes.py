"""How many records the months ahead will bring: as the same month a year before, by working days, with the growth of the last year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.period import end_of_month, month_after

# The growth of the last twelve months on the twelve before is taken for no more than this either way.
LEAST_GROWTH, MOST_GROWTH = 0.8, 1.25


def working_days(civil: CivilTime, months: Sequence[date]) -> dict[date, int]:
    """How many days of each month, told by its first day, are worked; at least one."""
    return {month: max(civil.working_days(month, end_of_month(month)), 1) for month in months}


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
