"""Places beside the whole by their size: a funnel within which a difference may be chance alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import log10

from ioc.catalogue.model import Unit
from ioc.catalogue.tree import NOTHING
from ioc.text.numbers import number, with_unit
from ioc.views.model import SplitRow
from ioc.views.peers import FunnelView
from layouts.figures import Figure, plain
from layouts.state import Context
from layouts.theme import CHART_SMALL_TEXT, PALETTES, Palette, figure_layout


def funnel(view: FunnelView, unit: Unit, precision: int, context: Context) -> Figure:
    """A dot for each place over its number of records (in powers of ten), the whole as a line, both limits as curves."""
    palette = PALETTES[context.scheme]
    words = context.words
    layout = figure_layout(context.scheme, context.language)
    ends = [float(view.curve[0].records), float(view.curve[-1].records)]
    values = [float(row.value) for row in view.rows if row.value is not None]
    low, high = min([*values, float(view.whole)]), max([*values, float(view.whole)])
    room = (high - low or 1.0) * 0.12
    layout["xaxis"] |= {
        "type": "log",
        "range": [log10(end) for end in ends],
        "showgrid": False,
        "tickformat": ",d",
        "tickvals": _marks(*ends),
    }
    layout["xaxis"] |= {"title": {"text": words("ranking.records"), "font": {"size": CHART_SMALL_TEXT}}}
    layout["yaxis"] |= {"range": [low - room, high + room], "nticks": 5, "ticksuffix": "%" if unit is Unit.PERCENT else ""}
    whole = words("ranking.whole", value=with_unit(view.whole, unit, words, precision))
    layout["annotations"] = [
        {
            "text": whole,
            "x": 1,
            "xref": "paper",
            "xanchor": "right",
            "y": plain(view.whole),
            "yshift": 10,
            "showarrow": False,
            "bgcolor": palette.surface,
        }
    ]
    return {"data": [*_limits(view, palette), _places(view.rows, view.dimension, unit, precision, palette, context)], "layout": layout}


def _limits(view: FunnelView, palette: Palette) -> list[Figure]:
    x = [plain(Decimal(each.records)) for each in view.curve]
    shared = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "x": x}
    lines = [
        {**shared, "y": [plain(getattr(each, name)) for each in view.curve], "line": {"color": palette.muted, "width": 1.2, "dash": dash}}
        for name, dash in (("low", "4px,4px"), ("high", "4px,4px"), ("lowest", "solid"), ("highest", "solid"))
    ]
    return [*lines, {**shared, "y": [plain(view.whole)] * len(x), "line": {"color": palette.ink, "width": 1.5}}]


def _places(rows: Sequence[SplitRow], dimension: str, unit: Unit, precision: int, palette: Palette, context: Context) -> Figure:
    colours = {"high": palette.achieved, "low": palette.missed, "few": palette.muted}
    said = [
        f"<b>{row.label}</b><br>{with_unit(row.value, unit, context.words, precision)}<br>{number(row.denominator, context.language)}"
        for row in rows
    ]
    # Names of the two at the ends, if they lie outside; all others show under the pointer.
    known = [row for row in rows if row.value is not None and row.standing in {"high", "low"}]
    ends = {max(known, key=lambda row: row.value or 0).code, min(known, key=lambda row: row.value or 0).code} if known else set()
    outside = [row.label if row.code in ends else "" for row in rows]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [plain(row.denominator) for row in rows],
        "y": [plain(row.value) for row in rows],
        "text": outside,
        "textposition": "middle left",
        "textfont": {"size": CHART_SMALL_TEXT, "color": palette.ink},
        "hovertext": said,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [context.with_where(dimension, row.code or NOTHING) for row in rows],
        "marker": {
            "size": 10,
            "symbol": ["circle-open" if row.standing == "few" else "circle" for row in rows],
            "color": [colours.get(row.standing or "", palette.accent) for row in rows],
        },
    }


def _marks(first: float, last: float) -> list[int]:
    """Round numbers along a scale of powers: few enough to be read on any screen."""
    powers = [10**power for power in range(int(log10(first)), int(log10(last)) + 1)]
    round_ = [power * step for power in powers for step in ((1, 3) if len(powers) < 3 else (1,))]
    return [each for each in round_ if first <= each <= last]
