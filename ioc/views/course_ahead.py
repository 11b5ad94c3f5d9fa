"""What lies ahead of an indicator as one course: what was done since its earliest path began, and what is expected until its last goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ioc.catalogue.period import end_of_month
from ioc.goals.outlook import Ahead, Months
from ioc.views.model import GoalView, TileView

# Months that are shown where no goal has a path.
SHOWN_MONTHS = 12


@dataclass(frozen=True)
class CourseAhead:
    """What was done, by last day of each month, what is expected, and the goals that it is held against; ``goals`` is not empty.

    ``begins`` is the day from which it is shown, ``last`` that of the last goal.
    """

    goals: tuple[GoalView, ...]
    begins: date
    last: date
    done: tuple[tuple[date, Decimal], ...]
    ahead: tuple[Ahead, ...]


def course_ahead(tile: TileView) -> CourseAhead | None:
    """The course, towards the goals that are open, or where none is towards those that were missed; None where nothing can be said."""
    told = [goal for goal in tile.goals if goal.outlook]
    goals = [goal for goal in told if goal.met_at_horizon is None] or told
    months = tile.ahead.months
    return course_towards(goals, months) if goals and months is not None and tile.value is not None else None


def course_towards(goals: Sequence[GoalView], months: Months) -> CourseAhead:
    """The course towards some goals, which all have an outlook."""
    begins = min((goal.course.begins for goal in goals if goal.course), default=months.starts[max(months.known - SHOWN_MONTHS, 0)])
    last = max(map(ends, goals))
    ahead = tuple(each for each in months.years if each.on <= end_of_month(last))
    return CourseAhead(tuple(goals), begins, last, months.done(begins), ahead)


def ends(goal: GoalView) -> date:
    """Where a goal is marked: at its horizon; where that has passed, at the end of what is expected, or of the month that meets it."""
    assert goal.outlook is not None, "it is drawn"
    on = goal.outlook.expected.on
    return on if on == goal.horizon else max(on, goal.outlook.met_on or on)
