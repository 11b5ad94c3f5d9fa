"""One indicator by the codes of a dimension and by period."""

from __future__ import annotations

from typing import Any

import htpy as h

from ioc.text.numbers import with_unit
from ioc.views.model import HeatmapPanel
from layouts.figures import heatmap
from layouts.panels.chart import chart, drawn, framed
from layouts.state import Context


def panel(view: HeatmapPanel, context: Context) -> Any:
    """The panel."""
    known = [value for row in view.values for value in row if value is not None]
    if not known:
        return drawn(view.title, h.p(".ioc-empty")[context.words("panel.empty")], "heatmap")
    least, most = (with_unit(value, view.unit, context.words, view.precision) for value in (min(known), max(known)))
    counts = {"rows": len(view.rows), "columns": len(view.columns)}
    alt = context.words("panel.alt_heatmap", title=view.title, least=least, most=most, **counts)
    return framed(view.title, chart(heatmap(view, context), alt), "heatmap", rows=len(view.rows))
