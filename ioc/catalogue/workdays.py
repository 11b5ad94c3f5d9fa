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


def next_working_day(calendar: Calendar, day: date) -> date | None:
    """The day itself if it is worked, else the next that is within a week; None where none is."""
    following = (day + timedelta(days=ahead) for ahead in range(7))
    return next((each for each in following if is_working(calendar, each)), None)
