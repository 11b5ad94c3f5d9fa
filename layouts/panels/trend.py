"""One indicator over time against its goal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import htpy as h

from ioc.catalogue.model import Unit
from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.views.model import GoalView, Point, TrendPanel
from layouts.figures import trend
from layouts.markup import Markup
from layouts.panels.chart import chart, drawn, framed
from layouts.state import Context

# Days that a period of each kind has at most.
_LONGEST = (("day", 1), ("week", 7), ("month", 31), ("quarter", 92), ("year", 366))


def panel(view: TrendPanel, context: Context) -> Any:
    """The panel."""
    if all(point.value is None for point in view.points):
        return drawn(view.title, h.p(".ioc-empty")[context.words("panel.empty")], "trend")
    kind = period_of(view.points)
    figure = trend(view.points, kind, view.unit, view.precision, view.goal, context)
    return framed(view.title, chart(figure, alt(view.title, view.points, kind, view.unit, view.precision, view.goal, context)), "trend")


def period_of(points: Sequence[Point]) -> str:
    """The kind of period that the points are of, told by their length."""
    days = max((point.end - point.start).days + 1 for point in points)
    return next((kind for kind, longest in _LONGEST if days <= longest), "year")


def alt(title: str, points: Sequence[Point], kind: str, unit: Unit, precision: int, goal: GoalView | None, context: Context) -> str:
    """The chart in words: the first value, the latest, the goal."""
    words = context.words
    known = [point for point in points if point.value is not None]
    first, last = (
        f"{with_unit(point.value, unit, words, precision)} ({dates.period(point.start, kind, words)})" for point in (known[0], known[-1])
    )
    line = words("indicator.goal_line", target=with_unit(goal.target, unit, words, precision)) + "." if goal else ""
    return words("panel.alt", title=title, first=first, last=last, goal=line).strip()


def nothing(context: Context) -> Markup:
    """What stands in place of a chart without a single value."""
    return Markup(context.words("indicator.empty"), tag="p", className="ioc-empty")
