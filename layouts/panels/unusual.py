"""What has left its usual range: a list in words, and marks on the trend."""

from __future__ import annotations

from collections.abc import Sequence

from ioc.text import dates
from ioc.views.model import Point
from ioc.views.unusual import AnomaliesView, Anomaly
from layouts import elements as h
from layouts import figures
from layouts.figures import Figure
from layouts.markup import Markup
from layouts.panels.export import export
from layouts.state import Context
from layouts.theme import PALETTES

# So many are shown at once; the others unfold.
MOST_LINES = 6


def panel(view: AnomaliesView, context: Context) -> Markup:
    """The panel."""
    words = context.words
    if not view.judged:
        said: h.Node = h.p(".ioc-faint")[words("anomaly.not_judged")]
    elif not view.anomalies:
        said = h.p[words("anomaly.none", since=dates.day(view.since))]
    else:
        rest = view.anomalies[MOST_LINES:]
        unfolded = h.details[h.summary[words("anomaly.more", count=len(view.anomalies))], _lines(rest)] if rest else None
        said = [_lines(view.anomalies[:MOST_LINES]), unfolded]
    hint = h.p(".ioc-faint.ioc-hint")[words("anomaly.hint")] if view.judged else None
    title = words("anomaly.title")
    taken = export(f"{view.label} – {title}", "unusual", context) if view.anomalies else None
    return Markup(
        [h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], taken], hint, said],
        tag="section",
        className="ioc-panel ioc-panel-unusual",
    )


def _lines(anomalies: Sequence[Anomaly]) -> h.Element:
    return h.ul(".ioc-why-lines")[(h.li[each.text] for each in anomalies)]


def marked(figure: Figure, points: Sequence[Point], view: AnomaliesView | None, context: Context) -> Figure:
    """A trend with a ring around each point in whose days the whole has left its usual range."""
    colour = PALETTES[context.scheme].mark
    ring = {"size": 15, "symbol": "circle-open", "color": colour, "line": {"width": 2.5, "color": colour}}
    return figures.marked(figure, points, _by_point(points, view) if view else {}, ring)


def _by_point(points: Sequence[Point], view: AnomaliesView) -> dict[int, list[str]]:
    """What is told of the whole, by the index of the point whose days it lies in."""
    found: dict[int, list[str]] = {}
    for each in view.anomalies:
        if each.code is None:
            for index, point in enumerate(points):
                if point.value is not None and point.start <= each.span.start and each.span.end <= point.end:
                    found.setdefault(index, []).append(each.text)
    return found
