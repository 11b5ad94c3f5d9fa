"""The one rule by which a value is judged against a goal; docs/reference/status.md tells it in plain words.

| status | when |
|---|---|
| no_data | there is no value: no record counted, or nothing delivered yet |
| stale | the newest data are older than the indicator allows |
| no_goal | nobody has set a goal |
| achieved | the value meets the goal |
| missed | it does not, and the horizon has passed |
| on_track, at_risk, off_track | it does not yet: how far it was behind the path at the last close, see ``_step`` |

The first five are facts about the value that is shown. The last three are an opinion, formed once a week at the close and kept within a
band around its limits, so that noise does not turn it back and forth. It follows from the closes alone: the same data at the same
moment give the same status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ioc.catalogue.model import Goal
from ioc.goals.path import Course

# Shares of the way from the path's beginning to the goal: behind the path by up to MARGIN is at risk; a status that stands is left for
# a worse one only BAND further on.
MARGIN, BAND = Decimal("0.15"), Decimal("0.05")
# A way is never taken for shorter than this share of the goal: where nearly nothing is left to go, nearly anything would be far behind.
SHORTEST_WAY = Decimal("0.02")


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
class Close:
    """The value that stood at the end of a day."""

    on: date
    value: Decimal


@dataclass(frozen=True)
class Verdict:
    """A status and what it rests on.

    Attributes:
        status: how the value stands.
        close: for on_track, at_risk and off_track, the close that was judged; None where there was none, or no path.
        asked: what the path asked for then.
        since: the close at which the status began to stand, if it was judged at closes.
    """

    status: Status
    close: Close | None = None
    asked: Decimal | None = None
    since: date | None = None


def meets(value: Decimal, goal: Goal) -> bool:
    """Whether an exact value meets the goal. 99.96 does not meet “= 100”."""
    if goal.comparator == "=":
        return value == goal.bound if goal.bound != 100 else value >= goal.bound
    return value <= goal.bound if goal.wants_less else value >= goal.bound


def ahead(value: Decimal, of: Decimal, goal: Goal) -> Decimal:
    """How far a value is past another in the good direction: negative while it is short of it."""
    return of - value if goal.wants_less else value - of


def gap(value: Decimal, goal: Goal) -> Decimal:
    """How far the value is past the goal in the good direction."""
    return ahead(value, goal.bound, goal)


def way(goal: Goal, course: Course) -> Decimal:
    """How long the way from the path's beginning to the goal counts."""
    return max(abs(goal.bound - course.knots[0][1]), abs(goal.bound) * SHORTEST_WAY)


def judge(
    value: Decimal | None, goal: Goal | None, on: date, *, stale: bool = False, course: Course | None = None, closes: Sequence[Close] = ()
) -> Verdict:
    """The status of a value on a day; see the table at the head of this module.

    Args:
        value: what is shown now.
        goal: what it must reach.
        on: today.
        stale: whether the data are older than they may be.
        course: the goal's path; an open goal without one that is not met counts as at risk: nothing shows that it is on course.
        closes: the values at past closes since the path began, oldest first. Without any, the value itself is judged.
    """
    if value is None:
        return Verdict(Status.NO_DATA)
    if stale:
        return Verdict(Status.STALE)
    if goal is None:
        return Verdict(Status.NO_GOAL)
    if meets(value, goal):
        return Verdict(Status.ACHIEVED)
    if on > goal.horizon:
        return Verdict(Status.MISSED)
    if on <= goal.begins:
        return Verdict(Status.ON_TRACK)
    if course is None:
        return Verdict(Status.AT_RISK)
    return _along(goal, course, closes or [Close(on, value)])


def _along(goal: Goal, course: Course, closes: Sequence[Close]) -> Verdict:
    """The status after all closes, each judged from the one that stood before."""
    whole = way(goal, course)
    stands, since = None, closes[0].on
    for close in closes:
        found = _step(stands, ahead(close.value, course.at(close.on), goal), whole)
        if found is not stands:
            stands, since = found, close.on
    assert stands is not None, "there is a close"
    return Verdict(stands, closes[-1], course.at(closes[-1].on), since)


def _step(stands: Status | None, lead: Decimal, whole: Decimal) -> Status:
    """The status at a close that leads the path by so much.

    | on the path or ahead of it | on_track |
    | behind by up to MARGIN | at_risk; still on_track, where that stood, while it is behind by no more than BAND |
    | further behind | off_track; still at_risk, or on_track, where that stood, while it is further behind by no more than BAND |
    """
    margin, band = whole * MARGIN, whole * BAND
    if lead >= 0 or (stands is Status.ON_TRACK and lead >= -band):
        return Status.ON_TRACK
    risked = stands in {Status.ON_TRACK, Status.AT_RISK}
    return Status.AT_RISK if lead >= -margin - (band if risked else 0) else Status.OFF_TRACK
