"""A chart in its frame: the figure, and the same in words for who cannot see it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts.figures import Figure

# Hovering tells the exact value; nothing else of Plotly's tools is needed on a screen that is looked at.
CONFIG: Any = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False, "showTips": False}


def chart(figure: Figure, alt: str, name: str | None = None) -> html.Div:
    """The chart; ``name`` is the id by which callbacks speak to it."""
    label: Any = {"aria-label": alt}
    identity: Any = {"id": name} if name else {}
    graph = dcc.Graph(figure=figure, config=CONFIG, responsive=True, className="ioc-graph", **identity)
    return html.Div(graph, role="img", className="ioc-chart", **label)
