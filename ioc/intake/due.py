"""Whether a feed should be asked now, by what is known of it."""

from __future__ import annotations

from datetime import datetime

from ioc.catalogue.model import Catalogue
from ioc.catalogue.schedule import Schedule
from ioc.catalogue.triggers import is_due
from ioc.store.feeds import FeedState


def is_owed(schedule: Schedule, catalogue: Catalogue, state: FeedState, now: datetime) -> bool:
    """Whether a feed should have been asked: a person has asked for it, or a time of its schedule has passed since it was last asked.

    A feed that was last asked at a moment which is yet to come was asked while the clock was wrong. What it missed then nobody knows.
    """
    last = state.tried_at or (None if schedule.every else state.introduced_at)
    return bool(state.wanted_at or (last and last > now) or is_due(schedule, catalogue.civil_time, last, now))


def is_missed(schedule: Schedule, catalogue: Catalogue, began: datetime, now: datetime) -> bool:
    """Whether a feed is to be asked once more at once, because a time of its schedule has passed while it was being asked.

    An interval brings the next time by itself: a source that is slower than that is not asked without pause.
    """
    return began > now or (schedule.every is None and is_due(schedule, catalogue.civil_time, began, now))


def is_answered(schedule: Schedule, catalogue: Catalogue, state: FeedState, now: datetime) -> bool:
    """Whether a time of a schedule that has come was answered already, while its turn was waited for; chance may have moved it forward."""
    if schedule.every is not None or state.wanted_at or state.failures or state.tried_at is None:
        return False
    return not is_owed(schedule, catalogue, state, now + schedule.jitter)
