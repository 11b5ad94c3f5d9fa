"""One indicator explained: the value, its goals, its course, what it is made of, and by what law."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

from dash import html

from ioc.catalogue.tree import NOTHING as NO_VALUE
from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.views.model import FeedBehind, GoalView, IndicatorView, Point, SplitRow, TileView
from ioc.views.score import ScoreView
from ioc.views.unusual import AnomaliesView
from layouts import elements as h
from layouts import ids
from layouts.figures import Figure, chosen_by_hand, trend
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.bars import bars
from layouts.panels.beside import control, name, with_other
from layouts.panels.beside import value as other_value
from layouts.panels.chart import chart
from layouts.panels.choices import choices
from layouts.panels.expected import expected
from layouts.panels.export import export
from layouts.panels.goal import due, gap, goal_lines, is_past, target
from layouts.panels.leads import ALL, FINER, counts, fraction, to_indicator, to_records
from layouts.panels.moment import ago
from layouts.panels.multiples import multiples
from layouts.panels.outlook import outlook
from layouts.panels.score import table as score_table
from layouts.panels.span import span
from layouts.panels.status import status
from layouts.panels.trend import alt, nothing
from layouts.panels.unusual import marked
from layouts.panels.value import age, change
from layouts.panels.value import value as shown_value
from layouts.screens.deferred import mark, place
from layouts.shell import Heading, shell
from layouts.state import Context

PERIODS = ("day", "week", "month", "quarter", "year")
# Judged by a path: what the path asked for is the reason.
_OPEN = (Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK)
# Rows of a split that are shown at once; the others are asked for.
MOST_ROWS = 20


def indicator(view: IndicatorView, context: Context, unusual: AnomaliesView | None = None) -> Page:
    """The page; what is ``unusual`` is marked on the trend if it is known already."""
    facts = Markup([_headline(view, context), _goals(view, context), _about(view, context)], className="ioc-facts")
    score = Markup([score_table(view.score, context)]) if view.score else None
    figure = trend_figure(view, context, unusual) if any(point.value is not None for point in view.trend) else None
    later = place(view.stamp.version, context, mark(figure) if figure else "")
    ahead = outlook(view.tile, context, hidden=_limited(view))
    charts = html.Div(
        [
            _trend(view, figure, context),
            *ahead,
            *later,
            score,
            Markup([_split(view, context), _numbers(view, context)], className="ioc-pair"),
            Markup(multiples(view, context)),
        ],
        className="ioc-charts",
    )
    return shell(
        [html.Div([facts, charts], className="ioc-sheet")],
        Heading(view.tile.label, subtitle=_reading(view), crumbs=_crumbs(view, context)),
        view.stamp,
        context,
        charts=True,
    )


def _crumbs(view: IndicatorView, context: Context) -> tuple[tuple[str, str], ...]:
    """The way here: the whole, then each limit with those before it; of a unit, through those above it."""
    name, where, found = view.tile.indicator, _where(view), []
    if _limited(view):
        found.append((view.tile.label, to_indicator(name, (), context)))
    for index, each in enumerate(view.filters):
        codes = [*each.above, *([each.code] if view.chosen or index + 1 < len(where) else [])]
        found += [(code.label, to_indicator(name, [*where[:index], (each.dimension.code, code.code)], context)) for code in codes]
    return tuple(found)


def _reading(view: IndicatorView) -> h.Element:
    """The two sentences; the first without the name, which is the title above it."""
    said = " ".join(view.reading).removeprefix(f"{view.tile.label}: ")
    return h.span(".ioc-reading")[said[:1].upper() + said[1:]]


def _headline(view: IndicatorView, context: Context) -> h.Element:
    tile, words = view.tile, context.words
    # Goals are set for the whole: within a filter there is a value, but no verdict.
    judged = Status.NO_GOAL if _limited(view) else tile.status
    mark = h.b[words("indicator.filters")] if _limited(view) else status(judged, context)
    of = words("indicator.at_present" if tile.stock else "indicator.this_year")
    if view.chosen:
        of = words("records.until" if tile.stock else "records.span", start=dates.day(view.start), end=dates.day(view.end))
    return h.section(class_=f"ioc-panel ioc-headline ioc-is-{judged.value}" + (" ioc-stale" if tile.stale else ""))[
        h.div(".ioc-headline-top")[mark, h.span(".ioc-faint")[of], export(tile.label, "value", context)],
        shown_value(tile, context),
        h.p(".ioc-fraction")[_behind(view, context)],
        _filters(view, context) if _limited(view) else goal_lines(tile, context),
        h.p(".ioc-tile-foot")[h.span[change(tile, context)], age(tile, context)],
    ]


def _behind(view: IndicatorView, context: Context) -> h.Node:
    """Numerator and denominator, as the way to the records that they count."""
    tile, numbers = view.tile, view.behind
    if view.score:
        return _parts(view, view.score, context)
    span = (view.start, view.end) if view.chosen else ALL
    shown = fraction(counts((tile.numerator, tile.denominator), tile.indicator, numbers, _where(view), context, span))
    if numbers is None or (numbers.denominator and tile.numerator == tile.denominator):
        return shown  # nothing falls short
    part = "rest" if numbers.numerator and numbers.denominator else "numerator"
    shown = None if part == "numerator" and tile.numerator == tile.value else shown  # a count stands above already
    address = to_records(tile.indicator, numbers.record, part, _where(view), context, span, numbers.once)
    return [shown, " ", h.a(".ioc-link", href=address)[context.words(f"records.open_{part}")]]


def _parts(view: IndicatorView, score: ScoreView, context: Context) -> h.Node:
    """The way to the parts of a score, where those that the page shows are of other days: those last published."""
    today = view.stamp.as_of.astimezone(context.zone).date() if view.stamp.as_of else context.today
    first, last = date(today.year, 1, 1).isoformat(), today.isoformat()
    if view.chosen or (score.span.start.isoformat(), score.span.end.isoformat()) == (first, last):
        return None
    address = context.with_query(**{"from": first, "to": last})
    return h.a(".ioc-link", href=address)[context.words("score.parts")]


def _limited(view: IndicatorView) -> bool:
    """Whether the value is of a part or of chosen days: goals are set for the whole and the year."""
    return bool(view.filters) or view.chosen


def _where(view: IndicatorView) -> list[tuple[str, str]]:
    """What the page is limited to, as an address says it."""
    return [(each.dimension.code, each.code.code) for each in view.filters]


def _filters(view: IndicatorView, context: Context) -> h.Element:
    """What the numbers are limited to; each limit is a link that takes it away."""
    words = context.words
    chips = (
        h.a(".ioc-chip", href=context.with_where(each.dimension.code, None), title=words("indicator.remove"))[
            h.span[f"{each.dimension.label}: "], h.b[each.code.label], h.i(aria_hidden="true")["×"]
        ]
        for each in view.filters
    )
    days = h.a(".ioc-chip", href=context.with_query(**{"from": None, "to": None, "period": None}), title=words("indicator.remove"))[
        h.b[f"{dates.day(view.start)} – {dates.day(view.end)}"], h.i(aria_hidden="true")["×"]
    ]
    return h.p(".ioc-chips")[chips, days if view.chosen else None]


def _goals(view: IndicatorView, context: Context) -> h.Element:
    words = context.words
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[
            words("indicator.goals"), h.span(".ioc-faint")[f" ({words('indicator.whole')})"] if _limited(view) else None
        ],
        h.ul(".ioc-goals")[(_goal(goal, view, context) for goal in view.tile.goals)]
        if view.tile.goals
        else h.p(".ioc-faint")[words("goal.none")],
    ]


def _goal(goal: GoalView, view: IndicatorView, context: Context) -> h.Element:
    words, tile = context.words, view.tile
    then = None
    if is_past(goal, context):
        shown = with_unit(goal.verdict, tile.unit, words, tile.precision, goal.target)
        key = {True: "indicator.then_met", False: "indicator.then_missed", None: "indicator.then_unknown"}[goal.met_at_horizon]
        then = h.p[words("indicator.then"), ": ", h.b[words(key, value=shown)]]
    now = None if _limited(view) else h.p[words("indicator.now"), ": ", h.b[gap(goal, tile, context) or words("status.no_data")]]
    return h.li(class_=f"ioc-is-{goal.status.value}")[
        h.p(".ioc-goal-head")[h.span[h.b[target(goal, tile, context)], " ", due(goal, context)], status(goal.status, context)],
        then,
        now,
        h.p[goal.reason] if goal.status in _OPEN and not _limited(view) else None,
        h.p[" ".join(goal.prospect[:2])]
        if then is not None and goal.prospect and not _limited(view) and _is_followed(tile, context)
        else None,
        h.p(".ioc-faint")[goal.source, f" · {goal.population}" if goal.population else None],
    ]


def _is_followed(tile: TileView, context: Context) -> bool:
    """Whether a goal is open, so that what lies ahead is drawn for that one and not for those gone by."""
    return any(not is_past(each, context) for each in tile.goals)


def _about(view: IndicatorView, context: Context) -> h.Element:
    words = context.words
    feeds = h.ul(".ioc-sources")[(h.li[_feed(each, len(view.feeds) > 1, context)] for each in view.feeds)]
    entries = (
        ("definition", view.definition),
        ("formula", view.formula),
        ("source", view.source),
        ("owner", view.tile.owner),
        ("feeds", feeds if view.feeds else words("indicator.no_feeds")),
        *([("few", words("indicator.few_hidden", least=view.hide_below))] if view.hide_below else []),
    )
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[words("indicator.about")],
        h.dl(".ioc-terms")[((h.dt[words(f"indicator.{key}")], h.dd[text]) for key, text in entries)],
    ]


def _feed(each: FeedBehind, several: bool, context: Context) -> h.Node:
    """A feed, how it is, when it last brought anything, and whether, of several, its data are the oldest."""
    words = context.words
    link = h.a(".ioc-link", href=context.link(f"/feeds/{each.feed.code}"))[each.feed.label]
    if each.last_arrival is None:
        return link
    return [
        link,
        [" ", h.b(".ioc-mark")[words("indicator.oldest")]] if several and each.is_oldest else None,
        h.p(".ioc-faint")[
            [status(each.health, context), " "] if each.health else None,
            h.span[words("feeds.arrival"), ": ", ago(each.last_arrival, context)],
        ],
        h.p(".ioc-faint")[h.span[words("feeds.expected"), ": "], expected(each.expected, each.health, context)],
    ]


def trend_figure(view: IndicatorView, context: Context, unusual: AnomaliesView | None) -> Figure:
    """The trend with what is unusual; goals, and what is unusual, are those of the whole."""
    tile = view.tile
    goal = None if view.filters else tile.goal
    figure = trend(view.trend, view.period, tile.unit, tile.precision, goal, context)
    figure = with_other(figure if view.filters else marked(figure, view.trend, unusual, context), view, context)
    return chosen_by_hand(figure, [(max(p.start, view.start), min(p.end, view.end)) for p in view.trend], FINER[view.period])


def _trend(view: IndicatorView, figure: Figure | None, context: Context) -> html.Section:
    words, tile = context.words, view.tile
    lengths = choices(
        words("indicator.period"),
        (
            (words(f"period.{period}"), context.with_query(period=period, **{"from": None, "to": None}), period == view.period)
            for period in PERIODS
        ),
    )
    head: list[h.Node] = [h.h2(".ioc-panel-title")[words("indicator.trend")], span(view.start, view.end, context), lengths]
    head.append(export(f"{tile.label} – {words('indicator.trend')}", "trend", context))
    drawn: Any = nothing(context)
    if figure:
        goal = None if view.filters else tile.goal
        said = alt(tile.label, view.trend, view.period, tile.unit, tile.precision, goal, context)
        drawn = chart(figure, said, ids.TREND)
    top = [h.div(".ioc-panel-head")[head], control(view, context), _key(view, context)]
    return html.Section([Markup(top), drawn], className="ioc-panel ioc-panel-course")


def _key(view: IndicatorView, context: Context) -> h.Element | None:
    """What the lines of the trend are, where there are several."""
    goal, lines = None if view.filters else view.tile.goal, []
    if goal and goal.course:
        lines = ["path", *(["judged"] if goal.closes and not view.tile.stock else [])]
    if view.beside:
        lines.append("beside")
    if not lines:
        return None
    lines = ["value", *lines]
    said = {"value": context.words(f"period.{view.period}")} | ({"beside": name(view, context)} if view.beside else {})
    return h.ul(".ioc-key")[(h.li(class_=f"ioc-key-{line}")[said.get(line) or context.words(f"indicator.key_{line}")] for line in lines)]


def _split(view: IndicatorView, context: Context) -> h.Element:
    words, tile, split = context.words, view.tile, view.split
    if split is None:
        return h.section(".ioc-panel")[h.p(".ioc-faint")[words("indicator.split_none")]]
    title = words("indicator.split", dimension=split.label[:1].lower() + split.label[1:])
    others = choices(
        title, ((choice.label, context.with_query(split=choice.code), choice.code == split.dimension) for choice in view.dimensions)
    )
    known = [row for row in split.rows if row.value is not None]
    taken = export(f"{tile.label} – {title}", "split", context) if known else None
    head = h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], others, taken]
    if not known:
        return h.section(".ioc-panel")[head, h.p(".ioc-empty")[words("indicator.empty")]]

    def ranked(rows: list[SplitRow]) -> h.Element:
        goal = None if view.filters else tile.goal
        lead = partial(_narrowed, split.dimension, context)
        return bars(rows, tile.unit, tile.precision, goal, context, address=lead, fractions=partial(_counts, view, context), whole=known)

    is_whole = len(known) <= MOST_ROWS or context.get("rows") == "all"
    more = h.a(".ioc-link", href=context.with_query(rows="all"))[words("indicator.split_more", count=len(known))]
    hints = ["split_hint", *(["interval_hint"] if any(row.low is not None for row in known) else [])]
    hint = h.p(".ioc-faint.ioc-hint")[" ".join(words(f"indicator.{each}") for each in hints)]
    return h.section(".ioc-panel")[head, hint, ranked(known if is_whole else known[:MOST_ROWS]), None if is_whole else h.p[more]]


def _narrowed(dimension: str, context: Context, row: SplitRow) -> str:
    """The address of this page limited to one row of the split."""
    return context.with_where(dimension, row.code or NO_VALUE)


def _counts(view: IndicatorView, context: Context, row: SplitRow) -> h.Node:
    """What a row's value is made of, as the way to its records."""
    dimension = view.split.dimension if view.split else ""
    where = [*(each for each in _where(view) if each[0] != dimension), (dimension, row.code or NO_VALUE)]
    return fraction(counts((row.numerator, row.denominator), view.tile.indicator, view.behind, where, context, (view.start, view.end)))


def _numbers(view: IndicatorView, context: Context) -> h.Element:
    """The trend as a table, the newest first."""
    words = context.words
    parts = [name for name in ("numerator", "denominator") if any(getattr(point, name) is not None for point in view.trend)]
    parts = parts if "denominator" in parts else []  # what is only counted is its own numerator
    columns = ("period", *parts, "value")
    heads = [h.th(class_=None if column == "period" else "ioc-number", scope="col")[words(f"indicator.{column}")] for column in columns]
    others: Sequence[Point | None] = [None] * len(view.trend)
    if view.beside:
        heads.append(h.th(".ioc-number", scope="col")[name(view, context)])
        others = [*view.beside.points[: len(view.trend)], *others[len(view.beside.points) :]]
    rows = zip(reversed(view.trend), reversed(others), strict=True)
    table = h.table(".ioc-table")[h.thead[h.tr[heads]], h.tbody[(_row(point, other, parts, view, context) for point, other in rows)]]
    title = words("indicator.numbers")
    return h.section(".ioc-panel.ioc-panel-numbers")[
        h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], export(f"{view.tile.label} – {title}", "trend", context)],
        h.div(".ioc-scroll", tabindex="0", role="region", aria_label=title)[table],
    ]


def _row(point: Point, other: Point | None, parts: Sequence[str], view: IndicatorView, context: Context) -> h.Element:
    words, tile = context.words, view.tile
    said = [words(key) for key, is_so in (("period.provisional", point.provisional), ("indicator.new_formula", point.new_formula)) if is_so]
    open_ = h.em[" · ".join(said)] if said else None
    goal = tile.goal.target if tile.goal else None
    days = (max(point.start, view.start), min(point.end, view.end))
    pair = counts((point.numerator, point.denominator), tile.indicator, view.behind, _where(view), context, days)
    shown = dict(zip(("numerator", "denominator"), pair, strict=True))
    alone = context.with_query(**{"from": days[0].isoformat(), "to": days[1].isoformat(), "period": FINER[view.period]})
    value = h.b[with_unit(point.value, tile.unit, words, tile.precision, goal)]
    counted = not parts and view.behind is not None and view.behind.numerator
    return h.tr[
        h.th(scope="row")[h.a(".ioc-link", href=alone)[dates.period(point.start, view.period, words)], " ", open_],
        (h.td(".ioc-number")[shown[part]] for part in parts),
        h.td(".ioc-number")[pair[0] if counted else value],
        h.td(".ioc-number.ioc-faint")[other_value(other, view, context) if other else ""] if view.beside else None,
    ]
