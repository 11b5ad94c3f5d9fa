"""An exhibit: all that a format needs to show something, and to say where it comes from. Words are in its language; numbers are exact.

It is built once from views, at one data version; every format only writes down what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from ioc.exports.subject import Subject


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True)
class Amount:
    """A number that says what it is counted in, with how many places it is shown, and which goal it must not be rounded up to."""

    value: Decimal
    unit: str = "number"
    places: int = 0
    goal: Decimal | None = None


Cell = str | Amount | Decimal | date | datetime | None


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        code: its name for programs.
        label: its heading.
        kind: what its cells hold; a column of numbers may hold an ``Amount`` of another unit in any row.
        unit, places: of its plain numbers; places are the most that are shown.
    """

    code: str
    label: str
    kind: Kind = Kind.TEXT
    unit: str = "number"
    places: int = 0


@dataclass(frozen=True)
class Table:
    """Rows under columns.

    ``rows`` can be gone through again and again, and may be too many to hold: whoever writes them takes one after the other.
    ``count`` is how many there are.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Cell, ...]]
    count: int
    note: str = ""


@dataclass(frozen=True)
class Series:
    """One series of a chart, a value or a gap for each category. ``open``: which of them are provisional."""

    label: str
    values: tuple[Decimal | None, ...]
    open: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart as others can draw it natively: ``line`` over time, ``bar`` (lying, best first), ``column``, or ``fall``: a waterfall of its
    one series, the value before, what each step adds, the value after.

    ``target`` is a level drawn across it, ``target_label`` what stands at it. ``up_is_good``: of a waterfall, which steps are good.
    """

    kind: str
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = "number"
    places: int = 0
    target: Decimal | None = None
    target_label: str = ""
    up_is_good: bool = True


@dataclass(frozen=True)
class Headline:
    """The one number of a part: itself, its status in words, its goal in words."""

    value: Amount | None
    status: str = ""
    goal: str = ""


@dataclass(frozen=True)
class Part:
    """One part of an exhibit: a panel of a screen, a group of targets, the trend of an indicator.

    Attributes:
        id: by which it can be exported alone (``panel-3``); empty where it cannot.
        kind: of a panel, as in ``config.yaml``; else ``tiles``, ``trend``, ``split``, ``records``.
        note: what it is limited to and of when, in words.
        sentences: what it says in words.
    """

    id: str
    kind: str
    title: str
    note: str = ""
    headline: Headline | None = None
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    chart: Chart | None = None


@dataclass(frozen=True)
class Definition:
    """What an indicator means, in words."""

    indicator: str
    label: str
    definition: str
    formula: str
    source: str
    owner: str


@dataclass(frozen=True)
class Source:
    """A feed that the numbers rest on, when it last delivered, and how it is in words (empty in a view of the past), and if it is late."""

    feed: str
    label: str
    last_arrival: datetime | None
    health: str
    late: bool = False


@dataclass(frozen=True)
class Remark:
    """A note on some days, both inclusive, in short."""

    start: date
    end: date
    text: str


@dataclass(frozen=True)
class Mark:
    """What an export carries to prove itself: its code, the address that tells whether it is genuine, who made it, when, how it is
    classified (empty for nothing)."""

    code: str
    verify: str
    made_by: str
    made_at: datetime
    classification: str = ""


@dataclass(frozen=True)
class Exhibit:
    """What is exported.

    Attributes:
        subject: what it is of.
        title, organisation: in words.
        scope: what a template's screen or a page is of; empty for the whole organisation.
        period: of which time its numbers are, in words.
        filters: what they are limited to: each dimension with its codes in words.
        reading: it in sentences.
        parts: what it shows.
        definitions, sources: of its indicators, the feeds that they rest on.
        version, version_at: the data version of every number in it, and the moment of that version.
        at: the moment that it speaks of: asked for again as of then, it shows the same numbers.
        as_of: the past moment that was asked for, or None.
        data_at: of the newest record behind it, or None.
        simulated: whether any record behind it was simulated.
        notes: what people have noted on the days of its trend: the first day, and the note in short.
        records: whether records are in it, and not numbers alone.
        view: the view that it was built from, for those who draw it as on screen.
    """

    subject: Subject
    title: str
    organisation: str
    language: str
    zone: ZoneInfo
    version: int
    version_at: datetime
    at: datetime
    as_of: datetime | None
    simulated: bool
    parts: tuple[Part, ...]
    scope: str = ""
    period: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    reading: tuple[str, ...] = ()
    data_at: datetime | None = None
    definitions: tuple[Definition, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[Remark, ...] = ()
    mark: Mark | None = None
    records: bool = False
    view: object = field(default=None, repr=False, compare=False)

    @property
    def tables(self) -> tuple[Table, ...]:
        """All its tables, in order."""
        return tuple(table for part in self.parts for table in part.tables)
