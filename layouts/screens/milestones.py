"""Milestones: what must stand, how far it is, by whom and when, on what evidence, and the live figures beside it."""

from __future__ import annotations

from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.text.numbers import with_unit
from ioc.views.model import MilestonesView, MilestoneTile, ReportView, TileView
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.milestone import bar, percent
from layouts.panels.status import proportions, shape, status, tally
from layouts.shell import Heading, shell
from layouts.state import Context

# What needs acting on comes first.
URGENCY = (Status.OFF_TRACK, Status.MISSED, Status.AT_RISK, Status.NO_DATA, Status.ON_TRACK, Status.ACHIEVED)


def milestones(view: MilestonesView, context: Context) -> Page:
    """The page."""
    words = context.words
    ordered = sorted(view.milestones, key=lambda each: (URGENCY.index(each.status), each.due_on or each.horizon))
    cards = h.ul(".ioc-undertakings")[(_card(each, view, context) for each in ordered)]
    return shell(
        [Markup([cards if ordered else h.p(".ioc-empty")[words("milestones.none")]])],
        Heading(words("milestones.title"), aside=[tally(view.tally, context), proportions(view.tally)]),
        view.stamp,
        context,
    )


def _card(each: MilestoneTile, view: MilestonesView, context: Context) -> h.Element:
    words = context.words
    due = words("overview.milestone_by", day=dates.day(each.due_on or each.horizon))
    state = each.state_label or words("overview.not_reported")
    return h.li(class_=f"ioc-panel ioc-undertaking ioc-is-{each.status.value}", id=f"milestone-{each.id}")[
        h.p(".ioc-undertaking-top")[status(each.status, context), h.span(".ioc-faint")[f"{state}, {due}"]],
        h.h2(title=each.definition)[unbroken(each.label)],
        h.div(".ioc-undertaking-bar")[bar(each), h.b(".ioc-number")[_reported(each, context)]],
        h.p[each.reason],
        h.p(".ioc-faint")[words("milestones.owner", owner=each.owner), f" · {each.source}"],
        h.p[f"{words('milestones.evidence')}: ", _evidence(each.evidence)] if each.evidence else None,
        _beside([view.companions[name] for name in each.companions], context) if each.companions else None,
        _reports(each, context) if each.reports else None,
    ]


def _reported(each: MilestoneTile, context: Context) -> h.Node:
    """The progress, as the way to the record that reported it."""
    said = percent(each, context)
    if not each.reports:
        return said
    address = context.link("/records/milestone", ("where", f"milestone:{each.id}"))
    return h.a(".ioc-count", href=address, title=context.words("records.open"))[said]


def _evidence(text: str) -> h.Node:
    """A document's name, or, of an address, a link to it."""
    return (
        h.a(".ioc-link", href=text, target="_blank", rel="noopener noreferrer")[text] if text.startswith(("https://", "http://")) else text
    )


def _beside(tiles: list[TileView], context: Context) -> h.Element:
    """The live figures of the companions, each a link to its page."""
    figures = (
        h.li(class_=f"ioc-is-{tile.status.value}")[
            shape(tile.status),
            h.a(".ioc-link", href=context.link(f"/indicators/{tile.indicator}"))[tile.label],
            h.b(".ioc-number")[with_unit(tile.value, tile.unit, context.words, tile.precision, tile.goal.target if tile.goal else None)],
        ]
        for tile in tiles
    )
    return h.div[h.h3(".ioc-faint")[context.words("milestones.beside")], h.ul(".ioc-beside")[figures]]


def _reports(each: MilestoneTile, context: Context) -> h.Element:
    title = context.words("milestones.reports", count=len(each.reports))
    return h.details[h.summary[title], h.ol(".ioc-reports")[(_report(report, context) for report in each.reports)]]


def _report(report: ReportView, context: Context) -> h.Element:
    shown = with_unit(report.percent, "percent", context.words, 0)
    return h.li[
        h.time(datetime=report.at.isoformat())[dates.day(report.at.astimezone(context.zone).date())],
        h.b(".ioc-number")[shown],
        h.span[report.state, h.span(".ioc-faint")[" · ", _evidence(report.evidence)] if report.evidence else None],
    ]
