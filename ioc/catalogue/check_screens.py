"""What is wrong with screens, playlists and maps of tiles: names that are not there, panels that cannot be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from ioc.catalogue.entry import Text
from ioc.catalogue.expression import BadExpression, parse
from ioc.catalogue.kinds import KIND_OF_FIELD, Kind
from ioc.catalogue.screens import (
    BY,
    LONGEST_NAME,
    ONE,
    SEVERAL,
    TEMPLATES,
    PanelSettings,
    PlaylistSettings,
    Screens,
    TileMap,
    Turn,
)
from ioc.catalogue.source import Finding
from ioc.catalogue.tree import NOTHING, named
from ioc.errors import Said, both, did_you_mean, kept, offered

if TYPE_CHECKING:
    from ioc.catalogue.model import Catalogue, RecordType


def check_screens(screens: Screens, playlists: Mapping[str, PlaylistSettings], known: Screens, catalogue: Catalogue) -> Iterator[Finding]:
    """What is wrong with screens and playlists, as (path, what, hint). ``known`` are all screens that a playlist may name."""
    yield from (finding for section, names in (("screens", screens), ("playlists", playlists)) for finding in _too_long(section, names))
    for name, screen in screens.items():
        for fault in check_frame(screen.label, screen.template):
            yield ("screens", name, fault.key), *fault.told()
        for index, panel in enumerate(screen.panels):
            for fault in check_panel(panel, screen.template, catalogue):
                yield ("screens", name, "panels", index), *fault.told()
    for name, playlist in playlists.items():
        for fault in check_frame(playlist.label, None):
            yield ("playlists", name, fault.key), *fault.told()
        for index, turn in enumerate(playlist.screens):
            if wrong := check_turn(turn, known, catalogue):
                yield ("playlists", name, "screens", index), *wrong.told()


def _too_long(section: str, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        if len(name) > LONGEST_NAME:
            yield (
                (section, name),
                Said("“{name}” has more than {most} letters.", name=name, most=LONGEST_NAME),
                Said("Give it a shorter name."),
            )


def check_frame(label: Text, template: str | None) -> Iterator[PanelFault]:
    """What is wrong with a screen or playlist apart from what it shows."""
    if not (label.vi.strip() and label.en.strip()):
        yield PanelFault("A name is needed in Vietnamese and in English.", "Fill in both.", "label")
    if template is not None and template not in TEMPLATES:
        yield PanelFault(
            "“{name}” is nothing that has a screen for each.", "Write “template: unit”, or leave it out.", "template", {"name": template}
        )


def check_turn(turn: Turn, known: Screens, catalogue: Catalogue) -> PanelFault | None:
    """What is wrong with a turn of a playlist; ``known`` are all screens that it may name."""
    if turn.screen not in known:
        return unlisted("There is no screen “{name}”.", key="screens", name=turn.screen, known=known)
    if turn.of is not None and known[turn.screen].template is None:
        return PanelFault("“{name}” is no template, so that it is “of” nothing.", "Leave “of” out.", "screens", {"name": turn.screen})
    if turn.of is not None and turn.of not in catalogue.units:
        return unlisted("There is no unit “{name}”.", key="screens", name=turn.of, known=catalogue.units)
    return None


def check_maps(maps: Mapping[str, TileMap], catalogue: Catalogue) -> Iterator[Finding]:
    """What is wrong with maps of tiles."""
    for name, tile_map in maps.items():
        if name not in catalogue.codes:
            yield ("maps", name), Said("There is no code list “{name}”.", name=name), did_you_mean(name, catalogue.codes)
            continue
        known = {*catalogue.codes[name], *tile_map.islands}
        placed = [place for place, _, _ in tile_map.places()]
        for place in placed:
            if place not in known:
                yield (
                    ("maps", name, "rows"),
                    Said("The list “{name}” has no code “{place}”.", name=name, place=place),
                    did_you_mean(place, known),
                )
        for place in sorted(known):
            if placed.count(place) != 1:
                yield (
                    ("maps", name, "rows"),
                    Said("“{place}” stands on the map {count} times.", place=place, count=placed.count(place)),
                    Said("Give every place one tile."),
                )


@dataclass(frozen=True)
class PanelFault:
    """What is wrong with a panel: patterns that ``values`` fill in, so that it can be told in any language.

    Attributes:
        what, hint: the fault, and how to mend it.
        key: the key of the panel that is at fault.
        values: what both speak of.
    """

    what: str
    hint: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def told(self) -> tuple[Said, Said]:
        """Both, filled in."""
        return Said(self.what, **self.values), Said(self.hint, **self.values)

    def kept(self) -> str:
        """As ``Words.sentence`` reads it."""
        return kept(*self.told())


def unlisted(what: str, *, key: str, name: str, known: Iterable[str], **values: object) -> PanelFault:
    """The fault of a ``name`` that is not among those known, the nearest of which are offered."""
    more = offered(name, known)
    advice = more.pop("hint", "")
    return PanelFault(what, advice, key, {"name": name, **values, **more})


def check_panel(panel: PanelSettings, template: str | None, catalogue: Catalogue) -> Iterator[PanelFault]:
    """What is wrong with a panel."""
    if panel.kind == "text" and panel.text is None:
        yield PanelFault("A panel of kind text needs “text”.", "Write its words in Vietnamese and English.", "text")
    if panel.geojson and (PurePath(panel.geojson).is_absolute() or ".." in PurePath(panel.geojson).parts):
        yield PanelFault("“{name}” is no file below the folder of config.yaml.", "Put the map there.", "geojson", {"name": panel.geojson})
    if panel.kind == "records":
        yield from _records(panel, catalogue)
        return
    if panel.group is not None and panel.group not in catalogue.groups:
        yield unlisted("There is no group “{name}”.", key="group", name=panel.group, known=catalogue.groups)
    if panel.kind in ONE and panel.indicator is None:
        yield unlisted("A panel of kind {kind} needs “indicator”.", key="indicator", name="", known=catalogue.indicators, kind=panel.kind)
    if panel.kind in SEVERAL and not panel.indicators and panel.group is None:
        yield unlisted(
            "A panel of kind {kind} needs “indicators” or “group”.", key="indicators", name="", known=catalogue.indicators, kind=panel.kind
        )
    for key, name in (("indicator", panel.indicator), *(("indicators", name) for name in panel.indicators)):
        if name is None:
            continue
        if name not in catalogue.indicators:
            yield unlisted("There is no indicator “{name}”.", key=key, name=name, known=catalogue.indicators)
            continue
        yield from _dimensions(panel, key, name, template, catalogue)
        if panel.kind == "ranking" and not catalogue.indicators[name].ranked:
            yield PanelFault(
                "“{name}” is not to be ranked: its catalogue says “ranked: false”.", "Show it as a heatmap or trend.", key, {"name": name}
            )
    if panel.kind == "score" and panel.indicator in catalogue.indicators and not catalogue.indicators[panel.indicator].parts:
        composites = [name for name, spec in catalogue.indicators.items() if spec.parts]
        yield unlisted("“{name}” is not made of parts.", key="indicator", name=panel.indicator, known=composites)


def _dimensions(panel: PanelSettings, key: str, indicator: str, template: str | None, catalogue: Catalogue) -> Iterator[PanelFault]:
    asked = {template: key} if template else {}
    if panel.kind in BY:
        asked[panel.dimension or ""] = "by"
    for dimension, blamed in (asked | dict.fromkeys(panel.where, "where")).items():
        yield from check_limit(indicator, dimension, panel.where.get(dimension), blamed, catalogue)


def check_limit(indicator: str, dimension: str, code: str | None, key: str, catalogue: Catalogue) -> Iterator[PanelFault]:
    """What is wrong with a ``dimension`` by which a known indicator is asked, and with the ``code`` to which it is limited, if any."""
    dimensions = catalogue.dimensions_of(indicator)
    if dimension not in dimensions:
        yield unlisted("“{indicator}” has no dimension “{name}”.", key=key, name=dimension, known=dimensions, indicator=indicator)
    elif code is not None:
        fields = [catalogue.records[record].fields.get(dimension) for record in sorted(catalogue.records_of(indicator))]
        codes = next((each.codes for each in fields if each and each.codes), None)
        yield from _code(code, dimension, codes, catalogue)


def _code(code: str, dimension: str, codes: str | None, catalogue: Catalogue) -> Iterator[PanelFault]:
    """What is wrong with a code that limits what is asked: it may stand for several units, or for none, as in any question."""
    known = catalogue.code_list(codes) if codes else {}
    if known and code != NOTHING and code not in known and named(catalogue, code) == (code,):
        yield unlisted("“{dimension}” has no code “{name}”.", key="where", name=code, known=known, dimension=dimension)


def _records(panel: PanelSettings, catalogue: Catalogue) -> Iterator[PanelFault]:
    record = catalogue.records.get(panel.record or "")
    if record is None:
        yield unlisted("There is no record type “{name}”.", key="record", name=panel.record or "", known=catalogue.records)
        return
    for column in panel.columns:
        if column not in record.fields:
            yield unlisted("The record type has no field “{name}”.", key="columns", name=column, known=record.fields)
    for field_name, code in panel.where.items():
        if field_name not in record.fields:
            yield unlisted("The record type has no field “{name}”.", key="where", name=field_name, known=record.fields)
        else:
            yield from _code(code, field_name, record.fields[field_name].codes, catalogue)
    if panel.filter:
        yield from _filter(panel.filter, record)


def _filter(text: str, record: RecordType) -> Iterator[PanelFault]:
    """What is wrong with the expression that limits a list of records."""
    try:
        found = parse(text, {name: KIND_OF_FIELD[spec.type] for name, spec in record.fields.items()})
    except BadExpression as error:
        yield PanelFault("The filter cannot be read: {said}", "", "filter", {"said": both(error.what, error.hint)})
        return
    if found.kind is not Kind.BOOLEAN:
        what = "The filter is no condition: it gives {kind}."
        hint = "Compare it with something, as in: fee > 0."
        yield PanelFault(what, hint, "filter", {"kind": Said(found.kind)})
