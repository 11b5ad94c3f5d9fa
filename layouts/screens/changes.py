"""What has changed since a past moment: targets at a glance, and one indicator by unit and month, then against now."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ioc.text import dates
from ioc.text.numbers import number, signed, with_unit
from ioc.views.changes import ChangedCell, ChangedTarget, ChangedTargetsView, ChangesView, Told
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.leads import counts, fraction, to_indicator
from layouts.panels.lines import Column, Line, lines
from layouts.panels.listing import listing
from layouts.shell import Heading, shell
from layouts.state import Context

MOST_PLACES = 9


def changed_targets(view: ChangedTargetsView, context: Context) -> Page:
    """The page of all targets."""
    words = context.words
    heads = [Column("what", words("changes.target")), *_columns(context)]
    table = lines(words("changes.title"), heads, (_target(each, context) for each in view.targets))
    counted = words("changes.targets", count=len(view.targets), compared=view.compared)
    return _page(words("changes.title"), view.since, [counted], table if view.targets else None, view, context)


def changes(view: ChangesView, context: Context) -> Page:
    """The page of one indicator."""
    words = context.words
    where = [Column("unit", words("changes.unit"))] if view.dimension else []
    heads = [Column("month", words("changes.month")), *where, *_columns(context)]
    table = lines(words("changes.title"), heads, (_cell(each, view, context) for each in view.cells))
    count, compared = (number(Decimal(each), context.language) for each in (view.count, view.compared))
    said = [words("changes.cells", count=count, compared=compared)]
    if view.count > len(view.cells):
        said.append(words("changes.newest", count=len(view.cells)))
    return _page(view.indicator.label, view.since, said, table if view.cells else None, view, context)


def _page(
    title: str, since: datetime, said: list[str], table: h.Element | None, view: ChangedTargetsView | ChangesView, context: Context
) -> Page:
    words = context.words
    then = dates.moment(since, context.zone)
    name = view.indicator.code if isinstance(view, ChangesView) else None
    path = f"/indicators/{name}" if name else "/"
    ways = h.p(".ioc-choices")[
        h.a(".ioc-choice", href=context.link(path))[words("changes.then_page", moment=then)],
        h.a(".ioc-choice", href=context.at_present().link(path))[words("changes.now_page")],
        h.a(".ioc-choice", href=context.link("/changes"))[words("changes.all")] if name else None,
    ]
    room = h.div(".ioc-scroll.ioc-records", tabindex="0", role="region", aria_label=title)[table] if table else None
    taken = listing("changes", words("changes.title"), room, context, is_named=False) if room else None
    content = Markup([h.section(".ioc-panel")[h.p[" ".join(said)], h.p(".ioc-faint")[words("changes.hint")], ways, taken]])
    return shell([content], Heading(title, subtitle=words("changes.since", moment=then)), view.stamp, context)


def _columns(context: Context) -> list[Column]:
    return [Column(name, context.words(f"changes.{name}"), True) for name in ("then", "now", "difference")]


def _target(each: ChangedTarget, context: Context) -> Line:
    name = h.a(".ioc-link", href=context.link(f"/changes/{each.indicator.code}"))[each.indicator.label]
    places = _apart(each.before, each.after, each.precision)
    before, after = (with_unit(value, each.unit, context.words, places) for value in (each.before, each.after))
    return Line([name, before, after, _difference(each.before, each.after, places, context)])


def _cell(each: ChangedCell, view: ChangesView, context: Context) -> Line:
    words = context.words
    where = [(view.dimension, each.code)] if each.code else []
    days = (each.start, each.end)
    still = [" ", h.em(".ioc-faint")[words("changes.open")]] if each.open else None
    address = to_indicator(view.indicator.code, where, context, days, "day")
    month = h.span[h.a(".ioc-link", href=address)[dates.period(each.start, "month", words)], still]
    places = _apart(each.before.value, each.after.value, view.precision)
    sides = [_told(each.before, each, view, places, context), _told(each.after, each, view, places, context.at_present())]
    unit = [each.label] if view.dimension else []
    return Line([month, *unit, *sides, _difference(each.before.value, each.after.value, places, context)])


def _told(told: Told, each: ChangedCell, view: ChangesView, places: int, context: Context) -> h.Node:
    """A value and what it is made of, which leads to the records as they were known then."""
    where = [(view.dimension, each.code)] if each.code else []
    pair = counts((told.numerator, told.denominator), view.indicator.code, view.behind, where, context, (each.start, each.end))
    if told.denominator is None:
        return pair[0] if pair[0] != "" else context.words("changes.nothing")
    return [h.b[with_unit(told.value, view.unit, context.words, places)], " ", h.span(".ioc-faint")[fraction(pair)]]


def _apart(before: Decimal | None, after: Decimal | None, precision: int) -> int:
    """The fewest decimal places with which two values that differ look different."""
    if before is None or after is None or before == after:
        return precision
    return next((places for places in range(precision, MOST_PLACES) if round(before, places) != round(after, places)), MOST_PLACES)


def _difference(before: Decimal | None, after: Decimal | None, precision: int, context: Context) -> str:
    return "" if before is None or after is None else signed(after - before, "number", context.words, precision)
