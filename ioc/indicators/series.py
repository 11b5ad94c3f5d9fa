"""Many indicators over many spans from few reads: one read a record type, whatever the number of indicators and spans.

A series holds sums by month, with further cuts where spans begin or end within a month; the sum over any span that keeps to the cuts
is a sum of its pieces. This is what lets a page of all targets cost the same however many records there are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from ioc.catalogue.model import Indicator, Measure
from ioc.catalogue.period import Period, period_of
from ioc.catalogue.terms import ADDITIVE, Terms, terms_of
from ioc.indicators.small_cells import veiled
from ioc.indicators.values import Question, Value, ask, change, valuing
from ioc.store.record_sums import SumQuestion
from ioc.store.snapshot import Snapshot
from ioc.store.sums import Sums, needs_period_end, read_sums

# Per dimension, the codes that count.
Where = tuple[tuple[str, tuple[str, ...]], ...]


class Series:
    """The sums behind one indicator, for the whole organisation, as running totals: any span is a difference of two."""

    def __init__(self, spec: Indicator, terms: Terms, sums: Sums, today: date) -> None:
        self._stock = spec.stock
        self._value = valuing(spec)
        self._today = today
        self._starts = [start or date.min for start in sums.starts]
        self._above, self._below = (_running(sums.of(side)) if side else None for side in terms)

    def over(self, span: Period) -> Value:
        """The value over a span whose ends are cuts; of a stock, the value at its end."""
        first = 0 if self._stock else bisect_left(self._starts, span.start)
        last = bisect_right(self._starts, span.end)
        if first == last:
            return Value((), span, None, None, None, span.end >= self._today)
        numerator, denominator = (side[last] - side[first] if side else None for side in (self._above, self._below))
        return Value((), span, numerator, denominator, self._value(numerator, denominator), span.end >= self._today)


def _running(totals: Iterable[Decimal]) -> list[Decimal]:
    return list(accumulate(totals, initial=Decimal(0)))


@dataclass(frozen=True)
class Versions:
    """The series of an indicator by each of its formulas, the oldest first, with the last days of all but the present one."""

    last_days: tuple[date, ...]
    series: tuple[Series, ...]

    def over(self, span: Period) -> Value:
        """The value over a span by the formula in force on its last day."""
        return self.series[bisect_left(self.last_days, span.end)].over(span)


class SeriesSet:
    """Values of several indicators over several spans at one snapshot.

    Args:
        snapshot: what is read.
        indicators: their names.
        spans: every span that will be asked for.
        today: the calendar day at that moment.
        weeks: the day from which on spans may end with any week too.
        within: by record type, the codes of dimensions that count.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        indicators: Sequence[str],
        spans: Iterable[Period],
        today: date,
        weeks: date | None = None,
        within: Mapping[str, Where] | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._within = within or {}
        self._today = today
        self._weeks = weeks
        catalogue = snapshot.catalogue
        changes = [catalogue.indicators[name] for name in indicators if catalogue.indicators[name].measure is Measure.CHANGE]
        baselines = (_up_to(spec.baseline.on) for spec in changes if spec.baseline)
        self._spans = (*spans, *baselines)
        self._months: dict[str, dict[date, Value]] = {}
        self._hidden: dict[tuple[str, tuple[Period, ...]], frozenset[Period]] = {}
        self._series = self._read({*indicators, *(spec.of for spec in changes if spec.of)})

    def adds_up(self, indicator: str) -> bool:
        """Whether its value over any span comes from sums that have been read, and costs no reading of its own."""
        return indicator in self._series or self._snapshot.catalogue.indicators[indicator].of in self._series

    def over(self, indicator: str, span: Period) -> Value:
        """The value of an indicator over one of the spans."""
        if indicator in self._series:
            value = self._series[indicator].over(span)
            return value.unseen() if span in self._unseen(indicator, span) else value
        spec = self._snapshot.catalogue.indicators[indicator]
        if spec.measure is Measure.CHANGE and spec.of in self._series:
            return change(spec, self.over(spec.of, span), lambda on: self.over(spec.of or "", _up_to(on)))
        if span == period_of("month", span.start):
            found = self._by_month(indicator).get(span.start)
        else:
            question = Question(indicator, start=span.start, end=span.end, where=self._where(indicator))
            found = next(iter(ask(self._snapshot, question, self._today)), None)
        return found or Value((), span, None, None, None, span.end >= self._today)

    def _unseen(self, indicator: str, span: Period) -> frozenset[Period]:
        """Of the months that are asked for together, or of another span, what whoever looks may not see."""
        if self._snapshot.within is None:
            return frozenset()
        months = tuple(each for each in dict.fromkeys(self._spans) if each == period_of("month", each.start))
        spans = months if span in months else (span,)
        if (indicator, spans) not in self._hidden:
            limits, spec = Question(indicator, where=self._where(indicator)), self._snapshot.catalogue.indicators[indicator]
            seen = veiled(self._snapshot, spec, limits, [self._series[indicator].over(each) for each in spans])
            self._hidden[indicator, spans] = frozenset(each for each, value in zip(spans, seen, strict=True) if value.hidden)
        return self._hidden[indicator, spans]

    def _where(self, indicator: str) -> Where:
        """What an indicator is limited to; a score, by what its parts are limited to."""
        records = sorted(self._snapshot.catalogue.records_of(indicator))
        return next((self._within[record] for record in records if record in self._within), ())

    def _by_month(self, indicator: str) -> dict[date, Value]:
        """What does not add up, read once for all months that are asked for."""
        if indicator not in self._months:
            months = [span for span in self._spans if span == period_of("month", span.start)]
            question = Question(indicator, period="month", start=min(months).start, end=max(months).end, where=self._where(indicator))
            found = ask(self._snapshot, question, self._today)
            self._months[indicator] = {value.span.start: value for value in found if value.span}
        return self._months[indicator]

    def _read(self, indicators: Iterable[str]) -> dict[str, Versions]:
        catalogue = self._snapshot.catalogue
        by_record: dict[str, list[str]] = defaultdict(list)
        for name in indicators:
            spec = catalogue.indicators[name]
            if spec.measure in ADDITIVE and spec.record:
                terms = [term for _, version in spec.formulas for side in terms_of(version) for term in side]
                if not needs_period_end(catalogue, spec.record, tuple(terms)):
                    by_record[spec.record].append(name)
        found: dict[str, Versions] = {}
        for record, names in by_record.items():
            formulas = {name: [version for _, version in catalogue.indicators[name].formulas] for name in names}
            sums = self._sums(record, [terms_of(version) for versions in formulas.values() for version in versions])
            for name, versions in formulas.items():
                series = [Series(version, terms_of(version), sums, self._today) for version in versions]
                found[name] = Versions(tuple(each.valid_to for each in catalogue.indicators[name].versions), tuple(series))
        return found

    def _sums(self, record: str, all_terms: Sequence[Terms]) -> Sums:
        terms = {term.column: term for each in all_terms for side in each for term in side}
        cuts = {span.start for span in self._spans} | {span.end + timedelta(days=1) for span in self._spans}
        question = SumQuestion(
            record=record,
            terms=tuple(terms.values()),
            period="month",
            cuts=tuple(sorted(cut for cut in cuts if cut.day != 1)),
            weeks=self._weeks,
            end=max(span.end for span in self._spans),
            where=self._within.get(record, ()),
            as_of=self._snapshot.as_of,
            today=self._today,
        )
        return read_sums(self._snapshot, question)


def _up_to(day: date) -> Period:
    """The year that ends on a day: what a stock stands at then, or a flow has come to."""
    return Period(date(day.year, 1, 1), day)
