"""What goes out by schedule: when next, what came of it, and the way to send it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ioc.text import dates
from ioc.text.lines import unbroken
from layouts import elements as h
from layouts.panels.lines import Column, Line, lines
from layouts.panels.listing import listing
from layouts.state import Context


@dataclass(frozen=True)
class Scheduled:
    """A schedule as it is shown."""

    name: str
    title: str
    to: tuple[str, ...]
    next_at: datetime | None
    last: str


@dataclass(frozen=True)
class Sent:
    """An attempt to send as it is shown; ``codes`` are of the exports that it made."""

    title: str
    at: datetime
    state: str
    attempt: int
    by: str
    codes: tuple[str, ...]
    fault: str


def schedules(found: Sequence[Scheduled], history: Sequence[Sent], told: str, context: Context) -> h.Node:
    """All schedules, and what was sent."""
    words = context.words
    columns = [Column(key, words(f"schedules.{key}")) for key in ("what", "to", "next", "last")] + [Column("run", "")]
    table = lines(words("schedules.title"), columns, (_line(each, context) for each in found)) if found else None
    sent = [Column(key, words(f"schedules.{key}")) for key in ("what", "when", "result")]
    listed = lines(words("schedules.history"), sent, (_sent(each, context) for each in history)) if history else None
    return [
        h.section(".ioc-panel", id="schedules")[
            None if table else h.h2(".ioc-panel-title")[words("schedules.title")],
            h.p(".ioc-empty", role="status")[told] if told else None,
            listing("schedules", words("schedules.title"), table, context) if table else h.p(".ioc-empty")[words("schedules.none")],
        ],
        h.section(".ioc-panel")[listing("sent", words("schedules.history"), listed, context)] if listed else None,
    ]


def _line(each: Scheduled, context: Context) -> Line:
    said = context.words("schedules.run")
    run = h.form(method="post", action=f"/reports/schedules/{each.name}/run")[
        h.input(type="hidden", name="lang", value=context.language),
        h.button(".ioc-switch", type="submit", aria_label=f"{said}: {each.title}")[said],
    ]
    return Line([unbroken(each.title), ", ".join(each.to), dates.moment(each.next_at, context.zone), each.last, run])


def _sent(each: Sent, context: Context) -> Line:
    words = context.words
    more = [words("schedules.attempt", number=each.attempt)] if each.attempt > 1 else []
    more += [words("schedules.asked", name=each.by)] if each.by else []
    links = [[" ", h.a(".ioc-link", href=context.link(f"/verify/{code}"))[code]] for code in each.codes]
    result = [
        " · ".join([words(f"schedules.state.{each.state}"), *more]),
        links,
        h.p(".ioc-faint")[each.fault] if each.fault else None,
    ]
    return Line([unbroken(each.title), dates.moment(each.at, context.zone), result])
