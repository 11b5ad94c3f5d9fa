"""What needs acting on: the open alerts, the most urgent first, each with the way to its number; then what has ended of late."""

from __future__ import annotations

from ioc.alerts.lifecycle import Severity
from ioc.goals.status import Status
from ioc.text import dates
from ioc.text.lines import unbroken
from ioc.views.alerts import KINDS, LONGEST, AlertsView, AlertView
from ioc.views.drilldown import Numbers
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.choices import choices
from layouts.panels.leads import to_indicator, to_records
from layouts.panels.moment import ago, exact
from layouts.panels.status import shape
from layouts.shell import Heading, shell
from layouts.state import Context

# Each severity has the colour and shape of a status, and a word of its own.
LOOKS = {Severity.URGENT: Status.OFF_TRACK, Severity.WARNING: Status.AT_RISK, Severity.NOTICE: Status.STALE}


def alerts(view: AlertsView, context: Context) -> Page:
    """The page."""
    words = context.words
    shown = [_choices(view, context)]
    if view.asked.state != "ended":
        cards = h.ul(".ioc-undertakings")[(_card(each, view, context) for each in view.open)]
        shown += [h.h2(".ioc-alerts-head")[words("alerts.open", count=len(view.open))], cards if view.open else _calm(view, context)]
    if view.asked.state != "open":
        over = h.ul(".ioc-alerts-over")[(_over(each, context) for each in view.ended)]
        none = h.p(".ioc-faint")[words("alerts.none_ended")]
        shown += [h.h2(".ioc-alerts-head")[words("alerts.ended", count=len(view.ended))], over if view.ended else none]
    aside = _tally(view, context)
    return shell([Markup(shown)], Heading(words("alerts.title"), aside=aside), view.stamp, context, restless=True)


def _tally(view: AlertsView, context: Context) -> h.Node:
    """How many are open, by severity."""
    counted = ((each, sum(alert.severity is each for alert in view.open)) for each in Severity)
    return h.ul(".ioc-tally")[
        (
            h.li(class_=f"ioc-is-{LOOKS[each].value}")[
                h.b[str(count)], h.span(".ioc-tally-word")[shape(LOOKS[each]), context.words(f"alerts.severity.{each.value}")]
            ]
            for each, count in counted
            if count
        )
    ]


def _calm(view: AlertsView, context: Context) -> h.Element:
    """Nothing is open: since when, or that nothing has been looked at yet."""
    words = context.words
    if view.asked.kind or view.asked.severity:
        return h.p(".ioc-empty")[words("alerts.none_chosen")]
    since = view.calm or view.began
    said = words("alerts.none", moment=dates.moment(since, context.zone)) if since else words("alerts.not_yet")
    return h.p(".ioc-empty")[said]


def _choices(view: AlertsView, context: Context) -> h.Element:
    """What the page is limited to, as ways to the same page limited otherwise."""
    words, asked = context.words, view.asked
    rows = (
        ("state", asked.state, [("all", None), ("open", "open"), ("ended", "ended")]),
        ("severity", asked.severity or "all", [("all", None), *((each.value, each.value) for each in Severity)]),
        ("kind", asked.kind or "all", [("all", None), *((each, each) for each in KINDS)]),
    )
    return h.div(".ioc-alerts-choices")[
        (
            choices(
                words(f"alerts.by_{key}"),
                ((words(f"alerts.{key}.{name}"), context.with_query(**{key: value}), name == chosen) for name, value in known),
            )
            for key, chosen, known in rows
        )
    ]


def _card(each: AlertView, view: AlertsView, context: Context) -> h.Element:
    """An open alert."""
    words = context.words
    look = LOOKS[each.severity]
    return h.li(class_=f"ioc-panel ioc-undertaking ioc-is-{look.value}", id=f"alert-{each.id}")[
        h.p(".ioc-undertaking-top")[
            h.span(class_=f"ioc-status ioc-is-{look.value}")[shape(look), words(f"alerts.severity.{each.severity.value}")],
            h.span(".ioc-faint")[words("alerts.since"), " ", ago(each.raised.at, context)],
        ],
        h.h3(".ioc-alert-title")[unbroken(each.label)],
        h.p[each.reason],
        h.p(".ioc-faint")[_facts(each, context)],
        h.p(".ioc-alert-ways")[_ways(each, context)],
        _acknowledged(each, context),
        _acknowledge(each, context) if view.may_acknowledge and each.acknowledged is None else None,
    ]


def _facts(each: AlertView, context: Context) -> str:
    """Which rule, whose it is, at which data version."""
    words = context.words
    said = [words(f"alerts.kind.{each.kind}") + (f" “{each.rule}”" if each.kind == "own" else "")]
    said += [words("milestones.owner", owner=each.owner)] if each.owner else []
    return " · ".join([*said, words("alerts.version", version=each.raised.version)])


def _ways(each: AlertView, context: Context) -> list[h.Node]:
    """To the number, and to the records that it counts; of what has no number, to its page."""
    words = context.words
    if each.kind == "milestone":
        return [h.a(".ioc-link", href=context.link("/milestones") + f"#milestone-{each.about}")[words("alerts.to_milestone")]]
    if each.kind in {"feed", "audit"}:
        path = f"/feeds/{each.about}" if each.about else "/feeds"
        return [h.a(".ioc-link", href=context.link(path))[words("alerts.to_feed" if each.about else "alerts.to_feeds")]]
    ways: list[h.Node] = [h.a(".ioc-link", href=to_indicator(each.indicator, each.where, context))[words("alerts.to_number")]]
    if part := _part(each.numbers):
        record = each.numbers.record if each.numbers else ""
        ways += [" · ", h.a(".ioc-link", href=to_records(each.indicator, record, part, each.where, context))[words("alerts.to_records")]]
    return ways


def _part(numbers: Numbers | None) -> str | None:
    return (numbers.denominator or numbers.numerator) if numbers else None


def _acknowledged(each: AlertView, context: Context) -> h.Element | None:
    """Who has taken note, when, and what was said."""
    step = each.acknowledged
    if step is None:
        return None
    name = step.by or context.words("notes.here")
    said = context.words("alerts.acknowledged", name=name)
    return h.p(".ioc-alert-noted")[said, " ", exact(step.at, context), f" – {step.word}" if step.word else None]


def _acknowledge(each: AlertView, context: Context) -> h.Element:
    """The way to take note of it."""
    words = context.words
    return h.form(".ioc-alert-note", method="post", action=context.link(f"/alerts/{each.id}/acknowledgement"))[
        h.input(type="hidden", name="back", value=context.with_query()),
        h.input(
            name="word", maxlength=str(LONGEST), aria_label=words("alerts.word_of", label=each.label), placeholder=words("alerts.word")
        ),
        h.button(".ioc-choice")[words("alerts.acknowledge")],
    ]


def _over(each: AlertView, context: Context) -> h.Element:
    """One that has ended."""
    words = context.words
    ended = each.ended
    return h.li(class_=f"ioc-is-{LOOKS[each.severity].value}", id=f"alert-{each.id}")[
        shape(LOOKS[each.severity]),
        h.div[
            h.b[unbroken(each.label)],
            h.p[each.reason],
            h.p(".ioc-faint")[
                words("alerts.lasted"),
                " ",
                exact(each.raised.at, context),
                " – ",
                exact(ended.at, context) if ended else "",
                " · ",
                words(
                    "alerts.withdrawn" if ended and ended.state == "withdrawn" else "alerts.over", version=ended.version if ended else ""
                ),
            ],
            _acknowledged(each, context),
        ],
        h.p(".ioc-alert-ways")[_ways(each, context)],
    ]
