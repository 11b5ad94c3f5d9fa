"""When will it be met: the fan of the forecast against the paths, and the same in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.text.words import Words
from ioc.views.model import GoalView, TileView
from ioc.views.prospects import range_held
from layouts import elements as h
from layouts.fan import fan
from layouts.markup import Markup
from layouts.panels.chart import chart
from layouts.panels.export import export
from layouts.panels.goal import due, is_past, target
from layouts.state import Context

KEYS = ("judged", "path", "middle", "range")


def outlook(tile: TileView, context: Context, *, hidden: bool = False) -> list[Any]:
    """The panel, of the goals that are open; where none is, of those that are past and not met; none where there are neither.

    ``hidden``: it only keeps its place, so that a page with it and one without can be made of each other.
    """
    asked = [goal for goal in tile.goals if goal.prospect]
    goals = [goal for goal in asked if not is_past(goal, context)] or asked
    if not goals or (tile.value is None and not hidden):
        return []
    words, drawn = context.words, [goal for goal in goals if goal.outlook]
    title = words("outlook.title")
    button = export(f"{tile.label} – {title}", "outlook", context) if drawn else None
    head = h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], button]
    if not drawn:
        told = _all_told(goals, tile, context) or [h.p(".ioc-faint")[" ".join(goals[0].prospect)]]
        return [Markup(None if hidden else [head, *told], tag="section", className="ioc-nothing" if hidden else "ioc-panel")]
    keys = [name for name in KEYS if name != "path" or any(goal.course for goal in drawn)]
    key = h.ul(".ioc-key")[(h.li(class_=f"ioc-key-{name}")[_key(name, tile, words)] for name in keys)]
    shown = chart(fan(tile, drawn, context), _alt(tile, drawn[-1], context))
    told = _all_told(goals, tile, context)
    return [html.Section([Markup([head, key]), shown, Markup(told)], className="ioc-panel ioc-panel-outlook", hidden=hidden)]


def _key(name: str, tile: TileView, words: Words) -> str:
    """What a line of the figure is; of the range, how often it has held in back-tests."""
    forecast = tile.ahead.forecast
    if name != "range" or forecast is None:
        return words(f"outlook.key_{name}")
    return words(f"outlook.key_range{'_short' * forecast.falls_short}", held=forecast.held_months, tests=forecast.tests)


def _all_told(goals: Sequence[GoalView], tile: TileView, context: Context) -> list[h.Element]:
    """What is to be expected of each goal, or that a range is too wide for it, and how far to trust that; nothing where it is of none."""
    told = [goal for goal in goals if goal.outlook or goal.is_wide]
    if not told:
        return []
    return [h.div(".ioc-prospects")[(_told(goal, tile, context) for goal in told)], h.p(".ioc-faint.ioc-hint")[told[0].prospect[-1]]]


def _told(goal: GoalView, tile: TileView, context: Context) -> h.Element:
    return h.div(class_=f"ioc-prospect ioc-is-{goal.status.value}")[
        h.p[h.b[target(goal, tile, context)], " ", due(goal, context)], h.p[" ".join(goal.prospect[:-1])]
    ]


def _alt(tile: TileView, goal: GoalView, context: Context) -> str:
    """The figure in words: from where to where by the last horizon."""
    assert goal.outlook is not None and tile.ahead.forecast is not None
    expected = goal.outlook.expected
    known = [point.value for point in tile.trend if point.value is not None]
    shown = {"first": known[-1], "last": expected.value, "low": expected.low, "high": expected.high}
    told = {name: with_unit(each, tile.unit, context.words, tile.precision) for name, each in shown.items()}
    return context.words(
        "outlook.fan", label=tile.label, day=dates.day(expected.on), held=range_held(tile.ahead.forecast, context.words), **told
    )
