"""A chart in its frame: the figure, and the same in words for who cannot see it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from layouts.attributes import aria
from layouts.figures import Figure

# Hovering tells the exact value; nothing else of Plotly's tools is needed on a screen that is looked at.
CONFIG: Any = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False, "showTips": False}


def chart(figure: Figure, alt: str, class_name: str = "") -> html.Div:
    """The chart."""
    graph = dcc.Graph(figure=figure, config=CONFIG, responsive=True, className="ioc-graph")
    return html.Div(graph, role="img", className=f"ioc-chart {class_name}".strip(), **aria(label=alt))


def framed(title: str, content: Any, kind: str) -> html.Section:
    """A panel: its title above its content."""
    return html.Section([html.H2(title, className="ioc-panel-title"), content], className=f"ioc-panel ioc-panel-{kind}")
