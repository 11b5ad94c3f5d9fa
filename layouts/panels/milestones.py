"""Milestones on a line of time: what is due when, how far it has come, and where today stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.text.numbers import number
from ioc.views.model import MilestoneTile
from ioc.views.panels.types import MilestonesPanel, PanelView
from layouts import elements as h
from layouts.panels.frame import empty, framed
from layouts.panels.milestone import percent
from layouts.panels.status import shape
from layouts.state import Context


def panel(view: PanelView, content: MilestonesPanel, context: Context) -> h.Element:
    """The panel."""
    if not content.milestones:
        return framed(view, empty(context), context)
    groups = [(horizon, tuple(each)) for horizon, each in groupby(content.milestones, key=lambda milestone: milestone.horizon)]
    longest = max(len(group) for _, group in groups)
    columns = (
        h.li(class_="ioc-due ioc-due-past" if horizon < content.today else "ioc-due", style=f"--count:{_lanes(len(group))}")[
            h.p(".ioc-due-day")[h.b[dates.day(horizon)], h.span[_standing(group, context)], h.span[_left(horizon, content.today, context)]],
            h.ul[(_milestone(each, context) for each in group)],
        ]
        for horizon, group in groups
    )
    return framed(view, h.ol(".ioc-dues", style=f"--rows:{min(longest, MOST_IN_LANE)}")[columns], context)


MOST_IN_LANE = 8


def _lanes(count: int) -> int:
    """How many columns a group takes."""
    return -(-count // MOST_IN_LANE)


def _left(horizon: date, today: date, context: Context) -> str:
    """How long it is until a day, or since."""
    days = (horizon - today).days
    return context.words("panel.days_left" if days >= 0 else "panel.days_past", days=number(Decimal(abs(days)), context.language))


def _standing(group: Sequence[MilestoneTile], context: Context) -> str:
    stand = sum(1 for each in group if each.status.value == "achieved")
    return context.words("panel.standing", done=stand, count=len(group))


def _milestone(view: MilestoneTile, context: Context) -> h.Element:
    state = view.state_label or context.words("overview.not_reported")
    return h.li(class_=f"ioc-is-{view.status.value}")[
        shape(view.status),
        h.span(".ioc-due-name")[unbroken(view.label), h.span(".ioc-unseen")[": ", context.words(f"status.{view.status.value}")]],
        h.span(".ioc-due-state")[percent(view, context) or state],
        h.span(".ioc-bar", aria_hidden="true")[h.i(style=f"width:{min(max(view.percent or 0, 0), 100):.0f}%")],
    ]
