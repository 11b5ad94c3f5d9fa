"""Panels without numbers of the ministry: the time, words, and why there is nothing to show."""

from __future__ import annotations

from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.views.panels.types import ClockPanel, PanelView, TextPanel, UntoldPanel
from layouts import elements as h
from layouts.panels.frame import titled
from layouts.panels.status import shape
from layouts.state import Context


def clock(view: PanelView, content: ClockPanel, context: Context) -> h.Element:
    """The time where the organisation is, by the server's clock; ``assets/wall/wall.js`` lets it go on."""
    local = context.now.astimezone(context.zone)
    return h.section(".ioc-panel.ioc-panel-clock")[
        h.h2(".ioc-unseen")[context.words("panel.kind.clock")],
        h.p(".ioc-clock", data_clock="yes")[f"{local:%H:%M}"],
        h.p(".ioc-faint", data_clock="day")[dates.long_day(local.date(), context.words)],
    ]


def text(view: PanelView, content: TextPanel, context: Context) -> h.Element:
    """Words."""
    title = h.h2(".ioc-panel-title")[view.frame.title] if view.frame.title else h.h2(".ioc-unseen")[context.words("panel.kind.text")]
    return h.section(".ioc-panel.ioc-panel-text")[title, h.p[unbroken(content.text)]]


def untold(view: PanelView, content: UntoldPanel, context: Context) -> h.Element:
    """Why a panel shows nothing."""
    title = h.h2(".ioc-panel-title")[titled(view.frame, context)]
    return h.section(".ioc-panel.ioc-panel-untold")[title, h.p(".ioc-empty")[shape(Status.NO_DATA), h.span[unbroken(content.why)]]]
