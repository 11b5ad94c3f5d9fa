"""How many records of each feed were refused for secrecy on which days: nothing else is known of them."""

from __future__ import annotations

from collections.abc import Iterator

from ioc.text import dates
from ioc.views.feed import SecretsView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.lines import Column, Line, lines
from layouts.panels.listing import listing
from layouts.panels.volume import count
from layouts.shell import Heading, shell
from layouts.state import Context


def secrets(view: SecretsView, context: Context) -> Page:
    """The page."""
    words = context.words
    heading = Heading(words("secrets.title"), subtitle=words("secrets.subtitle"))
    if not view.feeds:
        return shell([Markup([h.p(".ioc-empty")[words("secrets.none")]])], heading, view.stamp, context)
    table = h.div(".ioc-scroll", tabindex="0", role="region", aria_label=words("secrets.title"))[_table(view, context)]
    taken = listing("secrets", words("secrets.title"), table, context, is_named=False)
    return shell([Markup([h.section(".ioc-panel")[taken]])], heading, view.stamp, context)


def _table(view: SecretsView, context: Context) -> h.Element:
    words = context.words
    columns = [Column("feed", words("secrets.feed")), Column("day", words("secrets.day")), Column("count", words("secrets.count"), True)]
    total = sum(refused for days in view.feeds.values() for _, refused in days)
    return lines(words("secrets.title"), columns, _lines(view, context), [words("secrets.all"), "", count(total, context)])


def _lines(view: SecretsView, context: Context) -> Iterator[Line]:
    for feed, days in sorted(view.feeds.items()):
        for day, refused in days:
            yield Line([h.a(".ioc-link", href=context.link(f"/feeds/{feed}"))[feed], dates.day(day), count(refused, context)])
