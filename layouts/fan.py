"""The figure of what lies ahead: what was done, the fan of the forecast, and the paths and goals that it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from ioc.catalogue.model import Unit
from ioc.catalogue.period import end_of_month, months_between, periods
from ioc.goals.outlook import Ahead
from ioc.goals.path import Course
from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.views.course_ahead import course_towards, ends
from ioc.views.model import GoalView, TileView
from layouts.figures import Figure, plain, ticks
from layouts.state import Context
from layouts.theme import CHART_TEXT, PALETTES, Palette, figure_layout

# Room above and below what is drawn, as a share of it; and the least height of the scale, as a share of the largest value.
ROOM, LEAST_SHARE = 0.12, 0.04


def fan(tile: TileView, goals: Sequence[GoalView], context: Context) -> Figure:
    """The figure, from the beginning of the earliest path to the last horizon, or a year ahead; all ``goals`` have an outlook."""
    months = tile.ahead.months
    assert months is not None, "a goal has an outlook"
    course = course_towards(goals, months)
    done, ahead = course.done, course.ahead
    starts = [month.start for month in periods("month", min([course.begins, *(day for day, _ in done[:1])]), course.last)]
    palette = PALETTES[context.scheme]
    layout = figure_layout(context.scheme, context.language)
    layout["hovermode"] = "x"
    layout["xaxis"] |= {"showgrid": False, "range": [-0.5, len(starts) + 0.2], **ticks(starts, "month", context)}
    bounds = [-goal.target if goal.comparator == "down" else goal.target for goal in goals]
    layout["yaxis"] |= {
        "nticks": 5,
        "tickformat": ",~f",
        "ticksuffix": "%" if tile.unit is Unit.PERCENT else "",
        "range": _range(tile, done, ahead, bounds),
    }
    layout["annotations"] = [_label(goal, bound, starts, tile, palette, context) for goal, bound in zip(goals, bounds, strict=True)]
    data = [
        *_range_traces(done, ahead, starts, palette),
        *(_path(goal.course, starts, palette) for goal in goals if goal.course),
        _line(done, starts, {"color": palette.accent, "width": 3}),
        _middle(done, ahead, starts, tile, palette, context),
        _goals(goals, bounds, starts, palette),
    ]
    return {"data": data, "layout": layout}


def _place(day: date, starts: Sequence[date]) -> float:
    """Where the end of a day lies: a month's end at its own place."""
    return round(months_between(starts[0], day) - 1 + day.day / end_of_month(day).day, 3)


def _range(tile: TileView, done: Sequence[tuple[date, Decimal]], ahead: Sequence[Ahead], bounds: Sequence[Decimal]) -> list[float]:
    values = (
        [float(value) for _, value in done]
        + [float(end) for each in ahead for end in (each.low, each.high)]
        + [float(bound) for bound in bounds]
    )
    low, high = min(values), max(values)
    span = max(high - low, LEAST_SHARE * max(abs(low), abs(high))) or 1.0
    return [low - ROOM * span, high + 1.5 * ROOM * span]


def _range_traces(done: Sequence[tuple[date, Decimal]], ahead: Sequence[Ahead], starts: Sequence[date], palette: Palette) -> list[Figure]:
    """The lower end, and the upper with all between them filled; both begin where what was done ends."""
    origin = done[-1:]
    shared: Figure = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": {"width": 0}}
    x = [_place(day, starts) for day in [*(day for day, _ in origin), *(each.on for each in ahead)]]
    low, high = (
        [plain(value) for value in [*(value for _, value in origin), *side]]
        for side in ([each.low for each in ahead], [each.high for each in ahead])
    )
    fill = f"rgba({', '.join(str(int(palette.accent[place : place + 2], 16)) for place in (1, 3, 5))}, 0.22)"
    return [{**shared, "x": x, "y": low}, {**shared, "x": x, "y": high, "fill": "tonexty", "fillcolor": fill}]


def _line(points: Sequence[tuple[date, Decimal]], starts: Sequence[date], line: dict[str, Any]) -> Figure:
    x, y = [_place(day, starts) for day, _ in points], [plain(value) for _, value in points]
    return {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": x, "y": y, "line": line}


def _path(course: Course, starts: Sequence[date], palette: Palette) -> Figure:
    points = [
        (course.begins, course.at(course.begins)),
        *((day, course.at(day)) for day in map(end_of_month, starts) if day > course.begins),
    ]
    ends = [(day, value) for day, value in points if day <= course.knots[-1][0]]
    return _line(ends, starts, {"color": palette.ink, "width": 1.5, "dash": "1.5px,4px"})


def _middle(
    done: Sequence[tuple[date, Decimal]], ahead: Sequence[Ahead], starts: Sequence[date], tile: TileView, palette: Palette, context: Context
) -> Figure:
    """The expected value, with the range told where it is pointed at."""
    words, said = context.words, [""] * len(done[-1:])
    for each in ahead:
        value, low, high = (with_unit(part, tile.unit, words, tile.precision) for part in (each.value, each.low, each.high))
        said.append(f"<b>{value}</b><br>{low} – {high}<br>{dates.day(each.on)}")
    points = [*done[-1:], *((each.on, each.value) for each in ahead)]
    line = _line(points, starts, {"color": palette.accent, "width": 2, "dash": "5px,4px"})
    return {**line, "hoverinfo": None, "text": said, "hovertemplate": "%{text}<extra></extra>"}


def _goals(goals: Sequence[GoalView], bounds: Sequence[Decimal], starts: Sequence[date], palette: Palette) -> Figure:
    x = [_place(ends(goal), starts) for goal in goals]
    marker = {"symbol": "diamond", "size": 10, "color": palette.ink}
    return {"type": "scatter", "mode": "markers", "hoverinfo": "skip", "x": x, "y": [plain(bound) for bound in bounds], "marker": marker}


def _label(goal: GoalView, bound: Decimal, starts: Sequence[date], tile: TileView, palette: Palette, context: Context) -> Figure:
    text = with_unit(goal.target, tile.unit, context.words, tile.precision)
    font = {"color": palette.ink, "size": CHART_TEXT}
    return {
        "text": text,
        "showarrow": False,
        "font": font,
        "x": _place(ends(goal), starts),
        "y": plain(bound),
        "xanchor": "right",
        "xshift": -2,
        "yshift": 15,
    }
