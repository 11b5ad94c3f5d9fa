"""One indicator at a glance."""

from __future__ import annotations

from decimal import Decimal

from ioc.text.lines import unbroken
from ioc.views.model import TileView
from layouts import elements as h
from layouts.panels.goal import goal_lines
from layouts.panels.spark import spark
from layouts.panels.status import status
from layouts.panels.value import age, change, trend_alt, value
from layouts.state import Context


def tile(view: TileView, context: Context, heading: h.Element = h.h3) -> h.Element:
    """The tile, a link to the indicator's page; ``heading`` is the element of its name."""
    return h.a(
        class_=f"ioc-tile ioc-is-{view.status.value}" + (" ioc-stale" if view.stale else ""),
        href=context.link(f"/indicators/{view.indicator}"),
        id=f"tile-{view.indicator}",
    )[
        status(view.status, context),
        heading(".ioc-tile-label", title=view.label)[unbroken(view.label)],
        value(view, context),
        goal_lines(view, context),
        tile_spark(view, context),
        h.p(".ioc-tile-foot")[None if view.stale else h.span[change(view, context)], age(view, context)],
    ]


def tile_spark(view: TileView, context: Context) -> h.Element:
    """The trend of the last months beside the goal and the path to it."""
    goal = view.goal
    return spark(view.trend, target_line(view), goal.horizon if goal else None, trend_alt(view, context), goal.course if goal else None)


def target_line(view: TileView) -> Decimal | None:
    """Where the goal is drawn into the trend: on the scale of the value itself."""
    if view.goal is None:
        return None
    return -view.goal.target if view.goal.comparator == "down" else view.goal.target
