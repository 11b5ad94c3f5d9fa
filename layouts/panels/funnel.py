"""How many of those at the first step come to each next one."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ioc.text.lines import unbroken
from ioc.text.numbers import number, with_unit
from ioc.views.panels.types import FunnelPanel, PanelView
from layouts import elements as h
from layouts.panels.frame import empty, framed, led, span, whole
from layouts.state import Context


def panel(view: PanelView, content: FunnelPanel, context: Context) -> h.Element:
    """The panel."""
    first = content.steps[0].count if content.steps else None
    if not first:
        return framed(view, empty(context), context)
    return framed(view, h.ol(".ioc-funnel")[_steps(view, content, first, context)], context, note=span(view.frame, context))


def _steps(view: PanelView, content: FunnelPanel, first: Decimal, context: Context) -> Iterator[h.Element]:
    for index, step in enumerate(content.steps):
        share = None if step.count is None else step.count / first * 100
        of_first = with_unit(share, "percent", context.words, 1) if index and share is not None else ""
        yield h.li[
            h.span(".ioc-funnel-step")[led(unbroken(step.label), whole(view, context, step.indicator), context)],
            h.span(".ioc-funnel-track", aria_hidden="true")[
                h.i(style=f"width:{min(max(share or Decimal(0), Decimal(0)), Decimal(100)):.2f}%")
            ],
            h.b(".ioc-number")[number(step.count, context.language, 0)],
            h.span(".ioc-number.ioc-faint")[of_first],
        ]
