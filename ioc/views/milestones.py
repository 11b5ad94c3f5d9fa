"""Milestones as they stand: what was reported of each, judged by date and progress."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from ioc.catalogue.model import Catalogue, Milestone
from ioc.goals.progress import SILENT, Progress, Report, judge
from ioc.goals.status import Status
from ioc.store.history import read_reports
from ioc.store.snapshot import Snapshot
from ioc.text import dates
from ioc.text.numbers import with_unit
from ioc.text.words import words
from ioc.views.model import MilestonesView, MilestoneTile, ReportView, Stamp
from ioc.views.tiles import tiles

RECORD = "milestone"
STATES = "milestone_states"
_COLUMNS = ("milestone", "state", "percent", "due_on", "updated_at", "evidence")


def milestones_view(snapshot: Snapshot, stamp: Stamp, today: date, now: datetime, language: str) -> MilestonesView:
    """See ``MilestonesView``."""
    found = milestone_tiles(snapshot, today, language)
    names = tuple(dict.fromkeys(name for each in found for name in each.companions))
    counted = [each.status for each in found]
    tally = tuple((status, counted.count(status)) for status in Status if status in counted)
    return MilestonesView(stamp, found, tiles(snapshot, names, today, now, language), tally)


def milestone_tiles(snapshot: Snapshot, today: date, language: str) -> tuple[MilestoneTile, ...]:
    """Every milestone of the catalogue with what was reported of it."""
    catalogue = snapshot.catalogue
    reported: dict[str, list[Sequence[Any]]] = defaultdict(list)
    if RECORD in catalogue.records:
        columns = [name for name in _COLUMNS if name in catalogue.records[RECORD].fields]
        for row in read_reports(snapshot, RECORD, columns):
            given = dict(zip(columns, row, strict=True))
            reported[str(given["milestone"])].append([given.get(name) for name in _COLUMNS[1:]])
    return tuple(_tile(catalogue, key, milestone, reported[key], today, language) for key, milestone in catalogue.milestones.items())


def _tile(catalogue: Catalogue, key: str, milestone: Milestone, rows: Sequence[Sequence[Any]], today: date, language: str) -> MilestoneTile:
    states = catalogue.codes.get(STATES, {})
    reports = tuple(
        ReportView(
            at.replace(tzinfo=UTC), states[state].of(language) if state in states else state, Decimal(str(percent)), due, evidence or ""
        )
        for state, percent, due, at, evidence in reversed(rows)
    )
    judged = judge([_report(row, catalogue) for row in rows], milestone.horizon, today)
    newest = reports[0] if reports else None
    return MilestoneTile(
        id=key,
        label=milestone.label.of(language),
        owner=catalogue.units[milestone.owner].label.of(language),
        state=str(rows[-1][0]) if rows else None,
        state_label=newest.state if newest else "",
        percent=newest.percent if newest else None,
        horizon=milestone.horizon,
        due_on=newest.due_on if newest else None,
        status=judged.status,
        updated_at=newest.at if newest else None,
        even=judged.even,
        reason=_reason(judged, newest, milestone, language),
        definition=milestone.definition.of(language),
        source=milestone.source.of(language),
        reports=reports,
        companions=milestone.companions,
    )


def _report(row: Sequence[Any], catalogue: Catalogue) -> Report:
    state, percent, due, at, _ = row
    return Report(at.replace(tzinfo=UTC).astimezone(catalogue.zone).date(), state, Decimal(str(percent)), due)


def _reason(judged: Progress, newest: ReportView | None, milestone: Milestone, language: str) -> str:
    """Why a milestone has its status, in a sentence."""
    spoken = words(language)
    shown = {
        "percent": with_unit(newest.percent if newest else None, "percent", spoken, 0),
        "even": with_unit(judged.even, "percent", spoken, 0),
        "due": dates.day(judged.due),
        "horizon": dates.day(milestone.horizon),
        "days": SILENT.days,
    }
    return spoken(f"milestones.because_{judged.because}", **shown)
