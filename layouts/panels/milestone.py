"""Milestones: what must stand, its state, and by when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.text.numbers import number
from ioc.views.model import MilestoneTile
from layouts import elements as h
from layouts.panels.status import shape, status, tally
from layouts.state import Context

# Names that the summary has room for.
MOST_NAMES = 3
_BEHIND = (Status.MISSED, Status.OFF_TRACK, Status.AT_RISK)


def milestone(view: MilestoneTile, context: Context) -> h.Element:
    """The milestone as a row."""
    state = view.state_label or context.words("overview.not_reported")
    day = context.words("overview.milestone_by", day=dates.day(view.due_on or view.horizon))
    address = f"{context.link('/milestones')}#milestone-{view.id}"
    return h.li(class_=f"ioc-milestone ioc-is-{view.status.value}")[
        h.div(".ioc-milestone-name")[h.a(href=address)[h.b[unbroken(view.label)]], h.span(".ioc-faint")[f"{state}, {day}"]],
        bar(view),
        h.span(".ioc-number")[percent(view, context)],
        status(view.status, context),
    ]


def bar(view: MilestoneTile) -> h.Element:
    """How far it has come, and where even progress would stand by now."""
    even = h.s(style=f"left:{view.even:.0f}%") if view.even is not None and view.even < 100 else None
    return h.span(".ioc-bar", aria_hidden="true")[h.i(style=f"width:{min(max(view.percent or 0, 0), 100):.0f}%"), even]


def percent(view: MilestoneTile, context: Context) -> str:
    """How far it has come; nothing where nobody has said."""
    if view.percent is None:
        return ""
    return context.words("overview.milestone_percent", percent=number(view.percent, context.language, 0))


def summary(views: Sequence[MilestoneTile], context: Context) -> h.Element:
    """All of them at a glance: how many have each status, and by name those that are behind."""
    counts = Counter(view.status for view in views)
    behind = sorted((view for view in views if view.status in _BEHIND), key=lambda view: _BEHIND.index(view.status))
    rest = len(behind) - MOST_NAMES
    return h.a(".ioc-tile.ioc-summary", href=context.link("/milestones"))[
        tally(tuple((each, counts[each]) for each in Status if counts[each]), context),
        h.ul(".ioc-names-behind")[
            (
                h.li(class_=f"ioc-is-{view.status.value}")[
                    shape(view.status), h.span[unbroken(view.label)], bar(view), h.b(".ioc-number")[percent(view, context)]
                ]
                for view in behind[:MOST_NAMES]
            ),
            h.li(".ioc-faint")[context.words("overview.milestones_more", count=rest)] if rest > 0 else None,
        ],
        h.p(".ioc-tile-foot")[context.words("overview.milestones_all", count=len(views))],
    ]
