"""Units and other places beside the whole: a funnel, and who lies outside of it in words."""

from __future__ import annotations

from ioc.text.numbers import with_unit
from ioc.views.model import IndicatorView
from ioc.views.peers import funnel_view
from layouts import elements as h
from layouts.funnel import funnel
from layouts.markup import Markup
from layouts.panels.export import export
from layouts.state import Context

# So many places that lie outside are told.
MOST_LINES = 6


def panel(view: IndicatorView, context: Context) -> Markup | None:
    """The panel, or None where there is nothing to compare."""
    words, tile = context.words, view.tile
    found = funnel_view(view.split, tile.unit)
    if found is None:
        return None
    title = words("ranking.funnel")
    outside = [row for row in found.rows if row.standing in {"high", "low"}]
    said = [
        words(f"ranking.{row.standing}", group=row.label, value=with_unit(row.value, tile.unit, words, tile.precision)) for row in outside
    ]
    top = h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], export(f"{tile.label} – {title}", "split", context)]
    head = h.div(".ioc-why-head")[top, h.p(".ioc-faint.ioc-why-hint")[words("ranking.hint")]]
    drawn = h.div(".ioc-peers-chart")[funnel(found, tile.unit, tile.precision, context, title)]
    lines = h.ul(".ioc-why-lines")[(h.li[each] for each in said[:MOST_LINES] or [words("ranking.none")])]
    return Markup([head, drawn, lines], tag="section", className="ioc-panel ioc-panel-peers")
