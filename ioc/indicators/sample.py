"""How sure a share is that rests on a sample: Wilson's interval, and whether the sample is too small to say much."""

from __future__ import annotations

from decimal import Decimal
from statistics import NormalDist
from typing import NamedTuple

from ioc.catalogue.model import Indicator, Unit
from ioc.indicators.question import Value

CONFIDENCE = 0.95
_Z = Decimal(str(NormalDist().inv_cdf((1 + CONFIDENCE) / 2)))


class Interval(NamedTuple):
    """The bounds between which the share of everybody lies, in the indicator's unit, and whether the sample is small."""

    low: Decimal
    high: Decimal
    small: bool


def wilson(successes: Decimal, count: Decimal) -> tuple[Decimal, Decimal]:
    """Wilson's score interval (E. B. Wilson, JASA 22, 1927, 209 - 212) of a share, between 0 and 1, at 95 per cent.

    Unlike the usual plus or minus it never leaves 0 to 1, and says something at 0 and at 1.
    """
    share, square = successes / count, _Z * _Z
    middle = share + square / (2 * count)
    reach = _Z * (share * (1 - share) / count + square / (4 * count * count)).sqrt()
    scale = 1 + square / count
    low, high = (middle - reach) / scale, (middle + reach) / scale
    return (Decimal(0) if successes == 0 else low), (Decimal(1) if successes == count else high)


def interval(spec: Indicator, value: Value) -> Interval | None:
    """The interval of a value, where its indicator rests on a sample and there are answers."""
    if spec.sample is None or value.numerator is None or not value.denominator:
        return None
    low, high = wilson(value.numerator, value.denominator)
    factor = 100 if spec.unit is Unit.PERCENT else 1
    return Interval(factor * low, factor * high, value.denominator < spec.sample.small)
