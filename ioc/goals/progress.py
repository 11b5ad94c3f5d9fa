"""The one rule by which a milestone is judged from what was reported of it; docs/reference/status.md tells it in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from ioc.goals.status import Status

# The states in which what was promised stands.
STANDING = {"in_operation", "done"}
# Points behind even progress that are still on track, and after how long without a report nobody knows.
MARGIN, SILENT = Decimal(15), timedelta(days=180)
Because = Literal["unreported", "standing", "missed", "overdue", "behind", "silent", "even"]


@dataclass(frozen=True)
class Report:
    """What was reported of a milestone on a day."""

    on: date
    state: str
    percent: Decimal
    due: date | None


@dataclass(frozen=True)
class Progress:
    """A milestone judged: its status and why, the day by which it is due, and what even progress would have come to by now."""

    status: Status
    because: Because
    due: date
    even: Decimal | None = None


def judge(reports: Sequence[Report], horizon: date, today: date) -> Progress:
    """The status by the last report, oldest first.

    | status | when the first of these holds |
    |---|---|
    | no_data | nothing was reported |
    | achieved | it is in operation, or done |
    | missed | the horizon has passed |
    | off_track | its own due date has passed |
    | at_risk | it is more than MARGIN points behind even progress from the first report to the due date, or was not reported for SILENT |
    | on_track | otherwise |
    """
    if not reports:
        return Progress(Status.NO_DATA, "unreported", horizon)
    last = reports[-1]
    due = min(last.due or horizon, horizon)
    if last.state in STANDING:
        return Progress(Status.ACHIEVED, "standing", due)
    if today > horizon:
        return Progress(Status.MISSED, "missed", due)
    even = _even(reports[0], due, today)
    if today > due:
        return Progress(Status.OFF_TRACK, "overdue", due, even)
    if last.percent < even - MARGIN:
        return Progress(Status.AT_RISK, "behind", due, even)
    if today - last.on > SILENT:
        return Progress(Status.AT_RISK, "silent", due, even)
    return Progress(Status.ON_TRACK, "even", due, even)


def _even(first: Report, due: date, today: date) -> Decimal:
    """What would have been done by a day, had it gone evenly from the first report to the due date."""
    days = (due - first.on).days
    if days <= 0:
        return Decimal(100)
    gone = Decimal(min(max((today - first.on).days, 0), days)) / days
    return first.percent + (100 - first.percent) * gone
