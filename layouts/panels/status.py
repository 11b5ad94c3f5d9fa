"""A status as colour, shape and word."""

from __future__ import annotations

from dash import html

from ioc.goals.status import Status
from layouts.attributes import aria
from layouts.state import Context
from layouts.theme import STATUS_SHAPES


def status(value: Status, context: Context) -> html.Span:
    """The mark of a status; its colour comes from the class."""
    return html.Span(
        [html.Span(STATUS_SHAPES[value], className="ioc-shape", **aria(hidden="true")), context.words(f"status.{value.value}")],
        className=f"ioc-status ioc-is-{value.value}",
    )
