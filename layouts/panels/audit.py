"""Whether all numbers are still what the records give: the last audit, and the first numbers that were not."""

from __future__ import annotations

from ioc.text import dates
from ioc.views.feed import Report
from layouts import elements as h
from layouts.panels.volume import count
from layouts.state import Context

# So many differences are named on a page; ``ioc audit`` names more.
MOST = 20


def audit(report: Report | None, context: Context) -> h.Element:
    """The panel."""
    return h.section(".ioc-panel.ioc-audit")[h.h2(".ioc-panel-title")[context.words("feeds.audit")], _told(report, context)]


def _told(report: Report | None, context: Context) -> h.Node:
    words = context.words
    if report is None:
        return h.p(".ioc-faint")[words("feeds.audit_none")]
    moment = dates.moment(report.finished_at, context.zone)
    compared, differing = (count(each, context) for each in (report.compared, report.differing))
    if not report.differing:
        return h.p[words("feeds.audit_well", moment=moment, compared=compared)]
    told = words("feeds.audit_differs", moment=moment, compared=compared, differing=differing)
    return h.ul(".ioc-findings")[
        h.li(".ioc-finding")[h.p[told], h.p(".ioc-faint")[words("feeds.audit_hint")]],
        (h.li(lang="en")[str(each)] for each in report.named[:MOST]),
    ]
