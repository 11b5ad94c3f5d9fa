"""Each kind of panel as a part of an exhibit: what it shows as tables, and as a chart that others can draw, where its kind allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ioc.exports.exhibit import Amount, Cell, Chart, Column, Kind, Part, Series, Table
from ioc.exports.tables import (
    column,
    course_chart,
    course_table,
    feeds_table,
    headline,
    milestones_table,
    split_chart,
    split_table,
    tiles_table,
)
from ioc.text import dates
from ioc.text.words import Words
from ioc.views.panels.types import (
    AlertsPanel,
    BulletPanel,
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
    TextPanel,
    TrendPanel,
    UntoldPanel,
)

Given = dict[str, Any]


def part_of(view: PanelView, words: Words) -> Part:
    """A panel as a part of an exhibit."""
    frame = view.frame
    title = frame.title or words(f"panel.kind.{frame.kind}")
    make = _KINDS.get(type(view.content))
    given = make(title, view.content, words) if make else {}
    note = " · ".join(part for part in (frame.scope, _span(frame.span, words), given.pop("note", "")) if part)
    return Part(id=f"panel-{frame.index}", kind=frame.kind, title=title, note=note, **given)


def _span(span: tuple[date, date] | None, words: Words) -> str:
    """The days that a panel's values are of, in words."""
    return "" if span is None else words("records.span", start=dates.day(span[0]), end=dates.day(span[1]))


def _number(title: str, content: NumberPanel, words: Words) -> Given:
    tile = content.tile
    shown = [tile, *([content.whole] if content.whole else [])]
    months = course_table(words("export.months"), tile.trend, "month", tile.unit, tile.precision, words)
    chart = course_chart(title, tile.trend, "month", tile.unit, tile.precision, tile.goal, words)
    return {"headline": headline(tile, words), "tables": (tiles_table(title, shown, words), months), "chart": chart}


def _trend(title: str, content: TrendPanel, words: Words) -> Given:
    given = (content.points, content.period, content.unit, content.precision)
    return {"tables": (course_table(title, *given, words),), "chart": course_chart(title, *given, content.goal, words)}


def _ranking(title: str, content: RankingPanel, words: Words) -> Given:
    unit, places = content.unit, content.precision
    return {
        "note": words("panel.by", dimension=content.by),
        "tables": (split_table(title, content.by, content.rows, unit, places, words),),
        "chart": split_chart(title, content.rows, unit, places, content.goal, words),
    }


def _map(title: str, content: MapPanel, words: Words) -> Given:
    unit, places = content.unit, content.precision
    rows = sorted(content.rows, key=lambda row: (row.value is None, row.rank or 0, row.label))
    table = split_table(title, words("export.column.place"), rows, unit, places, words)
    return {"tables": (table,), "chart": split_chart(title, rows, unit, places, None, words)}


def _heatmap(title: str, content: HeatmapPanel, words: Words) -> Given:
    headings = tuple(dates.period(start, content.period, words) for start in content.columns)
    columns = tuple(
        Column(start.isoformat(), said, Kind.NUMBER, content.unit, content.precision)
        for start, said in zip(content.columns, headings, strict=True)
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (row.label or words("records.nothing"), *cells) for row, cells in zip(content.rows, content.values, strict=True)
    )
    table = Table(title, (Column("code", content.by), *columns), rows, len(rows))
    return {"note": words("panel.by", dimension=content.by), "tables": (table,)}


def _bullet(title: str, content: BulletPanel, words: Words) -> Given:
    return {"tables": (tiles_table(title, content.tiles, words),)}


def _milestones(title: str, content: MilestonesPanel, words: Words) -> Given:
    return {"tables": (milestones_table(title, content.milestones, words),)}


def _funnel(title: str, content: FunnelPanel, words: Words) -> Given:
    columns = (column("step", words), column("count", words, Kind.NUMBER))
    rows = tuple((step.label, step.count) for step in content.steps)
    known = [step for step in content.steps if step.count is not None]
    series = Series(title, tuple(step.count for step in known))
    chart = Chart("bar", title, tuple(step.label for step in known), (series,)) if known else None
    return {"tables": (Table(title, columns, rows, len(rows)),), "chart": chart}


def _score(title: str, content: ScorePanel, words: Words) -> Given:
    tree = content.score
    parts = tree.children if tree else ()
    columns = (
        column("indicator", words),
        column("value", words, Kind.NUMBER, places=1),
        column("points", words, Kind.NUMBER, places=2),
        column("most", words, Kind.NUMBER, places=2),
    )
    rows: tuple[tuple[Cell, ...], ...] = (
        *(
            (part.label, None if part.value is None else Amount(part.value, part.unit, part.precision), part.points, part.most)
            for part in parts
        ),
        (words("export.sum"), None, *((tree.points or Decimal(0), tree.most) if tree else (Decimal(0), Decimal(0)))),
    )
    known = [part for part in parts if part.points is not None]
    series = (
        Series(words("export.column.points"), tuple(part.points for part in known)),
        Series(words("export.column.most"), tuple(part.most for part in known)),
    )
    chart = Chart("bar", title, tuple(part.label for part in known), series, places=2) if known else None
    return {"tables": (Table(title, columns, rows, len(rows)),), "chart": chart}


def _alerts(title: str, content: AlertsPanel, words: Words) -> Given:
    said = () if content.alerts else (words("panel.all_well", count=content.watched),)
    return {"sentences": said, "tables": (tiles_table(title, [alert.tile for alert in content.alerts], words),)}


def _feeds(title: str, content: FeedsPanel, words: Words) -> Given:
    return {"tables": (feeds_table(title, content.feeds, words),)}


def _text(title: str, content: TextPanel, words: Words) -> Given:
    return {"sentences": (content.text,)}


def _untold(title: str, content: UntoldPanel, words: Words) -> Given:
    return {"sentences": (content.why,)}


def _records(title: str, content: RecordsPanel, words: Words) -> Given:
    rows = tuple(tuple(_cell(cell, words) for cell in row) for row in content.rows)
    kinds = [_kind([row[index] for row in rows]) for index in range(len(content.columns))]
    columns = tuple(Column(each.code, each.label, kind, places=4) for each, kind in zip(content.columns, kinds, strict=True))
    return {"tables": (Table(title, columns, rows, len(rows)),)}


def _cell(cell: object, words: Words) -> Cell:
    """A ready value of a record."""
    if isinstance(cell, bool):
        return words("yes" if cell else "no")
    return cell if cell is None or isinstance(cell, str | Decimal | date) else str(cell)


def _kind(cells: list[Cell]) -> Kind:
    """What a column holds, told by its first cell that holds anything."""
    first = next((cell for cell in cells if cell is not None), None)
    if isinstance(first, datetime):
        return Kind.MOMENT
    return Kind.DAY if isinstance(first, date) else Kind.NUMBER if isinstance(first, Decimal) else Kind.TEXT


_KINDS: Mapping[type, Callable[[str, Any, Words], Given]] = {
    NumberPanel: _number,
    TrendPanel: _trend,
    RankingPanel: _ranking,
    MapPanel: _map,
    HeatmapPanel: _heatmap,
    BulletPanel: _bullet,
    MilestonesPanel: _milestones,
    FunnelPanel: _funnel,
    ScorePanel: _score,
    AlertsPanel: _alerts,
    FeedsPanel: _feeds,
    TextPanel: _text,
    UntoldPanel: _untold,
    RecordsPanel: _records,
}
