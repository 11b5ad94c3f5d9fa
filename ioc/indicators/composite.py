"""Scores: points for the values of other indicators, added up as a tree. What nothing was measured of has no points, not 0.

A score says of how many points it is: those of the parts that could be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ioc.catalogue.model import Catalogue, Indicator, Measure, Part
from ioc.catalogue.period import Period
from ioc.indicators.question import Question, Value
from ioc.store.freshness import has_records
from ioc.store.snapshot import Snapshot

Key = tuple[tuple[str | None, ...], Period | None]
Ask = Callable[[Snapshot, Question, date], Sequence[Value]]
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Node:
    """One part of a score, or the whole, for some codes and a span.

    Attributes:
        part: how it is declared within the score above; None of the whole.
        indicator: the indicator behind it, if anything here measures it.
        value: that indicator's value.
        points: what it brings, or None where nothing was measured.
        most: what it would bring at most.
        measured: how many of those points could be measured.
        children: its own parts, where it is a score itself.
    """

    part: Part | None
    indicator: str | None
    value: Value | None
    points: Decimal | None
    most: Decimal
    measured: Decimal
    children: tuple[Node, ...] = ()


def trees(snapshot: Snapshot, question: Question, today: date, ask: Ask) -> dict[Key, Node]:
    """The score that a question asks for as a tree, for each combination of codes and each span.

    Args:
        snapshot: what is read.
        question: about a composite; its other parts are asked of every leaf.
        today: the calendar day at that moment.
        ask: how the value of a leaf is found.
    """
    leaves: dict[str, dict[Key, Value]] = {}
    for name in _leaves(snapshot.catalogue, question.indicator):
        leaves[name] = {(value.codes, value.span): value for value in ask(snapshot, replace(question, indicator=name), today)}
    behind = {name: snapshot.catalogue.records_of(name) for name in leaves}
    there = {record: has_records(snapshot, record) for record in set().union(*behind.values())}
    known = {name: all(there[record] for record in records) for name, records in behind.items()}
    builder = _Builder(snapshot.catalogue, leaves, known)
    keys = {key for values in leaves.values() for key in values}
    ordered = sorted(keys, key=lambda key: (key[1].start if key[1] else date.min, [code or "" for code in key[0]]))
    return {key: builder.whole(question.indicator, key) for key in ordered}


def values(found: dict[Key, Node], today: date) -> list[Value]:
    """The same as values: points, out of the points that could be measured."""
    return [
        Value(codes, span, node.points, node.measured, node.points, span is None or span.end >= today)
        for (codes, span), node in found.items()
    ]


def points_of(part: Part, value: Decimal | None, known: bool) -> Decimal | None:
    """What a part brings for a value: in proportion up to ``full_at``, and never more than its points nor less than nothing.

    Without a value it is as the part says where records of its kind are known (Decision 766/QĐ-TTg: no petition at all brings all points,
    no dossier none); where none ever came, nothing was measured.
    """
    if value is not None:
        return max(_ZERO, min(part.points, part.points * value / part.full_at))
    if not known:
        return None
    return {"full": part.points, "none": _ZERO, "unknown": None}[part.nothing]


@dataclass(frozen=True)
class _Builder:
    catalogue: Catalogue
    leaves: dict[str, dict[Key, Value]]
    known: dict[str, bool]

    def whole(self, name: str, key: Key) -> Node:
        parts = self.catalogue.indicators[name].parts
        children = tuple(self._part(part, key) for part in parts)
        measured = [child for child in children if child.points is not None]
        points = sum((child.points for child in measured if child.points is not None), _ZERO) if measured else None
        most = sum((child.most for child in children), _ZERO)
        return Node(None, name, None, points, most, sum((child.measured for child in measured), _ZERO), children)

    def _part(self, part: Part, key: Key) -> Node:
        if part.indicator is None:
            return Node(part, None, None, None, part.points, _ZERO)
        spec = self.catalogue.indicators[part.indicator]
        if spec.measure is Measure.COMPOSITE:
            return self._nested(part, self.whole(part.indicator, key))
        value = self.leaves[part.indicator].get(key)
        known = self.known[part.indicator] and not (value and value.hidden)  # of what is not seen nothing is said
        points = points_of(part, value.value if value else None, known)
        return Node(part, part.indicator, value, points, part.points, _ZERO if points is None else part.points)

    def _nested(self, part: Part, node: Node) -> Node:
        """A score within a score brings its own points, up to what it may bring here."""
        points = points_of(part, node.points, known=False)
        measured = min(part.points, part.points * node.measured / part.full_at)
        return replace(node, part=part, points=points, most=part.points, measured=measured)


def _leaves(catalogue: Catalogue, name: str) -> list[str]:
    """Every indicator below a score that is none itself, once."""
    found: dict[str, None] = {}
    for other in catalogue.indicators[name].made_of:
        spec: Indicator = catalogue.indicators[other]
        found |= dict.fromkeys(_leaves(catalogue, other) if spec.measure is Measure.COMPOSITE else [other])
    return list(found)
