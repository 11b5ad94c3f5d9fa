"""How the feeds do: how many are well, and by name those that are not."""

from __future__ import annotations

from collections import Counter

from ioc.text.lines import unbroken
from ioc.views.feed import FeedTile
from ioc.views.health import Health
from ioc.views.panels.types import FeedsPanel, PanelView
from layouts import elements as h
from layouts.panels.frame import empty, framed
from layouts.panels.moment import ago
from layouts.panels.status import shape
from layouts.state import Context

MOST = 3


def panel(view: PanelView, content: FeedsPanel, context: Context) -> h.Element:
    """The panel."""
    words = context.words
    if not content.feeds:
        return framed(view, empty(context), context)
    counts = Counter(feed.health for feed in content.feeds)
    tally = h.ul(".ioc-feed-tally")[
        (
            h.li(class_=f"ioc-is-{each.value}")[shape(each), h.b[str(counts[each])], h.span[words(f"status.{each.value}")]]
            for each in Health
            if counts[each]
        )
    ]
    most = MOST * max(view.frame.size[1] - 1, 1)
    arrivals = sorted(
        content.feeds, key=lambda feed: (list(Health).index(feed.health), feed.last_arrival.timestamp() if feed.last_arrival else 0)
    )
    return framed(view, [tally, h.ul(".ioc-feed-list")[(_feed(feed, context) for feed in arrivals[:most])]], context)


def _feed(feed: FeedTile, context: Context) -> h.Element:
    when = ago(feed.last_arrival, context) if feed.last_arrival else context.words("feeds.never")
    return h.li(class_=f"ioc-is-{feed.health.value}")[
        shape(feed.health), h.span(".ioc-feed-name")[unbroken(feed.label)], h.span(".ioc-faint")[when]
    ]
