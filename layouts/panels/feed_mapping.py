"""How a source's columns become fields."""

from __future__ import annotations

from ioc.text import dates
from ioc.views.feed import Mapped, MappingView
from layouts import elements as h
from layouts.panels.listing import listing
from layouts.panels.volume import count
from layouts.state import Context

# So many translations stand in the line itself; more unfold.
FEW = 4


def mapping(view: MappingView, context: Context) -> h.Element:
    """The panel: each field with where it comes from and how it is read, and the conditions on whole rows."""
    words = context.words
    heads = (h.th(scope="col")[words(f"feed.{column}")] for column in ("field", "source", "reading"))
    title = words("feed.mapping")
    table = h.table(".ioc-table")[h.thead[h.tr[heads]], h.tbody[(_row(each, context) for each in view.fields)]]
    room = h.div(".ioc-scroll", tabindex="0", role="region", aria_label=title)[table]
    return h.section(".ioc-panel")[
        listing("mapping", title, [h.p(".ioc-faint")[words("feed.mapping_hint")], room], context),
        _conditions(view, context),
        h.p(".ioc-faint")[words("feed.unmapped", fields=", ".join(view.unmapped))] if view.unmapped else None,
    ]


def _row(each: Mapped, context: Context) -> h.Element:
    words = context.words
    if each.origin == "expr":
        source: h.Node = [words("feed.expr"), " ", h.code[each.source]]
    else:
        source = words(f"feed.{each.origin}", source=each.source)
    return h.tr[h.th(scope="row")[each.field.label], h.td[source], h.td[_reading(each, context)]]


def _reading(each: Mapped, context: Context) -> h.Node:
    words = context.words
    if each.origin == "column" and not (each.formats or each.values or each.before or each.otherwise is not None):
        return h.span(".ioc-faint")[words("feed.as_it_is")]
    return [
        h.p[words("feed.format", formats=", ".join(each.formats))] if each.formats else None,
        _values(each.values, context),
        h.p[words("feed.otherwise", value=each.otherwise)] if each.otherwise is not None else None,
        ([h.p(".ioc-faint")[words("feed.before", day=dates.day(day))], _values(values, context)] for day, values in each.before),
    ]


def _values(values: tuple[tuple[str, str], ...], context: Context) -> h.Node:
    if not values:
        return None
    empty = context.words("feed.nothing_there")
    pairs = h.ul(".ioc-pairs")[(h.li[h.code[source or empty], " → ", target] for source, target in values)]
    if len(values) <= FEW:
        return pairs
    return h.details[h.summary[context.words("feed.values", count=count(len(values), context))], pairs]


def _conditions(view: MappingView, context: Context) -> h.Node:
    words = context.words
    found = [h.p[words(f"feed.{key}"), " ", h.code[text]] for key, text in (("keep", view.keep), ("deleted", view.deleted)) if text]
    if view.secrecy:
        found.append(h.p[words("feed.open", column=view.secrecy, levels=", ".join(f"“{level}”" for level in view.open))])
    return found
