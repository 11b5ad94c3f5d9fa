"""How much each day is to hold beside the others: weekdays, days off, the quiet around long breaks, and the season of the year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.period import month_after

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Days off in a row that make a break, and a long one, as Lunar New Year is; days so near to one have a measure of their own.
BREAK, LONG_BREAK, NEAR_BREAK = 5, 7, 5
# A day is judged by its kind only where there are so many others of it.
LEAST_DAYS = 4
# The level of a day is told by so many days on either side of it.
HALF_WINDOW = 28
# So many working days make a week like any other.
LEAST_WORKED = 3


def day_kinds(civil: CivilTime, days: Sequence[date]) -> list[str]:
    """The kind of each day of a run of days: its weekday if it is worked, whether it is off, how near it is to a break of how long."""
    margin = timedelta(days=NEAR_BREAK + 15)
    wide = [days[0] - margin + timedelta(days=number) for number in range((days[-1] - days[0] + 2 * margin).days + 1)]
    works = [civil.is_working(day) for day in wide]
    kinds = [_kind(day, worked) for day, worked in zip(wide, works, strict=True)]
    start = 0
    for end in range(1, len(wide) + 1):
        if end < len(wide) and works[end] == works[start]:
            continue
        if not works[start] and end - start >= BREAK:
            length = "long" if end - start >= LONG_BREAK else "short"
            kinds[start:end] = [f"{length} break"] * (end - start)
            for distance in range(1, NEAR_BREAK + 1):
                for place in (start - distance, end - 1 + distance):
                    if 0 <= place < len(wide) and kinds[place].isdigit():
                        kinds[place] = f"{distance} from a {length} break"
        start = end
    return kinds[margin.days : margin.days + len(days)]


def _kind(day: date, worked: bool) -> str:
    if not worked:
        return "off"
    return str(day.weekday()) if day.weekday() < 5 else "worked weekend"


def weights(counts: Floats, kinds: Sequence[str], days: Sequence[date]) -> Floats:
    """What each day is to hold beside an average day, learnt from the counts of a run of days.

    A kind's weight is the median over its days of their count beside the level around them; a month's is that of other years' same
    month beside the level of their year, so that a fault cannot become its own season.
    """
    by_kind: dict[str, list[float]] = defaultdict(list)
    for count, kind, around in zip(counts, kinds, _level(counts, kinds), strict=True):
        if around > 0:
            by_kind[kind].append(count / around)
    known = {kind: float(np.median(ratios)) for kind, ratios in by_kind.items()}
    plain = np.array([known.get(kind, 0.0) for kind in kinds])
    return plain * _season(counts, plain, days)


def well_known(kinds: Sequence[str]) -> Flags:
    """Which days are of a kind that there is enough of."""
    often = Counter(kinds)
    return np.array([often[kind] > LEAST_DAYS for kind in kinds])


def _level(counts: Floats, kinds: Sequence[str]) -> Floats:
    """Around each day, the median count of ordinary working days."""
    ordinary = np.array([kind.isdigit() for kind in kinds])
    found = np.zeros(len(counts))
    for place in range(len(counts)):
        near = slice(max(place - HALF_WINDOW, 0), place + HALF_WINDOW + 1)
        values = counts[near][ordinary[near]]
        found[place] = np.median(values) if len(values) else 0.0
    return found


def _season(counts: Floats, plain: Floats, days: Sequence[date]) -> Floats:
    """For each day, the factor of its month as other years had it; 1 where there is no other year."""
    months = [day.replace(day=1) for day in days]
    sums: dict[date, list[float]] = {month: [0.0, 0.0] for month in months}
    for month, count, weight in zip(months, counts, plain, strict=True):
        sums[month][0] += count
        sums[month][1] += weight
    pace = {month: held / meant for month, (held, meant) in sums.items() if meant > 10}
    ratio = {month: pace[month] / around for month in pace if (around := _around(pace, month))}
    factors = {}
    for month in sums:
        others = [value for other, value in ratio.items() if other.month == month.month and other != month]
        factors[month] = float(np.median(others)) if others else 1.0
    return np.array([factors[month] for month in months])


def _around(pace: Mapping[date, float], month: date) -> float:
    """The mean pace of the twelve months around one; 0 where they are not all known."""
    near = [pace.get(month_after(month, offset)) for offset in range(-6, 7)]
    if any(each is None for each in near):
        return 0.0
    halves = [0.5, *[1.0] * 11, 0.5]
    return sum(half * (each or 0.0) for half, each in zip(halves, near, strict=True)) / 12
