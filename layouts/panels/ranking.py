"""One indicator by the codes of a dimension."""

from __future__ import annotations

from dash import html

from ioc.text.numbers import with_unit
from ioc.views.model import RankingPanel
from layouts.figures import bars
from layouts.panels.chart import chart, framed
from layouts.state import Context


def panel(view: RankingPanel, context: Context) -> html.Section:
    """The panel."""
    known = [row for row in view.rows if row.value is not None]
    if not known:
        return framed(view.title, html.P(context.words("panel.empty"), className="ioc-empty"), "ranking")
    first, last = (f"{row.label} {with_unit(row.value, view.unit, context.words, view.precision)}" for row in (known[0], known[-1]))
    alt = context.words("panel.alt_rows", title=view.title, first=first, last=last)
    return framed(view.title, chart(bars(view.rows, view.unit, view.precision, view.goal, context), alt), "ranking")
