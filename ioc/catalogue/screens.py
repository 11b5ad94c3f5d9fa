"""What screens and playlists are made of: a grid of panels, each of a kind, and in which order walls show screens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ioc.catalogue.entry import Code, Entry, Id, Text
from ioc.catalogue.schedule import Duration
from ioc.errors import did_you_mean

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
Finding = tuple[tuple[str | int, ...], str, str]


def check_screens(screens: Screens, playlists: Mapping[str, PlaylistSettings], known: Screens, catalogue: Catalogue) -> Iterator[Finding]:
    """What is wrong with screens and playlists, as (path, what, hint). ``known`` are all screens that a playlist may name."""
    for name, screen in screens.items():
        for index, panel in enumerate(screen.panels):
            for what, hint in check_panel(panel, screen.template, catalogue):
                yield ("screens", name, "panels", index), what, hint
    for name, playlist in playlists.items():
        for index, turn in enumerate(playlist.screens):
            path = ("playlists", name, "screens", index)
            if turn.screen not in known:
                yield path, f"There is no screen “{turn.screen}”.", did_you_mean(turn.screen, known)
            elif turn.of is not None and known[turn.screen].template is None:
                yield path, f"“{turn.screen}” is no template, so that it is “of” nothing.", "Leave “of” out."
            elif turn.of is not None and turn.of not in catalogue.units:
                yield path, f"There is no unit “{turn.of}”.", did_you_mean(turn.of, catalogue.units)


def check_maps(maps: Mapping[str, TileMap], catalogue: Catalogue) -> Iterator[Finding]:
    """What is wrong with maps of tiles."""
    for name, tile_map in maps.items():
        if name not in catalogue.codes:
            yield ("maps", name), f"There is no code list “{name}”.", did_you_mean(name, catalogue.codes)
            continue
        known = {*catalogue.codes[name], *tile_map.islands}
        placed = [place for place, _, _ in tile_map.places()]
        for place in placed:
            if place not in known:
                yield ("maps", name, "rows"), f"The list “{name}” has no code “{place}”.", did_you_mean(place, known)
        for place in sorted(known):
            if placed.count(place) != 1:
                yield ("maps", name, "rows"), f"“{place}” stands on the map {placed.count(place)} times.", "Give every place one tile."


def check_panel(panel: PanelSettings, template: str | None, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What is wrong with a panel, as (what, hint)."""
    if panel.span[0] > COLUMNS:
        yield f"A panel takes at most {COLUMNS} columns.", "Write “size” as 3x2: three columns, two rows."
    if panel.kind == "text" and panel.text is None:
        yield "A panel of kind text needs “text”.", "Write text: {vi: …, en: …}."
    if panel.kind == "records":
        yield from _records(panel, catalogue)
        return
    if panel.group is not None and panel.group not in catalogue.groups:
        yield f"There is no group “{panel.group}”.", did_you_mean(panel.group, catalogue.groups)
    if panel.kind in ONE and panel.indicator is None:
        yield f"A panel of kind {panel.kind} needs “indicator”.", did_you_mean("", catalogue.indicators)
    if panel.kind in SEVERAL and not panel.indicators and panel.group is None:
        yield f"A panel of kind {panel.kind} needs “indicators” or “group”.", did_you_mean("", catalogue.indicators)
    named = [name for name in (panel.indicator, *panel.indicators) if name is not None]
    for name in named:
        if name not in catalogue.indicators:
            yield f"There is no indicator “{name}”.", did_you_mean(name, catalogue.indicators)
            continue
        yield from _dimensions(panel, name, template, catalogue)
        if panel.kind == "ranking" and not catalogue.indicators[name].ranked:
            yield f"“{name}” is not to be ranked: its catalogue says “ranked: false”.", "Show it as a heatmap or trend."
    if panel.kind == "score" and panel.indicator in catalogue.indicators and not catalogue.indicators[panel.indicator].parts:
        composites = [name for name, spec in catalogue.indicators.items() if spec.parts]
        yield f"“{panel.indicator}” is not made of parts.", did_you_mean(panel.indicator, composites)


def _dimensions(panel: PanelSettings, indicator: str, template: str | None, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    dimensions = catalogue.dimensions_of(indicator)
    split = panel.dimension if panel.kind in BY else None
    for dimension in {*panel.where, *([split] if split else []), *([template] if template else [])}:
        if dimension not in dimensions:
            yield f"“{indicator}” has no dimension “{dimension}”.", did_you_mean(dimension, dimensions)


def _records(panel: PanelSettings, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    record = catalogue.records.get(panel.record or "")
    if record is None:
        yield f"There is no record type “{panel.record}”.", did_you_mean(panel.record or "", catalogue.records)
        return
    for column in panel.columns:
        if column not in record.fields:
            yield f"The record type has no field “{column}”.", did_you_mean(column, record.fields)
