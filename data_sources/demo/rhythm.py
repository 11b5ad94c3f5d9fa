"""When a ministry works: working days, office hours, the quiet around long holidays, and what comes in at night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from data_sources.demo.life import (
    MICROSECONDS_A_DAY,
    MICROSECONDS_A_MINUTE,
    MICROSECONDS_AN_HOUR,
    NEVER,
    Flags,
    Floats,
    Index,
    Moments,
)
from data_sources.demo.story import day_number
from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.period import month_after

FIRST_DAY, LAST_DAY = date(2015, 1, 1), date(2045, 1, 1)
LONG_BREAK = 7  # days off in a row that quieten the days around them, as Lunar New Year does
QUIET_DAYS = 5
OPENS, CLOSES = 8 * MICROSECONDS_AN_HOUR, 17 * MICROSECONDS_AN_HOUR
WEEKDAYS = np.array([1.12, 1.04, 1.02, 1.0, 0.92, 0.6, 0.5])  # Monday first
Pace = Literal["office", "online"]
HOURS: Mapping[Pace, Floats] = {
    "office": np.array([0, 0, 0, 0, 0, 0, 0.1, 1.2, 6, 8, 8, 5, 0.8, 5, 7, 7, 5, 1.4, 0.3, 0.2, 0.1, 0.1, 0, 0], dtype=float),
    "online": np.array([0.3, 0.2, 0.1, 0.1, 0.1, 0.3, 1, 3, 6, 7, 7, 5, 3, 5, 6, 6, 5, 3, 2.5, 3, 3.5, 3, 1.8, 0.8]),
}
DAYS_OFF: Mapping[Pace, float] = {"office": 0.012, "online": 0.25}  # of a working day


@dataclass(frozen=True)
class Month:
    """A calendar month in the ministry's time zone; ``start`` and ``end`` in microseconds, ``end`` not included."""

    year: int
    month: int
    start: int
    end: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def middle(self) -> int:
        """The moment half-way."""
        return (self.start + self.end) // 2


class Rhythm:
    """The working calendar, as arrays by day, and what follows from it."""

    def __init__(self, civil: CivilTime) -> None:
        self._offset = _offset(ZoneInfo(civil.zone))
        self._first = day_number(FIRST_DAY)
        days = np.arange(self._first, day_number(LAST_DAY))
        weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
        works = weekday < 5
        for day, worked in civil.special.items():
            works[day_number(day) - self._first] = worked
        self._working_days = days[works]
        self._before = np.concatenate([[0], np.cumsum(works)])  # working days before each day
        self._works = works
        quiet = _quiet(works)
        self._weights = {pace: np.where(works, np.maximum(WEEKDAYS[weekday], 0.6), DAYS_OFF[pace]) * quiet for pace in HOURS}
        self._usual = {pace: float(self._weights[pace][_of_year(2025) - self._first].mean()) for pace in HOURS}

    def day(self, moments: Moments) -> Moments:
        """The calendar day on which moments fall; NEVER stays."""
        return np.where(moments == NEVER, NEVER, (moments + self._offset) // MICROSECONDS_A_DAY)

    def moment(self, days: Moments, time: int | Moments = 0) -> Moments:
        """The moment of a time of day (microseconds after midnight) on days; NEVER stays."""
        return np.where(days == NEVER, NEVER, np.where(days == NEVER, 0, days) * MICROSECONDS_A_DAY + time - self._offset)

    def morning(self, days: Moments) -> Moments:
        """Nine o'clock on days: when registers write down what changed; NEVER stays."""
        return self.moment(days, 9 * MICROSECONDS_AN_HOUR)

    def month(self, year: int, month: int) -> Month:
        """A calendar month."""
        first = date(year, month, 1)
        start, end = (day_number(day) * MICROSECONDS_A_DAY - self._offset for day in (first, month_after(first)))
        return Month(year, month, start, end)

    def month_of(self, moment: int) -> tuple[int, int]:
        """Year and month in which a moment falls."""
        day = date(1970, 1, 1) + timedelta(days=(moment + self._offset) // MICROSECONDS_A_DAY)
        return day.year, day.month

    def works(self, days: Moments) -> Flags:
        """Which days are working days."""
        return self._works[days - self._first]

    def after(self, days: Moments, count: int | Index) -> Moments:
        """The ``count``-th working day after each day; 0 is the day itself, or the working day before it."""
        position = self._before[days - self._first + 1] - 1 + count
        found: Moments = self._working_days[position]
        return found

    def into_office(self, moments: Moments) -> Moments:
        """Moments as they are if in office hours, else the first quarter of an hour of the next ones; NEVER stays."""
        real = np.where(moments == NEVER, 0, moments)
        days, time = np.divmod(real + self._offset, MICROSECONDS_A_DAY)
        days = np.maximum(days, self._first)
        waits = (time >= CLOSES) | ~self.works(days)
        opening = OPENS + real % (15 * MICROSECONDS_A_MINUTE)
        days = np.where(waits, self.after(days, 1), days)
        time = np.where(waits | (time < OPENS), opening, time)
        return np.where(moments == NEVER, NEVER, self.moment(days, time))

    def office_time(self, rng: np.random.Generator, count: int) -> Moments:
        """Random times of day within office hours."""
        return (OPENS + rng.random(count) * 0.98 * (CLOSES - OPENS)).astype(np.int64)

    def load(self, month: Month, pace: Pace) -> float:
        """How much of a usual month's work falls into this month; a Lunar New Year weighs little."""
        return float(self._weights[pace][self._days(month)].sum() / (self._usual[pace] * 365.25 / 12))

    def births(self, rng: np.random.Generator, count: int, month: Month, pace: Pace) -> Moments:
        """Random moments of a month, more on working days and in busy hours; unordered."""
        days = self._days(month)
        day = choose(rng, count, self._weights[pace][days])
        hour = choose(rng, count, HOURS[pace])
        time = (hour + rng.random(count)) * MICROSECONDS_AN_HOUR
        return self.moment(day + days.start + self._first, time.astype(np.int64))

    def _days(self, month: Month) -> slice:
        start, end = ((moment + self._offset) // MICROSECONDS_A_DAY - self._first for moment in (month.start, month.end))
        return slice(start, end)


def _offset(zone: ZoneInfo) -> int:
    """The zone's offset from UTC; the demonstration ministry knows no summer time."""
    offset = datetime(2025, 1, 1, tzinfo=zone).utcoffset() or timedelta()
    return int(offset.total_seconds()) * 1_000_000


def _of_year(year: int) -> Index:
    return np.arange(day_number(date(year, 1, 1)), day_number(date(year + 1, 1, 1)))


def _quiet(works: Flags) -> Floats:
    """A factor for each day: below 1 in and near a long run of days off."""
    factor = np.ones(len(works))
    edges = np.flatnonzero(np.diff(np.concatenate([[True], works, [True]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= LONG_BREAK:
            factor[start:end] *= 0.5
            for distance in range(1, QUIET_DAYS + 1):
                calm = 0.45 + 0.1 * distance
                for day in (start - distance, end - 1 + distance):
                    if 0 <= day < len(factor):
                        factor[day] = min(factor[day], calm)
    return factor


def choose(rng: np.random.Generator, count: int, weights: Floats) -> Index:
    """Random indices, in proportion to weights."""
    bounds = np.cumsum(weights)
    chosen: Index = np.searchsorted(bounds, rng.random(count) * bounds[-1], side="right")
    return chosen
