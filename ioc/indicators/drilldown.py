"""The records behind a number: counting them, or of what is counted once their distinct values, gives the number again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ioc.catalogue.kinds import Kind
from ioc.catalogue.model import Catalogue, Indicator, Measure, RecordType
from ioc.catalogue.terms import SUMMED, Term, Terms, both, terms_of
from ioc.errors import BadQuestion, UnknownName
from ioc.store.dialect import record_expression
from ioc.store.listing import Counted


class Part(StrEnum):
    """Which of an indicator's records: those that succeed, all that count, or those that count and do not succeed."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    REST = "rest"


@dataclass(frozen=True)
class Behind:
    """The record type behind a number, and which of its records."""

    record: str
    counted: Counted


def parts_of(catalogue: Catalogue, indicator: str) -> tuple[Part, ...]:
    """Which parts of an indicator have records: none of a composite, which is made of other indicators."""
    spec = counting(catalogue, indicator)
    if spec is None:
        return ()
    if spec.measure is Measure.RATIO:
        return (Part.REST, Part.NUMERATOR, Part.DENOMINATOR)
    if spec.measure is Measure.DISTINCT and spec.succeeds:
        return (Part.NUMERATOR, Part.DENOMINATOR)
    return (Part.NUMERATOR,)


def behind(catalogue: Catalogue, indicator: str, part: Part, start: date | None, end: date, today: date) -> Behind:
    """The records behind a part of an indicator's number over a span.

    Args:
        start, end: inclusive days; what stands at a moment (a stock) is what stands at ``end``.
        today: the present day: an open period ends today.

    Raises:
        UnknownName: there is no such indicator.
        BadQuestion: it has no records of its own, or no such part.
    """
    if indicator not in catalogue.indicators:
        raise UnknownName("indicator", indicator, catalogue.indicators)
    spec = counting(catalogue, indicator)
    if spec is None or spec.record is None:
        raise BadQuestion("no_records")
    if part not in parts_of(catalogue, indicator):
        raise BadQuestion("no_part")
    above, below = _terms(spec.in_force(end))
    terms, without = {
        Part.NUMERATOR: (above, ()),
        Part.DENOMINATOR: (below, ()),
        Part.REST: (below, above),
    }[part]
    return Behind(spec.record, Counted(terms, without, None if spec.stock else start, end, min(end, today)))


def counting(catalogue: Catalogue, indicator: str) -> Indicator | None:
    """The indicator that counts records: itself, or the one whose change it is."""
    spec = catalogue.indicators[indicator]
    if spec.measure is Measure.CHANGE and spec.of:
        return counting(catalogue, spec.of)
    return spec if spec.record else None


def _terms(spec: Indicator) -> Terms:
    """What counts its records; of a quantile, those that have a value."""
    if spec.measure in SUMMED:
        return terms_of(spec)
    return Terms((Term(spec.at or "", both(spec.counts, f"({spec.value}) IS NOT NULL")),), ())


def conditions_today(spec: Indicator, record: RecordType) -> tuple[str, ...]:
    """What one record must fulfil today to count in an indicator, and, where not all that count succeed, to succeed in it."""
    stock, at = spec.stock, spec.at or ""
    leaves = stock.leaves if stock else None
    left = f"{leaves} IS NULL OR {_day(leaves, record)} > today" if leaves else None
    known = f"({spec.value}) IS NOT NULL" if spec.value and not spec.succeeds else None
    counts = both(f"{at} IS NOT NULL", spec.counts, known, left)
    since = stock.succeeds_at if stock else None
    until = stock.succeeds_until if stock else None
    if not spec.succeeds and not since and not until:
        return (counts,)
    begun = f"{_day(since, record)} <= today" if since else None
    lasts = f"{until} IS NULL OR {_day(until, record)} > today" if until else None
    return counts, both(spec.succeeds, begun, lasts)


def _day(date_or_moment: str, record: RecordType) -> str:
    """The day of what gives a date or moment, as an expression."""
    moment = record_expression(date_or_moment, record).kind is Kind.TIMESTAMP
    return f"date_of({date_or_moment})" if moment else date_or_moment
