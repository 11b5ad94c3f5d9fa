"""Looking ahead with statsmodels: what each of some manners said at every month of the past, and says now.

Holt's method is a level and a damped trend, each moved by so much with every new month; that of Holt and Winters has a season besides. All
manners are chosen on back-tests (docs/reference/forecast.md): quick or calm, with a trend that lasts or fades.

With fixed parameters each manner is linear: what it makes of a course is the sum of what it makes of each month alone. So the library is
asked once what it makes of a month of 1 among months of 0, and every course costs a product of matrices in place of fits.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
YEAR = 12
# Courses up to so many months share what the library was asked for once.
USUAL = 36


class Method(StrEnum):
    """How a manner looks ahead."""

    NO_CHANGE = "no_change"
    YEAR_AGO = "as_a_year_ago"
    HOLT = "holt_damped"
    HOLT_WINTERS = "holt_winters"

    @property
    def seasonal(self) -> bool:
        """Whether it follows the season, and so speaks from the second year on only."""
        return self in {Method.YEAR_AGO, Method.HOLT_WINTERS}


class Manner(NamedTuple):
    """How much a new month moves level, trend and season, and how much of the trend is left with each month ahead."""

    method: Method
    level: float = 0
    trend: float = 0
    lasting: float = 0
    season: float = 0


MANNERS = (
    Manner(Method.NO_CHANGE),
    Manner(Method.HOLT, 0.5, 0.2, 0.98),
    Manner(Method.HOLT, 0.2, 0.4, 0.98),
    Manner(Method.HOLT, 0.2, 0.1, 0.95),
    Manner(Method.HOLT, 0.8, 0.1, 0.95),
    Manner(Method.YEAR_AGO),
    Manner(Method.HOLT_WINTERS, 0.2, 0.1, 0.95, 0.1),
)
FLAT, SEASONAL = (tuple(place for place, each in enumerate(MANNERS) if each.method.seasonal is seasonal) for seasonal in (False, True))


class _Parts(NamedTuple):
    """Level, trend and season at each month, as ``[month, month of the course]``: weights of the course's months."""

    level: Floats
    trend: Floats
    season: Floats


def library() -> None:
    """Load the library and ask it what it is asked once. That takes a second, which a server spends before it serves."""
    for manner in MANNERS:
        _weights(manner, USUAL)


def ahead(course: Floats, steps: int) -> Floats:
    """What each manner says at each month of a course for so many months after it, as ``[manner, month, step]``.

    What is said at a month rests on it and those before it alone; a seasonal manner says nothing (NaN) before the first year is over.
    """
    return np.stack([_said(manner, course, steps) for manner in MANNERS])


def _said(manner: Manner, course: Floats, steps: int) -> Floats:
    months = len(course)
    if manner.method is Method.NO_CHANGE:
        return np.repeat(course[:, None], steps, axis=1)
    if manner.method is Method.YEAR_AGO:
        return _same_months(course, steps)
    level, trend, season = (part[:months, :months] @ course for part in _weights(manner, max(months, USUAL)))
    fading = np.cumsum(manner.lasting ** np.arange(1, steps + 1))
    said: Floats = level[:, None] + trend[:, None] * fading
    return said + _same_months(season, steps) if manner.method.seasonal else said


def _same_months(course: Floats, steps: int) -> Floats:
    """For each month of a course, what it was in the same months of the last year as those after it; NaN within the first year."""
    places = np.arange(len(course))[:, None] - YEAR + 1 + np.arange(steps)[None, :] % YEAR
    return np.where(places[:, :1] < 0, np.nan, course[np.maximum(places, 0)])


@lru_cache(maxsize=64)
def _weights(manner: Manner, months: int) -> _Parts:
    """What the library makes of each month alone."""
    if manner.method not in {Method.HOLT, Method.HOLT_WINTERS}:
        return _Parts(*np.zeros((3, 1, 1)))
    found = [_smoothed(manner, unit) for unit in np.eye(months)]
    return _Parts(*(np.stack(part, axis=1) for part in zip(*found, strict=True)))


def _smoothed(manner: Manner, course: Floats) -> Sequence[Floats]:
    """Level, trend and season at each month. They begin with what the first two months say, or, of a season, the first year."""
    from statsmodels.tsa.holtwinters import ExponentialSmoothing  # noqa: PLC0415 - who does not look ahead shall not wait for it

    seasonal = manner.method.seasonal
    level = course[:YEAR].mean() if seasonal else course[0]
    begun = {"initial_level": level, "initial_trend": 0.0 if seasonal else course[1] - course[0]}
    season = {"seasonal": "add", "seasonal_periods": YEAR, "initial_seasonal": course[:YEAR] - level} if seasonal else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of fits that are too good, which a course of nearly nothing is
        model = ExponentialSmoothing(course, trend="add", damped_trend=True, initialization_method="known", **begun, **season)
        found = model.fit(
            smoothing_level=manner.level,
            smoothing_trend=manner.trend,
            smoothing_seasonal=manner.season if seasonal else None,
            damping_trend=manner.lasting,
            optimized=False,
        )
    return found.level, found.trend, found.season if seasonal else np.zeros_like(course)
