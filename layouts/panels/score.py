"""A score as the tree of what it is made of: points of each part, as long as its most, filled as far as reached."""

from __future__ import annotations

from decimal import Decimal

import htpy as h

from ioc.text.lines import unbroken
from ioc.text.numbers import number, with_unit
from ioc.views.panels.types import PanelView, ScorePanel, ScorePart
from layouts.panels.frame import empty, framed, led, span, whole
from layouts.state import Context


def panel(view: PanelView, content: ScorePanel, context: Context) -> h.Element:
    """The panel."""
    words = context.words
    if not content.measured:
        return framed(view, empty(context), context)
    total = h.div(".ioc-score-total")[
        h.p(".ioc-value")[
            h.span(".ioc-digits", style="--chars:4")[number(content.points, context.language, 1, content.measured)],
            h.span(".ioc-unit")[" / ", number(content.measured, context.language)],
        ],
        h.p[words("panel.points")],
        h.p(".ioc-faint")[words("panel.unmeasured", points=number(content.most - content.measured, context.language))]
        if content.measured < content.most
        else None,
    ]
    widest = max(part.most for part in content.parts)
    parts = h.ol(".ioc-score-parts", style=f"--rows:{len(content.parts)}")[(_part(part, widest, view, context) for part in content.parts)]
    return framed(view, h.div(".ioc-score")[total, parts], context, note=span(view.frame, context), lead=whole(view, context))


def _part(part: ScorePart, widest: Decimal, view: PanelView, context: Context) -> h.Element:
    share = Decimal(0) if part.points is None else part.points / part.most * 100
    shown = context.words(
        "panel.points_of",
        points=number(part.points, context.language, 1, part.most),
        most=number(part.most, context.language),
    )
    return h.li(class_="ioc-reached" if part.points == part.most else None)[
        h.span(".ioc-score-name")[led(unbroken(part.label), whole(view, context, part.indicator) if part.indicator else None, context)],
        h.span(".ioc-score-track", style=f"width:{part.most / widest * 100:.1f}%", aria_hidden="true")[h.i(style=f"width:{share:.1f}%")],
        h.b(".ioc-number")[shown],
        None if part.value is None else h.span(".ioc-number.ioc-faint")[with_unit(part.value, part.unit, context.words, part.precision)],
    ]
