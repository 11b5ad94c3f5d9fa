"""One milestone: what must stand, its state, and by when."""

from __future__ import annotations

from dash import html

from ioc.text import dates
from ioc.text.numbers import number
from ioc.views.model import MilestoneTile
from layouts.attributes import aria
from layouts.panels.status import status
from layouts.state import Context


def milestone(view: MilestoneTile, context: Context) -> html.Li:
    """The milestone as a row."""
    percent = "" if view.percent is None else context.words("overview.milestone_percent", percent=number(view.percent, context.language, 0))
    return html.Li(
        [
            html.Span(view.label, className="ioc-milestone-label"),
            html.Span(
                html.Span(style={"width": f"{float(view.percent or 0):.0f}%"}, className="ioc-bar-fill"),
                className="ioc-bar",
                **aria(hidden="true"),
            ),
            html.Span(percent, className="ioc-milestone-percent"),
            html.Span(view.state_label or context.words("overview.not_reported"), className="ioc-milestone-state"),
            html.Span(context.words("overview.milestone_by", day=dates.day(view.due_on or view.horizon)), className="ioc-faint"),
            status(view.status, context),
        ],
        className=f"ioc-milestone ioc-is-{view.status.value}",
    )
