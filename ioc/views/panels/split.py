"""Panels by the codes of a dimension: ranking and map."""

from __future__ import annotations

import logging
from collections.abc import Collection
from pathlib import Path

from ioc.errors import Said
from ioc.views.geometry import NoMap, outlines
from ioc.views.indicator import split_view
from ioc.views.labels import code_labels
from ioc.views.model import SplitRow
from ioc.views.panels.asked import Asked
from ioc.views.panels.types import MapPanel, Place, RankingPanel, Shape
from ioc.views.tiles import records_of

log = logging.getLogger(__name__)


def ranking(asked: Asked) -> RankingPanel:
    """One indicator by code, the best first."""
    spec = asked.catalogue.indicators[asked.indicator]
    split = split_view(asked.snapshot, asked.question(), asked.today, asked.language)
    goal = None
    if not asked.where:
        goal = asked.glance([asked.indicator])[asked.indicator].goal
    return RankingPanel(split.dimension, split.label, spec.unit, spec.precision, split.rows[: asked.panel.most], goal)


def map_(asked: Asked) -> MapPanel:
    """One indicator by place; a place of which nothing is known is there too."""
    spec = asked.catalogue.indicators[asked.indicator]
    found = {row.code: row for row in split_view(asked.snapshot, asked.question(), asked.today, asked.language).rows}
    labels = code_labels(asked.catalogue, asked.indicator, asked.panel.dimension or "", asked.language)
    rows = tuple(found.get(code, SplitRow(code, label, None, None, None)) for code, label in labels.items())
    shapes, fault = _shapes(asked.panel.geojson, labels)
    elsewhere = sum(row.value is not None for code, row in found.items() if code not in labels)
    return MapPanel(asked.panel.dimension or "", spec.unit, spec.precision, rows, _places(asked), shapes, fault, elsewhere)


def _shapes(file: str | None, codes: Collection[str]) -> tuple[tuple[Shape, ...], Said | None]:
    """The outlines of a file, or why there are none."""
    try:
        return (outlines(Path(file), codes) if file else ()), None
    except NoMap as error:
        log.warning("The map %s is drawn as tiles: %s.", file, error)
        return (), error.why


def _places(asked: Asked) -> tuple[Place, ...]:
    """Where the codes stand on the catalogue's map of their list."""
    records = (asked.catalogue.records[record] for record in records_of(asked.catalogue, asked.indicator))
    fields = (record.fields.get(asked.panel.dimension or "") for record in records)
    codes = next((field.codes for field in fields if field and field.codes), "")
    tile_map = asked.catalogue.maps.get(codes or "")
    if tile_map is None:
        return ()
    words = {name: text.of(asked.language) for name, text in tile_map.islands.items()}
    return tuple(Place(name, words.get(name, ""), row, column) for name, row, column in tile_map.places())
