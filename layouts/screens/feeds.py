"""Every feed in a line of its own: how it is, how new, how much came, what was refused."""

from __future__ import annotations

import htpy as h

from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.views.feed import FeedsView, FeedTile
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.moment import ago, exact
from layouts.panels.status import status, tally
from layouts.panels.volume import count, volume
from layouts.shell import Heading, shell
from layouts.state import Context

COLUMNS = ("feed", "health", "arrival", "lag", "volume", "accepted", "duplicates", "rejected", "skipped", "next")
COUNTS = ("accepted", "duplicates", "rejected", "skipped")


def feeds(view: FeedsView, context: Context) -> Page:
    """The page."""
    words = context.words
    content = _table(view, context) if view.feeds else h.p(".ioc-empty")[words("feeds.none")]
    return shell(
        [Markup([content, h.p(".ioc-faint.ioc-feeds-hint")[words("feeds.lag_hint")] if view.feeds else None])],
        Heading(words("feeds.title"), subtitle=words("feeds.subtitle"), aside=tally(view.tally, context)),
        view.stamp,
        context,
        restless=True,
    )


def _table(view: FeedsView, context: Context) -> h.Element:
    """A table; on a narrow screen each line becomes a card (``assets/feeds.css``), and the roles keep it a table for who listens."""
    words = context.words
    heads = (
        h.th(class_="ioc-number" if column in COUNTS else None, role="columnheader", scope="col")[words(f"feeds.{column}")]
        for column in COLUMNS
    )
    return h.table(".ioc-feeds", role="table", aria_label=words("feeds.list"))[
        h.thead(role="rowgroup")[h.tr(role="row")[heads]], h.tbody(role="rowgroup")[(_line(each, context) for each in view.feeds)]
    ]


def _line(tile: FeedTile, context: Context) -> h.Element:
    cells = {
        "health": status(tile.health, context),
        "arrival": _arrival(tile, context),
        "lag": lag(tile, context),
        "volume": volume(tile.volume, context),
        **{name: count(getattr(tile, name), context) for name in COUNTS},
        "next": next_run(tile, context),
    }
    return h.tr(role="row", id=f"feed-{tile.feed}", class_=f"ioc-is-{tile.health.value}")[
        h.th(".ioc-feeds-feed", role="rowheader", scope="row")[_name(tile, context)],
        (_cell(name, content, context) for name, content in cells.items()),
    ]


def _cell(name: str, content: h.Node, context: Context) -> h.Element:
    numeric = " ioc-number" if name in COUNTS else ""
    return h.td(class_=f"ioc-feeds-{name}{numeric}", role="cell", data_label=context.words(f"feeds.{name}"))[content]


def _name(tile: FeedTile, context: Context) -> h.Node:
    return [
        h.a(".ioc-link", href=context.link(f"/feeds/{tile.feed}"))[unbroken(tile.label)],
        h.span(".ioc-faint")[" · ".join(part for part in (tile.record.label, kind(tile, context)) if part)],
        h.span(".ioc-fault", lang="en")[tile.message] if tile.message else None,
    ]


def kind(tile: FeedTile, context: Context) -> str:
    """How a feed is connected, in short, and whether it is simulated."""
    words = context.words
    parts = [tile.kind or (None if tile.simulated else words("feeds.gone")), words("feeds.simulated") if tile.simulated else None]
    return ", ".join(part for part in parts if part)


def _arrival(tile: FeedTile, context: Context) -> h.Node:
    if tile.last_arrival is None:
        return h.span(".ioc-faint")[context.words("feeds.never")]
    event = [context.words("feeds.event"), " ", exact(tile.last_event, context)] if tile.last_event else None
    return [h.span[ago(tile.last_arrival, context)], h.span(".ioc-faint")[event]]


def lag(tile: FeedTile, context: Context) -> h.Node:
    """How late records arrive."""
    words = context.words
    if tile.lag is None:
        return h.span(".ioc-faint")[words("feeds.nothing_known")]
    median, most = (dates.length(each, words) for each in (tile.lag.median, tile.lag.most))
    return [h.span[words("feeds.lag_median", length=median)], h.span(".ioc-faint")[words("feeds.lag_most", length=most)]]


def next_run(tile: FeedTile, context: Context) -> h.Node:
    """When a feed is asked next, or why it is not."""
    words = context.words
    if tile.next_run is not None:
        return h.span[words("feeds.now")] if tile.next_run <= context.now else h.span[exact(tile.next_run, context)]
    return h.span(".ioc-faint")[words(f"feed.way.{tile.way}") if tile.way in {"listening", "brought", "typed"} else words("feeds.nothing_known")]
