"""Small cells: values that rest on so few answers that who gave them might be told, hidden from whoever is of another unit.

It is done where every value comes from (``ask``), by what the snapshot says of who looks: pages, API, exports and what is derived from
values all see the same. Where one value of a line stands hidden alone, the total would tell it: the smallest other one is hidden with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal

from ioc.catalogue.model import Catalogue, Indicator
from ioc.indicators.question import Question, Value
from ioc.store.snapshot import Snapshot

Line = tuple[Hashable, ...]


def veiled(snapshot: Snapshot, spec: Indicator, question: Question, values: list[Value]) -> list[Value]:
    """The values as whoever looks may see them."""
    declared = (snapshot.present or snapshot.catalogue).indicators.get(question.indicator)
    least = (declared or spec).hide_below
    if least is None or snapshot.within is None:
        return values
    units = _unit_dimensions(snapshot.catalogue, spec)
    own = frozenset(snapshot.within)
    if any(dimension in units and own.issuperset(codes) for dimension, codes in question.where):
        return values
    places = [place for place, dimension in enumerate(question.by) if dimension in units]
    others = [at for at, value in enumerate(values) if not any(value.codes[place] in own for place in places)]
    hidden = {at for at in others if 0 < _count(values[at]) < least}
    lines = _lines(values, len(question.by))
    while more := set(_alone(values, lines, hidden, set(others))):
        hidden |= more
    return [value.unseen() if at in hidden else value for at, value in enumerate(values)]


def _unit_dimensions(catalogue: Catalogue, spec: Indicator) -> set[str]:
    fields = catalogue.records[spec.record].fields if spec.record else {}
    return {name for name, field in fields.items() if field.codes == "units"}


def _count(value: Value) -> Decimal:
    """How many answers a value rests on."""
    return (value.numerator if value.denominator is None else value.denominator) or Decimal(0)


def _lines(values: Sequence[Value], width: int) -> list[list[int]]:
    """What adds up to a total that is to be had: the values that differ by one code, or by the period, alone."""
    found: defaultdict[tuple[int, Line], list[int]] = defaultdict(list)
    for at, value in enumerate(values):
        place = (*value.codes, value.span)
        for free in range(width + 1):
            found[free, (*place[:free], *place[free + 1 :])].append(at)
    return [line for line in found.values() if len(line) > 1]


def _alone(values: Sequence[Value], lines: Iterable[list[int]], hidden: set[int], others: set[int]) -> Iterable[int]:
    """Of each line in which one value alone is hidden, the smallest other one that may be."""
    for line in lines:
        if len(hidden.intersection(line)) == 1:
            rest = [at for at in line if at in others and at not in hidden and _count(values[at])]
            if rest:
                yield min(rest, key=lambda at: (_count(values[at]), at))
