"""The organisation's civil time: on which day a moment falls, and when work is done.

Working days are Monday to Friday, but for what the calendar says. A term in working days begins on the working day after the day of
receipt, so that the days between two days are those after the first, up to and with the last (Civil Code 2015, Articles 147 - 148).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from itertools import accumulate

SATURDAY = 5
OFFICE_HOURS = ((time(8), time(12)), (time(13), time(17)))


@dataclass(frozen=True)
class CivilTime:
    """A time zone, the days that differ from the usual week, and the office hours of a working day.

    Attributes:
        zone: name of the time zone.
        special: for days that differ, whether they are worked.
        office_hours: beginning and end of each stretch of work, in order.
    """

    zone: str
    special: Mapping[date, bool] = field(default_factory=dict)
    office_hours: tuple[tuple[time, time], ...] = OFFICE_HOURS

    def is_working(self, day: date) -> bool:
        """Whether a day is worked."""
        return self.special.get(day, day.weekday() < SATURDAY)

    def working_days(self, start: date, end: date) -> int:
        """How many days are worked from one to another, both included."""
        return max(self._until(end.toordinal()) - self._until(start.toordinal() - 1), 0)

    def working_day_of_month(self, year: int, month: int, number: int) -> date:
        """The n-th working day of a month, counted from 1; the last one if it has fewer."""
        day = found = date(year, month, 1)
        while day.month == month and number:
            if self.is_working(day):
                found, number = day, number - 1
            day += timedelta(days=1)
        return found

    def next_working_day(self, day: date) -> date | None:
        """The day itself if it is worked, else the next that is within a week; None where none is."""
        following = (day + timedelta(days=ahead) for ahead in range(7))
        return next((each for each in following if self.is_working(each)), None)

    @cached_property
    def first(self) -> date:
        """The first day that differs from the usual week."""
        return min(self.special)

    @cached_property
    def surplus(self) -> tuple[int, ...]:
        """For each day from the first that differs to the last: how many more working days there have been than in a usual calendar."""
        if not self.special:
            return ()
        days = (self.first + timedelta(days=ahead) for ahead in range((max(self.special) - self.first).days + 1))
        return tuple(accumulate(self.is_working(day) - (day.weekday() < SATURDAY) for day in days))

    def _until(self, ordinal: int) -> int:
        """The working days from 01/01/0001, a Monday, up to and with a day: those of a usual calendar, and how many more or less."""
        weeks, weekday = divmod(ordinal - 1, 7)
        usual = SATURDAY * weeks + min(weekday + 1, SATURDAY)
        place = ordinal - self.first.toordinal() if self.special else -1
        return usual if place < 0 else usual + self.surplus[min(place, len(self.surplus) - 1)]

    @cached_property
    def said(self) -> str:
        """A short mark of all this: equal marks mean equal working days and hours."""
        text = repr((self.zone, sorted(self.special.items()), self.office_hours))
        return hashlib.sha256(text.encode()).hexdigest()[:16]
