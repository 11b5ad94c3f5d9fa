"""A value in the largest type of its surroundings, and what is said beside it."""

from __future__ import annotations

import re

from ioc.text import dates
from ioc.text.numbers import short, signed, with_unit
from ioc.views.model import TileView
from layouts import elements as h
from layouts.state import Context

# A unit of more letters is a word, and set smaller than a symbol.
SYMBOL = 2


def value(tile: TileView, context: Context, *, brief: bool = False) -> h.Element:
    """The value, its unit in smaller type. ``brief``: very large ones in millions."""
    goal = tile.goal.target if tile.goal else None
    shown = (short if brief else with_unit)(tile.value, tile.unit, context.words, tile.precision, goal)
    digits, unit = re.fullmatch(r"([−\d.,–]*)(.*)", shown).groups()  # type: ignore[union-attr]  # anything matches
    if tile.value is None:
        return h.p(".ioc-value.ioc-faint")[h.span[digits], h.span(".ioc-unseen")[context.words("status.no_data")]]
    return h.p(".ioc-value")[
        h.span(".ioc-digits", style=f"--chars:{len(digits)}")[digits],
        h.span(class_="ioc-unit ioc-unit-word" if len(unit) > SYMBOL else "ioc-unit")[unit],
    ]


def change(tile: TileView, context: Context) -> str:
    """The change on the same days of last year."""
    if tile.change is None:
        return ""
    return context.words("overview.change", change=signed(tile.change, "number", context.words, tile.precision))


def age(tile: TileView, context: Context) -> h.Element:
    """How old the newest record is, by the server's clock; ``assets/live.js`` lets it grow while the page stands."""
    if tile.data_at is None:
        return h.span(".ioc-age")[context.words("overview.no_data_yet")]
    at = min(tile.data_at, context.now)
    exact = context.words("overview.data_at", moment=dates.moment(at, context.zone))
    if tile.stale or context.get("as_of"):  # an age does not grow at a past moment
        return h.time(class_="ioc-age ioc-age-stale" if tile.stale else "ioc-age", datetime=at.isoformat())[exact]
    day = dates.day(at.astimezone(context.zone).date())
    shown = dates.age(at, context.now, context.zone, context.words)
    return h.time(".ioc-age", datetime=at.isoformat(), title=exact, data_at=f"{at.timestamp():.0f}", data_day=day)[shown]


def trend_alt(tile: TileView, context: Context) -> str:
    """The trend in words."""
    known = [point.value for point in tile.trend if point.value is not None]
    if not known:
        return context.words("overview.trend_none", label=tile.label)
    first, last = (with_unit(each, tile.unit, context.words, tile.precision) for each in (known[0], known[-1]))
    return context.words("overview.trend_alt", label=tile.label, first=first, last=last)
