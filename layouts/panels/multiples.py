"""Many small trends on one scale, each before the whole: what stands out of many at one glance."""

from __future__ import annotations

from ioc.catalogue.tree import NOTHING as NO_VALUE
from ioc.text.numbers import with_unit
from ioc.views.model import IndicatorView, Multiple
from layouts import elements as h
from layouts.panels.export import export
from layouts.panels.spark import Scale, scale_of, spark, values_of
from layouts.panels.trend import alt
from layouts.state import Context


def multiples(view: IndicatorView, context: Context) -> h.Element | None:
    """The panel, or nothing where there are not several to compare."""
    if not view.multiples or view.split is None:
        return None
    words, label = context.words, view.split.label
    title = words("indicator.multiples", dimension=label[:1].lower() + label[1:])
    # What is counted adds up: before the whole, each part would be a line at the bottom.
    is_share = any(point.denominator is not None for point in view.trend)
    behind = view.trend if is_share else ()
    scale = scale_of([value for each in view.multiples for value in values_of(each.points)] + values_of(behind))
    hint = words("indicator.multiples_hint" if is_share else "indicator.multiples_hint_parts")
    return h.section(".ioc-panel.ioc-panel-multiples")[
        h.div(".ioc-panel-head")[h.h2(".ioc-panel-title")[title], export(f"{view.tile.label} – {title}", "multiples", context)],
        h.p(".ioc-faint.ioc-hint")[hint],
        h.ul(".ioc-multiples")[(h.li[_one(each, is_share, scale, view, context)] for each in view.multiples)],
    ]


def _one(each: Multiple, is_share: bool, scale: Scale, view: IndicatorView, context: Context) -> h.Element:
    assert view.split is not None
    tile, row = view.tile, each.row
    goal = None if view.filters or not is_share else tile.goal
    said = alt(row.label, each.points, view.period, tile.unit, tile.precision, goal, context)
    target = goal.target if goal and goal.comparator in {">=", "<=", "="} else None
    return h.a(".ioc-multiple", href=context.with_where(view.split.dimension, row.code or NO_VALUE))[
        h.span(".ioc-multiple-head")[h.span[row.label], h.b[with_unit(row.value, tile.unit, context.words, tile.precision)]],
        spark(each.points, target, None, said, behind=view.trend if is_share else (), scale=scale),
    ]
