"""Makes the answer to why an indicator changed: resolves the question, reads, and brings the effects to decimals that add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from operator import add
from typing import NamedTuple

from ioc.catalogue.model import Catalogue, Measure
from ioc.catalogue.period import Period, period_of
from ioc.catalogue.terms import ADDITIVE
from ioc.errors import BadQuestion, UnknownName
from ioc.indicators.decomposition import apportioned
from ioc.indicators.explanation import PART, Codes, Explanation, Side, earlier, explain
from ioc.indicators.values import Value, valuing
from ioc.store.snapshot import Snapshot
from ioc.text.numbers import NOTHING, rounded
from ioc.text.words import words
from ioc.views.explanation import (
    AGAINST,
    MOST_DIMENSIONS,
    MOST_ROWS,
    PLACES,
    Break,
    Compared,
    Contribution,
    ExplanationQuestion,
    ExplanationView,
    Measured,
    Rest,
    Step,
)
from ioc.views.labels import code_labels, dimension_label, filters_of
from ioc.views.model import Choice, Stamp
from ioc.views.reading import count_of_rest
from ioc.views.tiles import is_stock
from ioc.views.values import day_from_words, filter_from_words

MOST_DRIVERS = 3
MOST_STEPS = 8
_ZERO = Decimal(0)


def explanation_view(snapshot: Snapshot, stamp: Stamp, asked: ExplanationQuestion, today: date, language: str) -> ExplanationView:
    """The answer. Raises UnknownName or BadQuestion when the question does not fit, or nothing can be compared."""
    catalogue, name = snapshot.catalogue, asked.indicator
    if name not in catalogue.indicators:
        raise UnknownName("indicator", name, catalogue.indicators)
    against, before, after = _sides(asked, today)
    by = asked.by if asked.by is not None else _usual(catalogue, name, {dimension for dimension, _ in (*before.where, *after.where)})
    if len(by) > MOST_DIMENSIONS:
        raise BadQuestion("dimensions", most=MOST_DIMENSIONS)
    found = explain(snapshot, name, by, before, after, today)
    was, now = (Decimal(round(value * 10**PLACES)).scaleb(-PLACES) for value in (found.before, found.after))
    pairs = ((above, each.below) for each in found.effects for above in (each.mix_above, each.rate_above))
    parts = apportioned(pairs, PLACES, now - was)
    effects = map(add, parts[::2], parts[1::2])
    leaves = _weightiest_first(map(_Leaf, (each.group for each in found.effects), parts[::2], parts[1::2], effects))
    teller = _Teller(catalogue, name, found, language)
    rows = tuple(teller.contribution([leaf], len(found.by)) for leaf in leaves[:MOST_ROWS] if leaf.effect or leaf.mix)
    spec, groups = catalogue.indicators[name], teller.groups(leaves) if len(found.by) > 1 else rows
    places = 0 if found.additive and not spec.precision else spec.precision + 1
    start, end = (rounded(value, places) for value in (was, now))
    return ExplanationView(
        stamp=stamp,
        indicator=name,
        label=spec.label.of(language),
        unit=spec.unit,
        precision=spec.precision,
        direction=spec.direction,
        stock=is_stock(catalogue, name),
        additive=found.additive,
        by=tuple(Choice(dimension, _dimension(catalogue, name, dimension, language)) for dimension in found.by),
        against=against,
        before=Compared(was, before.span, filters_of(catalogue, name, before.where, language)),
        after=Compared(now, after.span, filters_of(catalogue, name, after.where, language)),
        change=now - was,
        mix=sum(parts[::2], _ZERO),
        rate=sum(parts[1::2], _ZERO),
        groups=groups,
        rows=rows,
        rest=_rest(leaves[MOST_ROWS:]),
        places=places,
        start=start,
        steps=_steps(groups, now - was, end - start, places, language, is_part=found.by == (PART,)),
        breaks=tuple(_breaks(catalogue, name, sorted(min(side.span.end, today) for side in (before, after)), language)),
    )


def _breaks(catalogue: Catalogue, indicator: str, days: Sequence[date], language: str) -> Iterator[Break]:
    """Where formulas change between the last days of two sides: of the indicator, and of what it is made of."""
    found: dict[date, list[tuple[str, str]]] = defaultdict(list)
    for name in catalogue.within(indicator):
        spec = catalogue.indicators[name]
        for since, version in spec.formulas[1:]:
            if since and days[0] < since <= days[1]:
                found[since].append((spec.label.of(language) if name != indicator else "", version.source.of(language)))
    for on, changes in sorted(found.items()):
        yield Break(on, tuple(dict.fromkeys(label for label, _ in changes if label)), ", ".join(dict.fromkeys(said for _, said in changes)))


def _sides(asked: ExplanationQuestion, today: date) -> tuple[str, Side, Side]:
    """What is compared: how it is called, and the side before and after."""
    end = asked.end or today
    start = asked.start or (period_of(asked.period, end).start if asked.period else date(end.year, 1, 1))
    if start > end:
        raise BadQuestion("reversed", start=start, end=end)
    after = Side(Period(start, end), asked.where)
    if asked.against in AGAINST:
        return asked.against, replace(after, span=earlier(after.span, asked.against)), after
    first, dots, last = asked.against.partition("..")
    if dots:
        days = [day_from_words(first.strip()), day_from_words(last.strip())]
        if days[0] is None or days[1] is None or days[0] > days[1]:
            raise BadQuestion("comparison", text=asked.against)
        return "days", replace(after, span=Period(days[0], days[1])), after
    if not {*"=:"} & {*asked.against}:
        raise BadQuestion("comparison", text=asked.against)
    dimension, code = filter_from_words(asked.against)
    kept = tuple(each for each in asked.where if each[0] != dimension)
    return "place", replace(after, where=(*kept, (dimension, (code,)))), after


def _usual(catalogue: Catalogue, indicator: str, fixed: Collection[str]) -> tuple[str, ...]:
    """The dimensions that cells are kept for, first the catalogue's first: what is taken apart by them is answered at once."""
    spec = catalogue.indicators[indicator]
    if spec.measure is Measure.COMPOSITE:
        return (PART,)
    free = [dimension for dimension in catalogue.dimensions_of(indicator) if dimension not in fixed]
    record = catalogue.records.get(spec.record or catalogue.indicators[spec.of or indicator].record or "")
    cubes = [cube for cube in (record.cubes if record else ()) if {*free[:1], *fixed} <= {*cube}]
    finest = max(cubes, key=len, default=())
    return tuple(free[:1] + [dimension for dimension in finest if dimension in free[1:]][: MOST_DIMENSIONS - 2])


class _Leaf(NamedTuple):
    """A finest group and its effects, in decimals."""

    codes: Codes
    mix: Decimal
    rate: Decimal
    effect: Decimal


def _weightiest_first(leaves: Iterable[_Leaf]) -> list[_Leaf]:
    """In order of weight, then of codes: sorted by either alone, which is far quicker than by pairs of both."""
    by_codes = sorted(leaves, key=lambda leaf: [code or "" for code in leaf.codes])
    return sorted(by_codes, key=lambda leaf: abs(leaf.effect), reverse=True)


def _rest(leaves: Sequence[_Leaf]) -> Rest:
    mix, rate = _sums(leaves)
    return Rest(len(leaves), mix + rate, mix, rate)


def _steps(
    groups: Sequence[Contribution], change: Decimal, shown: Decimal, places: int, language: str, *, is_part: bool
) -> tuple[Step, ...]:
    """The weightiest groups one by one and all others together, rounded so that they add up to the change as it is shown."""
    first = [replace(_step(each), is_part=is_part) for each in groups[:MOST_STEPS]]
    others = groups[MOST_STEPS:]
    if others:
        mix, rate = sum((each.mix for each in others), _ZERO), sum((each.rate for each in others), _ZERO)
        first.append(Step(count_of_rest(len(others), words(language)), change - sum((each.effect for each in first), _ZERO), mix, rate))
    effects = apportioned((each.effect.as_integer_ratio() for each in first), places, shown)
    return tuple(replace(each, effect=effect) for each, effect in zip(first, effects, strict=True))


def _step(each: Contribution) -> Step:
    first = each.codes[0] if each.codes else None
    return Step(first.label if first else NOTHING, each.effect, each.mix, each.rate, first.code if first else None)


def _sums(leaves: Sequence[_Leaf]) -> tuple[Decimal, Decimal]:
    return sum([leaf.mix for leaf in leaves], _ZERO), sum([leaf.rate for leaf in leaves], _ZERO)


class _Teller:
    """Puts groups and their effects into words and values."""

    def __init__(self, catalogue: Catalogue, indicator: str, found: Explanation, language: str) -> None:
        self._found = found
        spec = catalogue.indicators[indicator]
        # Behind a composite or a change stand values in other units than its own.
        self._value = valuing(spec) if spec.measure in ADDITIVE else lambda above, below: None
        self._labels = [_labels(catalogue, indicator, dimension, language) for dimension in found.by]
        sides = (found.groups_before, found.groups_after)
        self._wholes = [sum((value.denominator or _ZERO for value in side.values()), _ZERO) for side in sides]

    def contribution(self, leaves: Sequence[_Leaf], depth: int, drivers: Iterable[_Leaf] = ()) -> Contribution:
        """Some finest groups as one, called by their first ``depth`` codes."""
        mix, rate = _sums(leaves)
        codes = tuple(map(self._choice, leaves[0].codes[:depth], self._labels))
        before, after = (
            self._measured([value for leaf in leaves if (value := side.get(leaf.codes))], whole)
            for side, whole in zip((self._found.groups_before, self._found.groups_after), self._wholes, strict=True)
        )
        below = tuple(self.contribution([leaf], len(leaf.codes)) for leaf in drivers)
        return Contribution(codes, mix + rate, mix, rate, before, after, below)

    def _choice(self, code: str | None, labels: Mapping[str, str]) -> Choice:
        return Choice(code or "", labels.get(code or "", code or NOTHING))

    def groups(self, leaves: Sequence[_Leaf]) -> tuple[Contribution, ...]:
        """The contributions by the first dimension alone, the weightiest first, each with what weighs most in it."""
        by_first: dict[str | None, list[_Leaf]] = defaultdict(list)
        for leaf in leaves:
            by_first[leaf.codes[0]].append(leaf)
        found = [self.contribution(mine, 1, _drivers(mine)) for mine in by_first.values()]
        return tuple(sorted(found, key=lambda each: (-abs(each.effect), each.codes[0].code)))

    def _measured(self, values: Sequence[Value], whole: Decimal) -> Measured:
        above, below = (
            sum(known, _ZERO) if (known := [part for part in parts if part is not None]) else None
            for parts in ([value.numerator for value in values], [value.denominator for value in values])
        )
        share = 100 * below / whole if below is not None and whole and not self._found.additive else None
        return Measured(above, below, self._value(above, below), share)


def _drivers(leaves: Sequence[_Leaf]) -> Iterator[_Leaf]:
    """Of finest groups, weightiest first, those that moved their sum the way it went."""
    total = sum((leaf.effect for leaf in leaves), _ZERO)
    same = (leaf for leaf in leaves if leaf.effect * total > 0)
    yield from (leaf for leaf, _ in zip(same, range(MOST_DRIVERS), strict=False))


def _dimension(catalogue: Catalogue, indicator: str, dimension: str, language: str) -> str:
    return words(language)("explanation.part") if dimension == PART else dimension_label(catalogue, indicator, dimension, language)


def _labels(catalogue: Catalogue, indicator: str, dimension: str, language: str) -> Mapping[str, str]:
    if dimension == PART:
        return {name: catalogue.indicators[name].label.of(language) for name in catalogue.indicators[indicator].made_of}
    return code_labels(catalogue, indicator, dimension, language)
