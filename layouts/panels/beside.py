"""What a trend is compared with: the choices, and the words for it."""

from __future__ import annotations

from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.views.model import IndicatorView, Point
from layouts import elements as h
from layouts.figures import Figure, compared
from layouts.panels.choices import choices
from layouts.state import Context

WAYS = ("last_year", "previous")
ADJUSTED = "last_year_days"


def control(view: IndicatorView, context: Context) -> h.Element:
    """Nothing, the year before, the period before, or a place of the split or a group of them."""
    words, now = context.words, view.beside.against if view.beside else None
    known = (None, *WAYS, *([ADJUSTED] if view.by_working_days else []))
    ways = [(words(f"beside.{way or 'nothing'}"), context.with_query(compare=way), now == way) for way in known]
    return h.div(".ioc-beside")[
        h.span(".ioc-faint")[words("beside.title")], choices(words("beside.title"), ways), _places(view, now, context)
    ]


def _places(view: IndicatorView, now: str | None, context: Context) -> h.Element | None:
    if view.split is None:
        return None
    words, dimension = context.words, view.split.dimension
    kept = (h.input(type="hidden", name=name, value=value) for name, value in context.query if name != "compare")
    rows = sorted((row for row in view.split.rows if row.code), key=lambda row: row.label)
    codes = [
        *((f"{dimension}:{group.code}", group.label) for group in view.groups),
        *((f"{dimension}:{row.code}", row.label) for row in rows),
    ]
    options = (h.option(value=code, selected=code == now)[label] for code, label in codes)
    return h.form(".ioc-span", method="get", action=context.path)[
        kept,
        h.select(name="compare", aria_label=view.split.label)[h.option(value="")[view.split.label], options],
        h.button(".ioc-choice")[words("beside.show")],
    ]


def name(view: IndicatorView, context: Context) -> str:
    """What the other line is, in words."""
    assert view.beside is not None
    return view.beside.label or context.words(f"beside.{view.beside.against}")


def with_other(figure: Figure, view: IndicatorView, context: Context) -> Figure:
    """The trend with what it is compared with behind it."""
    if view.beside is None:
        return figure
    goal = view.tile.goal if not view.filters else None
    target = goal.target if goal and goal.comparator in {">=", "<=", "="} else None
    others = view.beside.points[: len(view.trend)]
    said = [f"{name(view, context)}: {value(point, view, context)}" for point in others]
    return compared(figure, view.trend, others, said, target, context)


def value(point: Point, view: IndicatorView, context: Context) -> str:
    """One point of the other line: its value and its period."""
    shown = with_unit(point.value, view.tile.unit, context.words, view.tile.precision)
    return f"{shown} ({dates.period(point.start, view.period, context.words)})"
