"""One big number with its goal."""

from __future__ import annotations

import htpy as h

from ioc.views.model import NumberPanel
from layouts.markup import Markup
from layouts.panels.tile import tile
from layouts.state import Context


def panel(view: NumberPanel, context: Context) -> Markup:
    """The panel: the indicator's tile, which leads to its page."""
    return Markup(tile(view.tile, context, h.h2), tag="section", className="ioc-panel ioc-panel-number")
