"""One indicator by the codes of a dimension and by period: a table whose cells are coloured by their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from ioc.catalogue.model import Unit
from ioc.catalogue.tree import NOTHING
from ioc.text import dates
from ioc.text.numbers import short
from ioc.views.panels.types import HeatmapPanel, PanelView
from layouts import elements as h
from layouts.axis import marks
from layouts.panels.frame import empty, framed, led, only, whole
from layouts.panels.frame import part as narrowed
from layouts.panels.leads import FINER, to_indicator
from layouts.state import Context
from layouts.theme import SCALE_STEPS

# With at most so many columns there is room for the number in each cell; otherwise it shows under the pointer.
MOST_COLUMNS_WITH_NUMBERS = 13
# More rows than this for each row of the grid are not read from afar.
ROWS_A_ROW, HEAD_ROWS = 5, 3


def panel(view: PanelView, content: HeatmapPanel, context: Context) -> h.Element:
    """The panel."""
    known = [value for row in content.values for value in row if value is not None]
    if not known:
        return framed(view, empty(context), context)
    least, most = min(known), max(known)
    rows = list(zip(content.rows, content.values, strict=True))
    shown = rows[: max(view.frame.size[1] * ROWS_A_ROW - HEAD_ROWS, 1)] if context.unattended else rows
    body = (
        h.tr[
            h.th(scope="row", title=row.label)[led(row.label, narrowed(view, content.dimension, row.code, context), context)],
            (_cell(value, view, content, row.code, days, least, most, context) for value, days in zip(values, content.days, strict=True)),
        ]
        for row, values in shown
    )
    roomy = " ioc-heat-numbers" if len(content.columns) <= MOST_COLUMNS_WITH_NUMBERS else ""
    table = h.table(class_=f"ioc-heat{roomy}", style=f"--rows:{len(shown)}")[
        h.caption(".ioc-unseen")[view.frame.title], h.thead[h.tr[h.td, _heads(content.columns, content.period, context)]], h.tbody[body]
    ]
    note = context.words("panel.by", dimension=content.by[:1].lower() + content.by[1:])
    rest = h.p(".ioc-between")[context.words("panel.more_rows", count=len(rows) - len(shown))] if len(shown) < len(rows) else None
    scale = key(least, most, content.unit, content.precision, context)
    return framed(view, [scale, h.div(".ioc-heat-room")[table], rest], context, note=note, lead=whole(view, context))


def step(value: Decimal, least: Decimal, most: Decimal) -> int:
    """The step of the colour scale for a value between the least and the most."""
    if most == least:
        return SCALE_STEPS - 1
    return min(int((value - least) / (most - least) * SCALE_STEPS), SCALE_STEPS - 1)


def _alone(view: PanelView, content: HeatmapPanel, code: str, days: tuple[date, date], context: Context) -> str:
    """The address of what a cell shows: one code in one period."""
    limits = [*(each for each in view.frame.where if each[0] != content.dimension), (content.dimension, code or NOTHING)]
    return to_indicator(only(view), limits, context, days, FINER[content.period])


def _cell(
    value: Decimal | None,
    view: PanelView,
    content: HeatmapPanel,
    code: str,
    days: tuple[date, date],
    least: Decimal,
    most: Decimal,
    context: Context,
) -> h.Node:
    """A cell; the keyboard comes to the same by the row's name, and the periods of its page."""
    if value is None:
        return h.td
    shown, colour = short(value, content.unit, context.words, content.precision), step(value, least, most)
    if context.unattended:
        return _plain(shown, colour)
    return h.td(class_=f"s{colour}")[h.a(href=_alone(view, content, code, days, context), tabindex="-1")[shown]]


@lru_cache(maxsize=4096)
def _plain(shown: str, colour: int) -> h.Element:
    """A cell that leads nowhere: a wall draws hundreds of them after each commit, and most are what others were."""
    return h.td(class_=f"s{colour}")[shown]


def _heads(columns: Sequence[date], kind: str, context: Context) -> Iterator[h.Element]:
    """A head for every period; the eye gets some of them, a screen reader all."""
    shown = dict(marks(columns, kind, context.words))
    for index, column in enumerate(columns):
        yield h.th(scope="col")[
            h.span(".ioc-unseen")[dates.period(column, kind, context.words)],
            h.span(aria_hidden="true")[(h.span[line] for line in shown.get(index, ()))],
        ]


def key(least: Decimal, most: Decimal, unit: Unit, precision: int, context: Context) -> h.Element:
    """What the colours mean."""
    low, high = (short(value, unit, context.words, precision) for value in (least, most))
    return h.p(".ioc-heat-key")[low, (h.i(class_=f"s{number}") for number in range(SCALE_STEPS)), high]
