"""The days that a page covers, to be changed by hand; sent as an address, like everything else."""

from __future__ import annotations

from datetime import date

from ioc.text import dates
from layouts import elements as h
from layouts.state import Context


def span(start: date, end: date, context: Context) -> h.Element:
    """Two days and a button; works without any script."""
    kept = (h.input(type="hidden", name=name, value=value) for name, value in context.query if name not in {"from", "to"})
    return h.form(".ioc-span", method="get", action=context.path)[
        kept,
        day("from", context.words("indicator.from"), dates.day(start)),
        day("to", context.words("indicator.to"), dates.day(end)),
        h.button(".ioc-choice")[context.words("indicator.apply")],
    ]


def day(name: str, label: str, shown: str) -> h.Element:
    """A field for one day."""
    pattern = r"\d{1,2}/\d{1,2}/\d{4}"
    typed: dict[str, str | bool] = {"inputmode": "numeric", "pattern": pattern, "size": "10", "required": True, "autocomplete": "off"}
    return h.label[h.span(".ioc-faint")[label], h.input(".ioc-day", name=name, value=shown, **typed)]
