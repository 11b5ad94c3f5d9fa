"""What can be done to a feed: a button each. What cannot be taken back is asked for twice."""

from __future__ import annotations

from ioc.text import dates
from ioc.views.feed import Backfill, FeedView
from layouts import elements as h
from layouts.panels.volume import count
from layouts.state import Context

WORDS = {"run": "run_now", "pause": "pause", "resume": "resume", "replay": "replay_now", "cancel": "backfill_cancel"}
AT_ONCE = {"run", "pause", "resume"}


def actions(view: FeedView, context: Context) -> h.Element | None:
    """The buttons; ``assets/actions.js`` sends them, and says what came of it in the page's ``.ioc-told``."""
    words, is_typed = context.words, view.tile.way == "typed"
    if not view.actions and not is_typed:
        return None
    at_once = (_button(each, view, context) for each in view.actions if each in AT_ONCE)
    return h.section(".ioc-panel.ioc-panel-actions")[
        h.h2(".ioc-panel-title")[words("feed.actions")],
        h.a(".ioc-link", href=context.link(f"/forms/{view.tile.feed}"))[words("feed.form")] if is_typed else None,
        h.div(".ioc-actions")[at_once],
        _replay(view, context) if "replay" in view.actions else None,
        _progress(view.backfill, view, context) if view.backfill else None,
        _backfill(view, context) if "backfill" in view.actions else None,
    ]


def _replay(view: FeedView, context: Context) -> h.Element:
    words = context.words
    return h.details(".ioc-twice")[
        h.summary[words("feed.replay")],
        h.p[words("feed.replay_warning", rows=count(view.replayable, context))],
        _button("replay", view, context),
    ]


def _backfill(view: FeedView, context: Context) -> h.Element:
    words = context.words
    day: dict[str, str | bool] = {
        "required": True,
        "inputmode": "numeric",
        "pattern": r"\d{1,2}/\d{1,2}/\d{4}",
        "size": "10",
        "placeholder": "dd/mm/yyyy",
    }
    address = f"/api/v1/feeds/{view.tile.feed}/backfill?lang={context.language}"
    days = (h.label[h.span(".ioc-faint")[words(f"indicator.{name}")], h.input(".ioc-day", name=name, **day)] for name in ("from", "to"))
    return h.details(".ioc-twice")[
        h.summary[words("feed.backfill")],
        h.p[words("feed.backfill_hint")],
        h.form(".ioc-action.ioc-span", method="post", action=address, data_failed=words("feed.not_done"), data_done=words("feed.done"))[
            days, h.button(".ioc-choice", type="submit")[words("feed.backfill_now")]
        ],
    ]


def _progress(value: Backfill, view: FeedView, context: Context) -> h.Element:
    """How far asking for days gone by has come, or how it ended."""
    words = context.words
    said = words(
        "feed.backfill_progress",
        first=dates.day(value.first),
        last=dates.day(value.last),
        done=count(value.done, context),
        days=count(value.days, context),
        records=count(value.records + value.part, context),
    )
    is_running = "cancel" in view.actions
    return h.div(".ioc-progress")[
        h.p[h.b[words(f"feed.backfill_{value.state}")], " ", said],
        h.progress(max=value.days, value=value.done, aria_label=said) if is_running else None,
        h.p(".ioc-fault")[words.sentence(value.message)] if value.message else None,
        _button("cancel", view, context) if is_running else None,
    ]


def _button(action: str, view: FeedView, context: Context) -> h.Element:
    """A form, so that it is sent by keyboard and pointer alike; without scripts its bare answer is shown."""
    words = context.words
    address = f"/api/v1/feeds/{view.tile.feed}/{action}?lang={context.language}"
    return h.form(".ioc-action", method="post", action=address, data_failed=words("feed.not_done"), data_done=words("feed.done"))[
        h.button(".ioc-choice", type="submit")[words(f"feed.{WORDS[action]}")]
    ]
