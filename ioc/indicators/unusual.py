"""Finds what is unusual about an indicator: days of the whole, and weeks of each code of its dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.model import Catalogue, Measure
from ioc.catalogue.period import Period, period_of
from ioc.catalogue.terms import parameters_of, terms_of
from ioc.indicators.anomalies import Flags, Floats, Judged, of_counts, of_rates
from ioc.indicators.season import LEAST_WORKED, day_kinds, weights, well_known
from ioc.indicators.values import Question, ask
from ioc.store.snapshot import Snapshot

# So much is told of; so long a history is read for the season of counts, and before the first value that is told of.
RECENT, HISTORY, BEFORE = timedelta(days=366), timedelta(days=3 * 366), timedelta(weeks=14)


@dataclass(frozen=True)
class Unusual:
    """One value outside of its usual range. Rates are shares between 0 and 1.

    Attributes:
        dimension, code: whose it is; None for the whole.
        span: the day or week.
        value, expected, low, high: what it was, what was to be expected, and the usual range.
        score: how many standard deviations it is off.
    """

    dimension: str | None
    code: str | None
    span: Period
    value: float
    expected: float
    low: float
    high: float
    score: float


class Series(NamedTuple):
    """What is judged together: sums by code (rows) and period (columns)."""

    dimension: str | None
    codes: Sequence[str | None]
    spans: Sequence[Period]
    numerators: Floats
    denominators: Floats

    def only(self, kept: Flags) -> Series:
        """The same for some of its periods."""
        spans = [span for span, wanted in zip(self.spans, kept, strict=True) if wanted]
        return Series(self.dimension, self.codes, spans, self.numerators[:, kept], self.denominators[:, kept])


def can_be_judged(catalogue: Catalogue, indicator: str) -> bool:
    """Whether an indicator is a share or a number of the records of a period, whatever day it is asked on."""
    spec = catalogue.indicators[indicator]
    counted = spec.measure is Measure.COUNT or (spec.measure is Measure.RATIO and spec.value is None and spec.total is None)
    if not counted or spec.stock or spec.record is None:
        return False
    terms = terms_of(spec)
    record = catalogue.records[spec.record]
    return not any(parameters_of(term, record) for term in (*terms.numerator, *terms.denominator))


def find(snapshot: Snapshot, indicator: str, today: date) -> list[Unusual]:
    """All that is unusual in the last year, the newest first. Nothing is said of the running day or week, nor of tiny numbers.

    Args:
        snapshot: the data version, or past moment, that is read.
        indicator: its name; what cannot be judged (``can_be_judged``) has nothing unusual.
        today: the calendar day at that moment.
    """
    catalogue = snapshot.catalogue
    if not can_be_judged(catalogue, indicator):
        return []
    counted = catalogue.indicators[indicator].measure is Measure.COUNT
    near = today - RECENT - BEFORE
    days = read(snapshot, indicator, None, "day", today - HISTORY if counted else near, today)
    if not days.spans:
        return []
    weeks = [read(snapshot, indicator, dimension, "week", near, today) for dimension in judged_dimensions(catalogue, indicator)]
    if counted:
        found = unusual_counts(days, weeks, catalogue.civil_time)
    else:
        found = [each for series in (days, *weeks) for each in unusual_rates(series, catalogue.civil_time)]
    recent = [each for each in found if each.span.end >= today - RECENT]
    return sorted(recent, key=lambda each: (each.span.end, abs(each.score)), reverse=True)


def judged_dimensions(catalogue: Catalogue, indicator: str) -> tuple[str, ...]:
    """The dimensions whose codes are judged one by one: those that cells are kept for, so that it is quick."""
    record = catalogue.records.get(catalogue.indicators[indicator].record or "")
    kept = {dimension for cube in (record.cubes if record else ()) for dimension in cube}
    return tuple(dimension for dimension in catalogue.dimensions_of(indicator) if dimension in kept)


def read(snapshot: Snapshot, indicator: str, dimension: str | None, kind: str, since: date, today: date) -> Series:
    """The sums of all complete periods of a kind, up to yesterday; a period without any record has nothing in it."""
    last = period_of(kind, today).start - timedelta(days=1)
    start = period_of(kind, since).start
    values = ask(snapshot, Question(indicator, by=(dimension,) if dimension else (), period=kind, start=start, end=last), today)
    unseen = {value.codes for value in values if value.hidden}
    values = [value for value in values if value.codes not in unseen]
    if not values:
        return Series(dimension, (), (), np.zeros((0, 0)), np.zeros((0, 0)))
    first = min(value.span.start for value in values if value.span)
    length = (last - first).days + 1 if kind == "day" else ((last - first).days + 1) // 7
    step = 1 if kind == "day" else 7
    spans = [period_of(kind, first + timedelta(days=step * number)) for number in range(length)]
    rows = {codes: row for row, codes in enumerate(dict.fromkeys(value.codes for value in values))}
    above, below = np.zeros((len(rows), length)), np.zeros((len(rows), length))
    for value in values:
        assert value.span, "asked for with a start"
        place = rows[value.codes], (value.span.start - first).days // step
        above[place], below[place] = float(value.numerator or 0), float(value.denominator or 0)
    return Series(dimension, [codes[0] if codes else None for codes in rows], spans, above, below)


def unusual_rates(series: Series, civil: CivilTime) -> list[Unusual]:
    """The shares that have left their range. Days off are compared with days off; a week that is hardly worked is not judged."""
    worked = np.array([civil.working_days(span.start, span.end) for span in series.spans])
    daily = series.spans[0].start == series.spans[0].end if series.spans else False
    found = []
    for kept in (worked == 1, worked == 0) if daily else (worked >= LEAST_WORKED,):
        some = series.only(kept)
        with np.errstate(divide="ignore", invalid="ignore"):
            found += _told(some, some.numerators / some.denominators, of_rates(some.numerators, some.denominators))
    return found


def unusual_counts(days: Series, others: Sequence[Series], civil: CivilTime) -> list[Unusual]:
    """The counts that have left their range, of days and of the weeks of each code; all by the working days and season of the whole."""
    dates = [span.start for span in days.spans]
    kinds = day_kinds(civil, dates)
    weight = weights(days.numerators[0], kinds, dates)
    shown = np.array([span.end >= days.spans[-1].end - RECENT - BEFORE for span in days.spans])
    told = days.only(shown)
    usual = np.where(well_known(kinds)[shown], told.numerators, np.nan)
    found = _told(told, told.numerators, of_counts(usual, weight[None, shown]))
    by_day = dict(zip(dates, weight, strict=True))
    for weeks in others:
        series = weeks.only(np.array([civil.working_days(span.start, span.end) >= LEAST_WORKED for span in weeks.spans], dtype=bool))
        held = np.array([sum(by_day.get(span.start + timedelta(days=day), 0.0) for day in range(7)) for span in series.spans])
        meant = np.broadcast_to(held, series.numerators.shape)
        found += _told(series, series.numerators, of_counts(_since_first(series.numerators), meant))
    return found


def _since_first(counts: Floats) -> Floats:
    """Counts from the first record on: before it, there was nothing to count."""
    begun = np.cumsum(counts, axis=1) > 0
    return np.where(begun, counts, np.nan)


def _told(series: Series, values: Floats, judged: Judged) -> list[Unusual]:
    return [
        Unusual(
            series.dimension,
            series.codes[row],
            series.spans[place],
            *(float(each[row, place]) for each in (values, judged.expected, judged.low, judged.high, judged.score)),
        )
        for row, place in zip(*np.nonzero(judged.unusual), strict=True)
    ]
