"""One configured screen: its panels in a grid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import html

from ioc.views.model import HeatmapPanel, NumberPanel, RankingPanel, RecordsPanel, ScreenView, TrendPanel
from layouts.page import Page
from layouts.panels import heatmap, number, ranking, records, trend
from layouts.shell import Heading, shell
from layouts.state import Context

PANELS: Mapping[type, Callable[[Any, Context], Any]] = {
    NumberPanel: number.panel,
    TrendPanel: trend.panel,
    RankingPanel: ranking.panel,
    HeatmapPanel: heatmap.panel,
    RecordsPanel: records.panel,
}


def screen(view: ScreenView, context: Context) -> Page:
    """The page."""
    panels = [PANELS[type(panel)](panel, context) for panel in view.panels]
    grid = html.Div(panels, className="ioc-grid")
    return shell([grid], Heading(view.label), view.stamp, context, charts=True)
