"""What leaves its usual range: robust limits around what was to be expected. Pure functions over arrays; one row for each series.

Each period is compared with the same series' other periods near it, never with itself: a line through up to ``NEAR`` of them on either
side (the median of all slopes between two of them, after H. Theil 1950 and P. K. Sen 1968) says what was to be expected, so that a
trend is not taken for a fault and a fault does not pull its own expectation along. Rates and counts are brought to a scale on which
chance alone has the same spread everywhere (F. J. Anscombe, Biometrika 35, 1948): 2·asin√(share) has a variance of 1/n, and 2·√count
one of 1. Real series vary more than chance alone: how much more is read off the series' own deviations by their median absolute
deviation, as in D. B. Laney's p′ and u′ charts (Quality Engineering 14(4), 2002; see also D. J. Spiegelhalter, Quality and Safety in
Health Care 14(5), 2005, on over-dispersion). What deviates by more than ``LIMIT`` times that is an anomaly.

Nothing is said of tiny numbers: a share of fewer than ``LEAST_RECORDS`` records, or an expectation of less than ``LEAST_COUNT``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEAR = 13
# So many periods near one must be known before it is judged.
LEAST_NEAR = 12
LIMIT = 4.5
LEAST_RECORDS, LEAST_COUNT = 30, 20
# Of a normal distribution, the standard deviation by its median absolute deviation.
_BY_MEDIAN = 1.4826


@dataclass(frozen=True)
class Judged:
    """For each series (row) and period (column): what was to be expected, its usual range, and how far off the value is.

    ``score`` is in standard deviations; NaN where nothing can be said.
    """

    expected: Floats
    low: Floats
    high: Floats
    score: Floats

    @property
    def unusual(self) -> Flags:
        """Which values have left their range."""
        return np.abs(np.nan_to_num(self.score)) > LIMIT


def of_rates(numerators: Floats, denominators: Floats) -> Judged:
    """Shares of records, between 0 and 1; what lies outside of that is not judged."""
    enough = (denominators >= LEAST_RECORDS) & (numerators >= 0) & (numerators <= denominators)
    count = np.where(enough, denominators, np.nan)
    share = (np.where(enough, numerators, np.nan) + 3 / 8) / (count + 3 / 4)
    level = 2 * np.arcsin(np.sqrt(share))
    expected = np.clip(_expected(level), 0, np.pi)
    score, spread = _score((level - expected) * np.sqrt(count))
    reach = LIMIT * spread / np.sqrt(count)
    low, middle, high = (np.sin(np.clip(each, 0, np.pi) / 2) ** 2 for each in (expected - reach, expected, expected + reach))
    return Judged(middle, low, high, score)


def of_counts(counts: Floats, weights: Floats) -> Judged:
    """Counts of records. ``weights``: how much each period is to hold beside the others, by its working days and season."""
    usable = (weights > 0) & np.isfinite(counts)
    root = np.sqrt(np.where(usable, weights, np.nan))
    level = np.sqrt(np.where(usable, counts, np.nan) + 3 / 8) / root
    expected = np.maximum(_expected(level), 0) * root
    expected = np.where(expected**2 >= LEAST_COUNT, expected, np.nan)
    score, spread = _score(2 * (level * root - expected))
    reach = LIMIT * spread / 2
    low, middle, high = (np.maximum(each, 0) ** 2 for each in (expected - reach, expected, expected + reach))
    return Judged(middle, low, high, score)


def _expected(level: Floats) -> Floats:
    """For each value, what a robust line through its neighbours says in its place."""
    series, length = level.shape
    padded = np.pad(level, ((0, 0), (NEAR, NEAR)), constant_values=np.nan)
    offsets = np.array([offset for offset in range(-NEAR, NEAR + 1) if offset], dtype=float)
    # (series, length, neighbours): the values around each place, without its own.
    near = np.stack([padded[:, NEAR + int(offset) : NEAR + int(offset) + length] for offset in offsets], axis=2)
    first, second = np.triu_indices(len(offsets), 1)
    found = np.full((series, length), np.nan)
    for row in range(series):  # one at a time: all pairs of all series at once would need much memory
        known = np.isfinite(near[row]).sum(axis=1) >= LEAST_NEAR
        values = near[row][known]
        slopes = _median((values[:, second] - values[:, first]) / (offsets[second] - offsets[first]))
        found[row, known] = _median(values - slopes[:, None] * offsets)
    return found


def _median(values: Floats) -> Floats:
    """The median of what is known in each row; of each row something is."""
    ordered = np.sort(values, axis=1)  # what is unknown comes last
    count = np.isfinite(values).sum(axis=1)
    rows = np.arange(len(values))
    middle: Floats = (ordered[rows, (count - 1) // 2] + ordered[rows, count // 2]) / 2
    return middle


def _score(deviations: Floats) -> tuple[Floats, Floats]:
    """Deviations in standard deviations of their own series; that is never less than what chance alone gives."""
    known = np.isfinite(deviations)
    spread = np.ones((len(deviations), 1))
    for row in np.flatnonzero(known.any(axis=1)):
        spread[row] = max(1.0, _BY_MEDIAN * float(np.median(np.abs(deviations[row][known[row]]))))
    return deviations / spread, spread
