"""Some records as a plain table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from urllib.parse import quote

from ioc.text import dates
from ioc.text.numbers import NOTHING, number
from ioc.views.panels.types import PanelView, RecordsPanel
from layouts import elements as h
from layouts.panels.frame import empty, framed, led
from layouts.state import Context


def panel(view: PanelView, content: RecordsPanel, context: Context) -> h.Element:
    """The panel."""
    if not content.rows:
        return framed(view, empty(context), context)
    head = h.thead[h.tr[(h.th(scope="col")[column.label] for column in content.columns)]]
    body = h.tbody[(_row(key, row, content, context) for key, row in zip(content.keys, content.rows, strict=True))]
    table = h.table(".ioc-table")[head, body]
    if context.unattended:
        return framed(view, h.div(".ioc-scroll")[table], context)
    return framed(view, h.div(".ioc-scroll", tabindex="0", role="region", aria_label=view.frame.title)[table], context)


def _row(key: str, row: tuple[object, ...], content: RecordsPanel, context: Context) -> h.Element:
    """One record; its first cell leads to its page."""
    lead = context.link(f"/records/{content.record}/{quote(key, safe='')}")
    return h.tr[(cell(value, context, None if index else lead) for index, value in enumerate(row))]


def cell(value: object, context: Context, lead: str | None = None) -> h.Element:
    """A value in the manner of the language; numbers to the right."""
    if isinstance(value, bool):
        return h.td[context.words("yes" if value else "no")]
    if isinstance(value, Decimal | int):
        return h.td(".ioc-number")[number(Decimal(value), context.language)]
    if isinstance(value, datetime):
        return h.td(".ioc-moment")[dates.moment(value, context.zone)]
    if isinstance(value, date):
        return h.td(".ioc-moment")[dates.day(value)]
    text = NOTHING if value is None else str(value)
    return h.td(class_=None if " " in text else "ioc-moment")[led(text, lead, context)]
