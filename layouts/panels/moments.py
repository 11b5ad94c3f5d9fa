"""Which moment a page is of, to be changed: a form that needs no script, and the moments that are asked for most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ioc.catalogue.period import period_of
from ioc.text import dates
from layouts import elements as h
from layouts.state import Context


def moments(said: str, begins: datetime | None, context: Context) -> h.Element:
    """``said`` is the moment that the page is of, in words; it unfolds to the choice of another, none before ``begins``."""
    words = context.words
    kept = (h.input(type="hidden", name=name, value=value) for name, value in context.query if name not in {"as_of", "page"})
    shown = _second(context.now, context)
    first = _after(begins, context) if begins else None
    field = h.input(type="datetime-local", name="as_of", value=shown, min=first, step="1", required=True, aria_label=words("moments.title"))
    return h.details(".ioc-version.ioc-moments")[
        h.summary[said, h.span(".ioc-moments-word")[words("moments.other")]],
        h.form(".ioc-moments-form", method="get", action=context.path)[
            h.p[words("moments.title")],
            kept,
            h.p(".ioc-moments-row")[field, h.button(".ioc-choice")[words("moments.show")]],
            h.ul(".ioc-moments-row")[(h.li[each] for each in _usual(begins, context))],
            h.p(".ioc-faint")[words("moments.begins", moment=dates.moment(begins, context.zone))] if begins else None,
        ],
    ]


def _usual(begins: datetime | None, context: Context) -> Iterator[h.Element]:
    """The ends of yesterday, of last week and of last month, each as it was known then; of a store without them, its first moment."""
    today = context.today
    first = begins.astimezone(context.zone).date() if begins else None
    days = {
        "yesterday": today - timedelta(days=1),
        "last_week": period_of("week", today).start - timedelta(days=1),
        "last_month": period_of("month", today).start - timedelta(days=1),
    }
    held = {name: day for name, day in days.items() if first is None or day >= first}
    if begins and not held:
        at = _after(begins, context)
        yield h.a(".ioc-choice", href=context.with_query(as_of=at, page=None), title=dates.moment(begins, context.zone))[
            context.words("moments.first")
        ]
    for name, day in held.items():
        yield h.a(".ioc-choice", href=context.with_query(as_of=day.isoformat(), page=None), title=dates.day(day))[
            context.words(f"moments.{name}")
        ]


def _after(begins: datetime, context: Context) -> str:
    """The first whole second by which something was known."""
    return _second(begins + timedelta(seconds=1), context)


def _second(at: datetime, context: Context) -> str:
    """A moment as an address and a field of a form write it."""
    return f"{at.astimezone(context.zone):%Y-%m-%dT%H:%M:%S}"
