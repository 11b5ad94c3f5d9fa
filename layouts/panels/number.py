"""One big number with its goal."""

from __future__ import annotations

from dash import html

from ioc.views.model import NumberPanel
from layouts.panels.tile import tile
from layouts.state import Context


def panel(view: NumberPanel, context: Context) -> html.Section:
    """The panel: the indicator's tile, which leads to its page."""
    return html.Section(tile(view.tile, context), className="ioc-panel ioc-panel-number")
