"""A change as a waterfall: from the value before, by what each group added, to the value after. Its numbers add up as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ioc.catalogue.tree import NOTHING as NO_VALUE
from ioc.text.amounts import signed_amount, signed_number
from ioc.text.numbers import with_unit
from ioc.views.explanation import Compared, ExplanationView, Step
from ioc.views.reading import side
from layouts import elements as h
from layouts.panels.leads import to_indicator
from layouts.state import Context

# Room on either side of the steps, as a share of their span.
ROOM = 0.03


def waterfall(view: ExplanationView, context: Context) -> h.Element:
    """One row for the value before, one for each step, one for the value after; each leads to what it is made of."""
    course = [view.start]
    for step in view.steps:
        course.append(course[-1] + step.effect)
    return h.ol(".ioc-fall")[_rows(view, course, context)]


def _rows(view: ExplanationView, course: list[Decimal], context: Context) -> Iterator[h.Element]:
    low, high = float(min(course)), float(max(course))
    room = (high - low or 1.0) * ROOM
    low, high = low - room, high + room

    def across(value: Decimal) -> float:
        return (float(value) - low) / (high - low) * 100

    yield _end(view, view.before, view.start, across(course[0]), context, line=True)
    good = 1 if view.direction == "up" else -1
    for step, was, now in zip(view.steps, course, course[1:], strict=False):
        left, right = sorted((across(was), across(now)))
        kind = "good" if step.effect * good >= 0 else "bad"
        track: list[h.Node] = [
            h.i(class_=f"ioc-fall-{kind}", style=f"left:{left:.2f}%;width:{max(right - left, 0.2):.2f}%"),
            _line(across(now)),
        ]
        shown = signed_number(step.effect, context.words, view.places)
        yield h.li[_row(_address(step, view, context), _said(step, view, context), step.label, track, shown)]
    yield _end(view, view.after, course[-1], across(course[-1]), context, line=False)


def _row(address: str | None, said: str, name: str, track: list[h.Node], shown: str) -> h.Element:
    cells = [h.span(".ioc-fall-name")[name], h.span(".ioc-fall-track", aria_hidden="true")[track], h.b(".ioc-number")[shown]]
    return h.a(".ioc-fall-row", href=address, title=said)[cells] if address else h.div(".ioc-fall-row", title=said)[cells]


def _line(at: float) -> h.Element:
    """What leads from the end of a row to the next."""
    return h.u(style=f"left:{at:.2f}%")


def _end(view: ExplanationView, compared: Compared, value: Decimal, at: float, context: Context, *, line: bool) -> h.Element:
    """The value of a side, which leads to the days that it is of; the other place of two has a page of its own."""
    span = (compared.span.start, compared.span.end)
    address = to_indicator(view.indicator, context.where, context, span) if view.against != "place" else None
    shown, said = with_unit(value, view.unit, context.words, view.places), side(compared, view)
    track: list[h.Node] = [h.i(".ioc-fall-end", style=f"left:{at:.2f}%"), _line(at) if line else None]
    return h.li(".ioc-fall-whole")[_row(address, said, said, track, shown)]


def _address(step: Step, view: ExplanationView, context: Context) -> str | None:
    """The page limited to a step's group, that of the indicator that it is, or the whole split where it is all others together."""
    if step.is_part:
        kept = [(key, value) for key, value in context.query if key in {"where", "from", "to"}]
        return context.link(f"/indicators/{step.code}", *kept)
    dimension = view.by[0].code if view.by else ""
    if step.code is None:
        return context.with_query(split=dimension, rows="all") if dimension else None
    return context.with_where(dimension, step.code or NO_VALUE)


def _said(step: Step, view: ExplanationView, context: Context) -> str:
    words = context.words
    said = f"{step.label}: {signed_amount(step.effect, view.unit, words, view.places)}"
    if view.additive:
        return said
    parts = ((step.rate, "explanation.kind_rate"), (step.mix, "explanation.kind_mix"))
    told = ", ".join(f"{signed_amount(value, view.unit, words, view.places)} {words(key)}" for value, key in parts)
    return f"{said} ({told})"
