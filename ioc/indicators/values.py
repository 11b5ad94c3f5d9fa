"""Values of indicators: numerator and denominator until the last moment, nothing divided by nothing is no value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import accumulate

from ioc.catalogue.model import Catalogue, Indicator, Measure
from ioc.catalogue.period import PERIODS, Period, period_of, periods
from ioc.catalogue.terms import Term, factor_of, is_quotient, terms_of
from ioc.catalogue.tree import BELOW, NOTHING, groups, named
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators import composite
from ioc.indicators.composite import Key, Node, trees
from ioc.indicators.question import Question, Value
from ioc.indicators.small_cells import veiled
from ioc.store.record_sums import SumQuestion
from ioc.store.snapshot import Snapshot
from ioc.store.sums import Sums, read_distinct, read_quantiles, read_sums

__all__ = ["HUNDRED", "Question", "Value", "ask", "by_version", "change", "check_question", "score", "valuing"]

HUNDRED = Decimal(100)


def check_question(catalogue: Catalogue, question: Question) -> Indicator:
    """The declaration that a question is about. Raises UnknownName or BadQuestion with what would be right."""
    if question.indicator not in catalogue.indicators:
        raise UnknownName("indicator", question.indicator, catalogue.indicators)
    if question.period is not None and question.period not in PERIODS:
        raise UnknownName("period", question.period, PERIODS)
    dimensions = catalogue.dimensions_of(question.indicator)
    for dimension in (*question.by, *(name for name, _ in question.where)):
        if dimension not in dimensions:
            raise UnknownName("dimension", dimension, dimensions)
    for dimension, codes in question.where:
        _check_codes(catalogue, question.indicator, dimension, codes)
    if len(set(question.by)) != len(question.by):
        raise BadQuestion("twice")
    if question.start and question.end and question.start > question.end:
        raise BadQuestion("reversed", start=question.start, end=question.end)
    return catalogue.indicators[question.indicator]


def _with_below(catalogue: Catalogue, question: Question) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((dimension, tuple(each for code in codes for each in named(catalogue, code))) for dimension, codes in question.where)


def _check_codes(catalogue: Catalogue, indicator: str, dimension: str, codes: Iterable[str]) -> None:
    lists = {
        catalogue.records[record].fields[dimension].codes
        for record in catalogue.records_of(indicator)
        if dimension in catalogue.records[record].fields
    }
    for name in filter(None, lists):
        known = [*catalogue.code_list(name), *(groups(catalogue) if name == "units" else ())]
        for code in codes:
            if code not in {*known, NOTHING} and not (code.endswith(BELOW) and code.removesuffix(BELOW) in known):
                raise UnknownName("code", code, known)


def ask(snapshot: Snapshot, question: Question, today: date) -> list[Value]:
    """The values that answer a question, by period and codes.

    Args:
        snapshot: the data version, or past moment, that is read.
        question: see ``Question``.
        today: the calendar day at that moment: open periods end in the future, and nothing counts after it.

    Raises:
        UnknownName, BadQuestion: see ``check_question``.
    """
    spec = check_question(snapshot.catalogue, question)
    question = replace(question, end=question.end or today, where=_with_below(snapshot.catalogue, question))
    if spec.measure is Measure.CHANGE:
        return _change(snapshot, spec, question, today)
    if spec.measure is Measure.COMPOSITE:
        return composite.values(trees(snapshot, question, today, ask), today)
    compute = _COMPUTED.get(spec.measure, _additive)
    found = [value for version, part in by_version(spec, question, today) for value in compute(snapshot, version, part, today)]
    return veiled(snapshot, spec, question, found)


def by_version(spec: Indicator, question: Question, today: date) -> Iterator[tuple[Indicator, Question]]:
    """The formulas in force over a question, each with the periods that it is for: a period's is the one in force on its last day."""
    end = question.end or today
    if question.period is None or not spec.versions:
        yield spec.in_force(end), question
        return
    sinces = [since and period_of(question.period, since).start for since, _ in spec.formulas]
    for (_, version), since, following in zip(spec.formulas, sinces, [*sinces[1:], None], strict=True):
        start = max(filter(None, (since, question.start)), default=None)
        stop = min(end, following - timedelta(days=1)) if following else end
        if start is None or start <= stop:
            yield version, replace(question, start=start, end=stop)


def _sum_question(spec: Indicator, question: Question, terms: Iterable[Term], snapshot: Snapshot, today: date) -> SumQuestion:
    unique = {term.column: term for term in terms}
    return SumQuestion(
        record=spec.record or "",
        terms=tuple(unique.values()),
        by=question.by,
        period=question.period,
        start=None if spec.stock else question.start,
        end=question.end,
        where=question.where,
        as_of=snapshot.as_of,
        today=today,
    )


def _additive(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    numerator, denominator = terms_of(spec)
    asked = _sum_question(spec, question, (*numerator, *denominator), snapshot, today)
    sums = read_sums(snapshot, replace(asked, period_end=min(question.end or today, today)))
    if spec.stock:
        sums = _running(sums, question, today)
    if not sums.starts:
        return []
    above, below = (sums.of(terms) if terms else [None] * len(sums.starts) for terms in (numerator, denominator))
    spans, provisional = zip(*map(_placing(question, today), sums.starts), strict=True)
    return list(map(Value, sums.codes, spans, above, below, map(valuing(spec), above, below), provisional))


def _running(sums: Sums, question: Question, today: date) -> Sums:
    """What stands at the end of each period: all that came before, added up."""
    if question.period is None or not sums.starts:
        return sums
    spans = list(periods(question.period, min(filter(None, sums.starts)), question.end or today))
    shown = [span.start for span in spans if question.start is None or span.end >= question.start]
    of_all = sorted(set(sums.codes), key=lambda codes: [code or "" for code in codes])
    places = [(start, codes) for start in shown for codes in of_all]
    stands = {}
    for column, changes in sums.totals.items():
        come = dict(zip(zip(sums.starts, sums.codes, strict=True), changes, strict=True))
        at = {
            (span.start, codes): stood
            for codes in of_all
            for span, stood in zip(spans, accumulate(come.get((span.start, codes), Decimal(0)) for span in spans), strict=True)
        }
        stands[column] = [at[place] for place in places]
    return Sums([codes for _, codes in places], [start for start, _ in places], stands)


def valuing(spec: Indicator) -> Callable[[Decimal | None, Decimal | None], Decimal | None]:
    """How an indicator's value is made of its sums: a ratio in per cent or as it is, a mean, a count or a sum."""
    if not is_quotient(spec):
        return lambda numerator, denominator: numerator
    factor = Decimal(factor_of(spec))
    return lambda numerator, denominator: factor * (numerator or 0) / denominator if denominator else None


def _placing(question: Question, today: date) -> Callable[[date | None], tuple[Period | None, bool]]:
    """For the first day of a sum: its span, and whether that is still open, so that its value is provisional."""

    @cache
    def place(start: date | None) -> tuple[Period | None, bool]:
        if question.period and start:
            span = period_of(question.period, start)
            return span, span.end >= today
        end = question.end or today
        return (Period(question.start, end) if question.start else None), end >= today

    return place


def _quantile(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    term = Term(spec.at or "", f"({spec.counts}) AND ({spec.value}) IS NOT NULL", spec.value)
    asked = _sum_question(spec, question, (term,), snapshot, today)
    share = spec.percentile if spec.measure is Measure.PERCENTILE and spec.percentile else 0.5
    place = _placing(question, today)
    found = []
    for each in read_quantiles(snapshot, asked, share):
        span, provisional = place(each.start)
        found.append(Value(each.codes, span, None, each.size, each.value, provisional))
    return found


def _distinct(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    """Things counted once in each group and period."""
    if spec.out_of:
        return _out_of(snapshot, spec, question, today)
    numerator, denominator = terms_of(spec)
    asked = _sum_question(spec, question, (*numerator, *denominator), snapshot, today)
    sums = read_distinct(snapshot, replace(asked, period_end=min(question.end or today, today)), spec.distinct or "")
    above, below = (sums.of(terms) if terms else [None] * len(sums.starts) for terms in (numerator, denominator))
    places = map(_placing(question, today), sums.starts)
    found = zip(sums.codes, places, above, below, map(valuing(spec), above, below), strict=True)
    return [Value(codes, span, n, d, value, provisional) for codes, (span, provisional), n, d, value in found]


def _out_of(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    """Of the things that another indicator counts in each group and period, those of which a record counts here."""
    assert spec.out_of is not None and spec.distinct is not None, "checked when the catalogue was loaded"
    finer = replace(question, by=tuple(dict.fromkeys((*question.by, spec.distinct))))
    whole = by_version(snapshot.catalogue.indicators[spec.out_of], finer, today)
    there = [value for version, part in whole for value in _additive(snapshot, version, part, today) if value.numerator]
    here = {(value.span, value.codes) for value in _additive(snapshot, spec, finer, today) if value.numerator}
    things, place, depth = defaultdict[Key, list[Value]](list), finer.by.index(spec.distinct), len(question.by)
    for value in there:
        if value.codes[place] is not None:
            things[value.codes[:depth], value.span].append(value)
    value_of, found = valuing(spec), list[Value]()
    for (codes, span), mine in things.items():
        above = Decimal(sum((span, each.codes) in here for each in mine))
        found.append(Value(codes, span, above, Decimal(len(mine)), value_of(above, Decimal(len(mine))), mine[0].provisional))
    return found


def _change(snapshot: Snapshot, spec: Indicator, question: Question, today: date) -> list[Value]:
    """Change of each value against the baseline of the same codes."""
    assert spec.of is not None and spec.baseline is not None, "checked when the catalogue was loaded"
    if spec.baseline.value is not None and (question.by or question.where):
        raise BadQuestion("baseline")
    then = replace(question, indicator=spec.of, period=None, start=date(spec.baseline.on.year, 1, 1), end=spec.baseline.on)
    base = {} if spec.baseline.value is not None else {value.codes: value for value in ask(snapshot, then, today)}
    nothing = Value((), None, None, None, None, False)
    return [
        change(spec, now, lambda _, codes=now.codes: base.get(codes, nothing))  # type: ignore[misc]
        for now in ask(snapshot, replace(question, indicator=spec.of), today)
    ]


def change(spec: Indicator, now: Value, on: Callable[[date], Value]) -> Value:
    """A value as change in per cent against the baseline: the stated one, or the indicator's own value ``on`` the baseline's day."""
    assert spec.baseline is not None, "checked when the catalogue was loaded"
    base = spec.baseline.value if spec.baseline.value is not None else on(spec.baseline.on).value
    value = None if now.value is None or not base else HUNDRED * (now.value - base) / base
    return now._replace(numerator=now.value, denominator=base, value=value)


def score(snapshot: Snapshot, question: Question, today: date) -> dict[Key, Node]:
    """A composite as the tree of its parts, see ``composite.trees``. Raises UnknownName, BadQuestion: see ``check_question``."""
    spec = check_question(snapshot.catalogue, question)
    if spec.measure is not Measure.COMPOSITE:
        raise BadQuestion("no_score", indicator=question.indicator)
    return trees(snapshot, replace(question, end=question.end or today), today, ask)


# What does not add up is computed in a way of its own.
_COMPUTED = {Measure.MEDIAN: _quantile, Measure.PERCENTILE: _quantile, Measure.DISTINCT: _distinct}
