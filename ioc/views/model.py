"""The views: frozen answers, ready to draw. Words are already in the viewer's language; numbers are exact.

Values are ``Decimal`` in the indicator's own unit (a ratio in per cent, 0 - 100) or None where there is no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from ioc.catalogue.model import Unit
from ioc.catalogue.period import Period
from ioc.goals.outlook import Outlook
from ioc.goals.path import Course
from ioc.goals.status import Close, Status
from ioc.views.drilldown import Numbers
from ioc.views.health import Health
from ioc.views.next_arrival import NextArrival
from ioc.views.outlooks import NOTHING_AHEAD, Look
from ioc.views.score import ScoreView


@dataclass(frozen=True)
class Stamp:
    """What every view carries: which data it shows.

    Attributes:
        version: data version that all its numbers belong to.
        at: moment of that version, aware.
        as_of: the past moment that was asked for, or None for now.
        simulated: whether any record behind it was simulated.
        begins: moment of the first version there is; before it nothing was known.
    """

    version: int
    at: datetime
    as_of: datetime | None
    simulated: bool
    begins: datetime | None = None


@dataclass(frozen=True)
class GoalView:
    """One goal on an indicator, judged.

    Attributes:
        status: how the value that is shown stands towards it.
        gap: how far the value is past it in the good direction.
        verdict: the value on the day of a horizon that has passed, and ``met_at_horizon`` whether that met the goal.
        population: of what it speaks; empty for everything.
        course: the path of an open goal, as far as what stood at its beginning is known.
        asked: what the path asks for by the end of today.
        since: the close since which the status stands, if it was judged at closes.
        closes: the weekly closes that were judged.
        reason: why it has its status, in a sentence.
        outlook: what is to be expected of it; None where nothing can be said.
        is_wide: nothing can be said because the range would be too wide.
        prospect: the same in sentences, or why nothing can be said; empty where the horizon has passed and the value meets it.
    """

    id: str
    comparator: str
    target: Decimal
    horizon: date
    source: str
    status: Status
    gap: Decimal | None
    verdict: Decimal | None = None
    met_at_horizon: bool | None = None
    population: str = ""
    course: Course | None = None
    asked: Decimal | None = None
    since: date | None = None
    closes: tuple[Close, ...] = ()
    reason: str = ""
    outlook: Outlook | None = None
    is_wide: bool = False
    prospect: tuple[str, ...] = ()


@dataclass(frozen=True)
class Point:
    """One period's value. ``provisional``: the period is still open. ``start`` and ``end`` are inclusive days.

    ``formula_since``: the day of this period from which on another formula is in force: it does not compare with those before.
    """

    start: date
    end: date
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    provisional: bool = False
    formula_since: date | None = None

    @property
    def new_formula(self) -> bool:
        """Whether another formula begins with this period."""
        return self.formula_since is not None


@dataclass(frozen=True)
class Beside:
    """What a trend is shown beside: how an address says it, a place in words, and its points in the order of the trend's own."""

    against: str
    label: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class TileView:
    """One indicator at a glance, for this year so far (a stock: as it stands).

    Attributes:
        goal: the goal that counts now: the nearest open one, else the last past one; None when nobody set one.
        goals: all goals, nearest horizon first.
        trend: last 24 months, gaps as points without value.
        change: value less that of the same span one year before, or None.
        data_at: moment of the newest record behind it, or None.
        span: the days that the value is of; of a stock, the one day.
        stock: whether the value is what stands now, not what this year has come to.
        ahead: its months looked ahead.
    """

    indicator: str
    label: str
    owner: str
    unit: Unit
    precision: int
    direction: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    status: Status
    goal: GoalView | None
    goals: tuple[GoalView, ...]
    trend: tuple[Point, ...]
    change: Decimal | None
    data_at: datetime | None
    stale: bool
    span: Period
    stock: bool = False
    ahead: Look = NOTHING_AHEAD


@dataclass(frozen=True)
class ReportView:
    """What was reported of a milestone: when, its state in words, how far, by when, and on what evidence."""

    at: datetime
    state: str
    percent: Decimal
    due_on: date | None
    evidence: str


@dataclass(frozen=True)
class MilestoneTile:
    """One milestone.

    Attributes:
        state: a code of the list ``milestone_states``, or None while nothing was reported.
        due_on: the day by which its owner says it will stand; None without a report.
        even: the percentage that even progress would have come to by now; None where that is not asked.
        reason: why it has its status, in a sentence.
        definition, source: what must stand, and who says so.
        reports: what was reported, the newest first.
        companions: the indicators that tell more.
    """

    id: str
    label: str
    owner: str
    state: str | None
    state_label: str
    percent: Decimal | None
    horizon: date
    due_on: date | None
    status: Status
    updated_at: datetime | None
    even: Decimal | None = None
    reason: str = ""
    definition: str = ""
    source: str = ""
    reports: tuple[ReportView, ...] = ()
    companions: tuple[str, ...] = ()

    @property
    def evidence(self) -> str:
        """What the newest report rests on; empty where it does not say."""
        return self.reports[0].evidence if self.reports else ""


@dataclass(frozen=True)
class MilestonesView:
    """Every milestone, with the live figures of its companions by their names. ``tally`` counts them by status."""

    stamp: Stamp
    milestones: tuple[MilestoneTile, ...]
    companions: Mapping[str, TileView]
    tally: tuple[tuple[Status, int], ...]


@dataclass(frozen=True)
class GroupView:
    """A named group of tiles."""

    id: str
    label: str
    tiles: tuple[TileView, ...]


@dataclass(frozen=True)
class OverviewView:
    """Every target at a glance. ``tally`` counts indicators by status, for those with a goal; ``oldest`` is, by indicator, the feed with
    the oldest data that it rests on."""

    stamp: Stamp
    organisation: str
    year: int
    groups: tuple[GroupView, ...]
    milestones: tuple[MilestoneTile, ...]
    tally: tuple[tuple[Status, int], ...]
    oldest: Mapping[str, FeedBehind | None] = field(default_factory=dict)


@dataclass(frozen=True)
class SplitRow:
    """One code of a dimension in a split.

    Attributes:
        rank: among those with a value, equal ones sharing the better rank; None where the indicator is not ranked.
        moved: by how many ranks it has risen since the period before.
        standing: of a share: ``high`` or ``low`` when it lies outside of the funnel's limits, ``few`` records, or ``usual``.
        low, high: the bounds of its interval where it rests on a sample; ``small``: whether that is a small one.
    """

    code: str
    label: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    rank: int | None = None
    moved: int | None = None
    standing: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    small: bool = False


@dataclass(frozen=True)
class SplitView:
    """An indicator split by one dimension, ordered from the best to the worst value, empty ones last; by name where it is not ranked.

    ``whole`` is the value of all together where it is a share of records, to which the rows can be compared by their size.
    """

    dimension: str
    label: str
    rows: tuple[SplitRow, ...]
    whole: Decimal | None = None
    ranked: bool = True


@dataclass(frozen=True)
class Multiple:
    """One code of a dimension as one of many small pictures: its row of the split, and its trend."""

    row: SplitRow
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Choice:
    """Something that can be chosen: its code and its words."""

    code: str
    label: str


@dataclass(frozen=True)
class Filter:
    """A limit that was chosen: one code of one dimension. ``above``: of a unit, those above it, each with all below it."""

    dimension: Choice
    code: Choice
    above: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class FeedBehind:
    """A feed that an indicator rests on.

    ``last_arrival``, ``health`` and ``expected``, when it is expected to bring something next, are as they are now, None in a view of
    the past; ``is_oldest`` marks the one with the oldest data.
    """

    feed: Choice
    last_arrival: datetime | None = None
    health: Health | None = None
    is_oldest: bool = False
    expected: NextArrival | None = None


@dataclass(frozen=True)
class IndicatorView:
    """One indicator explained.

    Attributes:
        tile: the indicator at a glance within the chosen filters.
        period: length of a trend point: day, week, month, quarter or year.
        start, end: inclusive days that the trend covers.
        filters: what the numbers are limited to.
        dimensions: the dimensions that can be split by.
        split: the chosen split over ``start`` - ``end``, or None when it cannot be split.
        feeds: the feeds that it rests on, the one with the oldest data first.
        reading: two sentences: where it stands, and how it has moved and why.
        chosen: whether the days were chosen: then ``tile`` has the value over them, not over this year so far.
        behind: the records that its numbers count; None where it is made of other indicators.
        score: of a composite, the tree of its parts.
        beside: what the trend is compared with, if anything.
        groups: the groups of codes of the split that it can be compared with.
        multiples: the trends of the weightiest codes of the split.
        by_working_days: whether what is counted can be compared by the working days that there were.
        hide_below: of fewer records than this, values of other units are hidden from whoever sees an own one alone.
    """

    stamp: Stamp
    tile: TileView
    definition: str
    formula: str
    source: str
    period: str
    start: date
    end: date
    filters: tuple[Filter, ...]
    trend: tuple[Point, ...]
    dimensions: tuple[Choice, ...]
    split: SplitView | None
    feeds: tuple[FeedBehind, ...]
    reading: tuple[str, ...] = ()
    chosen: bool = False
    behind: Numbers | None = None
    score: ScoreView | None = None
    beside: Beside | None = None
    groups: tuple[Choice, ...] = ()
    multiples: tuple[Multiple, ...] = ()
    hide_below: int | None = None
    by_working_days: bool = False
