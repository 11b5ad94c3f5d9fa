"""One unit's scorecard: its own value of every indicator that can be told by unit, beside the whole, its rank, and how it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ioc.catalogue.model import Catalogue, Unit
from ioc.catalogue.tree import BELOW, has_below, units_above, units_below
from ioc.errors import UnknownName
from ioc.indicators.peers import ranks
from ioc.indicators.series import SeriesSet
from ioc.indicators.values import Question, ask
from ioc.store.snapshot import Snapshot
from ioc.views.drilldown import Numbers, numbers_behind
from ioc.views.model import Choice, Point, Stamp
from ioc.views.tiles import point, spans


@dataclass(frozen=True)
class UnitRow:
    """One indicator of a unit.

    Attributes:
        value, numerator, denominator: the unit's own, this year (a stock: now).
        whole: the value of the whole organisation.
        change: against the same days of last year.
        rank: its place among so many units, the best first, equal ones sharing a place; None without a value, for units above, and where
            the indicator is not ranked.
        better: whether the unit stands better than the whole; None where they are equal or cannot be compared.
    """

    indicator: str
    label: str
    unit: Unit
    precision: int
    dimension: str
    behind: Numbers | None
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    whole: Decimal | None
    change: Decimal | None
    rank: int | None
    ranked: int
    better: bool | None
    trend: tuple[Point, ...]


@dataclass(frozen=True)
class UnitGroup:
    """A heading of the overview with its indicators."""

    label: str
    rows: tuple[UnitRow, ...]


@dataclass(frozen=True)
class UnitView:
    """A unit and its scorecard.

    Attributes:
        code: how a question names it, with all units below it.
        above, below: the units above it from the top, and those right below it.
        until: the day on which it ended, if it did.
    """

    stamp: Stamp
    unit: Choice
    code: str
    above: tuple[Choice, ...]
    below: tuple[Choice, ...]
    until: date | None
    year: int
    groups: tuple[UnitGroup, ...]


def unit_view(snapshot: Snapshot, stamp: Stamp, unit: str, today: date, language: str) -> UnitView:
    """See ``UnitView``. Raises UnknownName."""
    catalogue = snapshot.catalogue
    if unit not in catalogue.units:
        raise UnknownName("unit", unit, catalogue.units)
    names = [name for name in catalogue.indicators if by_unit(catalogue, name)]
    mine, whole = _series(snapshot, names, unit, today)
    rows = {name: _row(snapshot, name, unit, mine, whole, today, language) for name in names}
    groups = []
    for group, label in catalogue.groups.items():
        told = tuple(row for name, row in rows.items() if catalogue.indicators[name].group == group and _is_told(row))
        if told:
            groups.append(UnitGroup(label.of(language), told))
    return UnitView(
        stamp=stamp,
        unit=_choice(catalogue, unit, language),
        code=f"{unit}{BELOW}" if has_below(catalogue, unit) else unit,
        above=tuple(_choice(catalogue, code, language) for code in units_above(catalogue, unit)),
        below=tuple(_choice(catalogue, code, language) for code, other in catalogue.units.items() if other.parent == unit),
        until=catalogue.units[unit].valid_to,
        year=today.year,
        groups=tuple(groups),
    )


def by_unit(catalogue: Catalogue, indicator: str) -> str | None:
    """The dimension by which an indicator can be told by unit, if there is one."""
    for record in catalogue.records_of(indicator):
        fields = catalogue.records[record].fields
        for dimension in catalogue.dimensions_of(indicator):
            if dimension in fields and fields[dimension].codes == "units":
                return dimension
    return None


def _choice(catalogue: Catalogue, unit: str, language: str) -> Choice:
    return Choice(unit, catalogue.units[unit].label.of(language))


def _is_told(row: UnitRow) -> bool:
    return row.value is not None or any(each.value is not None for each in row.trend)


def _series(snapshot: Snapshot, names: Sequence[str], unit: str, today: date) -> tuple[SeriesSet, SeriesSet]:
    """What the unit's numbers, and those of the whole, are made of: one read each for every record type."""
    catalogue = snapshot.catalogue
    wanted = spans(catalogue, today)
    codes = units_below(catalogue, unit)
    within = {record: ((by_unit(catalogue, name) or "", codes),) for name in names for record in catalogue.records_of(name)}
    mine = SeriesSet(snapshot, names, [wanted.year, wanted.last_year, *wanted.months], today, within=within)
    return mine, SeriesSet(snapshot, names, [wanted.year], today)


def _row(snapshot: Snapshot, name: str, unit: str, mine: SeriesSet, whole: SeriesSet, today: date, language: str) -> UnitRow:
    catalogue = snapshot.catalogue
    spec, dimension, wanted = catalogue.indicators[name], by_unit(catalogue, name) or "", spans(catalogue, today)
    now, before, total = mine.over(name, wanted.year), mine.over(name, wanted.last_year), whole.over(name, wanted.year)
    peers = ask(snapshot, Question(name, by=(dimension,), start=wanted.year.start, end=today), today) if spec.ranked else []
    placed = ranks([each.value for each in peers], spec.direction == "up")
    own = {each.codes[0]: place for each, place in zip(peers, placed, strict=True)}
    return UnitRow(
        indicator=name,
        label=spec.label.of(language),
        unit=spec.unit,
        precision=spec.precision,
        dimension=dimension,
        behind=numbers_behind(catalogue, name),
        value=now.value,
        numerator=now.numerator,
        denominator=now.denominator,
        whole=total.value,
        change=None if now.value is None or before.value is None else now.value - before.value,
        rank=own.get(unit),
        ranked=sum(place is not None for place in placed),
        better=_better(now.value, total.value, spec.direction, compared=spec.unit is not Unit.NUMBER),
        trend=tuple(point(mine.over(name, month)) for month in wanted.months) if mine.adds_up(name) else (),
    )


def _better(value: Decimal | None, whole: Decimal | None, direction: str, *, compared: bool) -> bool | None:
    """Numbers that add up to the whole cannot be better or worse than it."""
    if value is None or whole is None or value == whole or not compared:
        return None
    return (value > whole) == (direction == "up")
