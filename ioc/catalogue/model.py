"""What the catalogue is made of. Frozen models, one a kind of entry; the YAML has the same names.

Cross-references (an indicator's record type, a goal's indicator …) are checked in ``check.py``, where all are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from ioc.catalogue.entry import Code as Code  # noqa: PLC0414 - entries of a catalogue are made of these
from ioc.catalogue.entry import Entry as Entry  # noqa: PLC0414
from ioc.catalogue.entry import Id as Id  # noqa: PLC0414
from ioc.catalogue.entry import Text as Text  # noqa: PLC0414
from ioc.catalogue.screens import PlaylistSettings, ScreenSettings, TileMap


class FieldType(StrEnum):
    """What a field may hold."""

    TEXT = "text"
    CODE = "code"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"


class FieldSpec(Entry):
    """One field of a record type.

    ``codes`` names the code list that a ``code`` field must keep to (``units`` and ``milestones`` are lists too).
    ``past`` says that the value may not lie in the future. ``min`` and ``max`` are inclusive.
    """

    type: FieldType
    label: Text
    required: bool = False
    codes: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    past: bool = False


class Rule(Entry):
    """A condition between the fields of one record; a record for which it is false goes to quarantine."""

    check: str
    text: Text


class Computed(Entry):
    """A column of a list that is computed from each record's fields."""

    label: Text
    value: str


class Listing(Entry):
    """How a list of records looks until somebody asks otherwise.

    Attributes:
        columns: fields and computed columns that are shown; all fields if none is named.
        order: columns to sort by, those marked with “-” from the greatest down; else the newest event first.
        computed: further columns by name, each an expression; ``today`` may be used.
    """

    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    computed: dict[Id, Computed] = {}


class RecordType(Entry):
    """A kind of record: its fields, what tells two records apart, and by what it is counted.

    Attributes:
        key: the field that identifies a record in its source.
        version: the source's own version number or time of change; of two versions the higher one is current.
            Without it, the later arrival is.
        event: the moment at which the thing happened; tells how fresh the data are.
        dimensions: fields by which numbers can be split.
        cubes: sets of dimensions for which cells are kept ready; any other split is computed from the records.
        listing: how a list of them looks.
    """

    label: Text
    key: str
    version: str | None = None
    event: str
    fields: dict[Id, FieldSpec]
    rules: dict[Id, Rule] = {}
    dimensions: tuple[str, ...] = ()
    cubes: tuple[tuple[str, ...], ...] = ()
    listing: Listing = Listing()


class Measure(StrEnum):
    """How an indicator's value comes out of its records."""

    RATIO = "ratio"
    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    CHANGE = "change"
    COMPOSITE = "composite"


class Unit(StrEnum):
    """What a value is counted in."""

    PERCENT = "percent"
    POINTS = "points"
    DAYS = "days"
    HOURS = "hours"
    NUMBER = "number"


class Stock(Entry):
    """Marks an indicator that counts what stands at the end of a period, not what happened in it.

    A record joins the stock on the indicator's ``at`` date, leaves it on ``leaves`` (if ever), and is a success
    from ``succeeds_at`` on (default: from ``at`` on).
    """

    leaves: str | None = None
    succeeds_at: str | None = None


class Baseline(Entry):
    """A value against which change is measured: either stated, or the indicator's own value at the end of a day."""

    on: date
    value: Decimal | None = None
    source: Text


class Part(Entry):
    """One indicator within a composite: ``points`` at ``full_at`` (default 100) or above, in proportion below."""

    indicator: Id
    points: Decimal
    full_at: Decimal = Decimal(100)


class Indicator(Entry):
    """A number with a legal definition.

    Attributes:
        counts: which records count (the denominator), a boolean expression over the record's fields.
        succeeds: which of those succeed (the numerator of a ratio), a boolean expression.
        value: what is added up, averaged or ranked (sum, mean, median, percentile).
        total: makes a ratio one of two sums: what each record that counts adds to the denominator. Those of them that succeed
            add ``value`` (default: ``total``) to the numerator. A record in which either is unknown counts in neither.
        at: the date or timestamp field by which a record belongs to a period.
        max_age_hours: data older than this is shown as stale.
        target: whether it stands on the overview; others are reached from it and by name.
        ranked: whether units and other groups are ranked by it; otherwise they are listed by name.
    """

    label: Text
    definition: Text
    formula: Text
    source: Text
    owner: Code
    group: Id
    unit: Unit = Unit.PERCENT
    precision: int = Field(default=1, ge=0, le=4)
    direction: Literal["up", "down"] = "up"
    measure: Measure = Measure.RATIO
    record: Id | None = None
    counts: str = "TRUE"
    succeeds: str | None = None
    value: str | None = None
    total: str | None = None
    at: str | None = None
    stock: Stock | None = None
    percentile: float | None = Field(default=None, gt=0, lt=1)
    of: Id | None = None
    baseline: Baseline | None = None
    parts: tuple[Part, ...] = ()
    dimensions: tuple[str, ...] | None = None
    max_age_hours: float = Field(default=48, gt=0)
    target: bool = True
    ranked: bool = True


class Path(Entry):
    """The way from the value at ``since`` to the goal at its horizon: what is asked for on each day between.

    Attributes:
        shape: ``linear``: straight from point to point. ``steps``: each point is asked for from its day on; without points, equal steps
            at the end of each year. ``seasonal``: each month goes the share of the year's way that ``months`` gives it.
        start: the value at ``since``, where a document states it; otherwise the indicator's own for the year that ends then.
        points: what is asked for by the end of which day, on the scale of the value itself.
        months: twelve weights, January first.
    """

    shape: Literal["linear", "steps", "seasonal"] = "linear"
    start: Decimal | None = None
    points: dict[date, Decimal] = {}
    months: tuple[Annotated[Decimal, Field(ge=0)], ...] = ()


class Goal(Entry):
    """What an indicator must reach, by when, and who says so.

    Comparators: ``>=`` ``<=`` ``=`` on the value; ``up`` / ``down``: risen / fallen by ``value`` per cent against a baseline.
    ``since`` is the day from whose value the path to the goal runs; without it, the end of the year before the horizon's.
    """

    indicator: Id
    comparator: Literal[">=", "<=", "=", "up", "down"]
    value: Decimal
    horizon: date
    since: date | None = None
    path: Path = Path()
    source: Text
    population: Text | None = None

    @property
    def begins(self) -> date:
        """The day from whose value the path runs."""
        return self.since or date(self.horizon.year - 1, 12, 31)

    @property
    def bound(self) -> Decimal:
        """The goal on the scale of the value itself: “down 20 %” is a change of at most -20."""
        return -self.value if self.comparator == "down" else self.value

    @property
    def wants_less(self) -> bool:
        """Whether smaller values are better for this goal."""
        return self.comparator in {"<=", "down"}


class Milestone(Entry):
    """Something that must stand by a day; its state comes in as records of type ``milestone``."""

    label: Text
    definition: Text
    source: Text
    owner: Code
    horizon: date
    companions: tuple[Id, ...] = ()


class OrgUnit(Entry):
    """An organisational unit with the dates between which it exists (both inclusive)."""

    label: Text
    short: Text | None = None
    kind: str
    parent: Code | None = None
    valid_from: date
    valid_to: date | None = None


class CalendarDay(Entry):
    """A day that differs from the usual week: a holiday, or a Saturday or Sunday that is worked."""

    kind: Literal["holiday", "worked"]
    name: Text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"“{name}” is not a time zone; write one such as Asia/Ho_Chi_Minh") from error
    return name


class Organisation(Entry):
    """Whose catalogue this is; its time zone decides on which day a moment falls."""

    name: Text
    time_zone: Annotated[str, AfterValidator(_zone)]
    root: Code | None = None


class Catalogue(Entry):
    """Everything that is measured, checked and ready to use."""

    organisation: Organisation
    codes: dict[Id, dict[Code, Text]] = {}
    records: dict[Id, RecordType] = {}
    groups: dict[Id, Text] = {}
    indicators: dict[Id, Indicator] = {}
    goals: dict[Id, Goal] = {}
    milestones: dict[Id, Milestone] = {}
    units: dict[Code, OrgUnit] = {}
    calendar: dict[date, CalendarDay] = {}
    screens: dict[Id, ScreenSettings] = {}
    playlists: dict[Id, PlaylistSettings] = {}
    maps: dict[Id, TileMap] = {}

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.organisation.time_zone)

    def code_list(self, name: str) -> Mapping[str, Text]:
        """The codes of a list with their words; ``units`` and ``milestones`` are lists too. KeyError if unknown."""
        if name == "units":
            return {code: unit.label for code, unit in self.units.items()}
        if name == "milestones":
            return {key: milestone.label for key, milestone in self.milestones.items()}
        return self.codes[name]

    def goals_of(self, indicator: str) -> list[tuple[str, Goal]]:
        """The goals set on an indicator, nearest horizon first."""
        mine = [(key, goal) for key, goal in self.goals.items() if goal.indicator == indicator]
        return sorted(mine, key=lambda item: (item[1].horizon, item[0]))

    def dimensions_of(self, indicator: str) -> tuple[str, ...]:
        """The dimensions by which an indicator can be split."""
        spec = self.indicators[indicator]
        if spec.dimensions is not None:
            return spec.dimensions
        if spec.record is not None:
            return self.records[spec.record].dimensions
        return self.dimensions_of(spec.of) if spec.of else ()

    def records_of(self, indicator: str) -> set[str]:
        """The record types that an indicator rests on, through its parts."""
        spec = self.indicators[indicator]
        found = {spec.record} if spec.record else set()
        return found.union(*map(self.records_of, [part.indicator for part in spec.parts] + ([spec.of] if spec.of else [])))
