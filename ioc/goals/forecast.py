"""Where an indicator is going: its closed months looked ahead, in the manner that proved best on its own past, with a range that held.

A share is looked ahead as log odds, so that neither it nor its range leaves 0 to 100 per cent. docs/reference/forecast.md tells how the
manners were chosen and how far they can be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ioc.goals.smoothing import FLAT, MANNERS, SEASONAL, YEAR, Floats, Method, ahead

# With fewer closed months in a row there is no forecast.
LEAST_MONTHS = 18
# A manner speaks in back-tests once it has seen so many months, a seasonal one once it has seen a year, for so many months ahead.
FIRST, STEPS = 6, 12
# One that is not at least this much better than “no change” is not used.
BETTER = 0.85
# With two years known a seasonal manner is used, where it is at least this much better than the best of the others.
TWO_YEARS, SEASON = 24, 0.8
# The range reaches as far as this share of past misses did, and grows with the number of months ahead to a power, within these bounds, as
# they did; before two years are known, or so many steps, with the last of these powers. Misses to come are larger than past ones, by which
# the manner was chosen: so set, ranges held 80 % of the months of back-tests.
REACH, GROWTH, LEAST_STEPS = 0.9, (0.0, 1.0), 6
# The choice itself is tried from this month on, at every third.
TRIED_FROM, EVERY = 12, 3
AHEAD = np.arange(1, STEPS + 1)
# The share of months that a range is meant to hold.
MEANT = 0.8
ANYWHERE = (-math.inf, math.inf)


@dataclass(frozen=True)
class Month:
    """What a closed month has come to; a month of a stock, what stood at its end."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal


@dataclass(frozen=True)
class Forecast:
    """The months ahead of the last closed one.

    Attributes:
        middle, low, high: the value expected for each, and the ends of the range, on the indicator's own scale.
        method: the manner of looking ahead that was used.
        error: the mean error of the choice in back-tests, as a share of that of “no change”; 1 where that is used, None where nothing ever
            changed.
        held: the share of months in back-tests that lay within the range.
        tests: how many months those back-tests judged.
    """

    middle: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    method: Method
    error: float | None
    held: float
    tests: int

    @property
    def held_months(self) -> int:
        """How many months in back-tests lay within the range."""
        return round(self.held * self.tests)

    @property
    def falls_short(self) -> bool:
        """Whether that were fewer than a range is meant to hold."""
        return self.held < MEANT


@dataclass(frozen=True)
class _Scale:
    """The scale that is looked ahead on: of shares log odds, of what is counted the log of how many a working day, else the value itself.

    ``records`` are those of every month that a share is of, ``worked`` the working days; of the months ahead too, and None where that is
    not the scale.
    """

    records: Floats | None
    worked: Floats | None

    def course(self, months: Sequence[Month]) -> Floats:
        values = np.array([float(month.value) for month in months])
        if self.worked is not None:
            rates: Floats = np.log((values + 0.5) / self.worked[: len(values)])
            return rates
        if self.records is None:
            return values
        above = np.array([float(month.numerator or 0) for month in months])
        odds: Floats = np.log((above + 0.5) / (self.records[: len(values)] - above + 0.5))
        return odds

    def back(self, course: Floats, months: npt.NDArray[np.int64]) -> Floats:
        """The indicator's own scale, of the months whose places are given."""
        if self.worked is not None:
            counts: Floats = np.maximum(np.exp(course) * self.worked[months] - 0.5, 0)
            return counts
        if self.records is None:
            return course
        of = self.records[months]
        shares: Floats = 100 * np.clip(((of + 1) / (1 + np.exp(-course)) - 0.5) / of, 0, 1)
        return shares


def _scale(months: Sequence[Month], steps: int, share: bool, worked: Sequence[int] | None) -> _Scale:
    """The scale of an indicator; the months ahead are taken to have as many records as the last twelve had on average."""
    if not share:
        return _Scale(None, None if worked is None else np.array(worked, dtype=float))
    records = np.maximum([float(month.denominator or 0) for month in months], 1.0)
    return _Scale(np.append(records, np.repeat(records[-YEAR:].mean(), steps)), None)


@dataclass(frozen=True)
class _Tests:
    """Everything that the manners said of months that are known by now. ``said`` is ``[manner, month, step]``."""

    course: Floats
    said: Floats
    scale: _Scale

    @cached_property
    def month(self) -> npt.NDArray[np.int64]:
        """The month at which each step was said."""
        return np.arange(len(self.course))[:, None]

    @cached_property
    def target(self) -> npt.NDArray[np.int64]:
        """The month that each step of each month speaks of."""
        return self.month + AHEAD

    @cached_property
    def errors(self) -> Floats:
        """How far each was off, on the indicator's own scale; nothing where nothing was said, or is not known yet."""
        known = np.minimum(self.target, len(self.course) - 1)
        return np.nan_to_num(np.abs(self.scale.back(self.said, known) - self.scale.back(self.course[known], known)))

    def mean(self, where: npt.NDArray[np.bool_]) -> list[float]:
        """The mean error of each manner over some months and steps."""
        means = self.errors.reshape(len(self.errors), -1) @ where.ravel() / where.sum()
        return [float(mean) for mean in means]

    @cached_property
    def misses(self) -> Floats:
        """The same on the scale that is looked ahead on."""
        known = np.minimum(self.target, len(self.course) - 1)
        return np.nan_to_num(np.abs(self.said - self.course[known]))

    def best(self, at: int) -> int:
        """The manner that was best of what was known by a month."""
        known = (self.target <= at) & (self.month >= FIRST)
        mean = self.mean(known)
        manner = min(FLAT, key=lambda each: mean[each])
        manner = manner if mean[manner] < BETTER * mean[0] else 0
        if at + 1 >= TWO_YEARS:
            mean = self.mean(known & (self.month >= YEAR))
            best = min(SEASONAL, key=lambda each: mean[each])
            manner = best if mean[best] < SEASON * mean[manner] else manner
        return manner

    def choice(self, at: int, manner: int) -> _Choice:
        """A manner with how far its range reaches by what was known by a month."""
        known, grows = (self.target <= at) & (self.month >= (YEAR if manner in SEASONAL else FIRST)), at + 1 >= TWO_YEARS
        own = _reach(self.errors[manner], known, grows) if self.scale.records is not None else UNBOUNDED
        return _Choice(manner, _reach(self.misses[manner], known, grows), own)

    def trial(self, manner: int | None = None) -> _Trial:
        """How the choice would have done with what was known then; or one manner."""
        off, unchanged, held = [], [], []
        for at in range(TRIED_FROM, len(self.course) - 1, EVERY):
            choice, steps = self.choice(at, self.best(at) if manner is None else manner), min(STEPS, len(self.course) - 1 - at)
            off.append(self.errors[choice.manner, at, :steps])
            unchanged.append(self.errors[0, at, :steps])
            within = self.misses[choice.manner, at, :steps] <= choice.reach.at(steps)
            held.append(within & (self.errors[choice.manner, at, :steps] <= choice.own.at(steps)))
        base, every = float(np.concatenate(unchanged).mean()), np.concatenate(held)
        return _Trial(float(np.concatenate(off).mean()) / base if base > 0 else None, float(every.mean()), len(every))


class _Reach(NamedTuple):
    """How far a range reaches a month ahead, and with which power of the months ahead that grows."""

    radius: float
    growth: float

    def at(self, steps: int) -> Floats:
        """How far it reaches at each step."""
        return np.array([self.radius * step**self.growth for step in range(1, steps + 1)])


UNBOUNDED = _Reach(math.inf, 0.0)


class _Choice(NamedTuple):
    """A manner, and how far its range reaches on the scale that is looked ahead on, and of a share no further on its own.

    Near 0 and 100 per cent a few records more or less are a long way in log odds.
    """

    manner: int
    reach: _Reach
    own: _Reach


class _Trial(NamedTuple):
    """The error against “no change”, the share of months that lay within the range, and of how many."""

    error: float | None
    held: float
    tests: int


def _reach(misses: Floats, known: npt.NDArray[np.bool_], grows: bool) -> _Reach:
    """How far a range reaches by what was missed. ``grows``: with the power that past misses show, that of a line through their logs."""
    mean = (misses * known).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    growth, some = GROWTH[1], mean > 0
    if grows and some.sum() >= LEAST_STEPS:
        steps = np.log(AHEAD[some]) - np.log(AHEAD[some]).mean()
        growth = min(max(float(steps @ np.log(mean[some]) / (steps @ steps)), GROWTH[0]), GROWTH[1])
    return _Reach(_reached_by((misses / AHEAD**growth)[known], REACH), growth)


def _reached_by(values: Floats, share: float) -> float:
    """What so large a share of some values does not go beyond."""
    place = math.ceil(share * len(values)) - 1
    return float(np.partition(values, place)[place])


@lru_cache(maxsize=1024)
def forecast(
    months: tuple[Month, ...], steps: int, *, share: bool, worked: tuple[int, ...] | None = None, within: tuple[float, float] = ANYWHERE
) -> Forecast | None:
    """The months that follow closed ones. It rests on these months alone, and is kept for as long as they stay the same.

    Args:
        months: closed months in a row, oldest first.
        steps: how many months ahead.
        share: whether the value is a share in per cent, of a numerator of whole records.
        worked: where something is counted, the working days of every month, closed or ahead; it is looked ahead by working days.
        within: what the value cannot go below and above; neither does what is expected, nor its range.

    Returns:
        None where there are fewer than ``LEAST_MONTHS``.
    """
    if len(months) < LEAST_MONTHS or steps < 1:
        return None
    scale = _scale(months, max(steps, STEPS), share, worked)
    course = scale.course(months)
    said = ahead(course, max(steps, STEPS))
    tests = _Tests(course, said[:, :, :STEPS], scale)
    manner, trial = tests.best(len(months) - 1), tests.trial()
    if trial.error is not None and trial.error >= BETTER:  # choosing among manners has not paid either
        manner, trial = 0, tests.trial(0)
    choice = tests.choice(len(months) - 1, manner)
    course, width, own = said[choice.manner, -1, :steps], choice.reach.at(steps), choice.own.at(steps)
    places = np.arange(len(months), len(months) + steps)
    middle, low, high = (scale.back(each, places) for each in (course, course - width, course + width))
    sides = (middle, np.maximum(low, middle - own), np.minimum(high, middle + own))
    expected, least, most = (tuple(np.clip(side, *within).tolist()) for side in sides)
    return Forecast(expected, least, most, MANNERS[choice.manner].method, trial.error, trial.held, trial.tests)
