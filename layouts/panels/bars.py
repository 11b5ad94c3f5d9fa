"""An indicator by the codes of a dimension as ranked bars: name, bar, value; what has reached the goal stands out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.text.numbers import short, with_unit
from ioc.views.model import GoalView, SplitRow
from layouts import elements as h
from layouts.state import Context

# Names of more letters than this take two lines on a wall.
LONG = 24


def bars(
    rows: Sequence[SplitRow],
    unit: Unit,
    precision: int,
    goal: GoalView | None,
    context: Context,
    *,
    address: Callable[[SplitRow], str] | None = None,
    fractions: Callable[[SplitRow], h.Node] | None = None,
    whole: Sequence[SplitRow] | None = None,
) -> h.Element:
    """The bars, in the order of the rows.

    Args:
        rows: what is ranked.
        unit, precision: of the values.
        goal: drawn in as a line when it is a bound on the value itself.
        context: language.
        address: where a row leads to, if anywhere.
        fractions: what stands beside the value, which is then told with all its digits: its numerator and denominator.
        whole: the rows that set the scale, where these are only some of them.
    """
    target = goal.target if goal and goal.comparator in {">=", "<=", "="} else None
    values = [row.value for row in whole or rows if row.value is not None]
    low, high = _span(values + ([target] if target is not None else []), unit)
    style = ("" if whole else f"--rows:{len(rows)};") + (f"--goal:{_share(target, low, high):.2f}%" if target is not None else "")
    shown = with_unit if fractions else short
    items = (
        h.li(class_=_class(row.value, goal, target))[
            _row(row, address)[
                h.span(class_="ioc-bars-name ioc-long" if len(row.label) > LONG else "ioc-bars-name")[
                    _name(row, context, ranked=fractions is not None)
                ],
                h.span(".ioc-bars-track", aria_hidden="true")[h.i(style=_bar(row.value, low, high))],
                None if fractions and _is_count(row) else h.b(".ioc-number")[shown(row.value, unit, context.words, precision, target)],
            ],
            h.span(class_="ioc-number" if _is_count(row) else "ioc-number ioc-faint")[fractions(row), _interval(row, unit, context)]
            if fractions
            else None,
        ]
        for row in rows
    )
    return h.ol(class_="ioc-bars" + (" ioc-bars-goal" if target is not None else ""), style=style)[items]


def _name(row: SplitRow, context: Context, *, ranked: bool) -> h.Node:
    """The name; where there is room also its rank, how that has moved, and that it rests on few records."""
    if not ranked or row.rank is None:
        return row.label
    words = context.words
    moved = None
    if row.moved:
        way = "up" if row.moved > 0 else "down"
        said = words(f"ranking.{way}", count=abs(row.moved))
        moved = h.span(".ioc-faint.ioc-moved", title=said, aria_label=said)[f" {'▲' if row.moved > 0 else '▼'}{abs(row.moved)}"]
    few = h.span(".ioc-faint.ioc-moved")[f" ({words('ranking.few')})"] if row.standing == "few" else None
    return [h.span(".ioc-rank")[f"{row.rank}. "], row.label, moved, few]


def _is_count(row: SplitRow) -> bool:
    """Whether a value is its own numerator, and so would be said twice."""
    return row.denominator is None and row.value is not None and row.numerator == row.value


def _row(row: SplitRow, address: Callable[[SplitRow], str] | None) -> h.Element:
    return h.a(".ioc-bars-row", href=address(row), title=row.label) if address else h.div(".ioc-bars-row", title=row.label)


def _class(value: Decimal | None, goal: GoalView | None, target: Decimal | None) -> str | None:
    if goal is None or target is None or value is None:
        return None
    reached = value <= target if goal.comparator == "<=" else value >= target
    return "ioc-reached" if reached else "ioc-short"


def _span(values: Sequence[Decimal], unit: Unit) -> tuple[float, float]:
    """The ends of the scale: it always holds nothing, and for shares of a whole the whole."""
    ends = [float(value) for value in values] or [0.0]
    low, high = min(*ends, 0.0), max(*ends, 0.0)
    if unit is Unit.PERCENT and low >= 0 and high > 50:
        high = max(high, 100.0)
    return low, high if high > low else low + 1


def _share(value: Decimal | None, low: float, high: float) -> float:
    return 0.0 if value is None else (float(value) - low) / (high - low) * 100


def _bar(value: Decimal | None, low: float, high: float) -> str:
    """A bar runs from nothing to the value; below nothing, to the left."""
    nothing, end = _share(Decimal(0), low, high), _share(value or Decimal(0), low, high)
    start = f"margin-left:{min(nothing, end):.2f}%;" if low < 0 else ""
    return f"{start}width:{abs(end - nothing):.2f}%"


def _interval(row: SplitRow, unit: Unit, context: Context) -> h.Node:
    """Of a sample, between which bounds the share of everybody lies, and whether there are few answers."""
    words = context.words
    if row.low is None or row.high is None:
        return None
    low, high = (with_unit(bound, unit, words) for bound in (row.low, row.high))
    return [" ", words("indicator.interval", low=low, high=high), [" · ", h.em[words("indicator.small")]] if row.small else None]
