"""A goal in words: what must be reached by when, how far off it is, and what the verdict was on its day."""

from __future__ import annotations

from ioc.catalogue.model import Unit
from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.numbers import distance, number, rounded, with_unit
from ioc.views.model import GoalView, TileView
from layouts import elements as h
from layouts.state import Context

# In points or per cent: a range wider than this says nothing at a glance.
WIDEST = 25


def target(goal: GoalView, tile: TileView, context: Context) -> str:
    """The goal's bound: “≥ 80%”, “giảm 20%”."""
    return context.words(f"goal.{goal.comparator}", target=with_unit(goal.target, tile.unit, context.words, tile.precision))


def due(goal: GoalView, context: Context) -> str:
    """The goal's horizon: “đến 31/12/2027”."""
    return context.words("goal.by", day=dates.day(goal.horizon))


def gap(goal: GoalView, tile: TileView, context: Context) -> str:
    """How far the value is from the goal, in words; what is short of it is never rounded to nothing."""
    if goal.gap is None:
        return ""
    if goal.gap == 0:
        return context.words("goal.exact")
    shown = distance(abs(goal.gap), tile.unit, context.words, tile.precision)
    side = "short" if goal.gap < 0 else "past"
    return context.words(f"goal.{side}_limit" if goal.comparator == "<=" else f"goal.{side}", gap=shown)


def verdict(goal: GoalView, tile: TileView, context: Context) -> str:
    """What was found on the horizon's day, for a goal whose horizon has passed."""
    shown = with_unit(goal.verdict, tile.unit, context.words, tile.precision, goal.target)
    key = {True: "met_then", False: "missed_then", None: "unknown_then"}[goal.met_at_horizon]
    return context.words(f"goal.{key}", day=dates.day(goal.horizon), value=shown)


def is_past(goal: GoalView, context: Context) -> bool:
    """Whether the goal's horizon has passed."""
    return goal.horizon < context.today


def expected(goal: GoalView, tile: TileView, context: Context) -> str:
    """The range of the forecast for the horizon: “dự báo 31/12/2027: 93–96%”; empty where there is none."""
    shown = ahead(goal, tile, context)
    return context.words("outlook.short", day=dates.day(goal.horizon), range=shown) if shown else ""


def ahead(goal: GoalView, tile: TileView, context: Context) -> str:
    """The range of the forecast: “93–96%”; empty where it is unknown or so wide that it says nothing."""
    if goal.outlook is None or goal.status is Status.STALE:
        return ""
    low, high = goal.outlook.expected.low, goal.outlook.expected.high
    if high - low > (WIDEST if tile.unit is Unit.PERCENT else abs(goal.outlook.expected.value) * WIDEST / 100):
        return ""
    ends = dict.fromkeys(number(rounded(each, 0), context.language) for each in (low, high))
    return context.words(f"unit.{tile.unit.value}", value="–\u2060".join(ends))


def goal_lines(tile: TileView, context: Context) -> h.Element:
    """The goal in force and the way to it; below, its day, with the verdict where that day has passed."""
    goal = tile.goal
    if goal is None:
        return h.div(".ioc-goal")[h.span(".ioc-faint")[context.words("goal.none")]]
    day = verdict(goal, tile, context) if is_past(goal, context) else expected(goal, tile, context) or due(goal, context)
    distance = h.span(".ioc-gap")[gap(goal, tile, context)] if tile.value is not None else None
    return h.div(".ioc-goal")[h.p[h.b[target(goal, tile, context)], " ", distance], h.p(".ioc-faint")[day]]
