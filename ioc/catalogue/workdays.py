"""Working days: Monday to Friday, but for the holidays and the worked weekends that the calendar names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from ioc.catalogue.model import CalendarDay

Calendar = Mapping[date, CalendarDay]


def is_working(calendar: Calendar, day: date) -> bool:
    """Whether a day is worked."""
    special = calendar.get(day)
    return special.kind == "worked" if special else day.weekday() < 5


def working_day_of_month(calendar: Calendar, year: int, month: int, number: int) -> date:
    """The n-th working day of a month, counted from 1; the last one if it has fewer."""
    day = found = date(year, month, 1)
    while day.month == month and number:
        if is_working(calendar, day):
            found, number = day, number - 1
        day += timedelta(days=1)
    return found
