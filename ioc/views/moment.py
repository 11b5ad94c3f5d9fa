"""The moment that a view speaks of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from ioc.access.scope import units_within
from ioc.access.viewer import Viewer
from ioc.catalogue.model import Catalogue
from ioc.errors import BadQuestion
from ioc.store.commits import beginning_of_all
from ioc.store.freshness import freshness
from ioc.store.snapshot import Snapshot, at_version, seen_from
from ioc.views.model import Stamp


@dataclass(frozen=True)
class Moment:
    """A snapshot with the day and moment that it speaks of."""

    snapshot: Snapshot
    today: date
    now: datetime
    as_of: datetime | None

    @property
    def minute(self) -> datetime:
        """What grows old by the clock alone is looked at anew each minute; a past moment stays."""
        return self.now.replace(second=0, microsecond=0) if self.as_of is None else self.now

    def lateness(self, records: set[str]) -> tuple[int, ...]:
        """How many of the ages that indicators allow the data of some record types have passed: what grows old by the clock alone."""
        limits = {spec.max_age_hours for spec in self.snapshot.catalogue.indicators.values()}
        fresh = freshness(self.snapshot)
        ages = ((self.now - fresh[record].last_arrival).total_seconds() / 3600 for record in sorted(records) if record in fresh)
        return tuple(sum(age > limit for limit in limits) for age in ages)

    def stamp(self, records: set[str]) -> Stamp:
        """What a view of these record types carries."""
        fresh = freshness(self.snapshot)
        simulated = any(fresh[record].simulated for record in records if record in fresh)
        begins = beginning_of_all(self.snapshot.cursor)
        return Stamp(self.snapshot.version, self.snapshot.committed_at, self.as_of, simulated, begins)


def older(moment: Moment, version: int) -> Moment:
    """The same with the store as it was at an older data version. Raises BadQuestion for one that is kept no more."""
    found = at_version(moment.snapshot, version)
    if found is None:
        raise BadQuestion("cursor")
    return replace(moment, snapshot=found)


def seen_by(snapshot: Snapshot, viewer: Viewer | None, present: Catalogue) -> Snapshot:
    """A state of the data as a viewer may see it: what the catalogue of now hides from other units is hidden; None is nobody at all."""
    scope = viewer.scope if viewer else None
    return snapshot if scope is None else seen_from(snapshot, units_within(snapshot.catalogue, scope), present)
