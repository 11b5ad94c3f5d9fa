"""Goals judged: the value against each goal, its path, the verdict on the day of a horizon that has passed, and the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ioc.catalogue.model import Catalogue, Goal
from ioc.catalogue.period import Period, back, period_of
from ioc.goals.outlook import outlook, outlook_past
from ioc.goals.path import Course, course
from ioc.goals.status import Close, gap, judge, meets
from ioc.indicators.series import SeriesSet
from ioc.text.words import words
from ioc.views.model import GoalView
from ioc.views.outlooks import Look
from ioc.views.prospects import prospect
from ioc.views.reasons import reason

# A close of what happens is judged over so many weeks: all seasons are in it, and a new year does not begin with nothing.
WEEKS = 52


@dataclass(frozen=True)
class Judged:
    """What goals of one indicator are judged by.

    Attributes:
        indicator: its name.
        value: what is shown now.
        stock: whether it says what stands at a moment.
        stale: whether its data are older than they may be.
    """

    indicator: str
    value: Decimal | None
    stock: bool
    stale: bool


def year_to(day: date) -> Period:
    """The year that ends on a day: what a goal of that day is judged by, and what a path begins with."""
    return Period(date(day.year, 1, 1), day)


def horizons(catalogue: Catalogue, today: date) -> Mapping[date, Period]:
    """The days gone by that goals speak of, each with its year."""
    days = {day for goal in catalogue.goals.values() for day in (goal.horizon, goal.begins)}
    return {day: year_to(day) for day in days if day < today}


def first_week(goals: Iterable[Goal], today: date) -> date | None:
    """The Monday from which on weeks are closed for the paths of open goals, with those that the first close is judged over."""
    begun = [goal.begins for goal in goals if goal.begins < today <= goal.horizon]
    return back("week", min(begun), WEEKS) if begun else None


def goal_views(catalogue: Catalogue, judged: Judged, series: SeriesSet, ahead: Look, today: date, language: str) -> tuple[GoalView, ...]:
    """Every goal of an indicator judged today, the nearest horizon first."""
    goals = catalogue.goals_of(judged.indicator)
    return tuple(_goal_view(catalogue, key, goal, judged, series, ahead, today, language) for key, goal in goals)


def _goal_view(
    catalogue: Catalogue, key: str, goal: Goal, judged: Judged, series: SeriesSet, ahead: Look, today: date, language: str
) -> GoalView:
    value = judged.value
    past = goal.horizon < today
    then = series.over(judged.indicator, year_to(goal.horizon)).value if past else None
    path = None if past else _course(goal, series, today)
    needed = path is not None and value is not None and not judged.stale and not meets(value, goal)
    closes = list(_closes(goal, judged, series, today)) if needed else []
    verdict = judge(value, goal, today, stale=judged.stale, course=path, closes=closes)
    spec = catalogue.indicators[judged.indicator]
    expected = (outlook_past if past else outlook)(ahead.months, goal) if ahead.months else None
    met = value is not None and meets(value, goal)
    is_looked_at = not past or (value is not None and not met)
    return GoalView(
        id=key,
        comparator=goal.comparator,
        target=goal.value,
        horizon=goal.horizon,
        source=goal.source.of(language),
        status=verdict.status,
        gap=gap(value, goal) if value is not None else None,
        verdict=then,
        met_at_horizon=meets(then, goal) if then is not None else None,
        population=goal.population.of(language) if goal.population else "",
        course=path,
        asked=path.at(today) if path else None,
        since=verdict.since,
        closes=tuple(closes),
        outlook=None if expected and expected.is_wide else expected,
        is_wide=bool(expected and expected.is_wide),
        prospect=prospect(expected, ahead, goal, spec, words(language), past=past, met=met) if is_looked_at else (),
        reason=reason(verdict, goal, value, path, spec, judged.stock or not closes, words(language)),
    )


def _course(goal: Goal, series: SeriesSet, today: date) -> Course | None:
    """The path of an open goal; None where what stood at its beginning is not known."""
    if goal.path.start is not None:
        return course(goal, goal.path.start)
    if goal.begins >= today:
        return None
    start = series.over(goal.indicator, year_to(goal.begins)).value
    return None if start is None else course(goal, start)


def _closes(goal: Goal, judged: Judged, series: SeriesSet, today: date) -> Iterator[Close]:
    """The values at the ends of the weeks that are over since the path began; one that costs a reading each, at the last of them only."""
    weeks = sundays(goal.begins, today)
    for day in weeks if series.adds_up(judged.indicator) else weeks[-1:]:
        value = series.over(judged.indicator, Period(day - timedelta(days=7 * WEEKS - 1), day)).value
        if value is not None:
            yield Close(day, value)


def sundays(after: date, before: date) -> list[date]:
    """The Sundays between two days, neither included."""
    first = period_of("week", after + timedelta(days=1)).end
    return [first + timedelta(weeks=week) for week in range(max((before - first).days + 6, 0) // 7)]


def goal_in_force(goals: Sequence[GoalView], today: date) -> GoalView | None:
    """The goal that counts now: the nearest open one, else the last past one."""
    still_open = [goal for goal in goals if goal.horizon >= today]
    return still_open[0] if still_open else goals[-1] if goals else None
