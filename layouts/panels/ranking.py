"""One indicator by the codes of a dimension."""

from __future__ import annotations

import htpy as h

from ioc.views.model import RankingPanel
from layouts.markup import Markup
from layouts.panels.bars import bars
from layouts.panels.chart import drawn, titled
from layouts.state import Context


def panel(view: RankingPanel, context: Context) -> Markup:
    """The panel."""
    title = titled(view.title, view.by, context)
    known = [row for row in view.rows if row.value is not None]
    if not known:
        return drawn(title, h.p(".ioc-empty")[context.words("panel.empty")], "ranking")
    list_ = bars(known, view.unit, view.precision, view.goal, context)
    return drawn(title, h.div(".ioc-scroll", tabindex="0", role="region", aria_label=view.title)[list_], "ranking")
