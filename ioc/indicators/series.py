"""Many indicators over many spans from few reads: one read a record type, whatever the number of indicators and spans.

A series holds sums by month, with further cuts where spans begin or end within a month; the sum over any span that keeps to the cuts
is a sum of its pieces. This is what lets a page of all targets cost the same however many records there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ioc.catalogue.model import Indicator, Measure
from ioc.catalogue.terms import ADDITIVE, Terms, terms_of
from ioc.indicators.period import Period
from ioc.indicators.values import Question, Value, ask, value_of
from ioc.store.snapshot import Snapshot
from ioc.store.sums import SumQuestion, SumRow, needs_period_end, read_sums


@dataclass(frozen=True)
class Series:
    """The sums behind one indicator, for the whole organisation."""

    spec: Indicator
    terms: Terms
    rows: Sequence[SumRow]
    today: date

    def over(self, span: Period) -> Value:
        """The value over a span whose ends are cuts; of a stock, the value at its end."""
        numerator, denominator = (
            sum((term.sign * row.sums[term.column] for row in self._within(span) for term in side), Decimal(0)) if side else None
            for side in (self.terms.numerator, self.terms.denominator)
        )
        known = any(True for _ in self._within(span))
        value = value_of(self.spec, numerator, denominator) if known else None
        return Value((), span, numerator if known else None, denominator if known else None, value, span.end >= self.today)

    def _within(self, span: Period) -> Iterable[SumRow]:
        for row in self.rows:
            if row.start is not None and row.start <= span.end and (self.spec.stock or row.start >= span.start):
                yield row


class SeriesSet:
    """Values of several indicators over several spans at one snapshot.

    Args:
        snapshot: what is read.
        indicators: their names.
        spans: every span that will be asked for.
        today: the calendar day at that moment.
    """

    def __init__(self, snapshot: Snapshot, indicators: Iterable[str], spans: Iterable[Period], today: date) -> None:
        self._snapshot = snapshot
        self._today = today
        self._spans = tuple(spans)
        self._series = self._read(tuple(indicators))

    def over(self, indicator: str, span: Period) -> Value:
        """The value of an indicator over one of the spans."""
        if indicator in self._series:
            return self._series[indicator].over(span)
        spec = self._snapshot.catalogue.indicators[indicator]
        question = Question(indicator, start=None if spec.measure is Measure.CHANGE else span.start, end=span.end)
        found = ask(self._snapshot, question, self._today)
        return found[0] if found else Value((), span, None, None, None, span.end >= self._today)

    def _read(self, indicators: Sequence[str]) -> dict[str, Series]:
        catalogue = self._snapshot.catalogue
        by_record: dict[str, list[str]] = defaultdict(list)
        for name in indicators:
            spec = catalogue.indicators[name]
            if spec.measure in ADDITIVE and spec.record:
                numerator, denominator = terms_of(spec)
                if not needs_period_end(catalogue, spec.record, (*numerator, *denominator)):
                    by_record[spec.record].append(name)
        found: dict[str, Series] = {}
        for record, names in by_record.items():
            specs = {name: catalogue.indicators[name] for name in names}
            rows = self._rows(record, [terms_of(spec) for spec in specs.values()])
            found |= {name: Series(spec, terms_of(spec), rows, self._today) for name, spec in specs.items()}
        return found

    def _rows(self, record: str, all_terms: Sequence[Terms]) -> list[SumRow]:
        terms = {term.column: term for each in all_terms for side in each for term in side}
        cuts = {span.start for span in self._spans} | {span.end + timedelta(days=1) for span in self._spans}
        question = SumQuestion(
            record=record,
            terms=tuple(terms.values()),
            period="month",
            cuts=tuple(sorted(cut for cut in cuts if cut.day != 1)),
            end=max(span.end for span in self._spans),
            as_of=self._snapshot.as_of,
            today=self._today,
        )
        return read_sums(self._snapshot, question)
