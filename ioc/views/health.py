"""How a feed is doing, in one word. Pure: the same facts always give the same word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ioc.store.feeds import FeedState

# After so many times what it may take, a feed that is late counts as silent.
SILENT_AFTER = 3


class Health(StrEnum):
    """How a feed is doing; the worst first, as a list of feeds is read."""

    FAILING = "failing"
    SILENT = "silent"
    LATE = "late"
    NEVER = "never"
    PAUSED = "paused"
    OK = "ok"


def health_tally(found: Iterable[Health]) -> tuple[tuple[Health, int], ...]:
    """How many there are of each health that occurs."""
    counts = Counter(found)
    return tuple((health, counts[health]) for health in Health if counts[health])


@dataclass(frozen=True)
class Expectation:
    """What is expected of a feed.

    Attributes:
        fresh: how old its last arrival may be; None where nobody has said so.
        timeout: how long after its time it may still be at work.
        following: the first time of its schedule after a moment; None for a feed without schedule.
    """

    fresh: timedelta | None = None
    timeout: timedelta = timedelta(0)
    following: Callable[[datetime], datetime | None] | None = None


def judge(state: FeedState, fault: str | None, expected: Expectation, now: datetime) -> Health:
    """The health of a feed.

    A feed is late when a time of its schedule has passed without success, or when its last arrival is older than it may be and a
    time of its schedule has passed since: what is asked on working days only is not late on a Sunday.

    Args:
        state: what is noted of it.
        fault: what is wrong with it, or None.
        expected: what is expected of it.
        now: the present moment.
    """
    if state.paused:
        return Health.PAUSED
    if fault is not None:
        return Health.FAILING
    if state.last_arrival is None:
        return Health.NEVER
    if _is_past(_arrival_limit(state.last_arrival, expected, SILENT_AFTER), now):
        return Health.SILENT
    if _is_past(_arrival_limit(state.last_arrival, expected, 1), now) or _is_past(_success_limit(state.succeeded_at, expected), now):
        return Health.LATE
    return Health.OK


def _is_past(limit: datetime | None, now: datetime) -> bool:
    return limit is not None and limit < now


def _arrival_limit(arrival: datetime, expected: Expectation, times: int) -> datetime | None:
    """Until when something must have arrived, or so many times that."""
    if expected.fresh is None:
        return None
    limit = arrival + expected.fresh * times
    due: datetime | None = arrival
    for _ in range(times if expected.following else 0):
        due = expected.following(due) if expected.following and due else None
    if expected.following is None:
        return limit
    return max(limit, due + expected.timeout) if due else None


def _success_limit(success: datetime | None, expected: Expectation) -> datetime | None:
    """Until when it must have been asked successfully again."""
    if expected.following is None or success is None:
        return None
    due = expected.following(success)
    return due + expected.timeout if due else None
