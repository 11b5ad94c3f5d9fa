"""Indicators looked ahead: their closed months, the forecast of those that follow, and what it says about each goal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise, takewhile

from ioc.catalogue.model import Catalogue, Goal, Indicator, Measure, Unit
from ioc.catalogue.period import Period, month_after, months_between, period_of
from ioc.goals.forecast import LEAST_MONTHS, STEPS, Forecast, Month, forecast
from ioc.goals.outlook import SHARES, Kind, Months, kind_of
from ioc.goals.volumes import working_days
from ioc.indicators.values import Value

# Closed months that a forecast rests on at most; how far it looks ahead at least (no less far than back) and at most, and past the last
# horizon.
MOST_MONTHS, LEAST_AHEAD, MOST_AHEAD, BEYOND = 36, 36, 84, 12
# What of a formula says how it counts.
COUNTING = ("counts", "succeeds", "value", "total", "at")


@dataclass(frozen=True)
class Look:
    """An indicator looked ahead. ``closed`` counts the months in a row up to the last that is over; without forecast they are too few,

    or, where its months do not make up a year (``adds``), they say nothing about it.
    """

    closed: int
    forecast: Forecast | None = None
    months: Months | None = None
    adds: bool = True

    @property
    def lacking(self) -> int:
        """How many closed months are lacking for a forecast."""
        return max(LEAST_MONTHS - self.closed, 0)


NOTHING_AHEAD = Look(0)


def closed_months(today: date) -> tuple[Period, ...]:
    """The months that are over, as many as a forecast may rest on, oldest first."""
    return tuple(period_of("month", month_after(today, -back)) for back in range(MOST_MONTHS, 0, -1))


def worked_months(catalogue: Catalogue, today: date) -> dict[date, int]:
    """The working days of every month that a forecast speaks of."""
    return working_days(catalogue.civil_time, [month_after(today, index) for index in range(-MOST_MONTHS, MOST_AHEAD + 1)])


def look(catalogue: Catalogue, indicator: str, values: Sequence[Value], stock: bool, worked: Mapping[date, int], today: date) -> Look:
    """An indicator looked ahead from its closed months, oldest first."""
    since = comparable_since(catalogue, indicator)
    run = _run([value for value in values if since is None or (value.span and value.span.end >= since)])
    if catalogue.indicators[indicator].measure is Measure.DISTINCT:
        return Look(len(run), adds=False)
    kind = kind_of(catalogue.indicators[indicator], stock)
    if kind in SHARES and not all(_is_part(month) for month in run):
        kind = Kind.STANDING if stock else Kind.MEAN
    steps = _steps((goal for _, goal in catalogue.goals_of(indicator)), today)
    first = month_after(today, -len(run))
    counted = kind is Kind.TOTAL and all(month.value >= 0 for month in run)
    days = tuple(worked[month_after(first, index)] for index in range(len(run) + max(steps, STEPS))) if counted else None
    found = forecast(run, steps, share=kind in SHARES, worked=days, within=_within(catalogue, indicator, run))
    if found is None:
        return Look(len(run))
    return Look(len(run), found, _course(first, run, found, kind, tuple(worked.items())))


def comparable_since(catalogue: Catalogue, indicator: str) -> date | None:
    """Since when values are counted alike: of an indicator whose formula, or that of what it is made of, has come to count otherwise.

    A formula of which only the words or the source are others goes on.
    """
    days = [
        since
        for name in catalogue.within(indicator)
        for (_, one), (since, other) in pairwise(catalogue.indicators[name].formulas)
        if since and any(getattr(one, part) != getattr(other, part) for part in COUNTING)
    ]
    return max(days, default=None)


@lru_cache(maxsize=512)
def _course(first: date, run: tuple[Month, ...], found: Forecast, kind: Kind, worked: tuple[tuple[date, int], ...]) -> Months:
    """Closed months and those ahead, kept like the forecast for as long as closed months stay the same, with what follows from them."""
    return Months(first, run, found, kind, dict(worked))


def _run(values: Sequence[Value]) -> tuple[Month, ...]:
    """The last months without a gap; months before anything stood or happened do not count."""
    known = list(takewhile(lambda value: value.value is not None, reversed(values)))
    return tuple(Month(value.numerator, value.denominator, value.value) for value in reversed(known) if value.value is not None)


def _within(catalogue: Catalogue, indicator: str, run: Sequence[Month]) -> tuple[float, float]:
    """What a value cannot go below and above.

    Nothing shrinks by more than all of it; what is counted is never less than nothing; a part is no more than its whole, a mean no more
    than the field that it is of may hold, and a score no more than all its points. A growth in per cent has no upper end.
    """
    spec = catalogue.indicators[indicator]
    if spec.measure is Measure.CHANGE:
        return (-100.0 if spec.unit is Unit.PERCENT else -math.inf, math.inf)
    least = 0.0 if all(month.value >= 0 for month in run) else -math.inf
    return (least, _most(catalogue, spec, run))


def _most(catalogue: Catalogue, spec: Indicator, run: Sequence[Month]) -> float:
    if spec.measure is Measure.COMPOSITE:
        return float(sum(part.points for part in spec.parts))
    if spec.measure is Measure.RATIO and spec.unit is Unit.PERCENT and all(map(_is_part, run)):
        return 100.0
    field = catalogue.records[spec.record].fields.get(spec.value or "") if spec.record and spec.measure is Measure.MEAN else None
    return math.inf if field is None or field.max is None else float(field.max)


def _is_part(month: Month) -> bool:
    return month.numerator is not None and month.denominator is not None and 0 <= month.numerator <= month.denominator


def _steps(goals: Iterable[Goal], today: date) -> int:
    """How many months ahead: a year past the last horizon, within bounds."""
    last = max((goal.horizon for goal in goals), default=today - timedelta(days=1))
    ahead = months_between(today, last) + 1 + BEYOND
    return min(max(ahead, LEAST_AHEAD), MOST_AHEAD)
