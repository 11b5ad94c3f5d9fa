"""What the catalogue is made of. Frozen models, one a kind of entry; the YAML has the same names.

Cross-references (an indicator's record type, a goal's indicator …) are checked in ``check.py``, where all are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from ioc.catalogue.civil_time import OFFICE_HOURS, CivilTime
from ioc.catalogue.entry import Code, Entry, Id, Text
from ioc.catalogue.formula import Baseline, FormulaVersion, Part, Sample, Stock
from ioc.catalogue.screens import PlaylistSettings, ScreenSettings, TileMap
from ioc.errors import Said

__all__ = [
    "Baseline",
    "CalendarDay",
    "Catalogue",
    "Code",
    "Computed",
    "Entry",
    "FieldSpec",
    "FieldType",
    "FormulaVersion",
    "Goal",
    "Id",
    "Indicator",
    "Listing",
    "Measure",
    "Milestone",
    "OfficeHours",
    "OrgUnit",
    "Organisation",
    "Part",
    "Path",
    "RecordType",
    "Rule",
    "Sample",
    "Stock",
    "Text",
    "Unit",
]


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
        derived: names for expressions over the fields, and over the names above; rules and indicators use them like fields.
        dimensions: fields by which numbers can be split.
        cubes: sets of dimensions for which cells are kept ready; any other split is computed from the records.
        listing: how a list of them looks.
    """

    label: Text
    key: str
    version: str | None = None
    event: str
    fields: dict[Id, FieldSpec]
    derived: dict[Id, str] = {}
    rules: dict[Id, Rule] = {}
    dimensions: tuple[str, ...] = ()
    cubes: tuple[tuple[str, ...], ...] = ()
    listing: Listing = Listing()


class Measure(StrEnum):
    """How an indicator's value comes out of its records."""

    RATIO = "ratio"
    COUNT = "count"
    SUM = "sum"
    DISTINCT = "distinct"
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


class Indicator(Entry):
    """A number with a legal definition.

    Attributes:
        counts: which records count (the denominator), a boolean expression over the record's fields.
        succeeds: which of those succeed (the numerator of a ratio), a boolean expression.
        value: what is added up, averaged or ranked (sum, mean, median, percentile).
        total: makes a ratio one of two sums: what each record that counts adds to the denominator. Those of them that succeed
            add ``value`` (default: ``total``) to the numerator. A record in which either is unknown counts in neither.
        distinct: the field of whose values each is counted once, however many records have it. With ``succeeds`` the value is a ratio: of
            those among the records that count, how many are among those that succeed.
        out_of: makes that a ratio in another way: an indicator that counts the things that there are; others are not counted.
        at: the date or moment by which a record belongs to a period, a field or an expression.
        max_age_hours: data older than this is shown as stale.
        valid_from: since when the formula is in force, where there was another one before.
        versions: the formulas before, the oldest first. A period is computed by the one in force on its last day.
        target: whether it stands on the overview; others are reached from it and by name.
        hide_below: values of fewer records are hidden from whoever sees those of an own unit alone, unless they are that unit's.
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
    distinct: Id | None = None
    out_of: Id | None = None
    at: str | None = None
    stock: Stock | None = None
    hide_below: int | None = Field(default=None, ge=2)
    sample: Sample | None = None
    percentile: float | None = Field(default=None, gt=0, lt=1)
    of: Id | None = None
    baseline: Baseline | None = None
    parts: tuple[Part, ...] = ()
    dimensions: tuple[str, ...] | None = None
    max_age_hours: float = Field(default=48, gt=0)
    target: bool = True
    ranked: bool = True
    valid_from: date | None = None
    versions: tuple[FormulaVersion, ...] = ()

    def in_force(self, day: date) -> Indicator:
        """The indicator with the formula that was in force on a day."""
        version = next((each for each in self.versions if day <= each.valid_to), None)
        if version is None:
            return self
        said = {name: value for name in _VERSIONED if (value := getattr(version, name)) is not None}
        return self.model_copy(update={**said, "valid_from": version.valid_from, "versions": ()})

    @property
    def formulas(self) -> tuple[tuple[date | None, Indicator], ...]:
        """Every formula with the day from which it is in force, the oldest first."""
        return (*((each.valid_from, self.in_force(each.valid_to)) for each in self.versions), (self.valid_from, self))

    @property
    def made_of(self) -> tuple[str, ...]:
        """The indicators that it is computed from, if any."""
        return (*(part.indicator for part in self.parts if part.indicator), *filter(None, (self.of, self.out_of)))


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


# What a version of a formula may say otherwise.
_VERSIONED = ("formula", "source", "counts", "succeeds", "value", "total", "at")


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
    """An organisational unit with the dates between which it exists (both inclusive), and the one that took over from it."""

    label: Text
    short: Text | None = None
    kind: str
    parent: Code | None = None
    valid_from: date
    valid_to: date | None = None
    successors: tuple[Code, ...] = ()


class CalendarDay(Entry):
    """A day that differs from the usual week: a holiday, or a Saturday or Sunday that is worked."""

    kind: Literal["holiday", "worked"]
    name: Text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(Said("“{name}” is not a time zone; write one such as Asia/Ho_Chi_Minh", name=name)) from error
    return name


class OfficeHours(Entry):
    """A stretch of work within a working day: ``{from: "08:00", to: "12:00"}``."""

    begins: time = Field(alias="from")
    ends: time = Field(alias="to")


class Organisation(Entry):
    """Whose catalogue this is; its time zone decides on which day a moment falls, its office hours which hours are worked."""

    name: Text
    time_zone: Annotated[str, AfterValidator(_zone)]
    office_hours: tuple[OfficeHours, ...] = tuple(OfficeHours.model_validate({"from": begins, "to": ends}) for begins, ends in OFFICE_HOURS)
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

    @cached_property
    def civil_time(self) -> CivilTime:
        """The organisation's time zone, working days and office hours."""
        special = {day: spec.kind == "worked" for day, spec in self.calendar.items()}
        hours = tuple((each.begins, each.ends) for each in self.organisation.office_hours)
        return CivilTime(self.organisation.time_zone, special, hours)

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
            mine = self.records[spec.record].dimensions
            return tuple(name for name in mine if name in self.dimensions_of(spec.out_of)) if spec.out_of else mine
        return self.dimensions_of(spec.of) if spec.of else ()

    def within(self, indicator: str) -> tuple[str, ...]:
        """An indicator and all that it is made of, at any depth, each once."""
        below = (name for part in self.indicators[indicator].made_of for name in self.within(part))
        return tuple(dict.fromkeys((indicator, *below)))

    def records_of(self, indicator: str) -> set[str]:
        """The record types that an indicator rests on, through its parts."""
        return {record for name in self.within(indicator) if (record := self.indicators[name].record)}
