"""One indicator over time against its goal."""

from __future__ import annotations

from dash import html

from ioc.text.numbers import with_unit
from ioc.views.model import TrendPanel
from layouts.figures import trend
from layouts.panels.chart import chart, framed
from layouts.state import Context


def panel(view: TrendPanel, context: Context) -> html.Section:
    """The panel."""
    known = [point.value for point in view.points if point.value is not None]
    if not known:
        return framed(view.title, html.P(context.words("panel.empty"), className="ioc-empty"), "trend")
    last = with_unit(known[-1], view.unit, context.words, view.precision)
    alt = context.words("panel.alt", title=view.title, last=last)
    return framed(view.title, chart(trend(view.points, "month", view.unit, view.precision, view.goal, context), alt), "trend")
