"""When a feed is expected to bring something next, and by what that is told. Pure: the same facts always give the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ioc.store.arrivals import Pauses


class Basis(StrEnum):
    """By what it is told: the feed's schedule, the pauses that it usually makes, or how old its last arrival may be."""

    SCHEDULE = "schedule"
    RHYTHM = "rhythm"
    FRESHNESS = "freshness"


@dataclass(frozen=True)
class NextArrival:
    """When something is expected to arrive; with a schedule chance may delay it by ``within``. In the past, it is overdue."""

    at: datetime
    basis: Basis
    within: timedelta = timedelta(0)


def by_rhythm(last_arrival: datetime | None, pauses: Pauses | None, fresh: timedelta | None, now: datetime) -> NextArrival | None:
    """What is expected of a feed that nobody asks; None while nothing tells.

    Of the pauses that it has made, those count that were longer than the present one has lasted: what rests at night is expected in
    the morning. Where it has hardly ever rested so long, how old its last arrival may be is the latest moment.
    """
    if last_arrival is None:
        return None
    usual = pauses.usual(now - last_arrival) if pauses else None
    if usual is not None:
        return NextArrival(last_arrival + usual, Basis.RHYTHM)
    return NextArrival(last_arrival + fresh, Basis.FRESHNESS) if fresh else None
