"""What has changed since a past moment: the values that were shown then against those of the same days now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.indicators.values import Question, Value, ask
from ioc.views.drilldown import Numbers, numbers_behind
from ioc.views.labels import code_label, code_labels
from ioc.views.model import Choice, OverviewView, Stamp
from ioc.views.moment import Moment
from ioc.views.unit import by_unit

# So many cells are told one by one, the newest first.
MOST_CELLS = 300


@dataclass(frozen=True)
class Told:
    """One value, and what it is made of."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None


@dataclass(frozen=True)
class ChangedCell:
    """One unit in one month (``start`` to ``end``, as far as it had come then). ``open``: the month was not over then."""

    code: str | None
    label: str
    start: date
    end: date
    before: Told
    after: Told
    open: bool


@dataclass(frozen=True)
class ChangesView:
    """What has changed about one indicator since a moment.

    Attributes:
        stamp: of the present data that the past is held against.
        since: the past moment.
        dimension: by which cells are told apart; empty where the indicator cannot be told by unit.
        count: how many cells differ, of so many ``compared``.
    """

    stamp: Stamp
    since: datetime
    indicator: Choice
    unit: Unit
    precision: int
    dimension: str
    behind: Numbers | None
    cells: tuple[ChangedCell, ...]
    count: int
    compared: int


@dataclass(frozen=True)
class ChangedTarget:
    """A target whose value at a glance was another then."""

    indicator: Choice
    unit: Unit
    precision: int
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class ChangedTargetsView:
    """The targets whose value at a glance has changed since a moment, of so many ``compared``."""

    stamp: Stamp
    since: datetime
    targets: tuple[ChangedTarget, ...]
    compared: int


def changed_targets(then: OverviewView, now: OverviewView, since: datetime) -> ChangedTargetsView:
    """The overview of a past moment against the present one."""
    before = {tile.indicator: tile.value for group in then.groups for tile in group.tiles}
    tiles = [tile for group in now.groups for tile in group.tiles]
    found = (
        ChangedTarget(Choice(tile.indicator, tile.label), tile.unit, tile.precision, before[tile.indicator], tile.value)
        for tile in tiles
        if tile.indicator in before and before[tile.indicator] != tile.value
    )
    return ChangedTargetsView(now.stamp, since, tuple(found), sum(tile.indicator in before for tile in tiles))


def changes_view(then: Moment, now: Moment, indicator: str, stamp: Stamp, language: str) -> ChangesView:
    """Every month of every unit, until the past day, as it was shown then and as it is now. Raises UnknownName."""
    catalogue = now.snapshot.catalogue
    spec, dimension = catalogue.indicators[indicator], by_unit(catalogue, indicator) or ""
    by = (dimension,) if dimension else ()
    question = Question(indicator, by=by, period="month", end=then.today)
    before, after = (_by_cell(ask(moment.snapshot, question, moment.today)) for moment in (then, now))
    labels = code_labels(catalogue, indicator, dimension, language) if dimension else {}
    nothing = Told(None, None, None)
    cells = []
    for start, end, code in sorted({**before, **after}, key=lambda key: (-key[0].toordinal(), key[2] or "")):
        was, is_ = before.get((start, end, code), nothing), after.get((start, end, code), nothing)
        if was != is_:
            label = code_label(labels, code, language) if code else ""
            cells.append(ChangedCell(code, label, start, min(end, then.today), was, is_, end >= then.today))
    return ChangesView(
        stamp=stamp,
        since=then.now,
        indicator=Choice(indicator, spec.label.of(language)),
        unit=spec.unit,
        precision=spec.precision,
        dimension=dimension,
        behind=numbers_behind(catalogue, indicator),
        cells=tuple(cells[:MOST_CELLS]),
        count=len(cells),
        compared=len({**before, **after}),
    )


def _by_cell(values: list[Value]) -> dict[tuple[date, date, str | None], Told]:
    """Values by month and code; nothing counted is no cell."""
    return {
        (value.span.start, value.span.end, value.codes[0] if value.codes else None): Told(value.numerator, value.denominator, value.value)
        for value in values
        if value.span and (value.numerator or value.denominator)
    }
