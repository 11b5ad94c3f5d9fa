"""Every target at a glance."""

from __future__ import annotations

from dash import html

from ioc.views.model import OverviewView
from layouts.attributes import aria
from layouts.panels.milestone import milestone
from layouts.panels.tile import tile
from layouts.shell import shell
from layouts.state import Context
from layouts.theme import STATUS_SHAPES


def overview(view: OverviewView, context: Context) -> html.Div:
    """The page."""
    groups = [
        html.Section(
            [
                html.H2(group.label, className="ioc-group-label"),
                html.Div([tile(each, context) for each in group.tiles], className="ioc-tiles"),
            ],
            className="ioc-group",
        )
        for group in view.groups
    ]
    milestones = html.Section(
        [
            html.H2(context.words("overview.milestones"), className="ioc-group-label"),
            html.Ul([milestone(each, context) for each in view.milestones], className="ioc-milestones"),
        ],
        className="ioc-group",
    )
    title = context.words("overview.title")
    return shell([*groups, milestones], view.organisation, title, view.stamp, context, aside=_tally(view, context))


def _tally(view: OverviewView, context: Context) -> html.Ul:
    """How many targets have each status."""
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(STATUS_SHAPES[status], className="ioc-shape", **aria(hidden="true")),
                    html.Strong(str(count)),
                    html.Span(context.words(f"status.{status.value}")),
                ],
                className=f"ioc-is-{status.value}",
            )
            for status, count in view.tally
        ],
        className="ioc-tally",
    )
