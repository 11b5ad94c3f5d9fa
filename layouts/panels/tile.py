"""One indicator at a glance."""

from __future__ import annotations

from decimal import Decimal

from dash import dcc, html

from ioc.text import dates
from ioc.text.numbers import number, signed, with_unit
from ioc.views.model import TileView
from layouts.panels.goal import goal_line
from layouts.panels.status import status
from layouts.spark import spark
from layouts.state import Context
from layouts.theme import STATUS_COLOURS


def tile(view: TileView, context: Context) -> dcc.Link:
    """The tile, a link to the indicator's page."""
    target = view.goal.target if view.goal else None
    return dcc.Link(
        [
            html.Div([html.H3(view.label, className="ioc-tile-label"), status(view.status, context)], className="ioc-tile-head"),
            html.Div(
                [
                    html.Span(with_unit(view.value, view.unit, context.words, view.precision, target), className="ioc-value"),
                    html.Span(fraction(view, context), className="ioc-fraction"),
                ],
                className="ioc-tile-value",
            ),
            goal_line(view, context),
            spark(
                view.trend,
                target_line(view),
                STATUS_COLOURS[context.scheme][view.status],
                context.scheme,
                trend_alt(view, context),
            ),
            html.Div([html.Span(change(view, context)), html.Span(data_at(view, context))], className="ioc-tile-foot"),
        ],
        href=context.link(f"/indicators/{view.indicator}"),
        className=f"ioc-tile ioc-is-{view.status.value}" + (" ioc-stale" if view.stale else ""),
    )


def target_line(view: TileView) -> Decimal | None:
    """Where the goal is drawn into the trend: on the scale of the value itself."""
    if view.goal is None:
        return None
    return -view.goal.target if view.goal.comparator == "down" else view.goal.target


def fraction(view: TileView, context: Context) -> str:
    """Numerator and denominator beside the value."""
    if view.numerator is None or view.denominator is None:
        return ""
    shown = (number(part, context.language) for part in (view.numerator, view.denominator))
    return context.words("overview.of", **dict(zip(("numerator", "denominator"), shown, strict=True)))


def change(view: TileView, context: Context) -> str:
    """The change on the same days of last year."""
    if view.change is None:
        return ""
    return context.words("overview.change", change=signed(view.change, view.unit, context.words, view.precision))


def data_at(view: TileView, context: Context) -> str:
    """How new the data are."""
    if view.data_at is None:
        return context.words("overview.no_data_yet")
    return context.words("overview.data_at", moment=dates.moment(min(view.data_at, context.now), context.zone))


def trend_alt(view: TileView, context: Context) -> str:
    """The trend in words."""
    known = [point.value for point in view.trend if point.value is not None]
    if not known:
        return context.words("overview.trend_none", label=view.label)
    first, last = (with_unit(value, view.unit, context.words, view.precision) for value in (known[0], known[-1]))
    return context.words("overview.trend_alt", label=view.label, first=first, last=last)
