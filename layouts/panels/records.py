"""Some records as a plain table."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from dash import html

from ioc.text import dates
from ioc.text.numbers import NOTHING, number
from ioc.views.model import RecordsPanel
from layouts.panels.chart import framed
from layouts.state import Context


def panel(view: RecordsPanel, context: Context) -> html.Section:
    """The panel."""
    head = html.Thead(html.Tr([html.Th(column.label, scope="col") for column in view.columns]))
    body = html.Tbody([html.Tr([cell(value, context) for value in row]) for row in view.rows])
    if not view.rows:
        return framed(view.title, html.P(context.words("panel.empty"), className="ioc-empty"), "records")
    return framed(view.title, html.Div(html.Table([head, body], className="ioc-table"), className="ioc-scroll", tabIndex="0"), "records")


def cell(value: object, context: Context) -> html.Td:
    """A value in the manner of the language; numbers to the right."""
    if isinstance(value, bool):
        return html.Td(context.words("yes" if value else "no"))
    if isinstance(value, Decimal):
        return html.Td(number(value, context.language), className="ioc-number")
    if isinstance(value, datetime):
        return html.Td(dates.moment(value, context.zone), className="ioc-number")
    if isinstance(value, date):
        return html.Td(dates.day(value), className="ioc-number")
    return html.Td(NOTHING if value is None else str(value))
