"""Some records as a plain table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import htpy as h

from ioc.text import dates
from ioc.text.numbers import NOTHING, number
from ioc.views.model import RecordsPanel
from layouts.markup import Markup
from layouts.panels.chart import drawn
from layouts.state import Context


def panel(view: RecordsPanel, context: Context) -> Markup:
    """The panel."""
    if not view.rows:
        return drawn(view.title, h.p(".ioc-empty")[context.words("panel.empty")], "records")
    head = h.thead[h.tr[(h.th(scope="col")[column.label] for column in view.columns)]]
    body = h.tbody[(h.tr[(cell(value, context) for value in row)] for row in view.rows)]
    table = h.table(".ioc-table")[head, body]
    return drawn(view.title, h.div(".ioc-scroll", tabindex="0", role="region", aria_label=view.title)[table], "records")


def cell(value: object, context: Context) -> h.Element:
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
    return h.td(class_=None if " " in text else "ioc-moment")[text]
