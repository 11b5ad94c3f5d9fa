"""What became of a feed's deliveries, and what of them lies in quarantine, for which reasons."""

from __future__ import annotations

from ioc.text import dates
from ioc.views.feed import FeedView, KeptRun, ReasonGroup, Sample
from layouts import elements as h
from layouts.panels.lines import Column, Line, lines
from layouts.panels.listing import listing
from layouts.panels.volume import count
from layouts.state import Context

# Where on the page its links lead.
QUARANTINE = "quarantine"
COUNTS = ("accepted", "duplicates", "rejected", "skipped")


def runs(view: FeedView, context: Context) -> h.Element:
    """The panel of runs, the newest first."""
    words = context.words
    title = words("feed.runs")
    if not view.runs.runs:
        return h.section(".ioc-panel")[h.h2(".ioc-panel-title")[title], h.p(".ioc-faint")[words("feed.runs_none")]]
    columns = [
        *(Column(name, words(f"feed.{name}")) for name in ("run", "begun", "took")),
        *(Column(name, words(f"feeds.{name}"), True) for name in COUNTS),
        Column("ended", words("feed.ended")),
    ]
    table = lines(title, columns, (_run(each, context) for each in view.runs.runs))
    room = h.div(".ioc-scroll.ioc-scroll-long", tabindex="0", role="region", aria_label=title)[table]
    is_all = not (view.runs.newer or view.runs.older)
    return h.section(".ioc-panel")[listing("runs", title, room, context, beside=_pages(view, context), is_all=is_all)]


def _pages(view: FeedView, context: Context) -> h.Element | None:
    """Which runs these are, and the ways to newer and older ones."""
    words, page = context.words, view.runs
    if page.newer == 0 and page.older is None:
        return None
    first, last, every = (count(each, context) for each in (page.newer + 1, page.newer + len(page.runs), view.tile.runs))
    shown = words("feed.runs_shown", first=first, last=last, all=every)
    ways: list[tuple[str, int | None, str | None]] = []
    if page.newer:
        ways += [("newest", None, None), ("newer", page.before, "prev")]
    if page.older:
        ways += [("older", page.older, "next"), ("oldest", page.oldest, None)]
    links = (
        h.a(".ioc-choice", href=context.with_query(before=str(start) if start else None), rel=rel)[words(f"feed.runs_{way}")]
        for way, start, rel in ways
    )
    return h.nav(".ioc-choices", aria_label=words("records.pages"))[h.span(".ioc-faint")[shown], links]


def _run(each: KeptRun, context: Context) -> Line:
    words = context.words
    state = f"feed.state.{each.state}"
    took = dates.length(each.finished_at - each.started_at, words) if each.finished_at else words("feeds.nothing_known")
    ended = [
        words(state) if state in words.texts else each.state,
        h.p(".ioc-faint")[words.sentence(each.message)] if each.message else None,
    ]
    counts = (_count(each, name, context) for name in COUNTS)
    return Line([_name(each, context), dates.moment(each.started_at, context.zone), took, *counts, ended])


def _name(each: KeptRun, context: Context) -> str:
    """What a run is called; of one out of quarantine, that it is."""
    return context.words("feed.run_again", name=each.name) if each.again else each.name


def _count(each: KeptRun, name: str, context: Context) -> h.Node:
    """How many rows; those in quarantine lead there."""
    shown = count(getattr(each, name), context)
    if name != "rejected" or not each.quarantined:
        return shown
    said = context.words("feed.quarantine_see", count=count(each.quarantined, context))
    return h.a(".ioc-link", href=f"{context.with_query(run=str(each.run))}#{QUARANTINE}", title=said)[shown]


def quarantine(view: FeedView, context: Context) -> h.Element:
    """The panel of what lies in quarantine, a line for each field and reason, with examples of mapped columns only."""
    words = context.words
    title = words("feed.quarantine")
    if not view.groups:
        none = words("feed.quarantine_none" if view.run is None else "feed.quarantine_none_of")
        return h.section(".ioc-panel", id=QUARANTINE)[h.h2(".ioc-panel-title")[title], _of_one(view, context), h.p(".ioc-faint")[none]]
    rows, replayable = (count(each, context) for each in (view.quarantined, view.replayable))
    whole = view.mapping is not None and view.quarantined == view.replayable
    said = words("feed.quarantine_hint", rows=rows) if whole else words("feed.quarantine_kept", rows=rows, replayable=replayable)
    columns = [Column(name, words(f"feed.{name}"), name == "count") for name in ("reason", "field", "count", "samples")]
    table = lines(title, columns, (_group(each, context) for each in view.groups))
    room = h.div(".ioc-scroll.ioc-scroll-long", tabindex="0", role="region", aria_label=title)[table]
    told = _of_one(view, context) or h.p(".ioc-faint")[said]
    return h.section(".ioc-panel", id=QUARANTINE)[listing("quarantine", title, [told, room], context)]


def _of_one(view: FeedView, context: Context) -> h.Element | None:
    """Of which delivery alone the quarantine is shown, and the way to all of it."""
    if view.run is None:
        return None
    said = context.words("feed.quarantine_of", name=_name(view.run, context), moment=dates.moment(view.run.started_at, context.zone))
    return h.p[said, " ", h.a(".ioc-link", href=f"{context.with_query(run=None)}#{QUARANTINE}")[context.words("feed.quarantine_all")]]


def reason(group: ReasonGroup, context: Context) -> str:
    """Why rows were not taken in, in the page's language."""
    words = context.words
    if group.rule:
        return words("quarantine.rule", rule=group.rule)
    key = f"quarantine.{group.reason}"
    return words(key) if key in words.texts else words("quarantine.other", reason=group.reason)


def _group(group: ReasonGroup, context: Context) -> Line:
    samples = h.ul(".ioc-pairs")[(h.li[_sample(each, group, context)] for each in group.samples)]
    field = group.field or context.words("feed.whole_row")
    return Line([reason(group, context), field, count(group.count, context), samples])


def _sample(sample: Sample, group: ReasonGroup, context: Context) -> h.Node:
    words = context.words
    where = words("feed.sample_whole", name=sample.name)
    if sample.row is not None:
        where = words("feed.sample", row=count(sample.row, context), name=sample.name)
    found: h.Node = [h.code[sample.found], " "] if sample.found else [words("feed.nothing_there"), " "] if group.field else None
    return [found, h.span(".ioc-faint")[where]]
