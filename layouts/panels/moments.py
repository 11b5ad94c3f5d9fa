"""Which moment a page is of, to be changed: a form that needs no script, and the moments that are asked for most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ioc.catalogue.period import period_of
from ioc.text import dates
from layouts import elements as h
from layouts.state import Context


def moments(said: str, context: Context) -> h.Element:
    """``said`` is the moment that the page is of, in words; it unfolds to the choice of another."""
    words = context.words
    kept = (h.input(type="hidden", name=name, value=value) for name, value in context.query if name not in {"as_of", "page"})
    shown = f"{context.now.astimezone(context.zone):%Y-%m-%dT%H:%M:%S}"
    field = h.input(type="datetime-local", name="as_of", value=shown, step="1", required=True, aria_label=words("moments.title"))
    return h.details(".ioc-version.ioc-moments")[
        h.summary[said, h.span(".ioc-moments-word")[words("moments.other")]],
        h.form(".ioc-moments-form", method="get", action=context.path)[
            h.p[words("moments.title")],
            kept,
            h.p(".ioc-moments-row")[field, h.button(".ioc-choice")[words("moments.show")]],
            h.ul(".ioc-moments-row")[(h.li[each] for each in _usual(context))],
        ],
    ]


def _usual(context: Context) -> Iterator[h.Element]:
    """The ends of yesterday, of last week and of last month, each as it was known then."""
    today = context.today
    days = {
        "yesterday": today - timedelta(days=1),
        "last_week": period_of("week", today).start - timedelta(days=1),
        "last_month": period_of("month", today).start - timedelta(days=1),
    }
    for name, day in days.items():
        yield h.a(".ioc-choice", href=context.with_query(as_of=day.isoformat(), page=None), title=dates.day(day))[
            context.words(f"moments.{name}")
        ]
