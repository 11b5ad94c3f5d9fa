"""The panels of a screen in a grid of twelve columns, each drawn by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ioc.views.panels.types import (
    AlertsPanel,
    BulletPanel,
    ClockPanel,
    FeedsPanel,
    FunnelPanel,
    HeatmapPanel,
    MapPanel,
    MilestonesPanel,
    NumberPanel,
    PanelView,
    RankingPanel,
    RecordsPanel,
    ScorePanel,
    ScreenView,
    TextPanel,
    TrendPanel,
    UntoldPanel,
)
from layouts import elements as h
from layouts.panels import alerts, bullet, feed_health, funnel, heatmap, map, milestones, number, plain, ranking, records, score, trend
from layouts.panels.export import export
from layouts.panels.frame import titled
from layouts.state import Context

KINDS: Mapping[type, Callable[[PanelView, Any, Context], h.Element]] = {
    NumberPanel: number.panel,
    TrendPanel: trend.panel,
    RankingPanel: ranking.panel,
    HeatmapPanel: heatmap.panel,
    MapPanel: map.panel,
    BulletPanel: bullet.panel,
    MilestonesPanel: milestones.panel,
    FunnelPanel: funnel.panel,
    ScorePanel: score.panel,
    AlertsPanel: alerts.panel,
    FeedsPanel: feed_health.panel,
    ClockPanel: plain.clock,
    TextPanel: plain.text,
    RecordsPanel: records.panel,
    UntoldPanel: plain.untold,
}
# What a panel rests on when any new data may change it.
ANYTHING = "*"


def drawn(view: PanelView, context: Context) -> h.Element:
    """One panel."""
    return KINDS[type(view.content)](view, view.content, context)


def grid(view: ScreenView, context: Context) -> h.Element:
    """All of them."""
    return h.div(".ioc-grid")[(_cell(panel, context) for panel in view.panels)]


def _cell(panel: PanelView, context: Context) -> h.Element:
    frame = panel.frame
    columns, rows = frame.size
    on = ANYTHING if frame.on is None else " ".join(frame.on)
    return h.div(".ioc-cell", id=f"panel-{frame.index}", style=f"--w:{columns};--h:{rows}", data_on=on)[
        drawn(panel, context), _export(panel, context)
    ]


def _export(panel: PanelView, context: Context) -> h.Node:
    """The button by which a panel is taken along; the time and mere words are not."""
    if isinstance(panel.content, ClockPanel | TextPanel | UntoldPanel):
        return None
    return export(titled(panel.frame, context), f"panel-{panel.frame.index}", context, "ioc-export-over")
