"""Places beside the whole: the limits within which a difference may be chance alone, for every size."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import exp, log

from ioc.catalogue.model import Unit
from ioc.indicators.peers import OUTSIDE, WARNING, limits
from ioc.views.model import SplitRow, SplitView

# Points of a curve.
POINTS = 48


@dataclass(frozen=True)
class Limits:
    """For so many records: the inner (95 %) and outer (99.8 %) limits, in the indicator's unit."""

    records: int
    low: Decimal
    high: Decimal
    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True)
class FunnelView:
    """The places that have records, the value of the whole, and the limits over all their sizes."""

    dimension: str
    whole: Decimal
    rows: tuple[SplitRow, ...]
    curve: tuple[Limits, ...]


def funnel_view(split: SplitView | None, unit: Unit) -> FunnelView | None:
    """The funnel of a split; None where it is not one of shares, is not to be ranked, or has fewer than three places."""
    if split is None or split.whole is None or not split.ranked:
        return None
    rows = tuple(row for row in split.rows if row.value is not None and row.denominator)
    if len(rows) < 3:
        return None
    counts = [float(row.denominator or 0) for row in rows]
    first, last = log(max(min(counts) * 0.8, 1)), log(max(counts) * 1.25)
    sizes = sorted({max(round(exp(first + (last - first) * place / (POINTS - 1))), 1) for place in range(POINTS)})
    factor = 100 if unit is Unit.PERCENT else 1
    share = float(split.whole) / factor
    return FunnelView(split.dimension, split.whole, rows, tuple(_limits(share, records, factor) for records in sizes))


def _limits(share: float, records: int, factor: int) -> Limits:
    ends = (*limits(share, records, WARNING), *limits(share, records, OUTSIDE))
    low, high, lowest, highest = (Decimal(str(round(factor * end, 6))) for end in ends)
    return Limits(records, low, high, lowest, highest)
