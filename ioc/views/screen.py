"""The panels of a configured screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from ioc.config import PanelSettings
from ioc.indicators.period import back, period_of, periods
from ioc.indicators.values import Question, ask
from ioc.store.listing import ListQuestion, read_records
from ioc.store.snapshot import Snapshot
from ioc.views.indicator import split_view
from ioc.views.labels import code_labels, dimension_label
from ioc.views.model import Choice, HeatmapPanel, NumberPanel, Panel, Point, RankingPanel, RecordsPanel, TileView, TrendPanel
from ioc.views.records import shown
from ioc.views.tiles import tiles


def panel_views(snapshot: Snapshot, panels: Sequence[PanelSettings], today: date, now: datetime, language: str) -> tuple[Panel, ...]:
    """The panels of a screen, ready to draw; their settings have been checked. All their tiles are read together."""
    names = tuple(dict.fromkeys(panel.indicator for panel in panels if panel.indicator))
    at_a_glance = tiles(snapshot, names, today, now, language)
    return tuple(_panel(snapshot, panel, at_a_glance.get(panel.indicator or ""), today, language) for panel in panels)


def _panel(snapshot: Snapshot, panel: PanelSettings, tile: TileView | None, today: date, language: str) -> Panel:
    if tile is None:
        return _records(snapshot, panel, today, language)
    title = panel.title.of(language) if panel.title else tile.label
    by = dimension_label(snapshot.catalogue, tile.indicator, panel.by, language) if panel.by and not panel.title else ""
    if panel.kind == "number":
        return NumberPanel(title, tile)
    if panel.kind == "trend":
        question = _question(panel, today, panel.period)
        points = tuple(
            Point(value.span.start, value.span.end, value.numerator, value.denominator, value.value, value.provisional)
            for value in ask(snapshot, question, today)
            if value.span
        )
        return TrendPanel(title, tile.unit, tile.precision, points, tile.goal)
    if panel.kind == "ranking":
        split = split_view(snapshot, _question(panel, today, None), today, language)
        return RankingPanel(title, by, tile.unit, tile.precision, split.rows[: panel.most], tile.goal)
    return _heatmap(snapshot, panel, title, by, today, language)


def _question(panel: PanelSettings, today: date, period: str | None) -> Question:
    start = back("month", today, panel.months - 1) if panel.months else period_of("year", today).start
    where = tuple((dimension, (code,)) for dimension, code in panel.where.items())
    by = (panel.by,) if panel.by else ()
    return Question(panel.indicator or "", by=by, period=period, start=start, end=today, where=where)


def _heatmap(snapshot: Snapshot, panel: PanelSettings, title: str, by: str, today: date, language: str) -> HeatmapPanel:
    question = _question(panel, today, panel.period)
    spec = snapshot.catalogue.indicators[question.indicator]
    labels = code_labels(snapshot.catalogue, question.indicator, panel.by or "", language)
    found = {(value.codes[0] or "", value.span.start): value.value for value in ask(snapshot, question, today) if value.span}
    rows = sorted({code for code, _ in found}, key=lambda code: labels.get(code, code))
    columns = [span.start for span in periods(panel.period, question.start or today, today)]
    values = tuple(tuple(found.get((row, column)) for column in columns) for row in rows)
    choices = tuple(Choice(code, labels.get(code, code)) for code in rows)
    return HeatmapPanel(title, by, spec.unit, spec.precision, choices, tuple(columns), panel.period, values)


def _records(snapshot: Snapshot, panel: PanelSettings, today: date, language: str) -> RecordsPanel:
    catalogue, record = snapshot.catalogue, panel.record or ""
    spec = catalogue.records[record]
    columns = panel.columns or tuple(spec.fields)
    where = tuple((dimension, (code,)) for dimension, code in panel.where.items())
    question = ListQuestion(record, columns, panel.filter, where, order=((spec.event, True),), limit=panel.most or 50, today=today)
    rows = tuple(
        tuple(shown(catalogue, spec, column, value, language) for column, value in zip(columns, row, strict=True))
        for row in read_records(snapshot, question)
    )
    labels = tuple(Choice(column, spec.fields[column].label.of(language)) for column in columns)
    return RecordsPanel(panel.title.of(language) if panel.title else spec.label.of(language), labels, rows)
