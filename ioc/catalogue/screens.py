"""What screens and playlists are made of: a grid of panels, each of a kind, and in which order walls show screens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from ioc.catalogue.entry import Code, Entry, Id, Text
from ioc.catalogue.schedule import Duration

COLUMNS = 12
# Columns and rows of the grid that a panel of a kind takes, unless it says otherwise.
SIZES: Mapping[str, tuple[int, int]] = {
    "number": (3, 2),
    "trend": (6, 2),
    "ranking": (3, 4),
    "heatmap": (6, 4),
    "map": (5, 5),
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
# So many are read well from afar; more than the second number no screen has.
MOST_PANELS, MOST_PANELS_EVER = 12, 60
# A name of a screen or playlist is the name of a file as well.
LONGEST_NAME = 60
# The dimension that a template may have a screen of each code of.
TEMPLATES = frozenset({"unit"})
LONGEST_DWELL = timedelta(days=1)

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
    panels: tuple[PanelSettings, ...] = Field(min_length=1, max_length=MOST_PANELS_EVER)
    template: str | None = None


class Turn(Entry):
    """A screen's turn in a playlist. Of a template, one code, or every unit in turn."""

    screen: Id
    of: Code | None = None
    dwell: Duration | None = Field(default=None, ge=timedelta(seconds=3), le=LONGEST_DWELL)


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
    dwell: Duration = Field(default=timedelta(seconds=30), ge=timedelta(seconds=3), le=LONGEST_DWELL)
    night: Night | None = None


Screens = Mapping[str, ScreenSettings]
