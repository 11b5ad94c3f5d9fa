"""A calm strip: what has just crossed a goal, then what is not on course."""

from __future__ import annotations

from collections import Counter

from ioc.goals.status import Status
from ioc.text.lines import unbroken
from ioc.text.numbers import short
from ioc.views.panels.types import Alert, AlertsPanel, PanelView
from layouts import elements as h
from layouts.panels.frame import led, whole
from layouts.panels.goal import target
from layouts.panels.status import shape
from layouts.state import Context

# How many are told by name in a row of the grid; the others are counted.
MOST = 4


def panel(view: PanelView, content: AlertsPanel, context: Context) -> h.Element:
    """The panel."""
    words = context.words
    rest = Counter(alert.status for alert in content.alerts if not alert.crossed)
    counts = h.ul(".ioc-alert-counts")[
        (
            h.li(class_=f"ioc-is-{each.value}")[shape(each), h.b[str(rest[each])], words(f"status.{each.value}")]
            for each in Status
            if rest[each]
        )
    ]
    told = content.alerts[: MOST * view.frame.size[1]]
    body = h.ul(".ioc-alerts")[(_alert(alert, view, context) for alert in told)]
    if not content.alerts:
        body = h.ul(".ioc-alerts")[h.li(".ioc-is-achieved")[shape(Status.ACHIEVED), h.span[words("panel.all_well", count=content.watched)]]]
    title = view.frame.title or words("panel.kind.alerts")
    return h.section(".ioc-panel.ioc-panel-alerts")[h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], counts], body]


def _alert(alert: Alert, view: PanelView, context: Context) -> h.Element:
    """One line: what, its value and goal, and what has become of it."""
    words, tile = context.words, alert.tile
    goal = tile.goal.target if tile.goal else None
    key = (
        ("panel.crossed_up" if alert.status is Status.ACHIEVED else "panel.crossed_down")
        if alert.crossed
        else f"status.{alert.status.value}"
    )
    return h.li(class_=f"ioc-is-{alert.status.value}" + (" ioc-crossed" if alert.crossed else ""))[
        shape(alert.status),
        h.span(".ioc-alert-name")[led(unbroken(alert.label), whole(view, context, alert.indicator), context)],
        h.b(".ioc-number")[short(tile.value, tile.unit, words, tile.precision, goal)],
        h.span(".ioc-faint")[target(tile.goal, tile, context) if tile.goal else ""],
        h.span(".ioc-alert-word")[words(key)],
    ]
