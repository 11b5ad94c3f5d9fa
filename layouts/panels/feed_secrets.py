"""How many records of a feed were refused for secrecy on which days: drawn only of a view that tells it, as those of administrators do."""

from __future__ import annotations

import htpy as h

from ioc.text import dates
from ioc.views.feed import FeedView
from layouts.panels.lines import Column, Line, lines
from layouts.panels.volume import count
from layouts.state import Context


def secrets(view: FeedView, context: Context) -> h.Element | None:
    """The panel; nothing for whoever may not know."""
    if view.secret is None:
        return None
    words = context.words
    title = words("feed.secret")
    head = [h.h2(".ioc-panel-title")[title], h.p(".ioc-faint")[words("feed.secret_hint")]]
    if not view.secret:
        return h.section(".ioc-panel")[head, h.p[words("feed.secret_none")]]
    columns = [Column("day", words("feed.secret_day")), Column("count", words("feed.secret_count"), True)]
    rows = (Line([dates.day(day), count(refused, context)]) for day, refused in view.secret)
    total = [words("feed.secret_all"), count(sum(refused for _, refused in view.secret), context)]
    return h.section(".ioc-panel")[
        head, h.div(".ioc-scroll.ioc-scroll-long", tabindex="0", role="region", aria_label=title)[lines(title, columns, rows, total)]
    ]
