"""Charts as plain figure dictionaries: what Plotly draws, built directly, small, and without Plotly's own Python objects."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ioc.catalogue.model import Unit
from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.views.model import GoalView, HeatmapPanel, Point, SplitRow
from layouts.state import Context
from layouts.theme import PALETTES, figure_layout

Figure = dict[str, Any]
# A heat map with more rows or columns than this has no room for a number in each cell.
MOST_ROWS_WITH_NUMBERS, MOST_COLUMNS_WITH_NUMBERS = 14, 12
NAME_LENGTH = 34


def plain(value: Decimal | None) -> float | None:
    """A value as a chart takes it: a number with four places, or nothing."""
    return None if value is None else round(float(value), 4)


def trend(points: Sequence[Point], kind: str, unit: Unit, precision: int, goal: GoalView | None, context: Context) -> Figure:
    """One indicator over time. A provisional point is hollow and reached by a dashed line; a gap stays a gap."""
    palette, words = PALETTES[context.scheme], context.words
    labels = [dates.period(point.start, kind, words) for point in points]
    shown = [with_unit(point.value, unit, words, precision, goal.target if goal else None) for point in points]
    settled = [None if point.provisional else plain(point.value) for point in points]
    traces: list[Figure] = [
        {
            "type": "scatter",
            "mode": "lines+markers" if len(points) <= 60 else "lines",
            "x": labels,
            "y": settled,
            "text": shown,
            "hovertemplate": "%{x}: <b>%{text}</b><extra></extra>",
            "line": {"color": palette.accent, "width": 3},
            "marker": {"size": 6},
            "connectgaps": False,
        }
    ]
    traces += _provisional(points, labels, shown, palette.accent, words("period.provisional"))
    layout = figure_layout(context.scheme, context.language)
    layout["xaxis"] |= {"type": "category", "showgrid": False, "nticks": 6, "tickangle": 0}
    layout["yaxis"] |= {"nticks": 5, "ticksuffix": "%" if unit is Unit.PERCENT else ""}
    last = next((index for index in range(len(points) - 1, -1, -1) if points[index].value is not None), None)
    notes = []
    if last is not None:
        notes.append(_note(labels[last], plain(points[last].value), f"<b>{shown[last]}</b>", palette.ink, "right", 14))
    if goal and goal.comparator in {">=", "<=", "="} and points:
        target = float(goal.target)
        layout["shapes"] = [_line(target, palette.goal)]
        text = words("indicator.goal_line", target=with_unit(goal.target, unit, words, precision))
        notes.append({**_note(labels[0], target, text, palette.goal, "left", 11), "xanchor": "left"})
    layout["annotations"] = notes
    return {"data": traces, "layout": layout}


def _provisional(points: Sequence[Point], labels: list[str], shown: list[str], colour: str, word: str) -> list[Figure]:
    open_at = [index for index, point in enumerate(points) if point.provisional and point.value is not None]
    if not open_at:
        return []
    index = open_at[-1]
    before = index - 1 if index and points[index - 1].value is not None else index
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": [labels[before], labels[index]],
            "y": [plain(points[before].value), plain(points[index].value)],
            "text": [shown[before], f"{shown[index]} ({word})"],
            "hovertemplate": "%{x}: <b>%{text}</b><extra></extra>",
            "line": {"color": colour, "width": 3, "dash": "dot"},
            "marker": {"size": [0, 9], "symbol": "circle-open", "line": {"width": 2}},
        }
    ]


def _note(x: Any, y: Any, text: str, colour: str, anchor: str, size: int) -> Figure:
    return {
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "yshift": 14,
        "xanchor": anchor,
        "font": {"color": colour, "size": size},
    }


def _line(y: float, colour: str) -> Figure:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": y,
        "y1": y,
        "line": {"color": colour, "width": 2, "dash": "dash"},
    }


def bars(rows: Sequence[SplitRow], unit: Unit, precision: int, goal: GoalView | None, context: Context) -> Figure:
    """One indicator by code, as bars with their names and values written beside them, the first on top."""
    palette, words = PALETTES[context.scheme], context.words
    known = [row for row in rows if row.value is not None]
    target = goal.target if goal and goal.comparator in {">=", "<=", "="} else None
    shown = [with_unit(row.value, unit, words, precision, target) for row in known]
    names = [f"{shortened(row.label)}  <b>{value}</b>" for row, value in zip(known, shown, strict=True)]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": [plain(row.value) for row in known],
        "y": list(range(len(known))),
        "hovertext": [f"{row.label}: <b>{value}</b>" for row, value in zip(known, shown, strict=True)],
        "marker": {"color": palette.accent},
        "hoverinfo": "text",
    }
    layout = figure_layout(context.scheme, context.language)
    size = 13 if len(known) <= 24 else 10
    layout["font"] = {**layout["font"], "size": size}
    layout["bargap"] = 0.3
    layout["yaxis"] |= {
        "autorange": "reversed",
        "tickvals": trace["y"],
        "ticktext": names,
        "showgrid": False,
        "ticks": "",
        "tickfont": {"color": palette.ink},
    }
    layout["xaxis"] |= {"showticklabels": False, "showgrid": False, "rangemode": "tozero"}
    if target is not None and known:
        layout["shapes"] = [
            {
                "type": "line",
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "x0": float(target),
                "x1": float(target),
                "line": {"color": palette.goal, "width": 2, "dash": "dash"},
            }
        ]
    return {"data": [trace], "layout": layout}


def heatmap(view: HeatmapPanel, context: Context) -> Figure:
    """One indicator by code and period; a cell without value stays empty."""
    palette, words = PALETTES[context.scheme], context.words
    steps = len(palette.scale) - 1
    with_numbers = len(view.rows) <= MOST_ROWS_WITH_NUMBERS and len(view.columns) <= MOST_COLUMNS_WITH_NUMBERS
    shown = [[with_unit(value, view.unit, words, view.precision) if value is not None else "" for value in row] for row in view.values]
    trace = {
        "type": "heatmap",
        "x": [dates.period(column, view.period, words) for column in view.columns],
        "y": [shortened(row.label) for row in view.rows],
        "z": [[plain(value) for value in row] for row in view.values],
        "text": shown,
        "texttemplate": "%{text}" if with_numbers else None,
        "hovertemplate": "%{y}, %{x}: <b>%{text}</b><extra></extra>",
        "colorscale": [[index / steps, colour] for index, colour in enumerate(palette.scale)],
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "colorbar": {"thickness": 10, "outlinewidth": 0, "len": 1, "ticksuffix": "%" if view.unit is Unit.PERCENT else ""},
    }
    layout = figure_layout(context.scheme, context.language)
    layout["font"] = {**layout["font"], "size": 13 if len(view.rows) <= MOST_ROWS_WITH_NUMBERS else 10}
    layout["yaxis"] |= {"autorange": "reversed", "showgrid": False, "ticks": "", "type": "category", "dtick": 1}
    layout["xaxis"] |= {"showgrid": False, "ticks": "", "type": "category", "nticks": 6, "tickangle": 0}
    return {"data": [trace], "layout": layout}


def shortened(label: str) -> str:
    """A name short enough to stand beside a bar."""
    return label if len(label) <= NAME_LENGTH else label[: NAME_LENGTH - 1].rstrip() + "…"
