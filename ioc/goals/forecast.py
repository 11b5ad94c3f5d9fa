"""Where an indicator is going: its closed months looked ahead, in the manner that proved best on its own past, with a range that held.

A share is looked ahead as log odds, so that neither it nor its range leaves 0 to 100 per cent. docs/reference/forecast.md tells how the
manners were chosen and how far they can be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from ioc.goals.smoothing import Floats, ahead

# With fewer closed months in a row there is no forecast.
LEAST_MONTHS = 18
# A manner speaks in back-tests once it has seen so many months, for so many months ahead.
FIRST, STEPS = 6, 12
# One that is not at least this much better than “no change” is not used.
BETTER = 0.95
# The range reaches as far as this share of past misses did, and grows with the number of months ahead to this power. Misses to come are
# larger than past ones, by which the manner was chosen: so set, the range held 80 % of the months of back-tests.
REACH, GROWTH = 0.95, 0.8
# The choice itself is tried from this month on, at every third.
TRIED_FROM, EVERY = 12, 3


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
        manner: which manner of looking ahead was used; 0 is “no change”.
        error: the mean error of the choice in back-tests, as a share of that of “no change”; None where nothing ever changed.
        held: the share of months in back-tests that lay within the range.
        tests: how many months those back-tests judged.
    """

    middle: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    manner: int
    error: float | None
    held: float
    tests: int


@dataclass(frozen=True)
class _Scale:
    """The scale that is looked ahead on."""

    share: bool

    def course(self, months: Sequence[Month]) -> Floats:
        if not self.share:
            return np.array([float(month.value) for month in months])
        above = np.array([float(month.numerator or 0) for month in months])
        below = np.array([float(month.denominator or 0) for month in months])
        odds: Floats = np.log((above + 0.5) / (below - above + 0.5))
        return odds

    def back(self, course: Floats) -> Floats:
        return 100 / (1 + np.exp(-course)) if self.share else course


@dataclass(frozen=True)
class _Tests:
    """Everything that the manners said of months that are known by now. ``said`` is ``[manner, month, step]``."""

    course: Floats
    said: Floats
    scale: _Scale

    @cached_property
    def target(self) -> npt.NDArray[np.int64]:
        """The month that each step of each month speaks of."""
        return np.arange(len(self.course))[:, None] + 1 + np.arange(STEPS)[None, :]

    @cached_property
    def errors(self) -> Floats:
        """How far each was off, on the indicator's own scale; what is not known yet counts as nothing."""
        return np.abs(self.scale.back(self.said) - self.scale.back(self._known(self.course)))

    @cached_property
    def misses(self) -> Floats:
        """The same on the scale that is looked ahead on, as if it had been one month ahead."""
        misses: Floats = np.abs(self.said - self._known(self.course)) / np.arange(1, STEPS + 1) ** GROWTH
        return misses

    def _known(self, values: Floats) -> Floats:
        return values[np.minimum(self.target, len(values) - 1)]

    def choice(self, at: int) -> tuple[int, float]:
        """The manner that was best of what was known by a month, and how far the range reaches a month ahead."""
        known = (self.target <= at) & (np.arange(len(self.course))[:, None] >= FIRST)
        mean = self.errors[:, known].mean(axis=1)
        best = int(np.argmin(mean[1:])) + 1
        manner = best if mean[best] < BETTER * mean[0] else 0
        return manner, float(np.quantile(self.misses[manner][known], REACH))

    def trial(self) -> tuple[float | None, float, int]:
        """How the choice would have done with what was known then: its error against “no change”, the share held, of how many months."""
        off, unchanged, held = [], [], []
        for at in range(TRIED_FROM, len(self.course) - 1, EVERY):
            manner, radius = self.choice(at)
            steps = min(STEPS, len(self.course) - 1 - at)
            off.append(self.errors[manner, at, :steps])
            unchanged.append(self.errors[0, at, :steps])
            held.append(self.misses[manner, at, :steps] <= radius)
        base, every = float(np.concatenate(unchanged).mean()), np.concatenate(held)
        return (float(np.concatenate(off).mean()) / base if base > 0 else None), float(every.mean()), len(every)


@lru_cache(maxsize=1024)
def forecast(months: tuple[Month, ...], steps: int, *, share: bool) -> Forecast | None:
    """The months that follow closed ones. It rests on these months alone, and is kept for as long as they stay the same.

    Args:
        months: closed months in a row, oldest first.
        steps: how many months ahead.
        share: whether the value is a share in per cent, of a numerator of whole records.

    Returns:
        None where there are fewer than ``LEAST_MONTHS``.
    """
    if len(months) < LEAST_MONTHS or steps < 1:
        return None
    scale = _Scale(share)
    course = scale.course(months)
    said = ahead(course, max(steps, STEPS))
    tests = _Tests(course, said[:, :, :STEPS], scale)
    manner, radius = tests.choice(len(months) - 1)
    error, held, count = tests.trial()
    middle, width = said[manner, -1, :steps], radius * np.arange(1, steps + 1) ** GROWTH
    expected, low, high = (tuple(scale.back(course).tolist()) for course in (middle, middle - width, middle + width))
    return Forecast(expected, low, high, manner, error, held, count)
