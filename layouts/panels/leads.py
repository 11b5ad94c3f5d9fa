"""Where a number leads: to the page of what it is of, or to the records that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ioc.text.numbers import number
from ioc.views.drilldown import Numbers
from layouts import elements as h
from layouts.state import Context

Where = Sequence[tuple[str, str]]
Span = tuple[date | None, date | None]
# What the points of a period are divided into when one of them is looked at alone.
FINER = {"year": "month", "quarter": "month", "month": "day", "week": "day", "day": "day"}
ALL: Span = (None, None)


def to_indicator(indicator: str, where: Where, context: Context, span: Span = ALL, period: str | None = None) -> str:
    """The address of an indicator's page, limited to codes and days."""
    return context.link(f"/indicators/{indicator}", *_query(where, span), *([("period", period)] if period else ()))


def to_records(indicator: str, record: str, part: str, where: Where, context: Context, span: Span = ALL, group: str | None = None) -> str:
    """The address of the records that an indicator counts, limited to codes and days; ``group``: how many have each value of a field."""
    grouped = [("group", group)] if group else []
    return context.link(f"/records/{record}", ("indicator", indicator), ("part", part), *_query(where, span), *grouped)


def counts(
    values: tuple[Decimal | None, Decimal | None],
    indicator: str,
    numbers: Numbers | None,
    where: Where,
    context: Context,
    span: Span = ALL,
) -> tuple[h.Node, h.Node]:
    """A numerator and a denominator; each that counts records leads to them."""
    parts = (numbers.numerator, numbers.denominator) if numbers else (None, None)
    shown: list[h.Node] = []
    for value, part in zip(values, parts, strict=True):
        text = "" if value is None else number(value, context.language)
        address = to_records(indicator, numbers.record, part, where, context, span) if numbers and part and text else None
        shown.append(h.a(".ioc-count", href=address, title=context.words("records.open"))[text] if address else text)
    return shown[0], shown[1]


def fraction(pair: tuple[h.Node, h.Node]) -> h.Node:
    """A numerator over a denominator, where there are both."""
    first, second = pair
    return [first, " / ", second] if first != "" and second != "" else first if second == "" else second


def _query(where: Where, span: Span) -> list[tuple[str, str]]:
    days = [(name, day.isoformat()) for name, day in zip(("from", "to"), span, strict=True) if day]
    return [("where", f"{dimension}:{code}") for dimension, code in where] + days
