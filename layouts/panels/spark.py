"""A small trend as inline SVG: sharp at any size, in the colours of its surroundings, and cheap by the dozen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from ioc.goals.path import Course
from ioc.views.model import Point
from layouts import elements as h
from layouts.runs import runs as runs_of

WIDTH, HEIGHT, PADDING = 240.0, 48.0, 4.0
# The scale never shows less than this share of the largest value: a change of nothing must not look like a mountain.
LEAST_SHARE = 0.04


# The least value that is shown, and how far it is to the greatest.
Scale = tuple[float, float]


def spark(
    points: Sequence[Point],
    goal: Decimal | None,
    horizon: date | None,
    alt: str,
    course: Course | None = None,
    behind: Sequence[Point] = (),
    scale: Scale | None = None,
) -> h.Element:
    """The trend of some points.

    Args:
        points: oldest first; points without value are gaps, the step into a provisional one is dashed.
        goal: drawn in as a thin line.
        horizon: the goal's day, marked where it lies within the trend.
        alt: the same in words.
        course: the path to the goal, drawn dotted as far as it has begun.
        behind: another trend of the same periods, drawn thin behind it.
        scale: that of several pictures that are compared; by default, that of what is drawn.
    """
    known = values_of(points)
    marks = [float(goal)] if goal is not None and known else []
    asked = {index: float(course.at(point.end)) for index, point in enumerate(points) if course and known and point.end >= course.begins}
    low, span = scale or scale_of(known + marks + list(asked.values()) + values_of(behind))

    def place(index: float, value: float) -> str:
        x = PADDING + index * (WIDTH - 2 * PADDING) / max(len(points) - 1, 1)
        return f"{x:.1f} {HEIGHT - PADDING - (value - low) / span * (HEIGHT - 2 * PADDING):.1f}"

    def stands(index: int, point: Point) -> str:
        return place(index, float(point.value or 0))

    runs = list(runs_of(points, stands))
    drawn = [
        *(h.path(".ioc-spark-goal", d=f"M0 {place(0, mark).split()[1]}H{WIDTH:.0f}") for mark in marks),
        *_horizon(points, horizon),
        *_breaks(points),
        *(h.path(".ioc-spark-behind", d=path) for path, _ in runs_of(behind, stands)),
        *([h.path(".ioc-spark-path", d="M" + "L".join(place(*each) for each in asked.items()))] if len(asked) > 1 else []),
        *(h.path(class_="ioc-spark-open" if is_open else None, d=path) for path, is_open in runs),
        *([h.path(".ioc-spark-end", d=f"M{_last(points, place)}h0")] if known else []),
    ]
    return h.svg(".ioc-spark", viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}", preserveAspectRatio="none", role="img", aria_label=alt)[drawn]


def values_of(points: Sequence[Point]) -> list[float]:
    """The values of a trend, without its gaps."""
    return [float(point.value) for point in points if point.value is not None]


def scale_of(values: Sequence[float]) -> Scale:
    """The scale on which some values are well told apart."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    span = max(high - low, LEAST_SHARE * max(abs(low), abs(high))) or 1.0
    return high - span if high > low else high - span / 2, span


def _horizon(points: Sequence[Point], horizon: date | None) -> Iterator[h.Element]:
    """A short upright line after the period that ends on the goal's day."""
    for index, point in enumerate(points[:-1]):
        if point.end == horizon:
            yield _upright(".ioc-spark-day", index + 0.5, points)


def _breaks(points: Sequence[Point]) -> Iterator[h.Element]:
    """An upright line before the first period of another formula."""
    for index, point in enumerate(points):
        if point.new_formula:
            yield _upright(".ioc-spark-break", index - 0.5, points)


def _upright(kind: str, index: float, points: Sequence[Point]) -> h.Element:
    x = PADDING + index * (WIDTH - 2 * PADDING) / max(len(points) - 1, 1)
    return h.path(kind, d=f"M{x:.1f} 0V{HEIGHT:.0f}")


def _last(points: Sequence[Point], place) -> str:  # type: ignore[no-untyped-def]
    index = max(index for index, point in enumerate(points) if point.value is not None)
    return str(place(index, float(points[index].value or 0)))
