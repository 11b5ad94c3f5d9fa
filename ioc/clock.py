"""The only place that asks what time it is. UTC inside; a calendar day belongs to a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the present moment; passed to whoever needs it, so that tests can hold it still."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FrozenClock:
    """A clock that stands still until it is set: for tests, benchmarks and simulations."""

    at: datetime

    def now(self) -> datetime:
        return self.at.astimezone(UTC)


def today(clock: Clock, zone: ZoneInfo) -> date:
    """The calendar day that it is now in ``zone``."""
    return clock.now().astimezone(zone).date()
