"""The one rule by which a value is judged against a goal.

| status | when |
|---|---|
| no_data | there is no value: no record counted, or nothing delivered yet |
| stale | the newest data are older than the indicator allows |
| no_goal | nobody has set a goal |
| achieved | the value meets the goal |
| missed | it does not, and the horizon has passed |
| on_track | it does not yet, and it is on or above the straight path from the start of the goal's run to its horizon |
| at_risk | it is below that path by at most ``AT_RISK_MARGIN`` of the way still to go from the path's start to the goal |
| off_track | it is further below |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ioc.catalogue.model import Goal

AT_RISK_MARGIN = Decimal("0.15")


class Status(StrEnum):
    """How an indicator stands towards its goal."""

    ACHIEVED = "achieved"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    MISSED = "missed"
    NO_DATA = "no_data"
    STALE = "stale"
    NO_GOAL = "no_goal"


@dataclass(frozen=True)
class PathStart:
    """Where a goal's straight path begins: the value that stood at the end of a day."""

    on: date
    value: Decimal


def signed_target(goal: Goal) -> Decimal:
    """The goal as a bound on the value itself: “down 20 %” is a change of at most -20."""
    return -goal.value if goal.comparator == "down" else goal.value


def wants_less(goal: Goal) -> bool:
    """Whether smaller values are better for this goal."""
    return goal.comparator in {"<=", "down"}


def meets(value: Decimal, goal: Goal) -> bool:
    """Whether an exact value meets the goal. 99.96 does not meet “= 100”."""
    target = signed_target(goal)
    if goal.comparator == "=":
        return value == target if target != 100 else value >= target
    return value <= target if wants_less(goal) else value >= target


def gap(value: Decimal, goal: Goal) -> Decimal:
    """How far the value is past the goal in the good direction: negative while it is short of it."""
    distance = value - signed_target(goal)
    return -distance if wants_less(goal) else distance


def path_value(start: PathStart, goal: Goal, on: date) -> Decimal:
    """The value that the straight path from ``start`` to the goal asks for on a day."""
    span = (goal.horizon - start.on).days
    if span <= 0:
        return signed_target(goal)
    share = Decimal(min(max((on - start.on).days, 0), span)) / span
    return start.value + (signed_target(goal) - start.value) * share


def judge(value: Decimal | None, goal: Goal | None, on: date, *, stale: bool = False, start: PathStart | None = None) -> Status:
    """The status of a value on a day; see the table at the head of this module.

    Without a known path start an open goal that is not met yet counts as at risk: nothing shows that it is on course.
    """
    if value is None:
        return Status.NO_DATA
    if stale:
        return Status.STALE
    if goal is None:
        return Status.NO_GOAL
    if meets(value, goal):
        return Status.ACHIEVED
    if on > goal.horizon:
        return Status.MISSED
    if start is None:
        return Status.AT_RISK
    behind = path_value(start, goal, on) - value
    behind = -behind if wants_less(goal) else behind
    if behind <= 0:
        return Status.ON_TRACK
    margin = abs(signed_target(goal) - start.value) * AT_RISK_MARGIN
    return Status.AT_RISK if behind <= margin else Status.OFF_TRACK
