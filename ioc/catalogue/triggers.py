"""A declared schedule as a trigger: tells when the next time is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ioc.catalogue.schedule import WEEKDAYS, Schedule
from ioc.catalogue.workdays import Calendar, is_working, next_working_day, working_day_of_month

# So far ahead a working day is sought; a calendar without any within it has none.
_HORIZON = timedelta(days=400)


def trigger(schedule: Schedule, calendar: Calendar, zone: ZoneInfo, last: datetime | None = None) -> BaseTrigger:
    """The trigger of a schedule.

    Args:
        schedule: as declared.
        calendar: the organisation's working days.
        zone: in which times of day are meant.
        last: when it was last done; an interval goes on from there.
    """
    jitter = int(schedule.jitter.total_seconds()) or None
    if schedule.every is not None:
        start = last + schedule.every if last else None
        return IntervalTrigger(seconds=int(schedule.every.total_seconds()), start_date=start, jitter=jitter, timezone=zone)
    if schedule.cron is not None:
        found = CronTrigger.from_crontab(schedule.cron, timezone=zone)
        found.jitter = jitter
        return found
    return TimeOfDayTrigger(schedule, calendar, zone)


def is_due(schedule: Schedule, calendar: Calendar, zone: ZoneInfo, last: datetime | None, now: datetime) -> bool:
    """Whether a time of the schedule has passed since it was last done: while the program stood still, for one."""
    if last is None:
        return schedule.every is not None
    following = due_after(schedule, calendar, zone, last)
    return following is not None and following <= now


def due_after(schedule: Schedule, calendar: Calendar, zone: ZoneInfo, last: datetime) -> datetime | None:
    """The first time of a schedule after it was last done, as it is declared; chance moves it by its jitter at most."""
    exact = schedule.model_copy(update={"jitter": timedelta(0)})
    found: datetime | None = trigger(exact, calendar, zone, last).get_next_fire_time(last, last + timedelta(seconds=1))
    return found


class TimeOfDayTrigger(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """A time of day, on the days that a schedule names."""

    __slots__ = ("_calendar", "_jitter", "_schedule", "_zone")

    def __init__(self, schedule: Schedule, calendar: Calendar, zone: ZoneInfo) -> None:
        self._schedule = schedule
        self._calendar = calendar
        self._zone = zone

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
            return day == working_day_of_month(self._calendar, day.year, day.month, self._schedule.working_day)
        if self._schedule.weekday is not None:
            wanted = day - timedelta(days=(day.weekday() - WEEKDAYS.index(self._schedule.weekday)) % 7)
            return day == next_working_day(self._calendar, wanted)
        return not self._schedule.working_days or is_working(self._calendar, day)
