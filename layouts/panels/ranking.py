"""One indicator by the codes of a dimension, as bars."""

from __future__ import annotations

from collections.abc import Sequence

from ioc.text.numbers import with_unit
from ioc.views.model import SplitRow
from ioc.views.panels.types import PanelView, RankingPanel
from layouts import elements as h
from layouts.panels.bars import bars
from layouts.panels.frame import empty, framed, span, whole
from layouts.panels.frame import part as narrowed
from layouts.state import Context

# More rows than this for each row of the grid are not read from afar: then the best and the worst are shown, and how many stand between.
ROWS_A_ROW, HEAD_ROWS = 5, 2
# A panel of so many columns of the grid has room for two columns of rows; fewer rows than this need only one.
WIDE, FEW_ROWS = 6, 12


def panel(view: PanelView, content: RankingPanel, context: Context) -> h.Element:
    """The panel."""
    known = [row for row in content.rows if row.value is not None]
    if not known:
        return framed(view, empty(context), context)
    note = " · ".join((context.words("panel.by", dimension=_lower(content.by)), span(view.frame, context)))
    columns = 2 if view.frame.size[0] >= WIDE and len(known) > FEW_ROWS else 1
    first, between, last = _cut(known, (view.frame.size[1] * ROWS_A_ROW - HEAD_ROWS) * columns if context.unattended else len(known))
    half = -(-len(known) // 2)
    parts = [first, last] if between else [known[:half], known[half:]] if columns == 2 else [known]
    rows = max(len(part) for part in parts)
    lists = [_list(view, content, part, known, rows, context) for part in parts]
    if between:
        lists.insert(1, h.p(".ioc-between")[context.words("panel.between_rows", count=between)])
    return framed(view, h.div(".ioc-halves" if columns == 2 else ".ioc-whole")[lists], context, note=note, lead=whole(view, context))


def _cut(rows: list[SplitRow], most: int) -> tuple[list[SplitRow], int, list[SplitRow]]:
    """The first and the last rows where there are too many, and how many stand between."""
    if len(rows) <= most:
        return rows, 0, []
    half = max(most // 2 - 1, 1)
    return rows[:half], len(rows) - 2 * half, rows[-half:]


def _list(
    view: PanelView, content: RankingPanel, part: Sequence[SplitRow], known: Sequence[SplitRow], rows: int, context: Context
) -> h.Element:
    lead = None if context.unattended else lambda row: narrowed(view, content.dimension, row.code, context)
    shown = bars(part, content.unit, content.precision, content.goal, context, address=lead, whole=known)
    style = f"--rows:{rows}"
    if context.unattended:
        return h.div(".ioc-scroll", style=style)[shown]
    first, last = (f"{row.label} {with_unit(row.value, content.unit, context.words, content.precision)}" for row in (part[0], part[-1]))
    label = context.words("panel.alt_rows", title=view.frame.title, first=first, last=last)
    return h.div(".ioc-scroll", style=style, tabindex="0", role="region", aria_label=label)[shown]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
