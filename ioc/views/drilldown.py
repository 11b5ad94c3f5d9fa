"""Which records stand behind the numbers of an indicator that a page shows."""

from __future__ import annotations

from dataclasses import dataclass

from ioc.catalogue.model import Catalogue, Measure
from ioc.indicators.drilldown import Part, counting


@dataclass(frozen=True)
class Numbers:
    """The records behind an indicator's two numbers: their type, and which part each counts; None where it counts none.

    ``once``: the field of whose values each is counted once, however many records have it.
    """

    record: str
    numerator: Part | None = None
    denominator: Part | None = None
    once: str | None = None


def numbers_behind(catalogue: Catalogue, indicator: str) -> Numbers | None:
    """Which records an indicator's numbers count; None where it is made of other indicators."""
    spec, counted = catalogue.indicators[indicator], counting(catalogue, indicator)
    if counted is None or counted.record is None:
        return None
    record, measure = counted.record, counted.measure
    if spec is not counted:  # of a change, both numbers are values of the other
        return Numbers(record, Part.NUMERATOR if measure is Measure.COUNT else None)
    if measure is Measure.RATIO:
        each = counted.total is None
        return Numbers(record, Part.NUMERATOR if each and counted.value is None else None, Part.DENOMINATOR if each else None)
    if measure is Measure.DISTINCT:
        return Numbers(record, once=counted.distinct)
    if measure is Measure.COUNT:
        return Numbers(record, Part.NUMERATOR)
    return Numbers(record) if measure is Measure.SUM else Numbers(record, None, Part.NUMERATOR)
