"""The path to a goal: what is asked for on any day between the beginning and the horizon."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from ioc.catalogue.model import Goal
from ioc.catalogue.period import end_of_month

Knot = tuple[date, Decimal]


@dataclass(frozen=True)
class Course:
    """A path in figures: ``knots`` are days with what is asked for by their end, the first the beginning, the last the goal.

    Between two knots the way is straight, or, of a ``stepped`` one, level until the next knot's day.
    """

    knots: tuple[Knot, ...]
    stepped: bool = False

    @property
    def begins(self) -> date:
        """The day from whose value the path runs."""
        return self.knots[0][0]

    def at(self, on: date) -> Decimal:
        """What is asked for by the end of a day; before the beginning the value there, after the horizon the goal."""
        after = bisect_right([day for day, _ in self.knots], on)
        if after == 0:
            return self.knots[0][1]
        if after == len(self.knots) or self.stepped:
            return self.knots[after - 1][1]
        (start, low), (end, high) = self.knots[after - 1], self.knots[after]
        return low + (high - low) * Decimal((on - start).days) / (end - start).days


def course(goal: Goal, start: Decimal) -> Course:
    """The path of a goal from the value that stood at its beginning.

    A value that was past the goal already is asked for no longer: the path is then the goal itself.
    """
    bound = goal.bound
    begun = max(start, bound) if goal.wants_less else min(start, bound)
    ends = [(goal.begins, begun)], [(goal.horizon, bound)]
    shape = goal.path.shape
    if shape == "seasonal":
        return Course((*ends[0], *_seasonal(goal, begun), *ends[1]))
    points = [(day, _within(goal, begun, value)) for day, value in sorted(goal.path.points.items())]
    if shape == "steps" and not points:
        points = list(_yearly(goal, begun))
    return Course((*ends[0], *points, *ends[1]), stepped=shape == "steps")


def _within(goal: Goal, begun: Decimal, value: Decimal) -> Decimal:
    """A declared point, never behind what stood at the beginning."""
    return min(begun, value) if goal.wants_less else max(begun, value)


def _yearly(goal: Goal, begun: Decimal) -> Iterator[Knot]:
    """Equal steps at the end of each year."""
    ends = [date(year, 12, 31) for year in range(goal.begins.year, goal.horizon.year + 1)]
    steps = [day for day in ends if goal.begins < day < goal.horizon]
    for number, day in enumerate(steps, start=1):
        yield day, begun + (goal.bound - begun) * number / (len(steps) + 1)


def _seasonal(goal: Goal, begun: Decimal) -> Iterator[Knot]:
    """The end of each month, with the share of the way that lies behind it by the months' weights."""
    ends, day = [goal.begins], goal.begins
    while day < goal.horizon:
        day = min(end_of_month(day + timedelta(days=1)), goal.horizon)
        ends.append(day)
    weights = [goal.path.months[end.month - 1] * (end - before).days / end_of_month(end).day for before, end in pairwise(ends)]
    total, gone = sum(weights, Decimal(0)), Decimal(0)
    for end, weight in zip(ends[1:-1], weights, strict=False):
        gone += weight
        yield end, begun + (goal.bound - begun) * gone / total
