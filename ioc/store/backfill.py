"""Days gone by that a feed is asked for once more, and how far that has come: kept with the feed, so that it goes on after a restart."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class BackfillState(StrEnum):
    """How far a back-fill has come."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class Backfill:
    """One back-fill.

    Attributes:
        first, last: the days, both inclusive.
        done: how many of them have been taken in to their end.
        records: how many records those brought, known ones too.
        part: how many the days that are under way have brought so far; they are asked for anew after a restart.
        state: whether it is still going on.
        message: what went wrong, as it is kept.
    """

    first: date
    last: date
    done: int = 0
    records: int = 0
    part: int = 0
    state: BackfillState = BackfillState.RUNNING
    message: str | None = None

    @property
    def days(self) -> int:
        """How many days are asked for."""
        return (self.last - self.first).days + 1

    @property
    def next(self) -> date:
        """The first day that has not been taken in to its end."""
        return self.first + timedelta(days=self.done)

    def ended(self, state: BackfillState, message: str | None = None) -> Backfill:
        """The same, come to its end."""
        return replace(self, state=state, message=message)

    def written(self) -> str:
        """As it is kept."""
        return json.dumps(asdict(self) | {"first": self.first.isoformat(), "last": self.last.isoformat()}, ensure_ascii=False)


def read_backfill(kept: str | None) -> Backfill | None:
    """What ``written`` has written; None where nothing was."""
    if kept is None:
        return None
    found = json.loads(kept)
    days = {name: date.fromisoformat(found[name]) for name in ("first", "last")}
    return Backfill(**{**found, **days, "state": BackfillState(found["state"])})
