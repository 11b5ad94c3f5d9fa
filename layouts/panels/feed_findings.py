"""In what a feed's deliveries differ from the usual: what stands, and what has passed."""

from __future__ import annotations

from ioc.text import dates
from ioc.views.feed import FeedView, KeptFinding
from layouts import elements as h
from layouts.panels.listing import listing
from layouts.panels.volume import count
from layouts.state import Context


def findings(view: FeedView, context: Context) -> h.Element | None:
    """The panel; nothing when nothing was ever found."""
    if not view.findings:
        return None
    found = h.ul(".ioc-findings")[(_finding(each, context) for each in view.findings)]
    return h.section(".ioc-panel")[listing("findings", context.words("feed.findings"), found, context)]


def _finding(each: KeptFinding, context: Context) -> h.Element:
    words = context.words
    shown = [count(int(text), context) if each.kind == "volume" else text for text in (each.usual, each.found)]
    told = words.finding(each.kind, each.column, *shown)
    first, last = (dates.moment(moment, context.zone) for moment in (each.first_at, each.ended_at or each.last_at))
    when = words("feed.finding_passed" if each.ended_at else "feed.finding_stands", first=first, last=last)
    held = words("finding.held") if each.held and not each.ended_at else ""
    return h.li(class_="ioc-faint" if each.ended_at else "ioc-finding")[
        h.p(data_cell=words("feed.findings"))[told, f" {held}" if held else None],
        h.p(".ioc-faint", data_cell=words("export.column.period"))[when],
    ]
