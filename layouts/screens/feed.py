"""One feed explained: how it is, what came of it, what was refused and why, how it is read, what rests on it."""

from __future__ import annotations

from dash import html

from ioc.catalogue.schedule import Schedule
from ioc.text import dates
from ioc.views.feed import FeedView
from ioc.views.health import Health
from layouts import elements as h
from layouts.markup import Markup
from layouts.page import Page
from layouts.panels.expected import expected
from layouts.panels.feed_actions import actions
from layouts.panels.feed_findings import findings
from layouts.panels.feed_mapping import mapping
from layouts.panels.feed_runs import COUNTS, quarantine, runs
from layouts.panels.moment import ago, exact
from layouts.panels.status import status
from layouts.panels.volume import count, is_drawn, volume
from layouts.screens.feeds import kind, lag
from layouts.shell import Heading, shell
from layouts.state import Context


def feed(view: FeedView, context: Context) -> Page:
    """The page."""
    facts = [_headline(view, context), actions(view, context), _about(view, context), _indicators(view, context)]
    # From what needs a person to what explains.
    course = [
        findings(view, context),
        quarantine(view, context),
        runs(view, context),
        mapping(view.mapping, context) if view.mapping else None,
    ]
    sheet = html.Div([Markup(facts, className="ioc-facts"), Markup(course, className="ioc-charts")], className="ioc-sheet")
    told = html.P(className="ioc-told", role="status")
    back = h.a(".ioc-link", href=context.link("/feeds"))[context.words("feeds.list")]
    return shell([told, sheet], Heading(view.tile.label, subtitle=back), view.stamp, context, restless=True)


def _headline(view: FeedView, context: Context) -> h.Element:
    words, tile = context.words, view.tile
    is_retried = tile.health is Health.FAILING and (view.schedule is not None or tile.way == "listening")
    return h.section(class_=f"ioc-panel ioc-headline ioc-is-{tile.health.value}")[
        h.p(".ioc-headline-top")[status(tile.health, context), h.span(".ioc-faint")[words("feeds.volume")]],
        h.p(".ioc-fault")[words.sentence(tile.message)] if tile.message else None,
        h.p(".ioc-faint")[words("feed.retried")] if is_retried else None,
        volume(tile.volume, context),
        _few(view, context),
        h.p(".ioc-volume-foot.ioc-faint")[
            h.span[dates.day(tile.volume[0].day)],
            h.span[words("feeds.volume_most", most=count(max(each.accepted for each in tile.volume), context))],
            h.span[dates.day(tile.volume[-1].day)],
        ]
        if is_drawn(tile.volume)
        else None,
        h.dl(".ioc-terms.ioc-terms-level")[((h.dt[words(f"feeds.{key}")], h.dd[text]) for key, text in _freshness(view, context))],
    ]


def _few(view: FeedView, context: Context) -> h.Element | None:
    """The days that had unusually few records."""
    days = ", ".join(f"{dates.day(each.day)} ({count(each.accepted, context)})" for each in view.tile.volume if each.few)
    return h.p(".ioc-faint")["◆ ", context.words("feeds.volume_few", days=days)] if days else None


def _freshness(view: FeedView, context: Context) -> list[tuple[str, h.Node]]:
    tile = view.tile
    never = context.words("feeds.never")
    return [
        ("arrival", ago(tile.last_arrival, context) if tile.last_arrival else never),
        ("expected", expected(tile.expected, tile.health, context)),
        ("event", exact(tile.last_event, context) if tile.last_event else never),
        ("lag", lag(tile, context)),
        *((name, count(getattr(tile, name), context)) for name in COUNTS),
    ]


def _about(view: FeedView, context: Context) -> h.Element:
    words, tile = context.words, view.tile
    entries = (
        ("kind", kind(tile, context)),
        ("schedule", schedule(view.schedule, tile.way or ("simulated" if tile.simulated else "gone"), context)),
        ("timeout", dates.length(view.timeout, words) if view.timeout else None),
        ("fresh", dates.length(view.fresh, words) if view.fresh else None),
    )
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[words("feed.about")],
        h.dl(".ioc-terms.ioc-terms-level")[((h.dt[words(f"feed.{key}")], h.dd[text]) for key, text in entries if text)],
    ]


def schedule(declared: Schedule | None, way: str, context: Context) -> str:
    """When a feed is asked, in words."""
    words = context.words
    if declared is None:
        return words(f"feed.way.{way}")
    if declared.every is not None:
        told = words("feed.schedule_every", length=dates.length(declared.every, words))
    elif declared.cron is not None:
        told = words("feed.schedule_cron", cron=declared.cron)
    elif declared.working_day is not None:
        told = words("feed.schedule_working_day", time=f"{declared.at:%H:%M}", number=declared.working_day)
    else:
        told = words("feed.schedule_working_days" if declared.working_days else "feed.schedule_at", time=f"{declared.at:%H:%M}")
    return f"{told}, {words('feed.jitter', length=dates.length(declared.jitter, words))}" if declared.jitter else told


def _indicators(view: FeedView, context: Context) -> h.Element:
    words = context.words
    links = (h.li[h.a(".ioc-link", href=context.link(f"/indicators/{each.code}"))[each.label]] for each in view.indicators)
    return h.section(".ioc-panel")[
        h.h2(".ioc-panel-title")[words("feed.indicators")],
        h.ul(".ioc-lineage")[links] if view.indicators else h.p(".ioc-faint")[words("feed.indicators_none")],
    ]
