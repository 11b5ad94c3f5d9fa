"""A waterfall as charts of offices know it: bars upon a base that is not drawn, so that anybody can edit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
# Below the lowest point an axis leaves so much of the span of all steps free, that of the ends something is seen.
ROOM = Decimal("0.25")
LINES = 6


@dataclass(frozen=True)
class Fall:
    """The bars of a waterfall, a value or a gap for each category; of each, positive values stand upon each other, and negative ones hang.

    Attributes:
        base: what is not drawn.
        whole: the values at both ends.
        rises, falls: the sizes of the steps up and down.
        below: of those that cross nothing, what lies below it.
        least: where the axis begins; None at nothing.
        step: from line to line of the axis.
    """

    base: tuple[Decimal | None, ...]
    whole: tuple[Decimal | None, ...]
    rises: tuple[Decimal | None, ...]
    falls: tuple[Decimal | None, ...]
    below: tuple[Decimal | None, ...]
    least: Decimal | None
    step: Decimal


def fall_of(values: Sequence[Decimal]) -> Fall:
    """The bars of the value before, what each step adds, and the value after."""
    first, *steps, last = values
    base: list[Decimal | None] = [None]
    rises: list[Decimal | None] = [None]
    falls: list[Decimal | None] = [None]
    below: list[Decimal | None] = [None]
    course = [first]
    for step in steps:
        was, now = course[-1], course[-1] + step
        course.append(now)
        low, high = sorted((was, now))
        size, under, beneath = high - low, low, None
        if high <= ZERO:
            size, under = -size, high
        elif low < ZERO:
            size, under, beneath = high, ZERO, low
        base.append(under or None)
        rises.append(size if step >= ZERO else None)
        falls.append(size if step < ZERO else None)
        below.append(beneath)
    gaps: list[Decimal | None] = [None] * len(steps)
    low, high = min(course), max(course)
    step = _round_step((high - low) * (1 + ROOM) / LINES)
    least = (low - (high - low) * ROOM) // step * step
    is_high = least > ZERO and least * 3 > high  # from nothing on, the steps would be too small to be seen
    step = step if is_high else _round_step((max(high, ZERO) - min(low, ZERO)) / LINES)
    sides = ((*each, None) for each in (base, rises, falls, below))
    drawn, up, down, under_nothing = sides
    return Fall(drawn, (first, *gaps, last), up, down, under_nothing, least if is_high else None, step)


def _round_step(span: Decimal) -> Decimal:
    """The next of 1, 2, 5, 10, …"""
    if span <= ZERO:
        return Decimal(1)
    size = Decimal(1).scaleb(span.adjusted())
    return next(size * each for each in (1, 2, 5, 10) if size * each >= span)
