"""A feed's volume by day as small bars: inline SVG, sharp at any size."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ioc.text import dates
from ioc.text.numbers import number
from ioc.views.feed import DayVolume
from layouts import elements as h
from layouts.state import Context

STEP, WIDTH, HEIGHT = 8, 6, 48
# A day of which anything came shows at least so much.
LEAST = 2.0


def volume(days: Sequence[DayVolume], context: Context) -> h.Element:
    """The bars, the oldest day first; today, which is not over, is paler. What came on one day alone is told in words."""
    if not is_drawn(days):
        return h.span(".ioc-volume-said.ioc-faint")[_in_words(days, context)]
    most = max((each.accepted for each in days), default=0)
    drawn = (
        h.path(class_="ioc-volume-open" if index == len(days) - 1 else None, d=_bar(index, each.accepted, most))
        for index, each in enumerate(days)
        if each.accepted
    )
    marks = (h.path(".ioc-volume-few", d=_mark(index, each.accepted, most)) for index, each in enumerate(days) if each.few)
    view = f"0 0 {STEP * len(days)} {HEIGHT}"
    ground = h.path(".ioc-volume-ground", d=f"M0 {HEIGHT}H{STEP * len(days)}")
    return h.svg(".ioc-volume", viewBox=view, preserveAspectRatio="none", role="img", aria_label=alt(days, context))[ground, drawn, marks]


def is_drawn(days: Sequence[DayVolume]) -> bool:
    """Whether there is a picture: something came on at least two days."""
    return sum(each.accepted > 0 for each in days) > 1


def _in_words(days: Sequence[DayVolume], context: Context) -> str:
    """On which day all of it came."""
    came = next((each for each in days if each.accepted), None)
    return context.words("feeds.volume_once", day=dates.day(came.day)) if came else context.words("feeds.volume_nothing")


def alt(days: Sequence[DayVolume], context: Context) -> str:
    """The same in words."""
    highest = max(days, key=lambda each: each.accepted, default=None)
    if highest is None or not highest.accepted:
        return context.words("feeds.volume_none", days=len(days))
    told = context.words(
        "feeds.volume_alt",
        days=len(days),
        total=count(sum(each.accepted for each in days), context),
        most=count(highest.accepted, context),
        day=dates.day(highest.day),
        today=count(days[-1].accepted, context),
    )
    few = ", ".join(f"{dates.day(each.day)} ({count(each.accepted, context)})" for each in days if each.few)
    return f"{told} {context.words('feeds.volume_few', days=few)}" if few else told


def count(value: int, context: Context) -> str:
    """A whole number in the manner of the language."""
    return number(Decimal(value), context.language)


def _bar(index: int, accepted: int, most: int) -> str:
    tall = max(accepted / most * (HEIGHT - 2), LEAST)
    return f"M{index * STEP + 1} {HEIGHT}v-{tall:.1f}h{WIDTH}v{tall:.1f}Z"


def _mark(index: int, accepted: int, most: int) -> str:
    """A diamond above the bar of a day that had unusually few records."""
    top = HEIGHT - max(accepted / most * (HEIGHT - 2), LEAST) - 3
    return f"M{index * STEP + 4} {top - 10:.1f}l3 5l-3 5l-3 -5Z"
