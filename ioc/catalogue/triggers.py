"""A declared schedule as a trigger: tells when the next time is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ioc.catalogue.civil_time import CivilTime
from ioc.catalogue.schedule import WEEKDAYS, Schedule

# So far ahead a working day is sought; a calendar without any within it has none.
_HORIZON = timedelta(days=400)


def trigger(schedule: Schedule, civil: CivilTime, last: datetime | None = None) -> BaseTrigger:
    """The trigger of a schedule.

    Args:
        schedule: as declared.
        civil: the organisation's working days, and the zone in which times of day are meant.
        last: when it was last done; an interval goes on from there.
    """
    jitter, zone = int(schedule.jitter.total_seconds()) or None, ZoneInfo(civil.zone)
    if schedule.every is not None:
        start = last + schedule.every if last else None
        return IntervalTrigger(seconds=int(schedule.every.total_seconds()), start_date=start, jitter=jitter, timezone=zone)
    if schedule.cron is not None:
        found = CronTrigger.from_crontab(schedule.cron, timezone=zone)
        found.jitter = jitter
        return found
    return TimeOfDayTrigger(schedule, civil)


def is_due(schedule: Schedule, civil: CivilTime, last: datetime | None, now: datetime) -> bool:
    """Whether a time of the schedule has passed since it was last done: while the program stood still, for one."""
    if last is None:
        return schedule.every is not None
    following = due_after(schedule, civil, last)
    return following is not None and following <= now


def due_after(schedule: Schedule, civil: CivilTime, last: datetime) -> datetime | None:
    """The first time of a schedule after it was last done, as it is declared; chance moves it by its jitter at most."""
    exact = schedule.model_copy(update={"jitter": timedelta(0)})
    found: datetime | None = trigger(exact, civil, last).get_next_fire_time(last, last + timedelta(seconds=1))
    return found


class TimeOfDayTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """A time of day, on the days that a schedule names."""

    __slots__ = ("_civil", "_jitter", "_schedule", "_zone")

    def __init__(self, schedule: Schedule, civil: CivilTime) -> None:
        self._schedule = schedule
        self._civil = civil
        self._zone = ZoneInfo(civil.zone)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first time that is later than the last one, and not before now."""
        now = now.astimezone(self._zone)
        day = now.date()
        while day <= now.date() + _HORIZON:
            found = datetime.combine(day, self._schedule.at or time(), self._zone)
            if self._is_meant(day) and found >= now and (previous_fire_time is None or found > previous_fire_time):
                moved: datetime = self._apply_jitter(found, int(self._schedule.jitter.total_seconds()), now)
                return moved
            day += timedelta(days=1)
        return None

    def _is_meant(self, day: date) -> bool:
        if self._schedule.working_day is not None:
            return day == self._civil.working_day_of_month(day.year, day.month, self._schedule.working_day)
        if self._schedule.weekday is not None:
            wanted = day - timedelta(days=(day.weekday() - WEEKDAYS.index(self._schedule.weekday)) % 7)
            return day == self._civil.next_working_day(wanted)
        return not self._schedule.working_days or self._civil.is_working(day)
