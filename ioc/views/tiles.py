"""Indicators at a glance: value, goals judged, trend, age of data. Built for many at once from one set of series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ioc.catalogue.model import Catalogue, Indicator
from ioc.catalogue.period import Period, back, periods, year_before
from ioc.goals.status import Status, judge
from ioc.indicators.series import SeriesSet
from ioc.indicators.values import Value
from ioc.store.freshness import Freshness, freshness
from ioc.store.snapshot import Snapshot, cells_day, touched
from ioc.views.goals import Judged, first_week, goal_in_force, goal_views, horizons
from ioc.views.model import Point, TileView
from ioc.views.outlooks import NOTHING_AHEAD, closed_months, look, worked_months

TREND_MONTHS = 24
# About so many numbers a tile holds, with its trend and what lies ahead.
NUMBERS = 1000


@dataclass(frozen=True)
class Spans:
    """The spans that a tile speaks of."""

    year: Period
    last_year: Period
    months: tuple[Period, ...]
    closed: tuple[Period, ...]
    horizons: Mapping[date, Period]

    def all(self) -> list[Period]:
        """Every span once."""
        return [self.year, self.last_year, *self.months, *self.closed, *self.horizons.values()]


def spans(catalogue: Catalogue, today: date) -> Spans:
    """This year so far, the same days of last year, the last months, those that are over, the year that ends on each day of a goal."""
    return Spans(
        year=Period(date(today.year, 1, 1), today),
        last_year=Period(date(today.year - 1, 1, 1), year_before(today)),
        months=tuple(periods("month", back("month", today, TREND_MONTHS - 1), today)),
        closed=closed_months(today),
        horizons=horizons(catalogue, today),
    )


def indicators_on_overview(catalogue: Catalogue) -> tuple[str, ...]:
    """The targets, in the order of the catalogue."""
    return tuple(name for name, spec in catalogue.indicators.items() if spec.target)


def tiles(
    snapshot: Snapshot, names: Sequence[str], today: date, now: datetime, language: str, *, ahead: bool = False
) -> dict[str, TileView]:
    """A tile for each indicator named.

    Args:
        snapshot: what is read.
        names: indicators.
        today, now: the present day and moment, or the past ones that were asked for.
        language: of the words.
        ahead: whether every one is looked ahead, or only those with a goal.
    """
    found = {name: _known(snapshot, name, today, now, language, ahead) for name in names}
    missing = [name for name in names if found[name] is None]
    made = _made(snapshot, missing, today, now, language, ahead=ahead) if missing else {}
    for name, tile in made.items():
        if snapshot.sums and snapshot.as_of is None:
            snapshot.sums.keep(*_said(snapshot, name, today, now, language, ahead), tile, NUMBERS)
    return {name: tile or made[name] for name, tile in found.items()}


def _known(snapshot: Snapshot, name: str, today: date, now: datetime, language: str, ahead: bool) -> TileView | None:
    """A tile that has been made before of records that have not changed since; of a past moment none is kept."""
    if snapshot.sums is None or snapshot.as_of is not None:
        return None
    return snapshot.sums.known(*_said(snapshot, name, today, now, language, ahead))


def _said(
    snapshot: Snapshot, name: str, today: date, now: datetime, language: str, ahead: bool
) -> tuple[tuple[object, ...], tuple[int, ...]]:
    """All that a tile follows from besides records and declarations, and the versions that last changed its records."""
    records = sorted(records_of(snapshot.catalogue, name))
    mine = _fresh(snapshot, name)
    days = tuple(cells_day(snapshot, record) for record in records)
    said = ("tile", name, today, language, ahead, snapshot.within, _is_stale(snapshot.catalogue, name, mine, now), _data_at(mine), days)
    return said, tuple(touched(snapshot).get(record, 0) for record in records)


def _fresh(snapshot: Snapshot, name: str) -> list[Freshness]:
    fresh = freshness(snapshot)
    return [fresh[record] for record in records_of(snapshot.catalogue, name) if record in fresh]


def _is_stale(catalogue: Catalogue, name: str, fresh: Sequence[Freshness], now: datetime) -> bool:
    return any(now - item.last_arrival > timedelta(hours=catalogue.indicators[name].max_age_hours) for item in fresh)


def _data_at(fresh: Sequence[Freshness]) -> datetime | None:
    return min((item.last_event for item in fresh if item.last_event), default=None)


def _made(snapshot: Snapshot, names: Sequence[str], today: date, now: datetime, language: str, *, ahead: bool) -> dict[str, TileView]:
    wanted = spans(snapshot.catalogue, today)
    goals = [goal for name in names for _, goal in snapshot.catalogue.goals_of(name)]
    series = SeriesSet(snapshot, names, wanted.all(), today, first_week(goals, today))
    worked = worked_months(snapshot.catalogue, today)
    looked = set(names) if ahead else {goal.indicator for goal in goals}
    return {
        name: _tile(
            snapshot.catalogue, name, series, wanted, _fresh(snapshot, name), worked if name in looked else None, today, now, language
        )
        for name in names
    }


def _tile(
    catalogue: Catalogue,
    name: str,
    series: SeriesSet,
    wanted: Spans,
    mine: Sequence[Freshness],
    worked: Mapping[date, int] | None,
    today: date,
    now: datetime,
    language: str,
) -> TileView:
    spec = catalogue.indicators[name]
    value, before = series.over(name, wanted.year), series.over(name, wanted.last_year)
    stale = _is_stale(catalogue, name, mine, now)
    stock = is_stock(catalogue, name)
    course = [series.over(name, month) for month in wanted.months]
    # An indicator that costs a reading for each month is looked ahead from those that are read anyway.
    months = [series.over(name, month) for month in wanted.closed] if series.adds_up(name) else course[:-1]
    ahead = NOTHING_AHEAD if worked is None else look(catalogue, name, months, stock, worked, today)
    goals = goal_views(catalogue, Judged(name, value.value, stock, stale), series, ahead, today, language)
    goal = goal_in_force(goals, today)
    return TileView(
        indicator=name,
        label=spec.label.of(language),
        owner=owner_label(catalogue, spec, language),
        unit=spec.unit,
        precision=spec.precision,
        direction=spec.direction,
        value=value.value,
        numerator=value.numerator,
        denominator=value.denominator,
        status=goal.status if goal else judge(value.value, None, today, stale=stale).status,
        goal=goal,
        goals=goals,
        trend=parted(catalogue, name, [*map(point, course)]),
        change=None if value.value is None or before.value is None else value.value - before.value,
        data_at=_data_at(mine),
        stale=stale,
        span=Period(today, today) if stock else wanted.year,
        stock=stock,
        ahead=ahead,
    )


def is_stock(catalogue: Catalogue, name: str) -> bool:
    """Whether an indicator says what stands at a moment, by itself or as the change of one that does."""
    spec = catalogue.indicators[name]
    return bool(spec.stock) or (spec.of is not None and is_stock(catalogue, spec.of))


def records_of(catalogue: Catalogue, name: str) -> set[str]:
    """The record types that an indicator rests on, through its parts."""
    return catalogue.records_of(name)


def owner_label(catalogue: Catalogue, spec: Indicator, language: str) -> str:
    """The owner unit's name."""
    return catalogue.units[spec.owner].label.of(language)


def parted(catalogue: Catalogue, name: str, points: Sequence[Point]) -> tuple[Point, ...]:
    """The points of a trend, with those marked from which on another formula is in force, of the indicator or of what it is made of."""
    sinces = {since for each in catalogue.within(name) for since, _ in catalogue.indicators[each].formulas[1:] if since}
    return tuple(
        replace(each, formula_since=max(within)) if index and (within := [day for day in sinces if each.start <= day <= each.end]) else each
        for index, each in enumerate(points)
    )


def point(value: Value) -> Point:
    """A value as a point of a trend."""
    assert value.span is not None, "trends are asked for with a start"
    return Point(value.span.start, value.span.end, value.numerator, value.denominator, value.value, value.provisional)


def tally(shown: Sequence[TileView]) -> tuple[tuple[Status, int], ...]:
    """How many indicators with a goal have each status, in the order of ``Status``."""
    judged = [tile.status for tile in shown if tile.goal]
    return tuple((status, judged.count(status)) for status in Status if status in judged)
