"""Places beside each other: ranks with ties, and whether a share lies outside of what chance allows for so many records. Pure functions.

A share r of n records is compared with the share p of the whole: it lies outside when |r − p| > z·√(p(1 − p)/n). That is the score test,
so p then lies outside of the Wilson interval of r (E. B. Wilson, JASA 22, 1927), and the limits drawn over n are a funnel
(D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24(8), 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import sqrt

# Of the two limits of a funnel plot: 95 % and 99.8 %.
WARNING, OUTSIDE = 1.959964, 3.090232
# Of fewer records nothing is said.
LEAST_RECORDS = 30


def ranks(values: Sequence[Decimal | None], most_first: bool) -> list[int | None]:
    """Standard competition ranks (1, 2, 2, 4): equal values share the better rank, and as many ranks are left out. No value, no rank."""
    known = sorted((value for value in values if value is not None), reverse=most_first)
    first: dict[Decimal, int] = {}
    for place, value in enumerate(known, start=1):
        first.setdefault(value, place)
    return [None if value is None else first[value] for value in values]


def limits(share: float, records: float, z: float) -> tuple[float, float]:
    """Between what shares of so many records lie, where the whole has ``share``, but for chance; ``z`` is ``WARNING`` or ``OUTSIDE``."""
    reach = z * sqrt(share * (1 - share) / records)
    return max(share - reach, 0.0), min(share + reach, 1.0)


def standing(numerator: Decimal, denominator: Decimal, whole: float) -> str:
    """``few`` records, ``high`` or ``low`` outside of the outer limits, or ``usual``."""
    if denominator < LEAST_RECORDS:
        return "few"
    low, high = limits(whole, float(denominator), OUTSIDE)
    share = float(numerator / denominator)
    return "high" if share > high else "low" if share < low else "usual"
