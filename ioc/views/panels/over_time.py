"""Panels over time: trend and heat map."""

from __future__ import annotations

from ioc.catalogue.period import periods
from ioc.indicators.values import ask
from ioc.views.indicator import trend_points
from ioc.views.labels import code_labels, dimension_label
from ioc.views.model import Choice
from ioc.views.panels.asked import Asked
from ioc.views.panels.types import HeatmapPanel, TrendPanel


def trend(asked: Asked) -> TrendPanel:
    """One indicator, one point a period, gaps where there is nothing; of the whole, with the goal in force."""
    spec, period = asked.catalogue.indicators[asked.indicator], asked.panel.period
    points = trend_points(asked.snapshot, asked.question(period, by=False), asked.today)
    if asked.where:
        return TrendPanel(spec.unit, spec.precision, period, points, None)
    goal = asked.glance([asked.indicator])[asked.indicator].goal
    return TrendPanel(spec.unit, spec.precision, period, points, goal)


def heatmap(asked: Asked) -> HeatmapPanel:
    """One indicator by code and period."""
    spec, dimension, period = asked.catalogue.indicators[asked.indicator], asked.panel.dimension or "", asked.panel.period
    labels = code_labels(asked.catalogue, asked.indicator, dimension, asked.language)
    values = ask(asked.snapshot, asked.question(period), asked.today)
    found = {(value.codes[0] or "", value.span.start): value.value for value in values if value.span}
    rows = sorted({code for code, _ in found}, key=lambda code: labels.get(code, code))[: asked.panel.most]
    spans = tuple(periods(period, asked.start, asked.today))
    columns = tuple(span.start for span in spans)
    return HeatmapPanel(
        dimension=dimension,
        by=dimension_label(asked.catalogue, asked.indicator, dimension, asked.language),
        unit=spec.unit,
        precision=spec.precision,
        rows=tuple(Choice(code, labels.get(code, code)) for code in rows),
        columns=columns,
        days=tuple((max(span.start, asked.start), min(span.end, asked.today)) for span in spans),
        period=period,
        values=tuple(tuple(found.get((row, column)) for column in columns) for row in rows),
    )
