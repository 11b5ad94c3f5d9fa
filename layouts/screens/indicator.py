"""One indicator explained: the value, its goals, its course, what it is made of, and by what law."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from ioc.text import dates
from ioc.text.numbers import number, with_unit
from ioc.views.model import GoalView, IndicatorView, Point, SplitRow
from layouts.attributes import aria
from layouts.figures import bars, trend
from layouts.panels.chart import chart, framed
from layouts.panels.choices import choices
from layouts.panels.goal import due, goal_line, target
from layouts.panels.status import status
from layouts.panels.tile import change, data_at, fraction
from layouts.shell import shell
from layouts.state import Context

PERIODS = ("day", "week", "month", "quarter", "year")


def indicator(view: IndicatorView, context: Context) -> html.Div:
    """The page."""
    content = [
        html.Div([_headline(view, context), _goals(view, context)], className="ioc-facts"),
        html.Div([_trend(view, context), _split(view, context)], className="ioc-charts"),
        html.Div([_definition(view, context), _numbers(view, context)], className="ioc-facts"),
    ]
    return shell(content, context.words("app.home"), view.tile.label, view.stamp, context)


def _headline(view: IndicatorView, context: Context) -> html.Section:
    tile = view.tile
    goal = tile.goal.target if tile.goal else None
    return html.Section(
        [
            html.Div(
                [html.Span(context.words("indicator.this_year"), className="ioc-faint"), status(tile.status, context)],
                className="ioc-tile-head",
            ),
            html.Div(
                [
                    html.Span(with_unit(tile.value, tile.unit, context.words, tile.precision, goal), className="ioc-value"),
                    html.Span(fraction(tile, context), className="ioc-fraction"),
                ],
                className="ioc-tile-value",
            ),
            goal_line(tile, context),
            html.Div([html.Span(change(tile, context)), html.Span(data_at(tile, context))], className="ioc-tile-foot"),
            *_filters(view, context),
        ],
        className=f"ioc-panel ioc-headline ioc-is-{tile.status.value}" + (" ioc-stale" if tile.stale else ""),
    )


def _filters(view: IndicatorView, context: Context) -> list[Any]:
    if not view.filters:
        return []
    labels = {choice.code: choice.label for choice in view.dimensions}
    chips = [
        dcc.Link(
            [f"{labels.get(dimension, dimension)}: {code}", html.Span(" ×", **aria(hidden="true"))],
            href=context.with_where(dimension, None),
            className="ioc-chip",
            title=context.words("indicator.remove"),
        )
        for dimension, code in view.filters
    ]
    return [html.Div([html.Span(context.words("indicator.filters"), className="ioc-faint"), *chips], className="ioc-chips")]


def _goals(view: IndicatorView, context: Context) -> html.Section:
    words = context.words
    if not view.tile.goals:
        return framed(words("indicator.goals"), html.P(words("goal.none"), className="ioc-empty"), "goals")
    columns = ("target", "horizon", "then", "now", "basis")
    head = html.Thead(html.Tr([html.Th(words(f"indicator.{column}"), scope="col") for column in columns]))
    rows = [_goal_row(goal, view, context) for goal in view.tile.goals]
    table = html.Table([head, html.Tbody(rows)], className="ioc-table")
    return framed(words("indicator.goals"), html.Div(table, className="ioc-scroll", tabIndex="0"), "goals")


def _goal_row(goal: GoalView, view: IndicatorView, context: Context) -> html.Tr:
    then = "" if goal.verdict is None else with_unit(goal.verdict, view.tile.unit, context.words, view.tile.precision, goal.target)
    return html.Tr(
        [
            html.Td(html.Strong(target(goal, view.tile, context))),
            html.Td(due(goal, context)),
            html.Td(then, className="ioc-number"),
            html.Td(status(goal.status, context)),
            html.Td(goal.source, className="ioc-faint"),
        ]
    )


def _trend(view: IndicatorView, context: Context) -> html.Section:
    words, tile = context.words, view.tile
    lengths = choices(
        (words(f"period.{period}"), context.with_query(period=period, **{"from": None, "to": None}), period == view.period)
        for period in PERIODS
    )
    known = [point.value for point in view.trend if point.value is not None]
    if known:
        alt = words("panel.alt", title=tile.label, last=with_unit(known[-1], tile.unit, words, tile.precision))
        goal = None if view.filters else tile.goal
        drawn: Any = chart(trend(view.trend, view.period, tile.unit, tile.precision, goal, context), alt, "ioc-tall")
    else:
        drawn = html.P(words("indicator.empty"), className="ioc-empty")
    span = f"{dates.day(view.start)} – {dates.day(view.end)}"
    return html.Section(
        [
            html.Div(
                [html.H2(words("indicator.trend"), className="ioc-panel-title"), html.Span(span, className="ioc-faint"), lengths],
                className="ioc-panel-head",
            ),
            drawn,
        ],
        className="ioc-panel",
    )


def _split(view: IndicatorView, context: Context) -> html.Section:
    words, tile, split = context.words, view.tile, view.split
    if split is None:
        return framed(words("indicator.split_none"), html.Span(), "split")
    dimensions = choices(
        (choice.label, context.with_query(split=choice.code), choice.code == split.dimension) for choice in view.dimensions
    )
    title = words("indicator.split", dimension=split.label.lower())
    known = [row for row in split.rows if row.value is not None]
    head = html.Div([html.H2(title, className="ioc-panel-title"), dimensions], className="ioc-panel-head")
    if not known:
        return html.Section([head, html.P(words("indicator.empty"), className="ioc-empty")], className="ioc-panel")
    first, last = (f"{row.label} {with_unit(row.value, tile.unit, words, tile.precision)}" for row in (known[0], known[-1]))
    alt = words("panel.alt_rows", title=title, first=first, last=last)
    goal = tile.goal if tile.unit.value == "percent" else None
    height = {"height": f"{max(12, 1.9 * len(known) + 2):.0f}rem"}
    drawn = html.Div(chart(bars(known, tile.unit, tile.precision, goal, context), alt, "ioc-tall"), style=height, className="ioc-bars")
    return html.Section([head, drawn, _split_table(split.dimension, split.rows, view, context)], className="ioc-panel")


def _split_table(dimension: str, rows: tuple[SplitRow, ...], view: IndicatorView, context: Context) -> html.Details:
    """The same as numbers; each name leads to the page filtered by it."""
    words = context.words
    body = [
        html.Tr(
            [
                html.Td(dcc.Link(row.label, href=context.with_where(dimension, row.code), className="ioc-link")),
                html.Td(number(row.numerator, context.language), className="ioc-number"),
                html.Td(number(row.denominator, context.language), className="ioc-number"),
                html.Td(with_unit(row.value, view.tile.unit, words, view.tile.precision), className="ioc-number"),
            ]
        )
        for row in rows
    ]
    return _details(words("indicator.numbers"), ("", "numerator", "denominator", "value"), body, context)


def _definition(view: IndicatorView, context: Context) -> html.Section:
    words = context.words
    feeds = ", ".join(view.feeds) or words("indicator.no_feeds")
    entries = [
        ("definition", view.definition),
        ("formula", view.formula),
        ("source", view.source),
        ("owner", view.tile.owner),
        ("feeds", feeds),
    ]
    terms = [part for key, text in entries for part in (html.Dt(words(f"indicator.{key}")), html.Dd(text))]
    return html.Section(html.Dl(terms, className="ioc-terms"), className="ioc-panel")


def _numbers(view: IndicatorView, context: Context) -> html.Section:
    words, tile = context.words, view.tile
    body = [
        html.Tr(
            [
                html.Td(_period(point, view, context)),
                html.Td(number(point.numerator, context.language), className="ioc-number"),
                html.Td(number(point.denominator, context.language), className="ioc-number"),
                html.Td(with_unit(point.value, tile.unit, words, tile.precision), className="ioc-number"),
            ]
        )
        for point in reversed(view.trend)
    ]
    columns = ("period", "numerator", "denominator", "value")
    return html.Section(_details(words("indicator.numbers"), columns, body, context, is_open=True), className="ioc-panel")


def _period(point: Point, view: IndicatorView, context: Context) -> list[Any]:
    name = dates.period(point.start, view.period, context.words)
    return [name, " ", html.Em(context.words("period.provisional"))] if point.provisional else [name]


def _details(title: str, columns: tuple[str, ...], rows: list[html.Tr], context: Context, *, is_open: bool = False) -> html.Details:
    heads = [
        html.Th(context.words(f"indicator.{column}") if column else "", scope="col", className="ioc-number" if index else "")
        for index, column in enumerate(columns)
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="ioc-table")
    return html.Details([html.Summary(title), html.Div(table, className="ioc-scroll", tabIndex="0")], className="ioc-details", open=is_open)
