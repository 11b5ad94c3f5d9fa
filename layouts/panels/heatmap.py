"""One indicator by the codes of a dimension and by period."""

from __future__ import annotations

from dash import html

from ioc.views.model import HeatmapPanel
from layouts.figures import heatmap
from layouts.panels.chart import chart, framed
from layouts.state import Context


def panel(view: HeatmapPanel, context: Context) -> html.Section:
    """The panel."""
    if not view.rows:
        return framed(view.title, html.P(context.words("panel.empty"), className="ioc-empty"), "heatmap")
    alt = context.words("panel.alt_rows", title=view.title, first=view.rows[0].label, last=view.rows[-1].label)
    return framed(view.title, chart(heatmap(view, context), alt), "heatmap")
