"""One indicator by place: a map of equal tiles, each with name and value, or the outlines of a file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ioc.text.numbers import short, with_unit
from ioc.views.model import SplitRow
from ioc.views.panels.types import MapPanel, PanelView, Place
from layouts import elements as h
from layouts.panels.frame import empty, framed, led, part, span, whole
from layouts.panels.heatmap import key, step
from layouts.state import Context

# A name of more letters than this is written smaller, in two lines.
LONG = 12
# How wide a letter of a name is on a map of outlines, in its own units.
NAME_LETTER = 10.5
# Places without a map of their own stand in rows of so many.
COLUMNS = 6


def panel(view: PanelView, content: MapPanel, context: Context) -> h.Element:
    """The panel."""
    known = [row.value for row in content.rows if row.value is not None]
    if not known:
        return framed(view, empty(context), context)
    least, most = min(known), max(known)
    scale = key(least, most, content.unit, content.precision, context)
    drawn = _outlines(content, least, most, context) if content.shapes else _tiles(view, content, least, most, context)
    room = h.div(".ioc-map-room")[drawn, _alt(view, content, context)]
    return framed(view, [scale, room], context, note=_note(view, content, context), lead=whole(view, context))


def _note(view: PanelView, content: MapPanel, context: Context) -> str:
    """The span of time, and what is not as it was meant to be."""
    words = context.words
    less = words("panel.no_map_file") if content.fault else None
    more = words("panel.elsewhere", count=content.elsewhere) if content.elsewhere else None
    return " · ".join(filter(None, (span(view.frame, context), more, less)))


def _tiles(view: PanelView, content: MapPanel, least: Decimal, most: Decimal, context: Context) -> h.Element:
    rows = {row.code: row for row in content.rows}
    unplaced = (Place(row.code, "", index // COLUMNS, index % COLUMNS) for index, row in enumerate(content.rows))
    places = content.places or tuple(unplaced)
    deep, wide = max(place.row for place in places) + 1, max(place.column for place in places) + 1
    used = {place.column for place in places}
    columns = " ".join("minmax(0,1fr)" if column in used else "minmax(0,.3fr)" for column in range(wide))
    return h.div(".ioc-map", style=f"--rows:{deep};--columns:{wide};grid-template-columns:{columns}", aria_hidden="true")[
        (_tile(place, rows.get(place.code), view, content, least, most, context) for place in places)
    ]


def _tile(
    place: Place, row: SplitRow | None, view: PanelView, content: MapPanel, least: Decimal, most: Decimal, context: Context
) -> h.Element:
    where = f"grid-area:{place.row + 1}/{place.column + 1}"
    if place.words:
        return h.div(".ioc-map-island", style=where)[_name(place.words)]
    if row is None or row.value is None:
        return h.div(".ioc-map-none", style=where)[_name(row.label if row else place.code), h.b["–"]]
    colour = f"ioc-map-tile s{step(row.value, least, most)}"
    said = [_name(row.label), h.b[short(row.value, content.unit, context.words, content.precision)]]
    if context.unattended:
        return h.div(class_=colour, style=where)[said]
    return h.a(class_=colour, style=where, href=part(view, content.dimension, row.code, context), tabindex="-1")[said]


def _name(label: str) -> h.Element:
    return h.span(class_="ioc-map-long" if len(label) > LONG else None)[label]


def _outlines(content: MapPanel, least: Decimal, most: Decimal, context: Context) -> h.Element:
    return h.svg(".ioc-map-outlines", viewBox="0 0 1000 1000", aria_hidden="true")[_shapes(content, least, most, context)]


def _shapes(content: MapPanel, least: Decimal, most: Decimal, context: Context) -> Iterator[h.Element]:
    rows = {row.code: row for row in content.rows}
    for shape in content.shapes:
        row = rows.get(shape.code)
        if row is None or row.value is None:
            yield h.path(".ioc-map-none", d=shape.path, fill_rule="evenodd")
            continue
        said = f"{row.label} {with_unit(row.value, content.unit, context.words, content.precision)}"
        yield h.path(class_=f"f{step(row.value, least, most)}", d=shape.path, fill_rule="evenodd")[h.title[said]]
    for shape in content.shapes:  # above all shapes, also those of neighbours
        row = rows.get(shape.code)
        if row and row.value is not None and shape.at:
            yield from _told(shape.at, row, row.value, content, context)


def _told(at: tuple[float, float, float], row: SplitRow, value: Decimal, content: MapPanel, context: Context) -> Iterator[h.Element]:
    """The value of a place in its outline, below its name where there is room for that."""
    x, y, wide = at
    is_named = len(row.label) * NAME_LETTER < wide
    if is_named:
        yield h.text(font_size="18", x=f"{x}", y=f"{y - 5:.1f}")[row.label]
    below = 16 if is_named else 8
    said = short(value, content.unit, context.words, content.precision)
    yield h.text(".ioc-map-value", font_size="22", x=f"{x}", y=f"{y + below:.1f}")[said]


def _alt(view: PanelView, content: MapPanel, context: Context) -> h.Element:
    """The same in words: every place with its value, the best first, or of what is not ranked the most."""
    known = sorted((row for row in content.rows if row.value is not None), key=lambda row: (row.rank or 0, -(row.value or Decimal(0))))
    said = ((row, f"{row.label}: {with_unit(row.value, content.unit, context.words, content.precision)}") for row in known)
    listed = (h.li[led(text, part(view, content.dimension, row.code, context), context)] for row, text in said)
    return h.ul(".ioc-unseen.ioc-places", aria_label=view.frame.title)[listed]
