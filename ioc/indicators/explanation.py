"""Why an indicator stands at another value than on another side: an earlier span, or another unit. Read, and taken apart.

| measure | taken apart into |
|---|---|
| ratio, mean | mix and rate effects of the groups (``decomposition.of_rates``) |
| count, sum | what each group has itself risen or fallen by |
| change against a baseline | the same of the indicator behind it, over its baseline |
| composite | what each part adds to the points |
| median, percentile, distinct | nothing: that of a whole does not follow from its groups |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from ioc.catalogue.model import Catalogue, Indicator, Measure, Part
from ioc.catalogue.period import PERIODS, Period, back, period_of, year_before
from ioc.catalogue.terms import factor_of, is_quotient
from ioc.errors import BadQuestion
from ioc.indicators.decomposition import Amounts, Effect, of_amounts, of_rates
from ioc.indicators.values import Question, Value, ask, check_question
from ioc.store.snapshot import Snapshot

Codes = tuple[str | None, ...]
Groups = dict[Codes, Value]
Where = tuple[tuple[str, tuple[str, ...]], ...]
# The one dimension of a composite.
PART = "part"
DAY = timedelta(days=1)
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Side:
    """What one of the two compared values covers."""

    span: Period
    where: Where = ()


@dataclass(frozen=True)
class Explanation:
    """A change taken apart.

    Attributes:
        by: the dimensions of the groups; ``("part",)`` for a composite.
        before, after: the exact values compared, in the indicator's own unit.
        effects: what each group adds; together exactly ``after - before``.
        groups_before, groups_after: the groups' own values.
        additive: whether groups add up to the whole themselves, so that there is no mix.
    """

    by: tuple[str, ...]
    before: Fraction
    after: Fraction
    effects: Sequence[Effect[Codes]]
    groups_before: Mapping[Codes, Value]
    groups_after: Mapping[Codes, Value]
    additive: bool


def earlier(span: Period, how: str) -> Period:
    """The span to compare with: the same days of ``last_year``, or those of the ``previous`` period of the same kind.

    A span that begins with a month, quarter, year or week and ends before it does is compared with as many days of the one before.
    """
    if how == "last_year":
        return Period(year_before(span.start), year_before(span.end))
    begun = {kind: period_of(kind, span.start) for kind in PERIODS}
    kind = next((kind for kind, whole in begun.items() if span.start == whole.start and span.end <= whole.end), None)
    if kind is None:
        return Period(span.start - (span.end - span.start) - DAY, span.start - DAY)
    before = period_of(kind, back(kind, span.start, 1))
    return before if span == begun[kind] else Period(before.start, min(before.end, before.start + (span.end - span.start)))


def explain(snapshot: Snapshot, indicator: str, by: tuple[str, ...], before: Side, after: Side, today: date) -> Explanation:
    """Take the difference between two values of an indicator apart by up to three dimensions.

    Args:
        snapshot: the data version, or past moment, that is read.
        indicator, by: what is taken apart, by which dimensions.
        before, after: the two sides; their values are compared, never added up.
        today: the calendar day at that moment.

    Raises:
        UnknownName, BadQuestion: the question does not fit; a side has no value; or the measure cannot be taken apart.
    """
    dimensions = () if by == (PART,) else by
    spec = check_question(snapshot.catalogue, Question(indicator, by=dimensions, where=(*before.where, *after.where)))
    if spec.measure in {Measure.MEDIAN, Measure.PERCENTILE}:
        raise BadQuestion("not_additive")
    if spec.measure is Measure.DISTINCT:
        raise BadQuestion("counted_once")
    if spec.measure is Measure.COMPOSITE:
        return _of_composite(snapshot, spec, before, after, today)
    if spec.measure is Measure.CHANGE:
        return _of_change(snapshot, spec, by, before, after, today)
    was, now = (_groups(snapshot, indicator, by, side, today) for side in (before, after))
    return _of_sums(was, now, by) if spec.measure in {Measure.COUNT, Measure.SUM} else _of_quotients(was, now, by, factor_of(spec))


def _of_sums(was: Groups, now: Groups, by: tuple[str, ...]) -> Explanation:
    earlier, later = ({codes: value.numerator or _ZERO for codes, value in side.items()} for side in (was, now))
    before, after = (sum(map(Fraction, side.values()), Fraction(0)) for side in (earlier, later))
    return Explanation(by, before, after, of_amounts(earlier, later), was, now, True)


def _of_quotients(was: Groups, now: Groups, by: tuple[str, ...], factor: int) -> Explanation:
    earlier, later = (
        {codes: Amounts(value.numerator or _ZERO, value.denominator or _ZERO) for codes, value in side.items()} for side in (was, now)
    )
    effects = of_rates(earlier, later, factor)  # says so where a side has no rate
    before, after = (
        factor * Fraction(sum(each.numerator for each in side.values())) / Fraction(sum(each.denominator for each in side.values()))
        for side in (earlier, later)
    )
    return Explanation(by, before, after, effects, was, now, False)


def _groups(snapshot: Snapshot, indicator: str, by: tuple[str, ...], side: Side, today: date) -> Groups:
    question = Question(indicator, by=by, start=side.span.start, end=min(side.span.end, today), where=side.where)
    found = {value.codes: value for value in ask(snapshot, question, today)}
    if any(value.hidden for value in found.values()):
        raise BadQuestion("too_few")
    return found


def _of_change(snapshot: Snapshot, spec: Indicator, by: tuple[str, ...], before: Side, after: Side, today: date) -> Explanation:
    """The change in per cent is a hundredth of the baseline times the value, whose effects it thus shares."""
    assert spec.of is not None and spec.baseline is not None, "checked when the catalogue was loaded"
    if before.where != after.where or (after.where and spec.baseline.value is not None):
        raise BadQuestion("baseline")
    found = explain(snapshot, spec.of, by, before, after, today)
    base = spec.baseline.value if spec.baseline.value is not None else _at_baseline(snapshot, spec, after.where, today)
    if not base:
        raise BadQuestion("nothing_to_compare")
    scale = 100 / Fraction(base)
    effects = [each.times(scale) for each in found.effects]
    return replace(found, before=found.before * scale - 100, after=found.after * scale - 100, effects=effects)


def _at_baseline(snapshot: Snapshot, spec: Indicator, where: Where, today: date) -> Fraction | None:
    assert spec.of is not None and spec.baseline is not None, "checked by the caller"
    on = spec.baseline.on
    values = ask(snapshot, Question(spec.of, start=date(on.year, 1, 1), end=on, where=where), today)
    return _exact(snapshot.catalogue.indicators[spec.of], values[0]) if values else None


def _exact(spec: Indicator, value: Value) -> Fraction | None:
    """A value without any rounding, where it is a quotient of two sums."""
    if value.value is None or value.numerator is None or not value.denominator or not is_quotient(spec):
        return None if value.value is None else Fraction(value.value)
    return factor_of(spec) * Fraction(value.numerator) / Fraction(value.denominator)


def _of_composite(snapshot: Snapshot, spec: Indicator, before: Side, after: Side, today: date) -> Explanation:
    parts: dict[Codes, Part] = {(part.indicator,): part for part in spec.parts if part.indicator}
    was, now = (_parts(snapshot, spec, side, today) for side in (before, after))
    measured = [codes for codes in parts if _has_value(was[codes]) or _has_value(now[codes])]
    if not measured:
        raise BadQuestion("nothing_to_compare")
    earlier, later = ({codes: _points(snapshot.catalogue, parts[codes], side[codes]) for codes in measured} for side in (was, now))
    totals = [sum(side.values(), Fraction(0)) for side in (earlier, later)]
    return Explanation((PART,), totals[0], totals[1], of_amounts(earlier, later), was, now, True)


def _has_value(value: Value) -> bool:
    return value.value is not None


def _points(catalogue: Catalogue, part: Part, value: Value) -> Fraction:
    exact = _exact(catalogue.indicators[part.indicator or ""], value)
    if exact is None:
        raise BadQuestion("nothing_to_compare")
    return Fraction(part.points) * max(Fraction(0), min(Fraction(1), exact / Fraction(part.full_at)))


def _parts(snapshot: Snapshot, spec: Indicator, side: Side, today: date) -> Groups:
    nothing = Value((), side.span, None, None, None, False)
    return {(name,): _groups(snapshot, name, (), side, today).get((), nothing) for name in spec.made_of}
