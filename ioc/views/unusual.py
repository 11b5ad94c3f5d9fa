"""What is unusual about an indicator, in its own unit and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ioc.catalogue.model import Catalogue, Indicator, Measure, Unit
from ioc.catalogue.period import Period
from ioc.indicators.unusual import RECENT, Unusual, can_be_judged, find
from ioc.store.snapshot import Snapshot
from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.text.words import Words, words
from ioc.views.labels import code_labels, dimension_label
from ioc.views.model import Choice, Stamp

# Shares and expectations are estimates: more places than these say nothing.
PLACES = 4


@dataclass(frozen=True)
class Anomaly:
    """One value outside of its usual range ``low`` – ``high``; of the whole, or of one code of a dimension.

    ``score`` is how many standard deviations it is off; ``text`` says it in a sentence.
    """

    dimension: Choice | None
    code: Choice | None
    span: Period
    value: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal
    score: Decimal
    text: str


@dataclass(frozen=True)
class AnomaliesView:
    """What is unusual about an indicator since a day, the newest first.

    ``judged``: whether it can be told; medians, sums, stocks and composites are not judged. ``at``: the moment as of which it was told.
    """

    stamp: Stamp
    indicator: str
    label: str
    judged: bool
    since: date
    at: datetime
    anomalies: tuple[Anomaly, ...]


def anomalies_view(snapshot: Snapshot, stamp: Stamp, indicator: str, today: date, now: datetime, language: str) -> AnomaliesView:
    """See ``AnomaliesView``; ``indicator`` is known."""
    catalogue = snapshot.catalogue
    spec = catalogue.indicators[indicator]
    found = tuple(_anomaly(catalogue, indicator, spec, each, words(language)) for each in find(snapshot, indicator, today))
    return AnomaliesView(stamp, indicator, spec.label.of(language), can_be_judged(catalogue, indicator), today - RECENT, now, found)


def _anomaly(catalogue: Catalogue, indicator: str, spec: Indicator, found: Unusual, said: Words) -> Anomaly:
    dimension = code = None
    if found.dimension is not None:
        labels = code_labels(catalogue, indicator, found.dimension, said.language)
        dimension = Choice(found.dimension, dimension_label(catalogue, indicator, found.dimension, said.language))
        code = Choice(found.code or "", labels.get(found.code or "", found.code or "–"))
    factor = 100 if spec.measure is Measure.RATIO and spec.unit is Unit.PERCENT else 1
    value, expected, low, high = (round(Decimal(each) * factor, PLACES) for each in (found.value, found.expected, found.low, found.high))
    return Anomaly(
        dimension,
        code,
        found.span,
        value,
        expected,
        low,
        high,
        round(Decimal(found.score), 1),
        _sentence(code, found.span, spec, (value, low, high), said),
    )


def _sentence(code: Choice | None, span: Period, spec: Indicator, numbers: tuple[Decimal, Decimal, Decimal], said: Words) -> str:
    precision = spec.precision if spec.measure is Measure.RATIO else 0
    value, low, high = (with_unit(_whole(each, spec), spec.unit, said, precision) for each in numbers)
    when = dates.day(span.start) if span.start == span.end else said("anomaly.week", first=dates.day(span.start), last=dates.day(span.end))
    key = "anomaly.above" if numbers[0] > numbers[2] else "anomaly.below"
    return said(key, who=f"{code.label}, {when}" if code else when, value=value, low=low, high=high)


def _whole(value: Decimal, spec: Indicator) -> Decimal:
    """Limits of what is counted are told in whole numbers."""
    return value.to_integral_value() if spec.measure is Measure.COUNT else value
