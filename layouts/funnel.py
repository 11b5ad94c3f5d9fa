"""Places beside the whole by their size: a funnel within which a difference may be chance alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import log10

from ioc.catalogue.model import Unit
from ioc.catalogue.tree import NOTHING
from ioc.text.numbers import number, short, with_unit
from ioc.views.model import SplitRow
from ioc.views.peers import FunnelView
from layouts import elements as h
from layouts.panels.trend import SIDE, steps
from layouts.state import Context

# Room above and below what is drawn, as a share of it.
ROOM = 0.12


def funnel(view: FunnelView, unit: Unit, precision: int, context: Context, said: str) -> h.Element:
    """A dot for each place over its number of records (in powers of ten), the whole as a line, both limits as curves; ``said`` in words.

    A dot leads to its place. By keyboard the rows of the split do: there are as many, in their order.
    """
    scale = _Scale(view)
    svg = h.svg(viewBox=f"0 0 {SIDE} {SIDE}", preserveAspectRatio="none", aria_hidden="true")[_lines(view, scale)]
    return h.div(".ioc-plot.ioc-limits", role="group", aria_label=said)[svg, _words(view, scale, unit, precision, context)]


class _Scale:
    """Where numbers of records and values stand, in per cent from the left and from the top."""

    def __init__(self, view: FunnelView) -> None:
        self.first, self.last = float(view.curve[0].records), float(view.curve[-1].records)
        values = [float(row.value) for row in view.rows if row.value is not None] + [float(view.whole)]
        low, high = min(values), max(values)
        room = (high - low or 1.0) * ROOM
        self.low, self.high = low - room, high + room

    def across(self, records: Decimal | float) -> float:
        return log10(float(records) / self.first) / log10(self.last / self.first) * 100

    def down(self, value: Decimal | float) -> float:
        return (self.high - float(value)) / (self.high - self.low) * 100


def _lines(view: FunnelView, scale: _Scale) -> Iterator[h.Element]:
    for value in steps(scale.low, scale.high):
        yield h.path(".ioc-plot-grid", d=f"M0 {scale.down(value) * 10:.0f}H{SIDE}")
    for name in ("low", "high", "lowest", "highest"):
        places = (f"{scale.across(each.records) * 10:.0f} {scale.down(getattr(each, name)) * 10:.0f}" for each in view.curve)
        outer = name.endswith("est")
        yield h.path(class_="ioc-limits-outer" if outer else "ioc-limits-inner", d="M" + "L".join(places))
    yield h.path(".ioc-limits-whole", d=f"M0 {scale.down(view.whole) * 10:.0f}H{SIDE}")


def _words(view: FunnelView, scale: _Scale, unit: Unit, precision: int, context: Context) -> Iterator[h.Element]:
    words = context.words
    for value in steps(scale.low, scale.high):
        yield h.span(".ioc-plot-y", style=f"top:{scale.down(value):.2f}%", aria_hidden="true")[short(Decimal(str(value)), unit, words)]
    for records in _marks(scale.first, scale.last):
        shown = number(Decimal(records), context.language)
        yield h.span(".ioc-plot-x", style=f"left:{scale.across(records):.2f}%", aria_hidden="true")[shown]
    yield h.span(".ioc-limits-records", aria_hidden="true")[words("ranking.records")]
    whole = words("ranking.whole", value=with_unit(view.whole, unit, words, precision))
    yield h.span(".ioc-limits-said", style=f"top:{scale.down(view.whole):.2f}%", aria_hidden="true")[whole]
    # Names of the two at the ends, if they lie outside; all others show under the pointer.
    known = [row for row in view.rows if row.value is not None and row.standing in {"high", "low"}]
    ends = {max(known, key=lambda row: row.value or 0).code, min(known, key=lambda row: row.value or 0).code} if known else set()
    for row in view.rows:
        yield _place(row, scale, view.dimension, unit, precision, context, named=row.code in ends)


def _place(row: SplitRow, scale: _Scale, dimension: str, unit: Unit, precision: int, context: Context, *, named: bool) -> h.Element:
    across, value = scale.across(row.denominator or 1), with_unit(row.value, unit, context.words, precision)
    side = " ioc-limits-left" if across > 50 else ""
    said = f"{row.label}: {value} · {number(row.denominator, context.language)}"
    return h.a(
        class_=f"ioc-limits-place ioc-limits-{row.standing or 'usual'}",
        href=context.with_where(dimension, row.code or NOTHING),
        style=f"left:{across:.2f}%;top:{scale.down(row.value or 0):.2f}%",
        title=said,
        aria_label=said,
        tabindex="-1",
    )[h.span(class_=f"ioc-limits-name{side}")[row.label] if named else None]


def _marks(first: float, last: float) -> list[int]:
    """Round numbers along a scale of powers: few enough to be read on any screen."""
    powers = [10**power for power in range(int(log10(first)), int(log10(last)) + 1)]
    round_ = [power * step for power in powers for step in ((1, 3) if len(powers) < 3 else (1,))]
    return [each for each in round_ if first <= each <= last]
