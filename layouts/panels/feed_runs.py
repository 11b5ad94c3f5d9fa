"""What became of a feed's deliveries, and what of them lies in quarantine, for which reasons."""

from __future__ import annotations

import htpy as h

from ioc.text import dates
from ioc.views.feed import FeedView, KeptRun, ReasonGroup, Sample
from layouts.panels.volume import count
from layouts.state import Context

COUNTS = ("accepted", "duplicates", "rejected", "skipped")


def runs(view: FeedView, context: Context) -> h.Element:
    """The panel of runs, the newest first."""
    words = context.words
    title = words("feed.runs")
    head = h.div(".ioc-panel-head")[
        h.h2(".ioc-panel-title")[title],
        h.p(".ioc-faint")[words("feed.runs_last", count=len(view.runs))] if view.tile.runs > len(view.runs) else None,
    ]
    if not view.runs:
        return h.section(".ioc-panel")[head, h.p(".ioc-faint")[words("feed.runs_none")]]
    columns = [("run", "feed"), ("begun", "feed"), ("took", "feed"), *((name, "feeds") for name in COUNTS), ("ended", "feed")]
    heads = (h.th(class_="ioc-number" if part == "feeds" else None, scope="col")[words(f"{part}.{name}")] for name, part in columns)
    table = h.table(".ioc-table")[h.thead[h.tr[heads]], h.tbody[(_run(each, context) for each in view.runs)]]
    return h.section(".ioc-panel")[head, h.div(".ioc-scroll.ioc-scroll-long", tabindex="0", role="region", aria_label=title)[table]]


def _run(each: KeptRun, context: Context) -> h.Element:
    words = context.words
    state = f"feed.state.{each.state}"
    return h.tr[
        h.th(".ioc-run-name", scope="row")[each.name],
        h.td(".ioc-moment")[dates.moment(each.started_at, context.zone)],
        h.td(".ioc-moment")[dates.length(each.finished_at - each.started_at, words) if each.finished_at else words("feeds.nothing_known")],
        (h.td(".ioc-number")[count(getattr(each, name), context)] for name in COUNTS),
        h.td[
            words(state) if state in words.texts else each.state,
            h.p(".ioc-faint", lang="en")[each.message] if each.message else None,
        ],
    ]


def quarantine(view: FeedView, context: Context) -> h.Element:
    """The panel of what lies in quarantine, a line for each field and reason, with examples of mapped columns only."""
    words = context.words
    title = words("feed.quarantine")
    if not view.groups:
        return h.section(".ioc-panel")[h.h2(".ioc-panel-title")[title], h.p(".ioc-faint")[words("feed.quarantine_none")]]
    rows, replayable = (count(each, context) for each in (view.quarantined, view.replayable))
    whole = view.quarantined == view.replayable
    said = words("feed.quarantine_hint", rows=rows) if whole else words("feed.quarantine_kept", rows=rows, replayable=replayable)
    columns = ("reason", "field", "count", "samples")
    heads = (h.th(class_="ioc-number" if column == "count" else None, scope="col")[words(f"feed.{column}")] for column in columns)
    table = h.table(".ioc-table.ioc-quarantine")[h.thead[h.tr[heads]], h.tbody[(_group(each, context) for each in view.groups)]]
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[title],
        h.p(".ioc-faint")[said],
        h.div(".ioc-scroll.ioc-scroll-long", tabindex="0", role="region", aria_label=title)[table],
    ]


def reason(group: ReasonGroup, context: Context) -> str:
    """Why rows were not taken in, in the page's language."""
    words = context.words
    if group.rule:
        return words("quarantine.rule", rule=group.rule)
    key = f"quarantine.{group.reason}"
    return words(key) if key in words.texts else words("quarantine.other", reason=group.reason)


def _group(group: ReasonGroup, context: Context) -> h.Element:
    return h.tr[
        h.th(scope="row")[reason(group, context)],
        h.td[group.field],
        h.td(".ioc-number")[count(group.count, context)],
        h.td[h.ul(".ioc-pairs")[(h.li[_sample(each, context)] for each in group.samples)]],
    ]


def _sample(sample: Sample, context: Context) -> h.Node:
    words = context.words
    where = words("feed.sample_whole", name=sample.name)
    if sample.row is not None:
        where = words("feed.sample", row=count(sample.row, context), name=sample.name)
    return [h.code[sample.found] if sample.found else words("feed.nothing_there"), " ", h.span(".ioc-faint")[where]]
