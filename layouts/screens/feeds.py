"""Every feed in a line of its own: how it is, how new, how much came, what was refused."""

from __future__ import annotations

from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.views.feed import FeedsView, FeedTile
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.audit import audit
from layouts.panels.expected import expected
from layouts.panels.lines import Column, Line, lines
from layouts.panels.moment import ago, exact
from layouts.panels.status import status, tally
from layouts.panels.volume import count, volume
from layouts.shell import Heading, shell
from layouts.state import Context

COUNTS = ("accepted", "duplicates", "rejected", "skipped")
COLUMNS = ("feed", "health", "arrival", "expected", "lag", "volume", *COUNTS)


def feeds(view: FeedsView, context: Context) -> Page:
    """The page."""
    words = context.words
    content = _table(view, context) if view.feeds else h.p(".ioc-empty")[words("feeds.none")]
    return shell(
        [Markup([content, h.p(".ioc-faint.ioc-feeds-hint")[words("feeds.lag_hint")] if view.feeds else None, audit(view.audit, context)])],
        Heading(words("feeds.title"), subtitle=words("feeds.subtitle"), aside=tally(view.tally, context)),
        view.stamp,
        context,
        restless=True,
    )


def _table(view: FeedsView, context: Context) -> h.Element:
    words = context.words
    columns = [Column(name, words(f"feeds.{name}"), name in COUNTS) for name in COLUMNS]
    return lines(words("feeds.list"), columns, (_line(each, context) for each in view.feeds))


def _line(tile: FeedTile, context: Context) -> Line:
    cells = (
        _name(tile, context),
        [status(tile.health, context), _findings(tile, context)],
        _arrival(tile, context),
        expected(tile.expected, tile.health, context),
        lag(tile, context),
        volume(tile.volume, context),
        *(count(getattr(tile, name), context) for name in COUNTS),
    )
    return Line(cells, f"ioc-is-{tile.health.value}")


def _name(tile: FeedTile, context: Context) -> h.Node:
    return [
        h.a(".ioc-link", href=context.link(f"/feeds/{tile.feed}"))[unbroken(tile.label)],
        h.span(".ioc-faint")[kind(tile, context)],
        h.span(".ioc-fault")[context.words.sentence(tile.message)] if tile.message else None,
    ]


def _findings(tile: FeedTile, context: Context) -> h.Node:
    """How many findings stand about a feed's deliveries; on its page they are explained."""
    if not tile.findings:
        return None
    words = context.words("feeds.findings_one" if tile.findings == 1 else "feeds.findings", count=count(tile.findings, context))
    return h.a(".ioc-link.ioc-found", href=context.link(f"/feeds/{tile.feed}"))[words]


def kind(tile: FeedTile, context: Context) -> h.Node:
    """What a feed brings and how it is connected, in short; what is simulated is marked."""
    words = context.words
    mark = h.b(".ioc-mark")[words("feeds.simulated")] if tile.simulated else None
    known = words(f"feed.kinds.{tile.kind}") if tile.kind else None if tile.simulated else words("feeds.gone")
    record = tile.record.label if tile.record.label != tile.label else None
    parts = [part for part in (record, known, mark) if part]
    return [[" · " if number else None, part] for number, part in enumerate(parts)]


def _arrival(tile: FeedTile, context: Context) -> h.Node:
    if tile.last_arrival is None:
        return h.span(".ioc-faint")[context.words("feeds.never")]
    event = [context.words("feeds.event"), " ", exact(tile.last_event, context)] if tile.last_event else None
    return [h.span[ago(tile.last_arrival, context)], h.span(".ioc-faint")[event]]


def lag(tile: FeedTile, context: Context) -> h.Node:
    """How late records arrive."""
    words = context.words
    if tile.lag is None:
        return h.span(".ioc-faint")[words("feeds.expect.unknown")]
    median, most = (dates.length(each, words) for each in (tile.lag.median, tile.lag.most))
    return [h.span[words("feeds.lag_median", length=median)], h.span(".ioc-faint")[words("feeds.lag_most", length=most)]]
