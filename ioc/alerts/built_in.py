"""What there is reason to act on without any configuration: targets, milestones, feeds, the audit. Read from the views that pages read."""

from __future__ import annotations

from collections.abc import Iterator

from ioc.alerts.lifecycle import Finding, Severity
from ioc.catalogue.model import Catalogue
from ioc.goals.status import Status
from ioc.store.audit import Report
from ioc.views.feed import FeedsView, FeedTile
from ioc.views.health import Health
from ioc.views.model import MilestonesView, OverviewView

# How urgent a target is that is not met; of one that has no data, or old ones, nobody knows.
_OFF_COURSE = {Status.OFF_TRACK: Severity.URGENT, Status.MISSED: Severity.URGENT, Status.AT_RISK: Severity.WARNING}
_UNKNOWN = frozenset({Status.NO_DATA, Status.STALE})
# A milestone is overdue when its own due day, or its horizon, has passed.
_OVERDUE = frozenset({Status.OFF_TRACK, Status.MISSED})
_UNWELL = {Health.FAILING: Severity.URGENT, Health.SILENT: Severity.URGENT, Health.LATE: Severity.WARNING}


def of_targets(view: OverviewView, catalogue: Catalogue) -> Iterator[Finding]:
    """One finding for each indicator with a goal, once though several groups show it."""
    seen = {tile.indicator: tile for group in view.groups for tile in group.tiles if tile.goal}
    for name, tile in seen.items():
        holds = None if tile.status in _UNKNOWN else tile.status in _OFF_COURSE
        severity = _OFF_COURSE.get(tile.status, Severity.NOTICE)
        value, goal = "" if tile.value is None else str(tile.value), str(tile.goal.target) if tile.goal else ""
        owner = catalogue.indicators[name].owner if name in catalogue.indicators else ""
        yield Finding("target", name, holds, severity, tile.status.value, view.stamp.version, value, goal, name, owner)


def of_milestones(view: MilestonesView, catalogue: Catalogue) -> Iterator[Finding]:
    """One finding for each milestone."""
    for each in view.milestones:
        holds = None if each.status is Status.NO_DATA else each.status in _OVERDUE
        owner, done = catalogue.milestones[each.id].owner, "" if each.percent is None else str(each.percent)
        yield Finding("milestone", each.id, holds, Severity.URGENT, each.status.value, view.stamp.version, done, "100", unit=owner)


def of_feeds(view: FeedsView) -> Iterator[Finding]:
    """One finding for each feed, and one for the last audit."""
    yield from (_of_feed(tile, view.stamp.version) for tile in view.feeds)
    if view.audit:
        yield _of_audit(view.audit)


def _of_feed(tile: FeedTile, version: int) -> Finding:
    """A feed is unwell, or what it has delivered differs from the usual, or waits in quarantine."""
    if tile.health in _UNWELL:
        return Finding("feed", tile.feed, True, _UNWELL[tile.health], tile.health.value, version)
    if tile.health is not Health.PAUSED and tile.findings:
        return Finding("feed", tile.feed, True, Severity.NOTICE, "unusual", version, str(tile.findings))
    return Finding("feed", tile.feed, False, Severity.NOTICE, tile.health.value, version)


def _of_audit(report: Report) -> Finding:
    differs = bool(report.differing)
    found = (str(report.differing), "0")
    return Finding("audit", "", differs, Severity.URGENT, "differs" if differs else "agrees", report.version, *found)
