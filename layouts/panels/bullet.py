"""Several indicators, each a bar towards its goal: name, bar with the goal's mark, value, status."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.text.lines import unbroken
from ioc.text.numbers import short
from ioc.views.model import TileView
from ioc.views.panels.types import BulletPanel, PanelView
from layouts import elements as h
from layouts.panels.frame import empty, framed, led, span, whole
from layouts.panels.goal import target
from layouts.panels.status import shape
from layouts.panels.tile import target_line
from layouts.state import Context


def panel(view: PanelView, content: BulletPanel, context: Context) -> h.Element:
    """The panel."""
    if all(tile.value is None for tile in content.tiles):
        return framed(view, empty(context), context)
    rows = h.ol(".ioc-bullets", style=f"--rows:{len(content.tiles)}")[(_row(tile, view, context) for tile in content.tiles)]
    return framed(view, rows, context, note=span(view.frame, context))


def _row(tile: TileView, view: PanelView, context: Context) -> h.Element:
    goal = tile.goal.target if tile.goal else None
    shown = short(tile.value, tile.unit, context.words, tile.precision, goal)
    word = context.words(f"status.{tile.status.value}")
    return h.li(class_=f"ioc-is-{tile.status.value}")[
        h.span(".ioc-bullet-name")[led(unbroken(tile.label), whole(view, context, tile.indicator), context)],
        h.span(".ioc-bullet-track", aria_hidden="true")[_marks(tile)],
        h.b(".ioc-number")[shown],
        h.span(".ioc-bullet-goal.ioc-number")[target(tile.goal, tile, context) if tile.goal else ""],
        h.span(".ioc-bullet-status")[shape(tile.status), h.span[word]],
    ]


def _marks(tile: TileView) -> Iterator[h.Element]:
    """The value as a bar, the goal as a line across, the value of a year before as a dot."""
    line, value = target_line(tile), tile.value
    low, high = _ends(tile, line)
    if value is not None:
        nothing, end = _share(Decimal(0), low, high), _share(value, low, high)
        yield h.i(style=f"left:{min(nothing, end):.2f}%;width:{abs(end - nothing):.2f}%")
        if tile.change is not None:
            yield h.s(style=f"left:{min(max(_share(value - tile.change, low, high), 0), 100):.2f}%")
    if line is not None:
        yield h.b(style=f"left:{_share(line, low, high):.2f}%")


def _ends(tile: TileView, line: Decimal | None) -> tuple[Decimal, Decimal]:
    """The ends of a bar's scale: nothing to the whole of a share, else as far as value and goal go."""
    known = [each for each in (tile.value, line, Decimal(0)) if each is not None]
    low, high = min(known), max(known)
    if tile.unit is Unit.PERCENT and low >= 0 and high <= 100 and (line is None or line > 50):
        high = Decimal(100)
    return low, high if high > low else low + 1


def _share(value: Decimal, low: Decimal, high: Decimal) -> float:
    return float((value - low) / (high - low)) * 100
