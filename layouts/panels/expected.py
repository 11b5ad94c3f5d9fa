"""When a feed is expected to bring something next, and by what that is told."""

from __future__ import annotations

from ioc.text import dates
from ioc.views.health import Health
from ioc.views.next_arrival import Basis, NextArrival
from layouts import elements as h
from layouts.panels.moment import exact
from layouts.state import Context


def expected(found: NextArrival | None, health: Health | None, context: Context) -> h.Node:
    """The moment with what tells it below; or why there is none."""
    words = context.words
    if found is None:
        return h.span(".ioc-faint")[words("status.paused" if health is Health.PAUSED else "feeds.expect.unknown")]
    if found.at > context.now:
        return [h.span[exact(found.at, context)], h.span(".ioc-faint")[_basis(found, context)]]
    if found.basis is Basis.SCHEDULE:
        return [h.span[words("feeds.now")], h.span(".ioc-faint")[_basis(found, context)]]
    return [h.span[words("feeds.expect.overdue")], h.span(".ioc-faint")[words("feeds.expect.since"), " ", exact(found.at, context)]]


def _basis(found: NextArrival, context: Context) -> str:
    words = context.words
    told = words(f"feeds.expect.{found.basis}")
    return f"{told}, {words('feeds.expect.within', length=dates.length(found.within, words))}" if found.within else told
