"""The trend of each code of a dimension, on one scale: what stands out of many at one glance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ioc.catalogue.period import periods
from ioc.indicators.values import Question, Value, ask
from ioc.store.snapshot import Snapshot
from ioc.views.model import Multiple, Point, SplitRow
from ioc.views.tiles import parted

# More small pictures than this are not looked at; the weightiest codes are shown.
MOST = 24


def multiples(snapshot: Snapshot, question: Question, rows: Sequence[SplitRow], today: date) -> tuple[Multiple, ...]:
    """The trends of the weightiest codes of a question's one dimension, in the order of ``rows``; none where there are not two."""
    assert question.period and question.start and question.end
    shown = _weightiest([row for row in rows if row.code and row.value is not None])
    if len(shown) < 2:
        return ()
    spans = list(periods(question.period, question.start, min(question.end, today)))
    limited = question if question.by[0] in dict(question.where) else _only(question, shown)
    found: dict[str, dict[date, Value]] = defaultdict(dict)
    for value in ask(snapshot, limited, today):
        if value.span:
            found[value.codes[0] or ""][value.span.start] = value
    empty: Mapping[date, Value] = {}
    catalogue = snapshot.catalogue
    drawn = (
        Multiple(
            row,
            parted(
                catalogue,
                question.indicator,
                [_point(found.get(row.code, empty).get(span.start), span.start, span.end, today) for span in spans],
            ),
        )
        for row in shown
    )
    return tuple(each for each in drawn if any(point.value is not None for point in each.points))


def _weightiest(rows: Sequence[SplitRow]) -> list[SplitRow]:
    """At most so many rows, those that count most, in their own order."""
    kept = sorted(rows, key=lambda row: -abs(row.denominator or row.numerator or row.value or Decimal(0)))[:MOST]
    codes = {row.code for row in kept}
    return [row for row in rows if row.code in codes]


def _only(question: Question, rows: Sequence[SplitRow]) -> Question:
    """The question of these rows alone: a dimension may have thousands of codes."""
    return replace(question, where=(*question.where, (question.by[0], tuple(row.code for row in rows))))


def _point(value: Value | None, start: date, end: date, today: date) -> Point:
    if value is None:
        return Point(start, end, None, None, None, end >= today)
    return Point(start, end, value.numerator, value.denominator, value.value, value.provisional)
