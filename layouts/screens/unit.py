"""One unit's scorecard: every indicator in a line, with the unit's own value, the whole, its rank and its course."""

from __future__ import annotations

from decimal import Decimal

from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.text.numbers import number, signed, with_unit
from ioc.views.unit import UnitGroup, UnitRow, UnitView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.export import export
from layouts.panels.leads import counts, fraction, to_indicator
from layouts.panels.lines import Column, Line, lines
from layouts.panels.spark import spark
from layouts.screens.deferred import margin
from layouts.shell import Heading, shell
from layouts.state import Context

COLUMNS = ("indicator", "value", "records", "whole", "rank", "change", "trend")
NUMBERS = {"value", "whole", "rank", "change"}


def unit(view: UnitView, context: Context) -> Page:
    """The page."""
    words = context.words
    crumbs = tuple((each.label, context.link(f"/units/{each.code}")) for each in view.above)
    heading = Heading(view.unit.label, subtitle=words("overview.year", year=view.year), crumbs=crumbs)
    ended = h.p(".ioc-faint")[words("unit_page.until", day=dates.day(view.until))] if view.until else None
    groups = (
        scorecard(group, view, context, export(f"{view.unit.label} – {group.label}", f"group-{number}", context))
        for number, group in enumerate(view.groups, start=1)
    )
    content = [ended, groups, _below(view, context)]
    empty = h.p(".ioc-empty")[words("unit_page.none")] if not view.groups else None
    return shell([Markup([content, empty], className="ioc-scorecard"), *margin(context)], heading, view.stamp, context)


def scorecard(group: UnitGroup, view: UnitView, context: Context, button: h.Node = None) -> h.Element:
    """A group of indicators as a table, with the ``button`` by which it is taken along."""
    words = context.words
    columns = [Column(f"unit-{name}", words(f"unit_page.{name}"), name in NUMBERS) for name in COLUMNS]
    table = lines(group.label, columns, (_line(row, view, context) for row in group.rows))
    return h.section(".ioc-panel")[
        h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[group.label], button],
        h.div(".ioc-scroll", tabindex="0", role="region", aria_label=group.label)[table],
    ]


def _line(row: UnitRow, view: UnitView, context: Context) -> Line:
    words = context.words
    where = [(row.dimension, view.code)]
    name = h.a(".ioc-link", href=to_indicator(row.indicator, where, context))[unbroken(row.label)]
    key = {True: "ioc-reason-holds", False: "ioc-reason-fails", None: None}[row.better]
    said = {True: words("unit_page.better"), False: words("unit_page.worse"), None: None}[row.better]
    value = h.b(class_=key, title=said)[with_unit(row.value, row.unit, words, row.precision)]
    records = fraction(counts((row.numerator, row.denominator), row.indicator, row.behind, where, context))
    whole = with_unit(row.whole, row.unit, words, row.precision)
    rank = words("unit_page.place", rank=row.rank, of=row.ranked) if row.rank else ""
    change = "" if row.change is None else signed(row.change, "number", words, row.precision)
    drawn = spark(row.trend, None, None, _alt(row, context)) if _known(row) else None
    return Line([name, value, records, whole, rank, change, drawn])


def _known(row: UnitRow) -> list[Decimal]:
    return [each.value for each in row.trend if each.value is not None]


def _alt(row: UnitRow, context: Context) -> str:
    """The course in words."""
    known = _known(row)
    first, last = (with_unit(each, row.unit, context.words, row.precision) for each in (known[0], known[-1]))
    return context.words("overview.trend_alt", label=row.label, first=first, last=last)


def _below(view: UnitView, context: Context) -> h.Element | None:
    if not view.below:
        return None
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[context.words("unit_page.below", count=number(Decimal(len(view.below)), context.language))],
        h.ul(".ioc-columns")[(h.li[h.a(".ioc-link", href=context.link(f"/units/{each.code}"))[each.label]] for each in view.below)],
    ]
