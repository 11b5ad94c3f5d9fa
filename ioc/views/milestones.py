"""Milestones as they stand: what was last reported, judged by date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from ioc.catalogue.model import Catalogue, Milestone
from ioc.goals.status import Status
from ioc.store.listing import ListQuestion, read_records
from ioc.store.snapshot import Snapshot
from ioc.views.model import MilestoneTile

RECORD = "milestone"
STATES = "milestone_states"
# The states in which what was promised stands.
STANDING = {"in_operation", "done"}
_COLUMNS = ("milestone", "state", "percent", "due_on", "updated_at")


def milestone_tiles(snapshot: Snapshot, today: date, language: str) -> tuple[MilestoneTile, ...]:
    """Every milestone of the catalogue with what was last reported of it."""
    catalogue = snapshot.catalogue
    reported = {}
    if RECORD in catalogue.records:
        found = read_records(snapshot, ListQuestion(RECORD, _COLUMNS, order=(("updated_at", False),), limit=10_000))
        reported = {row[0]: row for row in found}
    return tuple(_tile(catalogue, key, milestone, reported.get(key), today, language) for key, milestone in catalogue.milestones.items())


def _tile(
    catalogue: Catalogue, key: str, milestone: Milestone, row: tuple[object, ...] | None, today: date, language: str
) -> MilestoneTile:
    _, state, percent, due_on, updated_at = row or (None,) * 5
    states = catalogue.codes.get(STATES, {})
    label = states[str(state)].of(language) if state in states else ""
    due = due_on if isinstance(due_on, date) else None
    return MilestoneTile(
        id=key,
        label=milestone.label.of(language),
        owner=catalogue.units[milestone.owner].label.of(language),
        state=str(state) if state else None,
        state_label=label,
        percent=Decimal(str(percent)) if percent is not None else None,
        horizon=milestone.horizon,
        due_on=due,
        status=judge_milestone(str(state) if state else None, milestone.horizon, due, today),
        updated_at=updated_at.replace(tzinfo=UTC) if isinstance(updated_at, datetime) else None,
    )


def judge_milestone(state: str | None, horizon: date, due_on: date | None, today: date) -> Status:
    """A milestone's status: achieved when it stands, missed after its horizon, at risk after its own due date."""
    if state is None:
        return Status.NO_DATA
    if state in STANDING:
        return Status.ACHIEVED
    if today > horizon:
        return Status.MISSED
    return Status.AT_RISK if due_on and today > due_on else Status.ON_TRACK
