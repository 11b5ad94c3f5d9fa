"""A moment as how long ago it was, and the exact one beside it."""

from __future__ import annotations

from datetime import date, datetime

from ioc.text import dates
from layouts import elements as h
from layouts.state import Context


def ago(at: datetime, context: Context) -> h.Element:
    """How long ago a moment was, by the server's clock; ``assets/live.js`` lets it grow while the page stands."""
    at = min(at, context.now)
    day = dates.day(at.astimezone(context.zone).date())
    shown = dates.age(at, context.now, context.zone, context.words)
    exact = dates.moment(at, context.zone)
    return h.time(datetime=at.isoformat(), title=exact, data_at=f"{at.timestamp():.0f}", data_day=day)[shown]


def exact(at: datetime | date, context: Context) -> h.Element:
    """A moment or day; of today only its time."""
    if not isinstance(at, datetime):
        return h.time(datetime=at.isoformat())[dates.day(at)]
    local = at.astimezone(context.zone)
    shown = f"{local:%H:%M}" if local.date() == context.today else dates.moment(at, context.zone)
    return h.time(datetime=at.isoformat(), title=dates.moment(at, context.zone))[shown]
