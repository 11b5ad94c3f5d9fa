"""Every target at a glance."""

from __future__ import annotations

from ioc.views.model import GroupView, OverviewView, TileView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.export import export
from layouts.panels.milestone import milestone, summary
from layouts.panels.status import proportions, tally
from layouts.panels.tile import tile
from layouts.shell import Heading, shell
from layouts.state import Context


def overview(view: OverviewView, context: Context) -> Page:
    """The page."""
    words = context.words
    board = h.div(".ioc-board")[
        (_group(group, context) for group in view.groups),
        _milestones_at_a_glance(view, context) if view.milestones else None,
    ]
    listed = h.section("#milestones.ioc-section")[
        h.h2(".ioc-group-label")[words("overview.milestones")],
        h.ul(".ioc-milestones")[(milestone(each, context) for each in view.milestones)],
    ]
    return shell(
        [Markup([board, listed if view.milestones else None])],
        Heading(
            words("overview.title"),
            view.organisation,
            subtitle=words("overview.year", year=view.year),
            aside=[tally(view.tally, context), proportions(view.tally)],
        ),
        view.stamp,
        context,
    )


def _group(group: GroupView, context: Context) -> h.Element:
    """The tiles of a group in one row, as far as there is room."""
    return h.section(".ioc-group", style=f"--tiles:{len(group.tiles)}", id=f"group-{group.id}")[
        h.h2(".ioc-group-label")[group.label], (_placed(each, context) for each in group.tiles)
    ]


def _placed(view: TileView, context: Context) -> h.Element:
    """A tile, and over its corner the button by which it is taken along."""
    return h.div(".ioc-tile-place")[tile(view, context), export(view.label, f"tile-{view.indicator}", context, "ioc-export-over")]


def _milestones_at_a_glance(view: OverviewView, context: Context) -> h.Element:
    return h.section(".ioc-group.ioc-group-summary", style="--tiles:1")[
        h.h2(".ioc-group-label")[context.words("overview.milestones")], summary(view.milestones, context)
    ]
