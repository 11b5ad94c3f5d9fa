"""What surrounds a panel of a screen: its title, what it is limited to and of when, its content, how old its data are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ioc.catalogue.tree import NOTHING
from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.views.panels.types import Frame, PanelView
from layouts import elements as h
from layouts.panels.leads import ALL, to_indicator
from layouts.panels.moment import ago
from layouts.panels.status import shape
from layouts.state import Context

# Kinds that say for themselves how old what they show is.
_AGELESS = {"clock", "text", "feeds"}


def framed(view: PanelView, content: h.Node, context: Context, *, note: str = "", css: str = "", lead: str | None = None) -> h.Element:
    """The panel. ``note`` is said beside the title, ``css`` are further classes, ``lead`` is where the title leads to."""
    frame = view.frame
    stale = " ioc-stale" if frame.stale else ""
    ageless = frame.kind in _AGELESS
    said = " · ".join(part for part in (frame.scope, note) if part)
    old = None if ageless else age(frame, context)
    return h.section(class_=f"ioc-panel ioc-panel-{frame.kind}{stale} {css}".rstrip())[
        h.div(".ioc-panel-head")[
            h.h2(".ioc-panel-title")[led(titled(frame, context), lead, context)],
            h.p(".ioc-panel-note")[said, " · " if said and old else None, old] if said or old else None,
        ],
        content,
    ]


def led(words: h.Node, address: str | None, context: Context) -> h.Node:
    """Words that lead somewhere; before a wall nobody can follow."""
    return words if address is None or context.unattended else h.a(".ioc-lead", href=address)[words]


def whole(view: PanelView, context: Context, indicator: str = "") -> str:
    """The address of the page of a panel's one indicator, or of the one named, within the panel's limits and days."""
    return _page(view.frame, indicator or only(view), view.frame.where, context)


def part(view: PanelView, dimension: str, code: str, context: Context) -> str:
    """The same limited to one code more."""
    limits = [*(each for each in view.frame.where if each[0] != dimension), (dimension, code or NOTHING)]
    return _page(view.frame, only(view), limits, context)


def only(view: PanelView) -> str:
    """The one indicator of a panel."""
    return view.frame.on[0] if view.frame.on else ""


def _page(frame: Frame, indicator: str, where: Sequence[tuple[str, str]], context: Context) -> str:
    """The page of an indicator says this year so far by itself; other days are named."""
    other = frame.span is not None and frame.span[0] != date(frame.span[1].year, 1, 1)
    return to_indicator(indicator, where, context, frame.span if frame.span and other else ALL)


def titled(frame: Frame, context: Context) -> str:
    """The title: its own, or the word of its kind."""
    return unbroken(frame.title or context.words(f"panel.kind.{frame.kind}"))


def age(frame: Frame, context: Context) -> h.Node:
    """How old the data are; of what is stale, until when they reach, with its mark."""
    if frame.kind in _AGELESS or context.get("as_of"):
        return None
    if frame.data_at is None:
        return h.span(".ioc-age")[context.words("overview.no_data_yet")]
    at = min(frame.data_at, context.now)
    if frame.stale:
        told = context.words("overview.data_at", moment=dates.moment(at, context.zone))
        return h.span(".ioc-age.ioc-age-stale")[shape(Status.STALE), h.time(datetime=at.isoformat())[told]]
    return h.span(".ioc-age")[ago(at, context)]


def span(frame: Frame, context: Context) -> str:
    """Of which time the values are, in words."""
    if frame.span is None:
        return context.words("panel.now")
    start, end = frame.span
    if start == date(end.year, 1, 1):
        return context.words("panel.year", year=end.year)
    return context.words("panel.since", start=dates.period(start, "month", context.words))


def empty(context: Context) -> h.Element:
    """What stands where there is no value at all."""
    return h.p(".ioc-empty")[shape(Status.NO_DATA), context.words("panel.empty")]
