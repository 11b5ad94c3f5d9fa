"""What the forecast says about a goal: the value at its horizon, when it is likely to be met, and what that needs in records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import Enum
from functools import cached_property

import numpy as np

from ioc.catalogue.model import Goal, Indicator, Measure, Unit
from ioc.catalogue.period import end_of_month, month_after, months_between
from ioc.goals.forecast import Forecast, Month
from ioc.goals.smoothing import YEAR, Floats
from ioc.goals.volumes import expected


class Kind(Enum):
    """How months make up the value that a goal is judged by."""

    SHARE = "share"  # of the records of a year, in per cent
    STANDING_SHARE = "standing share"  # of what stands at the end
    STANDING = "standing"  # what stands at the end, or its change
    MEAN = "mean"  # of a year, each month by the number of its records
    TOTAL = "total"  # of a year


SHARES = {Kind.SHARE, Kind.STANDING_SHARE}
# How many times wider than all that was known to move, and how many of the hundred per cent, a range says next to nothing.
WIDE, HALF = 2, 50


def kind_of(spec: Indicator, stock: bool) -> Kind:
    """How the months of an indicator make up its value."""
    if spec.measure is Measure.RATIO and spec.unit is Unit.PERCENT:
        return Kind.STANDING_SHARE if stock else Kind.SHARE
    if stock:
        return Kind.STANDING
    return Kind.TOTAL if spec.measure in {Measure.COUNT, Measure.SUM} else Kind.MEAN


@dataclass(frozen=True)
class Ahead:
    """A value by the end of a day to come, and the ends of its range."""

    on: date
    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Needed:
    """What meeting the goal needs, from the first open month that it is judged by to its horizon.

    Attributes:
        start, end: first and last day.
        total: records that must succeed until then; of what stands, that must be added, or taken away.
        a_month: the same a month.
        of: records that are expected a month; None of what stands.
        now: of those, how many the forecast expects to succeed.
        possible: whether so many are expected at all.
    """

    start: date
    end: date
    total: int
    a_month: int
    of: int | None
    now: int | None
    possible: bool


@dataclass(frozen=True)
class Outlook:
    """What is to be expected of a goal.

    Attributes:
        expected: the value at the horizon, as the goal will be judged; where that has passed, of the twelve months to come.
        holds: whether that value meets the goal.
        met_on: the end of the first month by which twelve months, or what stands, meet the goal; None if not within what was looked ahead.
        needed: what meeting it takes; None where it cannot be told in records, or the horizon has passed.
        is_wide: whether the range says so little that nothing of it is worth telling (``Months.is_wide``).
    """

    expected: Ahead
    holds: bool
    met_on: date | None
    needed: Needed | None
    is_wide: bool = False


class Months:
    """Closed months and those ahead, as one course.

    Args:
        first: first day of the first closed month.
        closed: in a row, oldest first.
        forecast: of the months that follow.
        kind: how months make up a value.
        worked: the working days of every month.
    """

    def __init__(self, first: date, closed: Sequence[Month], forecast: Forecast, kind: Kind, worked: Mapping[date, int]) -> None:
        self.kind, self.closed, self.known = kind, closed, len(closed)
        self.starts = [month_after(first, index) for index in range(len(closed) + len(forecast.middle))]
        weights = [1.0] * len(self.starts)
        if kind in {Kind.SHARE, Kind.MEAN}:
            weights = [float(month.denominator or 0) for month in closed]
            weights += expected(dict(zip(self.starts, weights, strict=False)), self.starts[self.known :], worked)
        values = [float(month.value) for month in closed]
        self.weights: Floats = np.array(weights)
        self.values: Floats = np.array([[*values, *side] for side in (forecast.middle, forecast.low, forecast.high)])

    def place(self, month: date) -> int:
        """Which month it is of the course, whether the course reaches it or not."""
        return months_between(self.starts[0], month)

    def over(self, first: int, last: int) -> Floats:
        """The value of some months, and the ends of its range; of what stands, at the end of the last."""
        if self.kind in {Kind.STANDING, Kind.STANDING_SHARE}:
            return self.values[:, last]
        span = slice(max(first, 0), last + 1)
        sums: Floats = self.values[:, span] @ self.weights[span]
        return sums if self.kind is Kind.TOTAL else sums / max(float(self.weights[span].sum()), 1e-9)

    def ahead(self, first: int, last: int) -> Ahead:
        """The same, by the end of the last month. A share is one of whole records, so that all of them can be reached."""
        found = [Decimal(repr(float(value))) for value in self.over(first, last)]
        if self.kind in SHARES:
            records = Decimal(self.records(first, last))
            found = [100 * (value * records / 100).to_integral_value() / records for value in found]
        return Ahead(end_of_month(self.starts[last]), *found)

    def is_wide(self, expected: Ahead, goal: Goal, months: int) -> bool:
        """Whether a range, to which so many open months add, says next to nothing.

        That is where the goal lies within one that is wider than ``WIDE`` times all that closed months have moved; or where one of a share
        takes more than half of the scale.
        """
        width = float(expected.high - expected.low)
        if self.kind in SHARES and width > HALF:
            return True
        moved = float(np.ptp(self.values[0, : self.known])) * (months if self.kind is Kind.TOTAL else 1)
        return expected.low < goal.bound < expected.high and 0 < WIDE * moved < width

    def records(self, first: int, last: int) -> int:
        """The records of some months, at least one; of what stands those that stand now."""
        if self.kind is Kind.STANDING_SHARE:
            return int(self.closed[-1].denominator or 1)
        return max(round(float(self.weights[max(first, 0) : last + 1].sum())), 1)

    @cached_property
    def years(self) -> tuple[Ahead, ...]:
        """For each month ahead, what twelve months will have come to by its end, or what will stand then."""
        return tuple(self.ahead(index - YEAR + 1, index) for index in range(self.known, len(self.starts)))

    def done(self, since: date) -> tuple[tuple[date, Decimal], ...]:
        """The same of the closed months that end on a day or after it: value by last day."""
        found = ((end_of_month(self.starts[index]), index) for index in range(self.known))
        return tuple((end, self.ahead(index - YEAR + 1, index).value) for end, index in found if end >= since)


def outlook(months: Months, goal: Goal) -> Outlook | None:
    """What is to be expected of a goal; None where its horizon has passed or lies further ahead than was looked."""
    last = months.place(goal.horizon)
    if not months.known <= last < len(months.starts):
        return None
    first = max(last - goal.horizon.month + 1, 0)
    expected = replace(months.ahead(first, last), on=goal.horizon)
    is_wide = months.is_wide(expected, goal, last - max(first, months.known) + 1)
    return Outlook(expected, _reached(expected.value, goal), _met_on(months, goal), _needed(months, goal, first, last), is_wide)


def outlook_past(months: Months, goal: Goal) -> Outlook:
    """What is to be expected of a goal whose horizon has passed: what the twelve months to come are likely to be, and when they meet it."""
    expected = months.years[YEAR - 1]
    return Outlook(expected, _reached(expected.value, goal), _met_on(months, goal), None, months.is_wide(expected, goal, YEAR))


def _met_on(months: Months, goal: Goal) -> date | None:
    return next((each.on for each in months.years if _reached(each.value, goal)), None)


def _reached(value: Decimal, goal: Goal) -> bool:
    return value <= goal.bound if goal.wants_less else value >= goal.bound


def _needed(months: Months, goal: Goal, first: int, last: int) -> Needed | None:
    """How many records a month, by what was closed of the judged span and what is expected of the rest."""
    if months.kind in {Kind.STANDING_SHARE, Kind.STANDING}:
        lacking = _standing(months.closed[-1], months.kind, goal)
        if lacking is None:
            return None
        a_month = _whole(lacking / (last - months.known + 1))
        return Needed(months.starts[months.known], goal.horizon, int(lacking), a_month, None, None, True)
    if months.kind is not Kind.SHARE:
        return None
    start = max(first, months.known)
    count, ahead = last - start + 1, Decimal(months.records(start, last))
    done = sum((month.numerator or Decimal(0) for month in months.closed[first:]), Decimal(0))
    whole = sum((month.denominator or Decimal(0) for month in months.closed[first:]), ahead)
    rounding = ROUND_FLOOR if goal.wants_less else ROUND_CEILING
    lacking = max((goal.bound * whole / 100).to_integral_value(rounding) - done, Decimal(0))
    now = float(months.values[0, start : last + 1] @ months.weights[start : last + 1]) / 100
    a_month, of = _whole(lacking / count), _whole(ahead / count)
    return Needed(months.starts[start], goal.horizon, int(lacking), a_month, of, round(now / count), lacking <= ahead)


def _standing(now: Month, kind: Kind, goal: Goal) -> Decimal | None:
    """How many records what stands is short of the goal; None where that is not told by records."""
    if now.numerator is None or not now.denominator:
        return None
    if kind is Kind.STANDING_SHARE:
        wanted = goal.bound * now.denominator / 100
    elif goal.comparator in {"up", "down"}:
        wanted = now.denominator * (100 + goal.bound) / 100
    else:
        return None
    lacking = now.numerator - wanted if goal.wants_less else wanted - now.numerator
    return max(lacking, Decimal(0)).to_integral_value(ROUND_CEILING)


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))
