"""What screens and playlists are made of: a grid of panels, each of a kind, and in which order walls show screens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ioc.catalogue.entry import Code, Entry, Id, Text
from ioc.catalogue.schedule import Duration
from ioc.catalogue.source import Finding
from ioc.errors import Said, did_you_mean, kept, offered

if TYPE_CHECKING:
    from ioc.catalogue.model import Catalogue

COLUMNS = 12
# Columns and rows of the grid that a panel of a kind takes, unless it says otherwise.
SIZES: Mapping[str, tuple[int, int]] = {
    "number": (3, 2),
    "trend": (6, 2),
    "ranking": (3, 4),
    "heatmap": (6, 4),
    "map": (3, 4),
    "bullet": (6, 4),
    "milestones": (12, 4),
    "funnel": (6, 2),
    "score": (6, 4),
    "alerts": (12, 1),
    "feeds": (3, 2),
    "clock": (3, 1),
    "text": (3, 1),
    "records": (6, 4),
}
# What a panel of a kind is about: one indicator, several, or something that needs none.
ONE, SEVERAL = frozenset({"number", "trend", "ranking", "heatmap", "map", "score"}), frozenset({"bullet", "funnel"})
# The dimension that a panel of a kind is split by, and how many months it looks back, unless it says otherwise.
BY: Mapping[str, str] = {"ranking": "unit", "heatmap": "unit", "map": "province"}
MONTHS: Mapping[str, int] = {"trend": 24, "heatmap": 12}
MOST_PANELS = 12

Kind = Literal[
    "number", "trend", "ranking", "heatmap", "map", "bullet", "milestones", "funnel", "score", "alerts", "feeds", "clock", "text", "records"
]  # fmt: skip
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Size = Annotated[str, StringConstraints(pattern=r"^([1-9]|1[0-2])x([1-9]|1[0-2])$")]


class PanelSettings(Entry):
    """One panel of a screen.

    Attributes:
        size: columns and rows that it takes, as ``3x2``.
        indicator, indicators, group: what it is about; a group stands for all its targets.
        by: the dimension of a ranking, heat map or map.
        period, months: length of a period, and how far back it looks (0: this year so far).
        where: per dimension, the one code that counts.
        most: how many rows it shows.
        record, columns, filter: of a list of records.
        geojson: the file of a map whose features have a property ``code``; without it a map is a grid of equal tiles.
    """

    kind: Kind
    title: Text | None = None
    size: Size | None = None
    indicator: Id | None = None
    indicators: tuple[Id, ...] = ()
    group: Id | None = None
    by: str | None = None
    period: Literal["day", "week", "month", "quarter", "year"] = "month"
    months: int | None = Field(default=None, ge=0, le=240)
    where: dict[str, str] = {}
    most: int | None = Field(default=None, ge=1, le=1000)
    record: Id | None = None
    columns: tuple[str, ...] = ()
    filter: str | None = None
    text: Text | None = None
    geojson: str | None = None

    @property
    def span(self) -> tuple[int, int]:
        """Columns and rows that it takes."""
        if self.size is None:
            return SIZES[self.kind]
        columns, rows = self.size.split("x")
        return int(columns), int(rows)

    @property
    def dimension(self) -> str | None:
        """What it is split by."""
        return self.by or BY.get(self.kind)

    @property
    def back(self) -> int:
        """How many months it looks back; 0 is this year so far."""
        return MONTHS.get(self.kind, 0) if self.months is None else self.months


class ScreenSettings(Entry):
    """One screen: its panels in reading order, in a grid of twelve columns.

    With ``template`` it is one screen for each code of that dimension, named ``screen:code``, and its panels are limited to that code.
    """

    label: Text
    panels: tuple[PanelSettings, ...] = Field(min_length=1)
    template: str | None = None


class Turn(Entry):
    """A screen's turn in a playlist. Of a template, one code, or every unit in turn."""

    screen: Id
    of: Code | None = None
    dwell: Duration | None = Field(default=None, ge=timedelta(seconds=3))


class TileMap(Entry):
    """Where the codes of a list stand on a map of equal tiles: rows of codes from north to south, ``.`` where there is none.

    ``islands`` are places that belong to one of the codes and are drawn in their own place, by a name that stands in the rows.
    """

    rows: tuple[str, ...] = Field(min_length=1)
    islands: dict[Id, Text] = {}

    def places(self) -> Iterator[tuple[str, int, int]]:
        """Each code or island with its row and column."""
        for row, line in enumerate(self.rows):
            for column, name in enumerate(line.split()):
                if name != ".":
                    yield name, row, column


def _turn(value: Any) -> Any:
    return {"screen": value} if isinstance(value, str) else value


class Night(Entry):
    """From when to when a wall is dimmed, and how bright it is then, in per cent."""

    start: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")
    brightness: int = Field(default=40, ge=5, le=100)


class PlaylistSettings(Entry):
    """What a wall shows in turn, each screen for ``dwell``."""

    label: Text
    screens: tuple[Annotated[Turn, BeforeValidator(_turn)], ...] = Field(min_length=1)
    dwell: Duration = Field(default=timedelta(seconds=30), ge=timedelta(seconds=3))
    night: Night | None = None


Screens = Mapping[str, ScreenSettings]


def check_screens(screens: Screens, playlists: Mapping[str, PlaylistSettings], known: Screens, catalogue: Catalogue) -> Iterator[Finding]:
    """What is wrong with screens and playlists, as (path, what, hint). ``known`` are all screens that a playlist may name."""
    for name, screen in screens.items():
        for index, panel in enumerate(screen.panels):
            for fault in check_panel(panel, screen.template, catalogue):
                yield ("screens", name, "panels", index), *fault.told()
    for name, playlist in playlists.items():
        for index, turn in enumerate(playlist.screens):
            if wrong := check_turn(turn, known, catalogue):
                yield ("playlists", name, "screens", index), *wrong.told()


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
    dimensions = catalogue.dimensions_of(indicator)
    asked = {template: key} if template else {}
    if panel.kind in BY:
        asked[panel.dimension or ""] = "by"
    for dimension, blamed in (asked | dict.fromkeys(panel.where, "where")).items():
        if dimension not in dimensions:
            yield unlisted("“{indicator}” has no dimension “{name}”.", key=blamed, name=dimension, known=dimensions, indicator=indicator)


def _records(panel: PanelSettings, catalogue: Catalogue) -> Iterator[PanelFault]:
    record = catalogue.records.get(panel.record or "")
    if record is None:
        yield unlisted("There is no record type “{name}”.", key="record", name=panel.record or "", known=catalogue.records)
        return
    for column in panel.columns:
        if column not in record.fields:
            yield unlisted("The record type has no field “{name}”.", key="columns", name=column, known=record.fields)
