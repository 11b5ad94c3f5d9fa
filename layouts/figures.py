"""Charts as plain figure dictionaries: what Plotly draws, built directly, small, and without Plotly's own Python objects.

Lengths are in sixteenths of a rem; ``assets/charts.js`` scales them to the screen before Plotly draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from ioc.catalogue.model import Unit
from ioc.text import dates
from ioc.text.numbers import number, with_unit
from ioc.views.model import GoalView, Point
from layouts.axis import marks
from layouts.state import Context
from layouts.theme import CHART_LARGE_TEXT, CHART_SMALL_TEXT, CHART_TEXT, PALETTES, Palette, figure_layout

Figure = dict[str, Any]
# A trend with more points than this has no marks on its line.
MOST_MARKS = 60
# The scale never shows less than this share of the largest value: a change of nothing must not look like a mountain.
LEAST_SHARE = 0.04


def plain(value: Decimal | None) -> float | None:
    """A value as a chart takes it: a number with four places, or nothing."""
    return None if value is None else round(float(value), 4)


def marked(figure: Figure, points: Sequence[Point], texts: Mapping[int, Sequence[str]], marker: Figure) -> Figure:
    """A trend with a mark on some of its points, by index, each with its lines of text where it is pointed at."""
    if not texts:
        return figure
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": list(texts),
        "y": [plain(points[index].value) for index in texts],
        "marker": marker,
        "text": ["<br>".join(lines) for lines in texts.values()],
        "hovertemplate": "%{text}<extra></extra>",
    }
    return {**figure, "data": [*figure["data"], marks]}


def trend(points: Sequence[Point], kind: str, unit: Unit, precision: int, goal: GoalView | None, context: Context) -> Figure:
    """One indicator over time. A provisional point is hollow, reached by a dashed line and stands in a lighter band; a gap stays a gap."""
    palette = PALETTES[context.scheme]
    target = goal.target if goal and goal.comparator in {">=", "<=", "="} else None
    layout = figure_layout(context.scheme, context.language)
    layout["hovermode"] = "x"
    layout["xaxis"] |= {"showgrid": False, "range": [-0.5, len(points) - 0.5], **ticks([point.start for point in points], kind, context)}
    layout["yaxis"] |= {
        "nticks": 5,
        "tickformat": ",~f",
        "ticksuffix": "%" if unit is Unit.PERCENT else "",
        "range": value_range([*points, *_on_path(points, goal)], target),
    }
    layout["shapes"] = [_band(index, palette) for index, point in enumerate(points) if point.provisional]
    layout["shapes"] += _breaks(points, palette)
    layout["annotations"] = _latest(points, unit, precision, target, palette, context)
    at_top: Figure = {"y": 1, "yref": "paper", "yanchor": "top", "xanchor": "left"}
    layout["annotations"] += [
        _note(context.words("indicator.new_formula"), palette.muted, CHART_SMALL_TEXT, x=index - 0.5, **at_top)
        for index, point in enumerate(points)
        if point.new_formula
    ]
    if goal and target is not None:
        layout["shapes"] += [_line(palette, y=float(target)), *_horizon(points, goal, palette)]
        text = context.words("indicator.goal_line", target=with_unit(target, unit, context.words, precision))
        layout["annotations"].append(_note(text, palette.ink, CHART_TEXT, y=float(target), x=0, xref="paper", xanchor="left", yshift=10))
    marks_ = _marks(points, kind, unit, precision, goal, target, palette, context)
    return {"data": [*_path(points, goal, palette), *_judged(points, goal, palette), *_lines(points, palette), marks_], "layout": layout}


def compared(
    figure: Figure, points: Sequence[Point], others: Sequence[Point], said: Sequence[str], target: Decimal | None, context: Context
) -> Figure:
    """A trend with another behind it, point by point, on one scale; ``said`` is what the other's points say."""
    line = {"color": PALETTES[context.scheme].muted, "width": 2.5, "dash": "1px,3px"}
    other = {
        "type": "scatter",
        "mode": "lines",
        "x": list(range(len(others))),
        "y": [plain(point.value) for point in others],
        "line": line,
        "connectgaps": False,
        "text": said,
        "hovertemplate": "%{text}<extra></extra>",
    }
    axis = {**figure["layout"]["yaxis"], "range": value_range([*points, *others], target)}
    return {"data": [other, *figure["data"]], "layout": {**figure["layout"], "yaxis": axis}}


def chosen_by_hand(figure: Figure, days: Sequence[tuple[date, date]], finer: str) -> Figure:
    """A trend on which days can be chosen: a point alone, divided ``finer``, or those that are brushed (``assets/charts.js``)."""
    spans = [[start.isoformat(), end.isoformat()] for start, end in days]
    data = figure["data"]
    of_all = [each.get("mode") == "markers" and len(each["x"]) == len(spans) for each in data]
    data = [{**each, "customdata": spans} if all_ else each for each, all_ in zip(data, of_all, strict=True)]
    layout = {**figure["layout"], "dragmode": "select", "selectdirection": "h", "meta": {"finer": finer}}
    return {"data": data, "layout": layout}


def _on_path(points: Sequence[Point], goal: GoalView | None) -> list[Point]:
    """The points of a trend with what the goal's path asks for by the end of each, as far as it has begun."""
    if goal is None or goal.course is None:
        return []
    return [replace(point, value=goal.course.at(point.end)) for point in points if point.end >= goal.course.begins]


def _path(points: Sequence[Point], goal: GoalView | None, palette: Palette) -> list[Figure]:
    """The goal's path as a thin dotted line."""
    asked = _on_path(points, goal)
    first = len(points) - len(asked)
    line = {"color": palette.ink, "width": 1.5, "dash": "1.5px,4px"}
    y = [plain(point.value) for point in asked]
    return (
        [{"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": list(range(first, len(points))), "y": y, "line": line}]
        if asked
        else []
    )


def _lines(points: Sequence[Point], palette: Palette) -> list[Figure]:
    """The line through what is settled, and a dashed step into each provisional point."""
    line = {"color": palette.accent, "width": 3, "shape": "linear"}
    shared = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "connectgaps": False}
    settled = [(index, None if point.provisional else plain(point.value)) for index, point in enumerate(points)]
    for index in reversed([index for index, point in enumerate(points) if point.new_formula]):
        settled.insert(index, (index, None))  # no line leads from one formula to another
    lines: list[Figure] = [{**shared, "x": [x for x, _ in settled], "y": [y for _, y in settled], "line": line}]
    for index, point in enumerate(points):
        if point.provisional and not point.new_formula and index and point.value is not None and points[index - 1].value is not None:
            y = [plain(points[index - 1].value), plain(point.value)]
            lines.append({**shared, "x": [index - 1, index], "y": y, "line": {**line, "dash": "4px,4px"}})
    return lines


def _judged(points: Sequence[Point], goal: GoalView | None, palette: Palette) -> list[Figure]:
    """What was judged at the end of each week, as a thin line: a day lies where its share of its period has passed."""
    spans = [(point.start, point.end, index) for index, point in enumerate(points)]
    found = [
        (index - 1 + ((close.on - start).days + 1) / ((end - start).days + 1), plain(close.value), close.on)
        for close in (goal.closes if goal else ())
        for start, end, index in spans
        if start <= close.on <= end
    ]
    line = {"color": palette.muted, "width": 1.5}
    for since in (point.formula_since for point in points):
        if since:  # no line leads from one formula to another
            place = sum(on < since for _, _, on in found)
            found[place:place] = [(found[place - 1][0], None, since)] if 0 < place < len(found) else []
    x, y = [x for x, _, _ in found], [y for _, y, _ in found]
    return [{"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": x, "y": y, "line": line}] if len(found) > 1 else []


def _marks(
    points: Sequence[Point],
    kind: str,
    unit: Unit,
    precision: int,
    goal: GoalView | None,
    target: Decimal | None,
    palette: Palette,
    context: Context,
) -> Figure:
    words = context.words
    asked = {point.start: with_unit(point.value, unit, words, precision) for point in _on_path(points, goal)}
    said = []
    for point in points:
        shown = with_unit(point.value, unit, words, precision, target)
        parts = [f"<b>{shown}</b>", dates.period(point.start, kind, words)]
        if point.numerator is not None and point.denominator is not None:
            parts.append(" / ".join(number(part, words.language) for part in (point.numerator, point.denominator)))
        if point.start in asked:
            parts.append(words("goal.path_value", asked=asked[point.start]))
        said.append("<br>".join(parts + ([words("period.provisional")] if point.provisional else [])))
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(range(len(points))),
        "y": [plain(point.value) for point in points],
        "text": said,
        "hovertemplate": "%{text}<extra></extra>",
        "opacity": 1 if len(points) <= MOST_MARKS else 0,
        "marker": {
            "size": [9 if point.provisional else 6 for point in points],
            "color": [palette.surface if point.provisional else palette.accent for point in points],
            "line": {"width": [2 if point.provisional else 0 for point in points], "color": palette.accent},
        },
    }


def _latest(
    points: Sequence[Point], unit: Unit, precision: int, target: Decimal | None, palette: Palette, context: Context
) -> list[Figure]:
    """The newest value, written at its point: below it where the goal's line runs above."""
    last = next((index for index in range(len(points) - 1, -1, -1) if points[index].value is not None), None)
    if last is None:
        return []
    value = points[last].value
    text = f"<b>{with_unit(value, unit, context.words, precision, target)}</b>"
    below = target is not None and value is not None and value < target
    at_point = {"x": last, "y": plain(value), "xanchor": "right", "yshift": -16 if below else 16}
    notes = [_note(text, palette.ink, CHART_LARGE_TEXT, **at_point)]
    if points[last].provisional and len(points) <= MOST_MARKS:
        at_foot = {"x": last + 0.5, "y": 0, "yref": "paper", "xanchor": "right", "yanchor": "bottom"}
        notes.append(_note(context.words("period.provisional"), palette.muted, CHART_SMALL_TEXT, **at_foot))
    return notes


def value_range(points: Sequence[Point], target: Decimal | None) -> list[float]:
    """The ends of the value axis: all values and the goal, with room around them for what is written there."""
    values = [float(point.value) for point in points if point.value is not None] + ([float(target)] if target is not None else [])
    if not values:
        return [0.0, 1.0]
    low, high = min(values), max(values)
    span = max(high - low, LEAST_SHARE * max(abs(low), abs(high))) or 1.0
    lowest = -0.04 * span if low >= 0 else low - span
    return [max(low - 0.16 * span, lowest), high + 0.2 * span]


def ticks(starts: Sequence[date], kind: str, context: Context) -> Figure:
    """The marks of the time axis."""
    chosen = marks(starts, kind, context.words)
    texts = ["<br>".join(lines) for _, lines in chosen]
    return {"tickmode": "array", "tickvals": [index for index, _ in chosen], "ticktext": texts, "tickangle": 0}


def _note(text: str, colour: str, size: int, **place: Any) -> Figure:
    return {"text": text, "showarrow": False, "font": {"color": colour, "size": size}, **place}


def _line(palette: Palette, *, y: float) -> Figure:
    line = {"color": palette.ink, "width": 1.5, "dash": "6px,4px"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": line}


def _horizon(points: Sequence[Point], goal: GoalView, palette: Palette) -> list[Figure]:
    """An upright line after the period that ends on the goal's day."""
    line = {"color": palette.muted, "width": 1, "dash": "2px,3px"}
    return [
        {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": index + 0.5, "x1": index + 0.5, "line": line}
        for index, point in enumerate(points[:-1])
        if point.start <= goal.horizon <= point.end
    ]


def _breaks(points: Sequence[Point], palette: Palette) -> list[Figure]:
    """A thin upright line before the first period of another formula."""
    line = {"color": palette.muted, "width": 1}
    return [
        {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": index - 0.5, "x1": index - 0.5, "line": line}
        for index, point in enumerate(points)
        if point.new_formula
    ]


def _band(index: int, palette: Palette) -> Figure:
    return {
        "type": "rect",
        "yref": "paper",
        "x0": index - 0.5,
        "x1": index + 0.5,
        "y0": 0,
        "y1": 1,
        "fillcolor": palette.rule,
        "opacity": 0.45,
        "line": {"width": 0},
        "layer": "below",
    }
