"""A goal in words: what must be reached by when, how far off it is, and what the verdict was on its day."""

from __future__ import annotations

from dash import html

from ioc.text import dates
from ioc.text.numbers import signed, with_unit
from ioc.views.model import GoalView, TileView
from layouts.state import Context


def target(goal: GoalView, tile: TileView, context: Context) -> str:
    """The goal's bound: “≥ 80%”, “giảm 20%”."""
    return context.words(f"goal.{goal.comparator}", target=with_unit(goal.target, tile.unit, context.words, tile.precision))


def due(goal: GoalView, context: Context) -> str:
    """The goal's horizon: “đến 31/12/2025”."""
    return context.words("goal.by", day=dates.day(goal.horizon))


def gap(goal: GoalView, tile: TileView, context: Context) -> str:
    """How far the value is from the goal; what is short of it is never rounded to nothing."""
    if goal.gap is None:
        return ""
    precision = tile.precision
    while precision < 4 and goal.gap < 0 and round(goal.gap, precision) == 0:
        precision += 1
    return context.words("goal.gap", gap=signed(goal.gap, tile.unit, context.words, precision))


def verdict(goal: GoalView, tile: TileView, context: Context) -> str:
    """What was found on the horizon's day, for a goal whose horizon has passed."""
    shown = with_unit(goal.verdict, tile.unit, context.words, tile.precision, goal.target)
    key = {True: "met_then", False: "missed_then", None: "unknown_then"}[goal.met_at_horizon]
    return context.words(f"goal.{key}", day=dates.day(goal.horizon), value=shown)


def goal_line(tile: TileView, context: Context) -> html.Div:
    """The goal in force, its gap, and the verdict where its day has passed."""
    goal = tile.goal
    if goal is None:
        return html.Div(context.words("goal.none"), className="ioc-goal ioc-faint")
    past = goal.horizon < context.now.astimezone(context.zone).date()
    lines = [
        html.Span([html.Strong(target(goal, tile, context)), " ", due(goal, context)], className="ioc-goal-target"),
        html.Span(verdict(goal, tile, context) if past else gap(goal, tile, context), className="ioc-goal-gap"),
    ]
    return html.Div(lines, className="ioc-goal")
