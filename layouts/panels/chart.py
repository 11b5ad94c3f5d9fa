"""A chart in its frame: the figure, and the same in words for who cannot see it."""

from __future__ import annotations

from typing import Any

import htpy as h
from dash import dcc, html

from layouts.figures import Figure
from layouts.markup import Markup
from layouts.state import Context

# Hovering tells the exact value; nothing else of Plotly's tools is needed on a screen that is looked at.
CONFIG: Any = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False, "showTips": False}


def chart(figure: Figure, alt: str, name: str | None = None) -> html.Div:
    """The chart; ``name`` is the id by which callbacks speak to it."""
    label: Any = {"aria-label": alt}
    identity: Any = {"id": name} if name else {}
    graph = dcc.Graph(figure=figure, config=CONFIG, responsive=True, className="ioc-graph", **identity)
    return html.Div(graph, role="img", className="ioc-chart", **label)


def framed(title: str, content: Any, kind: str) -> html.Section:
    """A panel: its title above its content."""
    return html.Section([Markup(title, tag="h2", className="ioc-panel-title"), content], className=f"ioc-panel ioc-panel-{kind}")


def titled(title: str, by: str, context: Context) -> h.Node:
    """A title, and by which dimension it is split where it does not say so."""
    if not by:
        return title
    return [title, " ", h.span(".ioc-faint.ioc-by")[context.words("panel.by", dimension=by[:1].lower() + by[1:])]]


def drawn(title: h.Node, content: h.Node, kind: str) -> Markup:
    """A panel without a chart, as one piece."""
    inner = [h.h2(".ioc-panel-title")[title], content]
    return Markup(inner, tag="section", className=f"ioc-panel ioc-panel-{kind}")
