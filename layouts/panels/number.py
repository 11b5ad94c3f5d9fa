"""One big number: its goal and the way to it, where it is going, its course."""

from __future__ import annotations

from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.numbers import short
from ioc.views.model import GoalView, TileView
from ioc.views.panels.types import NumberPanel, PanelView
from layouts import elements as h
from layouts.panels.frame import age, led, span, titled, whole
from layouts.panels.goal import ahead, due, gap, is_past, target, verdict
from layouts.panels.status import shape, status
from layouts.panels.tile import tile_spark
from layouts.panels.value import change, value
from layouts.state import Context


def panel(view: PanelView, content: NumberPanel, context: Context) -> h.Element:
    """The panel."""
    tile, frame = content.tile, view.frame
    stale = " ioc-stale" if frame.stale else ""
    linked = led(titled(frame, context), whole(view, context, tile.indicator), context)
    return h.section(class_=f"ioc-panel ioc-panel-number ioc-is-{tile.status.value}{stale}")[
        h.div(".ioc-panel-head")[status(tile.status, context), h.p(".ioc-panel-note")[frame.scope or span(frame, context)]],
        h.h2(".ioc-panel-title")[linked],
        h.div(".ioc-number-main")[
            value(tile, context, brief=True),
            h.div(".ioc-number-course")[tile_spark(tile, context), _ahead(tile, context)],
        ],
        _goal(content, context),
        h.div(".ioc-number-foot")[h.p[change(tile, context)], age(frame, context)],
    ]


def _goal(content: NumberPanel, context: Context) -> h.Element:
    """The goal in force, how far it is, and its day; of a part, the value of the whole."""
    tile = content.tile
    if content.whole is not None:
        return h.p(".ioc-goal.ioc-goal-whole")[context.words("panel.whole"), " ", h.b[_shown(content.whole, context)]]
    goal = tile.goal
    if goal is None:
        return h.p(".ioc-goal.ioc-faint")[context.words("goal.none")]
    distance = gap(goal, tile, context) if tile.value is not None else ""
    return h.p(".ioc-goal")[h.span[h.b[target(goal, tile, context)], " ", h.span(".ioc-gap")[distance]], _day(goal, tile, context)]


def _day(goal: GoalView, tile: TileView, context: Context) -> h.Element:
    """The goal's day; of one that has passed, whether the goal was met then, as a shape, and in words for who hears it."""
    if not is_past(goal, context):
        return h.span(".ioc-faint")[due(goal, context)]
    then = {True: Status.ACHIEVED, False: Status.MISSED, None: Status.NO_DATA}[goal.met_at_horizon]
    said = verdict(goal, tile, context)
    return h.span(class_=f"ioc-then ioc-is-{then.value}", title=said)[
        shape(then), h.span(".ioc-faint", aria_hidden="true")[dates.day(goal.horizon)], h.span(".ioc-unseen")[said]
    ]


def _ahead(tile: TileView, context: Context) -> h.Element | None:
    """What is expected on the goal's day, which stands below it."""
    shown = ahead(tile.goal, tile, context) if tile.goal and not is_past(tile.goal, context) else ""
    return h.p(".ioc-ahead")[context.words("outlook.ahead", range=shown)] if shown else None


def _shown(tile: TileView, context: Context) -> str:
    return short(tile.value, tile.unit, context.words, tile.precision, tile.goal.target if tile.goal else None)
