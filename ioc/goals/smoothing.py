"""Smoothing of a course with statsmodels: what each of some manners of looking ahead said at every month of the past, and says now.

Holt's method with a damped trend: a level and a trend, each moved by so much with every new month; the trend fades ahead. The four manners
are chosen on back-tests (docs/reference/forecast.md): quick or calm, with a trend that lasts or fades.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# How much a new month moves the level and the trend, and how much of the trend is left with each month ahead.
MANNERS = ((0.5, 0.2, 0.98), (0.2, 0.4, 0.98), (0.2, 0.1, 0.95), (0.8, 0.1, 0.95))


def library() -> Any:
    """The class that smooths. Loading it takes a second, which only who forecasts shall wait for, and a server before it serves."""
    from statsmodels.tsa.holtwinters import Holt  # noqa: PLC0415

    return Holt


def ahead(course: Floats, steps: int) -> Floats:
    """What each manner says at each month of a course for so many months after it, as ``[manner, month, step]``.

    The first manner is “no change”: the month itself. What is said at a month rests on it and those before it alone.
    """
    said = [np.repeat(course[:, None], steps, axis=1)]
    for level, trend, lasting in MANNERS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            smoothed = library()(course, damped_trend=True, initialization_method="legacy-heuristic").fit(
                smoothing_level=level, smoothing_trend=trend, damping_trend=lasting, optimized=False
            )
        fading = np.cumsum(lasting ** np.arange(1, steps + 1))
        said.append(smoothed.level[:, None] + smoothed.trend[:, None] * fading)
    return np.stack(said)
